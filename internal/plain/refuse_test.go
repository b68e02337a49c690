package plain_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// Whatever the input does not tell is refused, never taken as empty or as
// allowed.
func TestRefusesWhatIsNotKnown(t *testing.T) {
	u := &azure.Unknown{Name: "x", Why: "known only after apply"}
	for _, row := range []struct {
		what   string
		change func(*azure.Inventory)
	}{
		{"address space", func(i *azure.Inventory) {
			i.VirtualNetworks[0].AddressSpace = append(i.VirtualNetworks[0].AddressSpace, azure.NotKnown[netip.Prefix](u))
		}},
		{"subnets", func(i *azure.Inventory) { i.VirtualNetworks[0].UnknownSubnets = []*azure.Unknown{u} }},
		{"subnet prefix", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Subnets[0].Prefixes = []azure.Value[netip.Prefix]{azure.NotKnown[netip.Prefix](u)}
		}},
		{"group of a subnet", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Subnets[0].NetworkSecurityGroup = azure.Reference{Unknown: u}
		}},
		{"group that no input states", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Subnets[0].NetworkSecurityGroup = azure.Ref("/elsewhere", azure.Position{})
		}},
		{"route table", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Subnets[0].RouteTable = azure.Reference{Unknown: u}
		}},
		{"service endpoint", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Subnets[0].ServiceEndpoints = []azure.ServiceEndpoint{{}}
		}},
		{"default outbound access", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Subnets[0].DefaultOutboundAccess = azure.NotKnown[bool](u)
		}},
		{"rules", func(i *azure.Inventory) { i.NetworkSecurityGroups[0].UnknownRules = []*azure.Unknown{u} }},
		{"priority", func(i *azure.Inventory) { i.NetworkSecurityGroups[0].Rules[0].Priority = azure.NotKnown[int](u) }},
		{"source", func(i *azure.Inventory) {
			i.NetworkSecurityGroups[0].Rules[0].Source = azure.NewSide(azure.AddressTerm{Kind: azure.UnknownAddress, Unknown: u})
		}},
		{"ports", func(i *azure.Inventory) {
			i.NetworkSecurityGroups[0].Rules[0].DestinationPorts.Terms[0] = azure.PortTerm{Unknown: u}
		}},
		{"unknown tag", func(i *azure.Inventory) {
			i.NetworkSecurityGroups[0].Rules[0].Source = azure.NewSide(azure.AddressTerm{Kind: azure.TagAddress, Tag: "Storrage"})
		}},
		{"AzurePlatformLKM", func(i *azure.Inventory) {
			i.NetworkSecurityGroups[0].Rules[0].Source = azure.NewSide(azure.AddressTerm{Kind: azure.TagAddress, Tag: "AzurePlatformLKM"})
		}},
		{"routes", func(i *azure.Inventory) { i.RouteTables[0].UnknownRoutes = []*azure.Unknown{u} }},
		{"route destination", func(i *azure.Inventory) {
			i.RouteTables[0].Routes[0].Destination = azure.AddressTerm{Kind: azure.UnknownAddress, Unknown: u}
		}},
		{"next hop type", func(i *azure.Inventory) {
			i.RouteTables[0].Routes[0].NextHopType = azure.NotKnown[azure.NextHopType](u)
		}},
		{"interface address", func(i *azure.Inventory) {
			i.NetworkInterfaces[0].IPConfigurations[0].PrivateIPAddress = azure.NotKnown[netip.Addr](u)
		}},
		{"state tracking", func(i *azure.Inventory) {
			i.NetworkInterfaces[0].DisableTCPStateTracking = azure.Of(true, azure.Position{})
		}},
		{"peering with a network that no input states", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Peerings[0].Remote = azure.Ref("/elsewhere", azure.Position{})
		}},
		{"peering flag", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Peerings[0].AllowVirtualNetworkAccess = azure.NotKnown[bool](u)
		}},
		{"way back of a peering that a plan states", func(i *azure.Inventory) {
			i.Rank, i.VirtualNetworks[1].Peerings = azure.RankPlan, nil
		}},
		{"gateway of a peer", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Peerings[0].UseRemoteGateways = azure.Of(true, azure.Position{})
		}},
		{"peering with a virtual hub", func(i *azure.Inventory) {
			i.VirtualNetworks[0].Peerings[0].Name = "RemoteVnetToHubPeering_2943d591"
		}},
		{"connection to a virtual hub", func(i *azure.Inventory) {
			i.HubConnections = []*azure.HubConnection{{Resource: azure.Resource{ID: "/hub/c"}, Network: azure.Ref(string(i.VirtualNetworks[0].ID), azure.Position{})}}
		}},
		{"firewall of a hub that is the next hop", func(i *azure.Inventory) {
			i.AzureFirewalls = append(i.AzureFirewalls, &azure.AzureFirewall{Resource: azure.Resource{ID: "/hub/fw"}, HubPrivateIPAddress: i.RouteTables[0].Routes[0].NextHopIPAddress})
		}},
	} {
		s := peered().group("app", "100 In Allow Tcp 10.9.0.0/16 -> * 443").routes("app", viaNVA)
		inventory, err := s.Inventory()
		if err != nil {
			t.Fatal(err)
		}
		row.change(inventory)
		network, problems := azure.Build(inventory)
		if network == nil {
			t.Fatalf("%s: %v", row.what, problems)
		}
		if _, err := plain.New(network, s.Tags(), plain.Documented()); err == nil {
			t.Errorf("a network in which the %s is not known is taken", row.what)
		}
	}
}

