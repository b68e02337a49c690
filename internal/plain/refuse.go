package plain

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// refuse returns an error for a network outside the twin's domain.
func (t *Twin) refuse() error {
	for _, vnet := range t.network.VirtualNetworks {
		if err := t.refuseVirtualNetwork(vnet); err != nil {
			return fmt.Errorf("%s: %w", vnet.Label(), err)
		}
	}
	for _, group := range t.network.NetworkSecurityGroups {
		if err := t.refuseGroup(group); err != nil {
			return fmt.Errorf("%s: %w", group.Label(), err)
		}
	}
	for _, table := range t.network.RouteTables {
		if err := t.refuseTable(table); err != nil {
			return fmt.Errorf("%s: %w", table.Label(), err)
		}
	}
	for _, nic := range t.network.NetworkInterfaces {
		if err := t.refuseInterface(nic); err != nil {
			return fmt.Errorf("%s: %w", nic.Label(), err)
		}
	}
	for _, l := range t.network.LoadBalancers {
		if err := t.refuseBalancer(l); err != nil {
			return fmt.Errorf("%s: %w", l.Label(), err)
		}
	}
	for _, e := range t.network.PrivateEndpoints {
		if err := t.refuseEndpoint(e); err != nil {
			return fmt.Errorf("%s: %w", e.Label(), err)
		}
	}
	return nil
}

func (t *Twin) refuseEndpoint(e *azure.PrivateEndpoint) error {
	for _, group := range e.ApplicationSecurityGroups {
		if err := resolves(group, t.network.ApplicationSecurityGroup); err != nil {
			return err
		}
	}
	if len(e.ApplicationSecurityGroups) > 0 && len(e.PrivateAddresses) == 0 {
		return fmt.Errorf("the addresses of a member of a group are not known")
	}
	return known("address", e.PrivateAddresses...)
}

func (t *Twin) refuseVirtualNetwork(vnet *azure.VirtualNetwork) error {
	if vnet.Stub {
		return fmt.Errorf("the virtual network is referred to and stated nowhere")
	}
	if len(vnet.HubConnections) > 0 {
		return fmt.Errorf("what a virtual hub has learnt is not known")
	}
	if err := known("address space", vnet.AddressSpace...); err != nil {
		return err
	}
	if len(vnet.UnknownSubnets) > 0 {
		return fmt.Errorf("not all subnets are known: %s", vnet.UnknownSubnets[0].Name)
	}
	for _, subnet := range vnet.Subnets {
		if err := t.refuseSubnet(subnet); err != nil {
			return fmt.Errorf("subnet %s: %w", subnet.Name, err)
		}
	}
	for _, link := range vnet.Peerings {
		if err := t.refusePeering(link); err != nil {
			return fmt.Errorf("peering %s: %w", link.Name, err)
		}
	}
	return nil
}

func (t *Twin) refuseSubnet(subnet *azure.Subnet) error {
	if subnet.Stub {
		return fmt.Errorf("it is referred to and stated nowhere")
	}
	if err := known("prefix", subnet.Prefixes...); err != nil {
		return err
	}
	if err := resolves(subnet.NetworkSecurityGroup, t.network.NetworkSecurityGroup); err != nil {
		return err
	}
	if err := resolves(subnet.RouteTable, t.network.RouteTable); err != nil {
		return err
	}
	if !t.switches.On[GatewaysKnowNothing] && strings.EqualFold(subnet.Name, "GatewaySubnet") || strings.EqualFold(subnet.Name, "RouteServerSubnet") {
		return fmt.Errorf("what a gateway has learnt is not known")
	}
	if err := resolves(subnet.NATGateway, t.network.NATGateway); err != nil {
		return err
	}
	if err := t.refuseAdmin(subnet); err != nil {
		return err
	}
	switch policies := subnet.PrivateEndpointNetworkPolicies; strings.ToLower(policies.Or("")) {
	case "", "disabled", "enabled", "networksecuritygroupenabled", "routetableenabled":
	default:
		return fmt.Errorf("which policies hold for private endpoints is not known")
	}
	if err := t.refuseServiceEndpoints(subnet); err != nil {
		return err
	}
	if subnet.DefaultOutboundAccess.Unknown != nil || len(subnet.Delegations) > 0 {
		return fmt.Errorf("which way out its packets have is not known")
	}
	return nil
}

