package inspect

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/result"
)

func TestCountsLeaveOutStubsAndDefaults(t *testing.T) {
	n := Net(t,
		VNet("hub", "10.0.0.0/16",
			Subnet("a", "10.0.1.0/24", UseNSG("web"), UseRoutes("out"), NIC("n", "10.0.1.4")),
			Subnet("b", "10.0.2.0/24", UseNSG("nobody")),
			Peer("spoke")),
		NSG("web", AllowIn(100, "Tcp", "*", "*", "443"), DenyOut(200, "*", "*", "Internet", "*")),
		Routes("out", Route("0.0.0.0/0", "Internet")))
	want := result.InspectCounts{
		VirtualNetworks: 1, Subnets: 2, NetworkSecurityGroups: 1, SecurityRules: 2, RouteTables: 1, Routes: 1,
		Peerings: 1, NetworkInterfaces: 1,
	}
	if diff := cmp.Diff(want, Count(n)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The network of two inputs: what both state counts once, a child of a parent
// that nobody states counts, its parent does not.
func TestEachResourceCountsOnce(t *testing.T) {
	full := Inventory(azure.RankLive, VNet("v", "10.0.0.0/16", Subnet("a", "10.0.1.0/24")), NSG("g", AllowIn(100, "Tcp", "*", "*", "443")))
	again := Inventory(azure.RankExport, VNet("v", "10.0.0.0/16", Subnet("a", "10.0.1.0/24")))
	orphan := &azure.Inventory{Rank: azure.RankExport, Subnets: []azure.Child[*azure.Subnet]{{
		Parent: azure.Ref(string(VNetID("elsewhere")), azure.Position{}),
		Resource: &azure.Subnet{
			Resource: azure.Resource{ID: SubnetID("elsewhere", "s"), Name: "s"},
			Prefixes: []azure.Value[netip.Prefix]{azure.Of(netip.MustParsePrefix("10.9.0.0/24"), azure.Position{})},
		},
	}}}
	n, list := azure.Build(full, again, orphan)
	if n == nil {
		t.Fatal(list)
	}
	want := result.InspectCounts{VirtualNetworks: 1, Subnets: 2, NetworkSecurityGroups: 1, SecurityRules: 1}
	if diff := cmp.Diff(want, Count(n)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	got := Unknowns(n)
	if len(got) != 1 || got[0].Name != string(VNetID("elsewhere")) || got[0].Why != "no input states it" || !slices.Equal(got[0].UsedBy, []string{"s"}) {
		t.Errorf("unknowns: %+v", got)
	}
}

func TestUnknownsNameWhoNeedsThem(t *testing.T) {
	n := Net(t,
		VNet("hub", "10.0.0.0/16", Subnet("a", "10.0.1.0/24", UseNSG("web"), UseRoutes("nobody"), NIC("nic", "10.0.1.4", Machine("vm")))),
		NSG("web",
			AllowIn(100, "Tcp", "?partners", "*", "443", Named("one")),
			AllowIn(110, "Tcp", "10.0.0.0/8,?partners", "*", "80", Named("two")),
			AllowIn(120, "Tcp", "asg:clients", "*", "80", Named("three")),
			UnknownRules("more")))
	var got []string
	for _, u := range Unknowns(n) {
		got = append(got, fmt.Sprint(azure.ID(u.Name).Name(), " ", u.UsedBy, " ", u.At != nil))
	}
	want := []string{"clients [three] true", "nobody [a] true", "more [web] true", "partners [one two] true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Whatever field of whatever resource is not known, it is listed.
func TestNoFieldIsForgotten(t *testing.T) {
	n := &azure.Network{}
	filled := 0
	var fill func(v reflect.Value, path string)
	fill = func(v reflect.Value, path string) {
		unknown := &azure.Unknown{Name: path, Why: "a test"}
		switch {
		case !v.CanSet(), path == "/Appliances": // what users state of appliances, they know
		case v.Type() == resourceType:
			v.Set(reflect.ValueOf(azure.Resource{ID: azure.MakeID(path), Name: path, Address: path}))
		case v.Type() == reflect.TypeFor[*azure.Unknown]():
			v.Set(reflect.ValueOf(unknown))
			filled++
		case v.Type() == sideType:
			term := reflect.New(reflect.TypeFor[azure.AddressTerm]()).Elem()
			fill(term, path)
			v.Set(reflect.ValueOf(azure.NewSide(term.Interface().(azure.AddressTerm))))
		case v.Kind() == reflect.Pointer:
			if strings.Count(path, "/") > 6 || leadsBack(v.Type(), path) {
				return
			}
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), path)
		case v.Kind() == reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), path)
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				fill(v.Field(i), path+"/"+v.Type().Field(i).Name)
			}
		}
	}
	fill(reflect.ValueOf(n).Elem(), "")
	subnet := n.VirtualNetworks[0].Subnets[0]
	subnet.ServiceEndpoints = append(subnet.ServiceEndpoints, azure.ServiceEndpoint{}) // which asks for the region
	if filled < 100 {
		t.Fatalf("only %d fields were filled", filled)
	}
	if got := len(Unknowns(n)); got != filled {
		t.Errorf("%d unknowns are listed, want %d", got, filled)
	}
}

