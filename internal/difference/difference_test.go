package difference_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/servicetag"
)

func compile(t testing.TB, n *azure.Network, assume ...string) *fabric.Fabric {
	t.Helper()
	var settings []fabric.Setting
	for _, text := range assume {
		s, err := fabric.ParseAssumption(text)
		if err != nil {
			t.Fatal(err)
		}
		settings = append(settings, s)
	}
	f, list := fabric.Compile(n, servicetag.Symbolic(), fabric.Assume(settings...))
	if f == nil {
		t.Fatal(list)
	}
	return f
}

func compare(t testing.TB, old, now *azure.Network, assume ...string) *difference.Answer {
	t.Helper()
	a, err := difference.Compare(compile(t, old, assume...), compile(t, now, assume...), difference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func network(t testing.TB, app []Item, more ...Item) *azure.Network {
	t.Helper()
	return Net(t, append([]Item{
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", app...), Subnet("db", "10.1.2.0/24", NSG("g-db"))),
	}, more...)...)
}

func TestNothingDiffers(t *testing.T) {
	one := func() *azure.Network {
		return network(t, []Item{NSG("g", DenyOut(200, "tcp", "*", "Storage", "443")), Routes("rt", Route("0.0.0.0/0", "10.1.9.9"))})
	}
	a := compare(t, one(), one())
	if !a.Equal() || a.Walked != 0 || a.Subnets != 2 {
		t.Errorf("%+v", a)
	}
}

// The routes of a firewall's subnet decide about packets of others, and about the
// replies to them (C-21).
func TestRoutesOfAFirewallDecideForOthers(t *testing.T) {
	behind := func(own ...Item) *azure.Network {
		return Net(t,
			VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))), Subnet(FirewallSubnetName, "10.1.9.0/26", Routes("rt-fw", own...))),
			Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), Collection("c", 200, azure.FirewallAllow, NetworkRule("r", "TCP", "*", "*", "443"))))
	}
	a := compare(t, behind(Route("10.1.1.0/24", "None")), behind(), "defaults")
	if len(a.Opened) == 0 || len(a.Closed) > 0 || a.Equal() {
		t.Errorf("opened %v, closed %v", a.OpenedSpace(), a.ClosedSpace())
	}
}

// A row says what opens and closes, as a sentence a change.
func TestDiff(t *testing.T) {
	no := DenyOut(200, "tcp", "*", "10.1.2.0/24", "*", Named("no"))
	for _, x := range []struct {
		name           string
		old, now       []Item
		opened, closed string
	}{
		{
			"a rule more opens what it allows", []Item{NSG("g", no)},
			[]Item{NSG("g", AllowOut(100, "tcp", "10.1.1.0/25", "10.1.2.0/24", "443", Named("yes")), no)},
			"tcp 443 from 10.1.1.4-10.1.1.127 to db [old deny no] [new allow yes]", "",
		},
		{
			"a rule less closes what it allowed", []Item{NSG("g", AllowIn(100, "udp", "8.8.8.0/24", "*", "53", Named("dns")))},
			[]Item{NSG("g")}, "", "udp 53 from 8.8.8.0/24 to app [old allow dns] [new deny DenyAllInBound]",
		},
		{
			"a Deny less opens what the rules behind it allow", []Item{NSG("g", no)}, []Item{NSG("g")},
			"tcp from app to db [old deny no] [new allow AllowVnetOutBound]", "",
		},
		{
			"the same under another name is no difference", []Item{NSG("g", AllowIn(100, "udp", "8.8.8.0/24", "*", "53", Named("a")))},
			[]Item{NSG("g", AllowIn(100, "udp", "8.8.8.0/24", "*", "53", Named("b")))}, "", "",
		},
		{
			"nor at another priority", []Item{NSG("g", AllowIn(100, "udp", "8.8.8.0/24", "*", "53", Named("a")))},
			[]Item{NSG("g", AllowIn(150, "udp", "8.8.8.0/24", "*", "53", Named("a")))}, "", "",
		},
		{
			"nor in two halves", []Item{NSG("g", AllowIn(100, "udp", "8.8.8.0/24", "*", "53-54", Named("a")))},
			[]Item{NSG("g", AllowIn(100, "udp", "8.8.8.0/25", "*", "53-54"), AllowIn(101, "udp", "8.8.8.128/25", "*", "54,53"))}, "", "",
		},
		{
			"nor is a rule that decides nothing", []Item{NSG("g", DenyIn(100, "tcp", "8.8.8.0/24", "*", "*"), AllowIn(200, "tcp", "8.8.8.8", "*", "80"))},
			[]Item{NSG("g", DenyIn(100, "tcp", "8.8.8.0/24", "*", "*"))}, "", "",
		},
		{
			"two rules that change places", []Item{NSG("g", AllowOut(100, "tcp", "*", "10.1.2.4", "1-443", Named("a")), DenyOut(200, "tcp", "*", "10.1.2.4", "443-500", Named("d")))},
			[]Item{NSG("g", AllowOut(200, "tcp", "*", "10.1.2.4", "1-443", Named("a")), DenyOut(100, "tcp", "*", "10.1.2.4", "443-500", Named("d")))},
			"", "tcp 443 from app to 10.1.2.4 [old allow a] [new deny d]",
		},
		{
			"a route to nowhere closes", []Item{NSG("g")}, []Item{NSG("g"), Routes("rt", Route("8.8.0.0/16", "None"))},
			"", "tcp, udp from app to 8.8.0.0/16 [old forward 0.0.0.0/0] [new drop to-8.8.0.0-16]",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			more := []Item{Routes("rt")}
			old, now := network(t, x.old), network(t, x.now)
			if strings.Contains(x.name, "route") {
				old = network(t, append(x.old, more...))
			}
			a := compare(t, old, now, "defaults")
			if got := sentences(a, a.Opened); got != x.opened {
				t.Errorf("opened %q, want %q", got, x.opened)
			}
			if got := sentences(a, a.Closed); got != x.closed {
				t.Errorf("closed %q, want %q", got, x.closed)
			}
			for _, d := range a.Undecided {
				if icmpv6 := "icmpv6 "; !strings.HasPrefix(d.Space.String(), icmpv6) { // NSG-31
					t.Errorf("undecided: %+v", d)
				}
			}
			if a.Equal() != (x.opened+x.closed == "") {
				t.Error("Equal says otherwise")
			}
			back := compare(t, now, old, "defaults")
			if !back.OpenedSpace().Equal(a.ClosedSpace()) || !back.ClosedSpace().Equal(a.OpenedSpace()) {
				t.Error("the way back is another")
			}
		})
	}
}

func sentences(a *difference.Answer, list []difference.Change) string {
	var all []string
	for _, c := range list {
		text := strings.Join(a.Lines(c.From, c.To, c.Space, 4), "; ")
		for _, w := range c.Because {
			text += fmt.Sprintf(" [%s %s %s]", map[bool]string{false: "old", true: "new"}[w.New], w.Hop.Decision, w.Hop.Name)
		}
		all = append(all, text)
	}
	return strings.Join(all, " | ")
}
