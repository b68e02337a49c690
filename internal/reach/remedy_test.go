package reach_test

import (
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Replies that take another way than their requests where a firewall keeps state
// are blocked, and the blocker names what the documentation says to do (ASY-1,
// ASY-2). What is done then, lets them pass.
func TestASY2RemediesOfAsymmetry(t *testing.T) {
	any := NSG("g", AllowIn(100, "*", "*", "*", "*"))
	const outside, inside = "192.88.99.1", "v/app"
	allow := Collection("net", 200, azure.FirewallAllow, NetworkRule("all", "TCP", "*", "*", "*"))
	// net has two subnets that talk, and a firewall that lets everything through.
	net := func(app, db []Item, more ...Item) []Item {
		fw := append([]Item{Egress("one", "20.1.1.1"), allow}, more...)
		return []Item{VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", append(app, any)...), Subnet("db", "10.1.2.0/24", append(db, any)...),
			Subnet("AzureFirewallSubnet", "10.1.9.0/26")), Firewall("fw", "v", "10.1.9.4", fw...)}
	}
	all := func(name string, more ...Item) []Item {
		return []Item{Routes(name, append([]Item{Route("0.0.0.0/0", "10.1.9.4")}, more...)...)}
	}
	toApp, toDB := Route("10.1.1.0/24", "10.1.9.4"), Route("10.1.2.0/24", "10.1.9.4")
	toEndpoint, endpoint := Route("10.1.2.10/32", "10.1.9.4"), PrivateEndpoint("pe", "10.1.2.10")
	// behindOwn has a route in the firewall's own subnet.
	behindOwn := func(there, back, own Item) []Item {
		return []Item{VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", Routes("there", there), any), Subnet("db", "10.1.2.0/24", Routes("rt", back), any),
			Subnet("AzureFirewallSubnet", "10.1.9.0/26", Routes("rt-fw", own))), Firewall("fw", "v", "10.1.9.4", Egress("one", "20.1.1.1"), allow)}
	}
	// two has a second firewall in a peered network.
	two := func(there Item, back ...Item) []Item {
		return []Item{VNet("v", "10.1.0.0/16", Peer("w"),
			Subnet("app", "10.1.1.0/24", Routes("there", there), any), Subnet("db", "10.1.2.0/24", Routes("rt", back...), any),
			Subnet("AzureFirewallSubnet", "10.1.9.0/26")), Firewall("fw", "v", "10.1.9.4", Egress("one", "20.1.1.1"), allow),
			VNet("w", "10.2.0.0/16", Peer("v"), Subnet("AzureFirewallSubnet", "10.2.9.0/26")), Firewall("fw2", "w", "10.2.9.4", Egress("two", "20.1.1.2"), allow)}
	}
	for _, row := range []struct {
		id, note string
		items    []Item
		from, to string
		want     reach.Verdict
		remedies []string
	}{
		{"ASY-3", "a default route takes the replies to clients outside", net(nil, all("rt")), outside, "10.1.2.4", reach.Blocked,
			[]string{"add a route for the senders with next hop Internet to route table rt: for their service tag, where they have one (ASY-4)", "let the requests come in by a NAT rule of firewall fw"}},
		{"ASY-4", "a route for the senders", net(nil, all("rt", Route("192.88.99.0/24", "Internet"))), outside, "10.1.2.4", reach.Allowed, nil},
		{"ASY-8", "a route for one destination alone takes nothing of theirs", net(nil, []Item{Routes("rt", Route("198.51.100.10/32", "10.1.9.4"))}), outside, "10.1.2.4", reach.Allowed, nil},
		{"ASY-2", "replies go to a firewall that did not see the request", net(nil, []Item{Routes("rt", toApp)}), inside, "10.1.2.4", reach.Blocked,
			[]string{"add a route for 10.1.2.0/24 with next hop VirtualAppliance 10.1.9.4 to the route table of app", "add a route for 10.1.1.0/24 with next hop VnetLocal to route table rt"}},
		{"ASY-2", "requests go there too", net([]Item{Routes("there", toDB)}, []Item{Routes("rt", toApp)}), inside, "10.1.2.4", reach.Allowed, nil},
		{"ASY-2", "replies go past the firewall", net([]Item{Routes("there", toDB)}, nil), inside, "10.1.2.4", reach.Blocked,
			[]string{"add a route for 10.1.1.0/24 with next hop VirtualAppliance 10.1.9.4 to the route table of db", "leave 10.1.2.0/24 out of its private ranges"}},
		{"ASY-2", "the firewall translates", net([]Item{Routes("there", toDB)}, nil, PrivateRanges("255.255.255.255/32")), inside, "10.1.2.4", reach.Allowed, nil},
		{"F-24", "replies to one instance go to any", net([]Item{Routes("there", toDB)}, []Item{Routes("rt", Route("10.1.0.0/16", "10.1.9.4"))}, PrivateRanges("255.255.255.255/32")), inside, "10.1.2.4", reach.Blocked,
			[]string{"add a route for 10.1.9.0/26 with next hop VnetLocal to route table rt (F-24)"}},
		{"F-24", "unless a route leaves them alone", net([]Item{Routes("there", toDB)}, []Item{Routes("rt", Route("10.1.0.0/16", "10.1.9.4"), Route("10.1.9.0/26", "VnetLocal"))}, PrivateRanges("255.255.255.255/32")), inside, "10.1.2.4", reach.Allowed, nil},
		{"ASY-2", "replies go to another firewall", two(toDB, Route("10.1.1.0/24", "10.2.9.4")), inside, "10.1.2.4", reach.Blocked,
			[]string{"set the next hop of route to-10.1.1.0-24 of rt to VirtualAppliance 10.1.9.4 (ASY-1)"}},
		{"ASY-2", "as others do", two(toDB, Route("10.1.0.0/16", "10.2.9.4")), inside, "10.1.2.4", reach.Blocked,
			[]string{"add a route for 10.1.1.0/24 with next hop VirtualAppliance 10.1.9.4 to the route table of db (ASY-1)"}},
		{"ASY-2", "and these to the one that has seen the requests", two(toDB, toApp, Route("10.1.0.0/16", "10.2.9.4")), inside, "10.1.2.4", reach.Allowed, nil},
		{"C-21", "the firewall sends replies to the internet", behindOwn(toDB, toApp, Route("10.1.1.0/24", "Internet")), inside, "10.1.2.4", reach.Blocked,
			[]string{"leave 10.1.1.0/24 out of route to-10.1.1.0-24 of rt-fw, the route table of the firewall's subnet (C-21)"}},
		{"C-21", "the firewall sends replies nowhere", behindOwn(toDB, toApp, Route("10.1.0.0/23", "None")), inside, "10.1.2.4", reach.Blocked,
			[]string{"leave 10.1.1.0/24 out of route to-10.1.0.0-23 of rt-fw, the route table of the firewall's subnet (C-21)"}},
		{"C-21", "without the route", behindOwn(toDB, toApp, Route("10.9.0.0/16", "None")), inside, "10.1.2.4", reach.Allowed, nil},
		{"PE-5", "a private endpoint answers past the firewall", net([]Item{Routes("there", toEndpoint)}, []Item{endpoint}), inside, "10.1.2.10", reach.Blocked,
			[]string{"let firewall fw translate it: leave the endpoint out of its private ranges, or admit it by an application rule (PE-5)"}},
		{"PE-5", "the firewall translates", net([]Item{Routes("there", toEndpoint)}, []Item{endpoint}, PrivateRanges("255.255.255.255/32")), inside, "10.1.2.10", reach.Allowed, nil},
	} {
		t.Run(row.id+" "+row.note, func(t *testing.T) {
			a := explore(t, compile(t, Net(t, row.items...), servicetag.Symbolic(), "defaults"), in("tcp/443", row.from, row.to))
			if a.Verdict() != row.want {
				t.Fatalf("want %s, got %s", row.want, describe(a))
			}
			var got []string
			for _, b := range a.Blockers() {
				if b.Remedy != "" {
					got = append(got, strings.Split(b.Remedy, "\n")...)
				}
			}
			if len(got) != len(row.remedies) {
				t.Fatalf("want the remedies %q, got %q", row.remedies, got)
			}
			for i, want := range row.remedies {
				if !strings.Contains(got[i], want) {
					t.Errorf("want %q, got %q", want, got[i])
				}
			}
		})
	}
}