// RT-42: of what Azure prints nothing is missing: a peering without its way back is
// taken as it is.
func TestOneSidedPeeringsOfExportsAreTaken(t *testing.T) {
	s := peered()
	inventory, err := s.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	inventory.Rank, inventory.VirtualNetworks[1].Peerings = azure.RankExport, nil
	network, problems := azure.Build(inventory)
	if network == nil {
		t.Fatal(problems)
	}
	if _, err := plain.New(network, s.Tags(), plain.Documented()); err != nil {
		t.Error(err)
	}
}

// An appliance is as good with an unknown address as with a known one: the
// path to it is undecided.
func TestUnknownApplianceIsUndecided(t *testing.T) {
	s := common().routes("app", viaNVA)
	inventory, err := s.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	inventory.RouteTables[0].Routes[0].NextHopIPAddress = azure.NotKnown[netip.Addr](&azure.Unknown{Name: "fw", Why: "known only after apply"})
	network, problems := azure.Build(inventory)
	if network == nil {
		t.Fatal(problems)
	}
	twin, err := plain.New(network, s.Tags(), plain.Documented())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := twin.Follow(plain.Question{Packet: packet("tcp 10.1.1.4 -> 8.8.8.8:443"), From: s.id("app")})
	if err != nil || answer.Verdict != plain.Undecided {
		t.Errorf("got %v, %v, want it undecided", answer, err)
	}
}

// Questions that make no sense are errors, not verdicts.
func TestRefusesQuestionsWithoutSense(t *testing.T) {
	s := common()
	twin := s.twin(t)
	for what, q := range map[string]plain.Question{
		"no subnet":               {Packet: packet("tcp 10.1.1.4 -> 8.8.8.8:443"), From: "nowhere"},
		"a foreign source":        {Packet: packet("tcp 10.1.2.4 -> 8.8.8.8:443"), From: s.id("app")},
		"a reserved source":       {Packet: packet("tcp 10.1.1.1 -> 8.8.8.8:443"), From: s.id("app")},
		"a destination elsewhere": {Packet: packet("tcp 8.8.8.8 -> 10.1.2.4:443"), To: s.id("app")},
		"nowhere":                 {Packet: packet("tcp 8.8.8.8 -> 51.9.9.9:443")},
		"both ends":               {Packet: packet("tcp 10.1.1.4 -> 10.1.2.4:443"), From: s.id("app"), To: s.id("db")},
		"two families":            {Packet: plain.Packet{Protocol: 6, Source: netip.MustParseAddr("10.1.1.4"), Destination: netip.MustParseAddr("::1")}, From: s.id("app")},
		"no address":              {From: s.id("app")},
	} {
		if answer, err := twin.Follow(q); err == nil {
			t.Errorf("%s: got %v, want an error", what, answer)
		}
	}
}

// The hops tell the whole way: out, along, in, and back.
func TestHopsInOrder(t *testing.T) {
	s := peered().group("app", "100 Out Allow Tcp * -> * 443").group("nic:A", "200 Out Allow * * -> * *").group("w", "300 In Allow Tcp * -> * 443")
	answer, err := s.twin(t).Follow(plain.Question{Packet: packet("tcp 10.1.1.4 -> 10.2.1.4:443"), From: s.id("app")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range answer.Hops {
		got = append(got, string(h.Kind)+" "+h.Name+" "+string(h.Decision))
	}
	want := []string{"nsgRule rule200Out allow", "nsgRule rule100Out allow", "systemRoute 10.2.0.0/16 VNetPeering forward",
		"nsgRule rule300In allow", "subnet w deliver", "systemRoute 10.1.0.0/16 VNetPeering deliver"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