func (t *Twin) refusePeering(link *azure.Peering) error {
	if err := resolves(link.Remote, t.network.VirtualNetwork); err != nil {
		return err
	}
	for _, flag := range []azure.Value[bool]{link.AllowVirtualNetworkAccess, link.AllowForwardedTraffic, link.PeerCompleteVnets, link.OnlyIPv6} {
		if flag.Unknown != nil {
			return fmt.Errorf("a flag is not known: %s", flag.Unknown.Name)
		}
	}
	if link.UseRemoteGateways.Unknown != nil || link.UseRemoteGateways.V && !t.switches.On[GatewaysKnowNothing] || link.Hub() != "" {
		return fmt.Errorf("what a gateway has learnt is not known")
	}
	if link.State.Unknown != nil {
		return fmt.Errorf("the state is not known: %s", link.State.Unknown.Name)
	}
	if remote := t.remoteOf(link); t.backLink(link) == nil && isConnected(link) && (remote.Rank.Planned() || remote.Rank == azure.RankState) {
		return fmt.Errorf("whether %s has a peering back is not known", remote.Name)
	}
	if err := known("remote address space", link.RemoteAddressSpace...); err != nil {
		return err
	}
	if err := known("subnet name", link.LocalSubnetNames...); err != nil {
		return err
	}
	return known("subnet name", link.RemoteSubnetNames...)
}

func (t *Twin) refuseGroup(group *azure.NetworkSecurityGroup) error {
	if group.Stub || len(group.UnknownRules) > 0 {
		return fmt.Errorf("not all its rules are known")
	}
	type slot struct {
		direction azure.Direction
		priority  int
	}
	used := map[slot]bool{}
	for _, rule := range group.Rules {
		if err := t.refuseRule(rule); err != nil {
			return fmt.Errorf("rule %s: %w", rule.Name, err)
		}
		s := slot{rule.Direction.V, rule.Priority.V}
		if used[s] {
			return fmt.Errorf("rule %s: priority %d is used twice (NSG-3)", rule.Name, s.priority)
		}
		used[s] = true
	}
	return nil
}

func (t *Twin) refuseRule(rule *azure.SecurityRule) error {
	_, hasDirection := rule.Direction.Known()
	_, hasAccess := rule.Access.Known()
	_, hasPriority := rule.Priority.Known()
	_, hasProtocol := rule.Protocol.Known()
	if !hasDirection || !hasAccess || !hasPriority || !hasProtocol {
		return fmt.Errorf("direction, access, priority or protocol is not known")
	}
	for _, side := range []azure.Side{rule.Source, rule.Destination} {
		if side.Len() == 0 {
			return fmt.Errorf("a side has no addresses (NSG-14)")
		}
		for _, term := range side.Terms() {
			if err := t.refuseTerm(term); err != nil {
				return err
			}
		}
	}
	for _, ports := range []azure.Ports{rule.SourcePorts, rule.DestinationPorts} {
		if len(ports.Terms) == 0 {
			return fmt.Errorf("it lacks ports (NSG-14)")
		}
		for _, term := range ports.Terms {
			if term.Unknown != nil {
				return fmt.Errorf("the ports are not known: %s", term.Unknown.Name)
			}
		}
	}
	return nil
}

