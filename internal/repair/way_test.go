package repair_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/repair"
)

// Each way to the same end, and what it does where the network leaves no choice.
func TestWays(t *testing.T) {
	both := []Item{AllowOut(110, "*", "*", "10.9.0.0/16", "*"), DenyOut(200, "*", "*", "*", "1433"), DenyOut(4000, "*", "*", "Internet", "*")}
	const need1433 = "out app 8.8.8.0/24 tcp,udp 1433"
	for _, x := range []struct {
		name  string
		way   repair.Way
		rules []Item
		need  string
		keep  []string
		want  string
	}{
		{"both protocols", repair.Exact, both, need1433, nil, "+g Outbound 140 Allow Tcp 10.1.1.0/24 -> 8.8.8.0/24 port 1433\n+g Outbound 170 Allow Udp 10.1.1.0/24 -> 8.8.8.0/24 port 1433"},
		{"TCP alone", repair.TCPAlone, both, need1433, nil, "+g Outbound 155 Allow Tcp 10.1.1.0/24 -> 8.8.8.0/24 port 1433"},
		{"UDP where nothing else is asked", repair.TCPAlone, both, "out app 8.8.8.0/24 udp 1433", nil, "+g Outbound 155 Allow Udp 10.1.1.0/24 -> 8.8.8.0/24 port 1433"},
		{"any protocol", repair.AnyProtocol, both, need1433, nil, "+g Outbound 155 Allow * 10.1.1.0/24 -> 8.8.8.0/24 port 1433"},
		{"one protocol stays one", repair.AnyProtocol, both, "out app 8.8.8.0/24 tcp 1433", nil, "+g Outbound 155 Allow Tcp 10.1.1.0/24 -> 8.8.8.0/24 port 1433"},
		{"the first rule that blocks goes, the next shows when it is gone", repair.WithoutBlockers, both, need1433, nil, "-g Outbound 200 Deny * * -> * port 1433"},
		{"what is kept stays", repair.WithoutBlockers, both, need1433, []string{"deny-out-200"},
			"cannot: out-8.8.8.0/24-1433 and the rule deny-out-200 (outbound 200) of g, which is kept, cannot both hold: the rule denies what the requirement needs"},
		{"a default rule cannot go", repair.WithoutBlockers, nil, "in app 8.8.8.0/24 tcp 443", nil, "+g Inbound 4087 Allow Tcp 8.8.8.0/24 -> 10.1.1.0/24 port 443"},
	} {
		t.Run(x.name, func(t *testing.T) {
			inventory := Inventory(azure.RankExport, items(x.rules)...)
			f := compile(t, inventory)
			plan := x.way.Make(f, []repair.Need{need(t, f, x.need)}, repair.Keep{Names: x.keep})
			if got := lines(plan); got != x.want {
				t.Errorf("got\n%s\nwant\n%s", got, x.want)
			}
			if _, err := repair.Apply([]*azure.Inventory{inventory}, plan.Edits); err != nil {
				t.Error(err)
			}
		})
	}
}

// A route that blocks is removed, and one that is added is not needed.
func TestWithoutBlockersRemovesRoutes(t *testing.T) {
	inventory := Inventory(azure.RankExport, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("8.8.0.0/16", "None")))))
	f := compile(t, inventory)
	plan := repair.WithoutBlockers.Make(f, []repair.Need{need(t, f, "out app 8.8.8.0/24 tcp 443")}, repair.Keep{})
	if got := lines(plan); got != "~rt: route 8.8.0.0/16 to None" || plan.Edits[0].Action != repair.Remove {
		t.Fatal(got)
	}
	list, err := repair.Apply([]*azure.Inventory{inventory}, plan.Edits)
	if err != nil {
		t.Fatal(err)
	}
	if routes := compile(t, list...).Network().RouteTables[0].Routes; len(routes) != 0 {
		t.Errorf("%d routes are left", len(routes))
	}
}

// The rules of firewalls follow the way too.
func TestWaysOfFirewallRules(t *testing.T) {
	for way, want := range map[repair.Way]string{
		repair.Exact:       "~fw: Allow TCP, UDP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 200)",
		repair.TCPAlone:    "~fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 200)",
		repair.AnyProtocol: "~fw: Allow Any 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 200)",
	} {
		f := compile(t, Inventory(azure.RankExport, behind()...))
		if got := lines(way.Make(f, []repair.Need{need(t, f, "out app 8.8.8.0/24 tcp,udp 443")}, repair.Keep{})); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", way, got, want)
		}
	}
}

// What a security admin rule denies is not for a group to open (ADM-1).
func TestMakeNamesAdminRules(t *testing.T) {
	f := compile(t, Inventory(azure.RankExport, append(items([]Item{AllowIn(100, "*", "*", "*", "*")}), Admin("rc", "v", AdminRule("Deny", "Inbound", 10, "tcp", "*", "*", "443")))...))
	want := "cannot: security admin rule deny-inbound-10 of rc denies it inbound, and no rule of a security group comes before it: whoever has the network manager has to change it"
	if got := lines(repair.Make(f, []repair.Need{need(t, f, "in app 8.8.8.0/24 tcp 443")}, repair.Keep{})); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
