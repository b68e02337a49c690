package wayleave

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
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