func (t *Twin) refuseTerm(term azure.AddressTerm) error {
	switch term.Kind {
	case azure.UnknownAddress:
		return fmt.Errorf("the address is not known: %s", term.Unknown.Name)
	case azure.GroupAddress:
		for _, x := range t.network.NotModelled {
			if x.Type == azure.TypeNetworkInterface {
				return fmt.Errorf("the network interface %s, which no input states, may be a member of %s (ASG-1)", x.Address, term.Group.ID.Name())
			}
		}
		return resolves(term.Group, t.network.ApplicationSecurityGroup)
	case azure.TagAddress:
		folded := FoldTag(term.Tag)
		if folded == tagPlatformLKM {
			return fmt.Errorf("the addresses of %s are published nowhere", term.Tag)
		}
		if _, ok := t.tags[folded]; !ok && !contextual(folded) {
			return fmt.Errorf("the tag %q is unknown (TAG-8)", term.Tag)
		}
	}
	return nil
}

func (t *Twin) refuseTable(table *azure.RouteTable) error {
	if table.Stub || len(table.UnknownRoutes) > 0 {
		return fmt.Errorf("not all its routes are known")
	}
	used := map[string]bool{}
	for _, route := range table.Routes {
		if t.inHub(route.NextHopIPAddress) {
			return fmt.Errorf("%s: what the firewall of a virtual hub does is not known", route.Name)
		}
		if _, ok := route.NextHopType.Known(); !ok {
			return fmt.Errorf("route %s: the next hop type is not known", route.Name)
		}
		d := route.Destination
		if err := t.refuseTerm(d); err != nil {
			return fmt.Errorf("route %s: %w", route.Name, err)
		}
		if d.Kind != azure.PrefixAddress && (d.Kind != azure.TagAddress || contextual(FoldTag(d.Tag))) {
			return fmt.Errorf("route %s: %q is no destination (TAG-51)", route.Name, d.Text)
		}
		key := d.Prefix.String() + FoldTag(d.Tag)
		if used[key] {
			return fmt.Errorf("route %s: the table has another route to %s (RT-16)", route.Name, key)
		}
		used[key] = true
	}
	return nil
}

// inHub reports whether an address is that of a firewall in a virtual hub.
func (t *Twin) inHub(address azure.Value[netip.Addr]) bool {
	for _, f := range t.network.AzureFirewalls {
		if f.HubPrivateIPAddress.V.IsValid() && f.HubPrivateIPAddress.V == address.V {
			return true
		}
	}
	return false
}

func (t *Twin) refuseInterface(nic *azure.NetworkInterface) error {
	if nic.Stub {
		return fmt.Errorf("it is referred to and stated nowhere")
	}
	if err := resolves(nic.NetworkSecurityGroup, t.network.NetworkSecurityGroup); err != nil {
		return err
	}
	if nic.DefaultOutbound.Unknown != nil || nic.VirtualMachine.Unknown != nil {
		return fmt.Errorf("which way out its packets have is not known")
	}
	if nic.EnableIPForwarding.Unknown != nil {
		return fmt.Errorf("whether it forwards is not known")
	}
	if nic.DisableTCPStateTracking.Unknown != nil || nic.DisableTCPStateTracking.V {
		return fmt.Errorf("TCP state tracking may be off (NSG-38)")
	}
	for _, c := range nic.IPConfigurations {
		if _, ok := c.PrivateIPAddress.Known(); !ok {
			return fmt.Errorf("the address of %s is not known", c.Name)
		}
		if err := resolves(c.Subnet, t.network.Subnet); err != nil {
			return err
		}
		if err := resolves(c.PublicIPAddress, t.network.PublicIPAddress); err != nil {
			return err
		}
		for _, group := range c.ApplicationSecurityGroups {
			if err := resolves(group, t.network.ApplicationSecurityGroup); err != nil {
				return err
			}
		}
	}
	return nil
}

// known refuses a list with an element that is not known.
func known[T any](what string, values ...azure.Value[T]) error {
	for _, v := range values {
		if _, ok := v.Known(); !ok {
			return fmt.Errorf("a %s is not known", what)
		}
	}
	return nil
}

// resolves refuses a reference that is set and does not lead to a resource.
func resolves[T any](ref azure.Reference, find func(azure.ID) (T, bool)) error {
	if !ref.IsSet() {
		return nil
	}
	if _, ok := find(ref.ID); !ok {
		return fmt.Errorf("%q is referred to and stated nowhere", ref.Text)
	}
	return nil
}
