package wayleave

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/repair"
)

// Of several hops that block, what ends open connections says it, then what may, and
// where nobody publishes what one of them does to them, nothing is said of the others
// that let them go on (NSG-34, NSG-35, ASY-12, P-39).
func TestOpenConnectionsOfSeveralHops(t *testing.T) {
	n := Net(t, NSG("keeps"), NSG("flushes"), NSG("unknown"))
	group := func(name string) *azure.NetworkSecurityGroup {
		for _, g := range n.NetworkSecurityGroups {
			if g.Name == name {
				return g
			}
		}
		t.Fatal(name)
		return nil
	}
	group("flushes").FlushConnection = azure.Of(true, azure.Position{})
	group("unknown").FlushConnection = azure.NotKnown[bool](&azure.Unknown{Name: "var.flush"})
	rule := func(name string) fabric.Hop { return fabric.Hop{Kind: fabric.KindNSGRule, Resource: group(name).ID} }
	route, wall, admin, unstated := fabric.Hop{Kind: fabric.KindRoute}, fabric.Hop{Kind: fabric.KindFirewallRule}, fabric.Hop{Kind: fabric.KindAdminRule}, fabric.Hop{Kind: fabric.KindNSGRule, Resource: "other"}
	for _, row := range []struct {
		name string
		hops []fabric.Hop
		want string
	}{
		{"a rule lets them go on", []fabric.Hop{rule("keeps")}, "go on until they end"},
		{"nobody publishes it of an admin rule", []fabric.Hop{admin}, ""},
		{"nor then of both", []fabric.Hop{rule("keeps"), admin}, ""},
		{"nor of a group that no input states", []fabric.Hop{unstated, rule("keeps")}, ""},
		{"whether a group flushes is not known", []fabric.Hop{rule("keeps"), rule("unknown"), admin}, "go on or are cut"},
		{"one that flushes", []fabric.Hop{rule("unknown"), admin, rule("flushes")}, "are cut: "},
		{"a firewall", []fabric.Hop{wall, rule("flushes")}, "are cut once the firewall"},
		{"a route", []fabric.Hop{wall, route, rule("keeps")}, "break at once"},
	} {
		var c difference.Change
		for _, h := range row.hops {
			c.Because = append(c.Because, difference.Cause{New: true, Hop: h})
		}
		if got := openConnections(n, c); !strings.HasPrefix(got, row.want) || row.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
		for i := range c.Because {
			c.Because[i].New = false
		}
		if got := openConnections(n, c); got != "" {
			t.Errorf("%s: what let pass says %q", row.name, got)
		}
	}
}

// Only what leads packets another way breaks what is open: a table does where it has
// routes, or keeps those of gateways away (ASY-12).
func TestChangesThatLeadAnotherWay(t *testing.T) {
	n := Net(t, NSG("g"), VNet("v", "10.1.0.0/16",
		Subnet("a", "10.1.1.0/24", Routes("full", Route("0.0.0.0/0", "None"))), Subnet("b", "10.1.2.0/24", Routes("empty")), Subnet("c", "10.1.3.0/24", Routes("closed")), Subnet("d", "10.1.4.0/24")))
	table := func(name string) *azure.Resource {
		for _, x := range n.RouteTables {
			if x.Name == name {
				return &x.Resource
			}
		}
		t.Fatal(name)
		return nil
	}
	for _, x := range n.RouteTables {
		if x.Name == "closed" {
			x.DisableBGPRoutePropagation = azure.Of(true, azure.Position{})
		}
	}
	subnet := n.VirtualNetworks[0].Subnets[3]
	attach := func(name string) repair.Change {
		return &repair.Association{Subnet: subnet, Kind: azure.SubnetToRouteTable, To: table(name)}
	}
	for _, row := range []struct {
		name string
		edit repair.Edit
		want bool
	}{
		{"a rule", repair.Edit{Group: n.NetworkSecurityGroups[0]}, false},
		{"a route", repair.Edit{Table: n.RouteTables[0], Route: &repair.Route{}}, true},
		{"a group", repair.Edit{Change: &repair.Association{Subnet: subnet, Kind: azure.SubnetToNetworkSecurityGroup, To: &n.NetworkSecurityGroups[0].Resource}}, false},
		{"a table with routes", repair.Edit{Change: attach("full")}, true},
		{"one without", repair.Edit{Change: attach("empty")}, false},
		{"one that keeps routes away", repair.Edit{Change: attach("closed")}, true},
		{"a table that goes", repair.Edit{Change: &repair.Detachment{Subnet: subnet, Kind: azure.SubnetToRouteTable, From: table("full")}}, true},
		{"an empty one that goes", repair.Edit{Change: &repair.Detachment{Subnet: subnet, Kind: azure.SubnetToRouteTable, From: table("empty")}}, false},
		{"a NAT gateway that goes", repair.Edit{Change: &repair.Detachment{Subnet: subnet, Kind: azure.SubnetToNATGateway, From: &azure.Resource{}}}, true},
		{"a delegation", repair.Edit{Change: &repair.Delegation{Subnet: subnet, Service: "s"}}, false},
	} {
		if got := movesOpen(n, &row.edit); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}
