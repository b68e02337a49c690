package compare

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/plain"
)

// hubAndSpoke is the setting with the ISE in a network of its own, peered with
// the firewall's.
func hubAndSpoke(t *testing.T, link ...Item) *azure.Network {
	t.Helper()
	return hubWith(t, nil, link...)
}

// hubWith is the same with items of the hub's own link.
func hubWith(t *testing.T, hub []Item, link ...Item) *azure.Network {
	t.Helper()
	return Net(t,
		VNet("hub", "10.0.0.0/24", Subnet("AzureFirewallSubnet", "10.0.0.0/26"), Peer("spoke", hub...)),
		VNet("spoke", "10.0.1.0/24", Subnet("ise", "10.0.1.0/27", Routes("rt", viaFW)), Peer("hub", link...)),
		Firewall("fw", "hub", "10.0.0.4", Egress("pip1", "203.0.113.10"), allowSFTP))
}

// agree puts a question to both sides, with the open points settled and open.
func (p *pair) agree(t *testing.T, q plain.Question) {
	t.Helper()
	for _, open := range []bool{false, true} {
		if d, err := p.ask(q, open); d != nil || err != nil {
			t.Errorf("the sides disagree (open points %v): %v %v", open, d, err)
		}
	}
}

// T-57, T-18: where a switch that is open decides, so is the answer, and it
// names the switch.
func TestFirewallAnswersTurnOnOpenPoints(t *testing.T) {
	shared := base{rules: items(allowAny), routes: Routes("rt-ise", Route("100.72.1.10/32", "10.0.0.4"))}
	for _, row := range []struct {
		id      string
		network *azure.Network
		packet  string
		follow  plain.Verdict
		turnsOn []string
	}{
		{"T-57", hubAndSpoke(t), "tcp 10.0.1.4 -> 198.51.100.10:22", plain.Deny, []string{"peering.forwardedFalse"}},
		{"TAG-18, as long as it is open the reply may be dropped", hubAndSpoke(t), "tcp 10.0.1.4 -> 198.51.100.10:22", plain.Deny, []string{"peering.forwardedFalse"}},
		{"RT-45, at the sending side the flag says nothing", hubWith(t, items(Forwarded())), "tcp 10.0.1.4 -> 198.51.100.10:22", plain.Deny, []string{"peering.forwardedFalse"}},
		{"RT-45, at the receiving side it does", hubAndSpoke(t, Forwarded()), "tcp 10.0.1.4 -> 198.51.100.10:22", plain.Allow, nil},
		{"T-57 with the flag", hubAndSpoke(t, Forwarded()), "tcp 10.0.1.4 -> 198.51.100.10:22", plain.Allow, nil},
		{"R-34 a parent's DNS proxy", base{rules: items(UsePolicy("child")), more: parentProxy()}.net(t), "tcp 10.0.1.4 -> 198.51.100.10:22", plain.Deny, []string{"childDnsInherited"}},
		{"S-04 the receiver sees the sender, or the firewall", base{rules: items(allowAny), routes: Routes("rt-ise", Route("100.72.1.0/24", "10.0.0.4")), vnet: items(Peer("shared")), more: sharedSpace()}.net(t),
			"tcp 10.0.1.4 -> 100.72.1.10:22", plain.Allow, []string{"defaultPrivateRanges"}},
		{"T-18 leaves nowhere in any case", shared.net(t), "tcp 10.0.1.4 -> 100.72.1.10:22", plain.Deny, nil},
	} {
		both := pairOf(t, row.network)
		twin := both.slow
		p := readPacket(t, row.packet)
		q := plain.Question{Packet: p, From: subnetWith(t, row.network, p.Source)}
		both.agree(t, q)
		followed, err := twin.Follow(q)
		if err != nil {
			t.Fatal(err)
		}
		settled, err := twin.Settled(q)
		if err != nil {
			t.Fatal(err)
		}
		if followed.Verdict != row.follow || !slices.Equal(settled.TurnsOn, row.turnsOn) {
			t.Errorf("%s: %v\nturns on %v, want %s and %v", row.id, followed, settled.TurnsOn, row.follow, row.turnsOn)
		}
	}
}

// ASY-3, ASY-4 and ASY-8: a default route to the firewall takes the replies to
// management that comes in from the internet; a route for its addresses, or the
// seed's narrow route, does not.
func TestDefaultRouteTakesRepliesToManagement(t *testing.T) {
	for _, row := range []struct {
		id     string
		routes Item
		want   plain.Verdict
	}{
		{"ASY-3", Routes("rt-ise", allToFW), plain.Deny},
		{"ASY-4", Routes("rt-ise", allToFW, Route("192.88.99.0/24", "Internet")), plain.Allow},
		{"ASY-8", Routes("rt-ise", viaFW), plain.Allow},
	} {
		network := base{routes: row.routes}.net(t)
		both := pairOf(t, network)
		twin := both.slow
		p := plain.Packet{Protocol: 6, Source: netip.MustParseAddr("192.88.99.7"), SourcePort: 50000, Destination: netip.MustParseAddr("10.0.1.4"), DestinationPort: 454}
		q := plain.Question{Packet: p, To: SubnetID("v", "ise-a1"), Managed: true}
		both.agree(t, q)
		answer, err := twin.Follow(q)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Verdict != row.want || row.want == plain.Deny && answer.Decider.Kind != plain.ReturnPath {
			t.Errorf("%s: want %s, got %v", row.id, row.want, answer)
		}
	}
}

// A plan knows the firewall's address only after apply, and the route names the
// same unknown value.
func TestRouteToAddressKnownOnlyLater(t *testing.T) {
	for hop, want := range map[string]plain.Verdict{"?fw.ip": plain.Allow, "?other": plain.Undecided, "10.0.0.4": plain.Undecided, "10.0.2.9": plain.Deny} {
		network := base{private: "?fw.ip", routes: Routes("rt-ise", Route("198.51.100.10/32", hop))}.net(t)
		both := pairOf(t, network)
		twin := both.slow
		q := plain.Question{Packet: readPacket(t, "tcp 10.0.1.4 -> 198.51.100.10:22"), From: SubnetID("v", "ise-a1")}
		both.agree(t, q)
		answer, err := twin.Follow(q)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Verdict != want {
			t.Errorf("next hop %s: want %s, got %v", hop, want, answer)
		}
	}
}

// sharedSpace is a peer with addresses of 100.64.0.0/10 that takes packets of the
// sender's own address alone.
func sharedSpace() []Item {
	return items(VNet("shared", "100.72.0.0/16", Peer("v", Forwarded()), Subnet("s", "100.72.1.0/24", Routes("back", Route("10.0.1.0/24", "10.0.0.4")),
		NSG("g", AllowIn(100, "*", "10.0.1.0/27", "*", "*"), DenyIn(200, "*", "*", "*", "*")))))
}