// Nobody needs the region of a network but service endpoints that state none (RT-9).
func TestRegionsAreAskedForByServiceEndpoints(t *testing.T) {
	for _, row := range []struct {
		items []Item
		want  int
	}{
		{nil, 0}, {[]Item{Endpoint("Microsoft.Storage", "*")}, 0}, {[]Item{Endpoint("Microsoft.Storage")}, 1},
	} {
		n := Net(t, VNet("v", "10.0.0.0/16", Location("?"), Subnet("a", "10.0.1.0/24", row.items...)))
		if got := Unknowns(n); len(got) != row.want {
			t.Errorf("with %d endpoints: %+v", len(row.items), got)
		}
	}
}

// What decides about no packet is not asked for: tags and the like.
func TestSettingsAreNotAskedFor(t *testing.T) {
	n := Net(t, Routes("out", Route("0.0.0.0/0", "Internet")))
	table := n.RouteTables[0]
	table.Settings = []azure.Setting{{Name: "tags", Unknown: &azure.Unknown{Name: "parameters('tags')", Why: "it has no value"}}}
	if got := Unknowns(n); len(got) != 0 {
		t.Errorf("for tags: %+v", got)
	}
	table.Routes[0].NextHopType = azure.NotKnown[azure.NextHopType](&azure.Unknown{Name: "parameters('hop')", Why: "it has no value"})
	if got := Unknowns(n); len(got) != 1 {
		t.Errorf("for a next hop: %+v", got)
	}
}

// leadsBack tells the pointers from a child to its parent.
func leadsBack(t reflect.Type, path string) bool {
	return strings.HasSuffix(path, "/"+t.Elem().Name()) || slices.Contains([]string{"/Group", "/Policy", "/Collection", "/Firewall", "/Table", "/Interface"}, path[strings.LastIndexByte(path, '/'):])
}

func TestTreeHasWhatIsAttached(t *testing.T) {
	n := Net(t,
		VNet("hub", "10.0.0.0/16",
			Subnet("a", "10.0.1.0/24", UseNSG("web"), UseRoutes("nobody"), Endpoint("Microsoft.Storage")),
			Peer("spoke", Forwarded())),
		NSG("web", AllowIn(100, "Tcp", "*", "*", "443")),
		NSG("spare"))
	var lines []string
	var show func(list []result.InspectNode, indent string)
	show = func(list []result.InspectNode, indent string) {
		for _, x := range list {
			lines = append(lines, indent+x.Kind+" "+x.Name+": "+strings.Join(x.Facts, ", "))
			show(x.Children, indent+"  ")
		}
	}
	show(Tree(n), "")
	want := []string{
		"virtual network hub: 10.0.0.0/16",
		"  subnet a: 10.0.1.0/24, service endpoint Microsoft.Storage",
		"    network security group web: 1 inbound and 0 outbound rules",
		"      security rule allow-in-100: Inbound 100 Allow Tcp, from *, to * port 443",
		"    route table nobody: no input states it",
		"  peering hub-to-spoke: to spoke, forwarded traffic",
		"network security group spare: only the default rules, attached to nothing",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
