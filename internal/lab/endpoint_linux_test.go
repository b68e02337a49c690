package lab_test

import (
	"testing"
	"time"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// row is a packet with what becomes of it in a network of the subnets app and db,
// which the items stand beside.
type row struct {
	what     string
	app, db  []Item
	beside   []Item
	probe    lab.Probe
	answered bool
}

// run sends the packet of each row.
func run(t *testing.T, rows []row) {
	t.Helper()
	for _, c := range rows {
		n := Net(t, append(c.beside,
			VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", c.app...), Subnet("db", "10.1.2.0/24", c.db...), Peer("w")),
			VNet("w", "10.2.0.0/16", Subnet("far", "10.2.0.0/24"), Peer("v")))...)
		p := lab.Compile(n, nil, plain.Documented())
		if limits := p.Limits(c.probe); len(limits) > 0 {
			t.Errorf("%s (%v): %v", c.what, c.probe, limits)
		}
		r := start(t, p)
		if got := ask(t, r, c.probe, c.answered); got.Answered != c.answered {
			t.Errorf("%s (%v): answered %v, arrived at %q; want %v", c.what, c.probe, got.Answered, got.Arrived, c.answered)
		}
		r.Close()
	}
}

// ask sends one probe. An answer that is expected is waited for as long as a busy
// machine may take.
func ask(t *testing.T, r *lab.Running, p lab.Probe, answered bool) lab.Packet {
	t.Helper()
	patience := 400 * time.Millisecond
	if answered {
		patience = 20 * time.Second
	}
	packets, err := r.Probe([]lab.Probe{p}, patience)
	if err != nil {
		t.Fatalf("%v: %v", p, err)
	}
	return packets[0]
}

// What rules and routes make of packets to a private endpoint.
func TestEndpoints(t *testing.T) {
	denied := NSG("closed", DenyIn(100, "*", "*", "*", "*"))
	pe := func(policies string, more ...Item) []Item {
		return append([]Item{PrivateEndpoint("pe", "10.1.2.10"), EndpointPolicies(policies)}, more...)
	}
	app, far := SubnetID("v", "app"), SubnetID("w", "far")
	to := tcp(app, "10.1.1.4", "10.1.2.10", 443)
	run(t, []row{
		{"T77, PE-2: groups of its subnet do not see it", nil, pe("Disabled", denied), nil, to, true},
		{"PE-1: its neighbours they do see", nil, pe("Disabled", denied), nil, tcp(app, "10.1.1.4", "10.1.2.11", 443), false},
		{"T78: with the policy they do", nil, pe("NetworkSecurityGroupEnabled", denied), nil, to, false},
		{"PE-2: the sender's group always counts", []Item{NSG("no", DenyOut(100, "*", "*", "10.1.2.10/32", "*"))}, pe("Disabled"), nil, to, false},
		{"T79, PE-4: a subnet's route, with the policy for routes", []Item{Routes("rt", Route("10.1.2.0/24", "None"))}, pe("RouteTableEnabled"), nil, to, false},
		{"T79, PE-4: a default route changes nothing", []Item{Routes("rt", Route("0.0.0.0/0", "None"))}, pe("RouteTableEnabled"), nil, to, true},
		{"PE-4: a subnet's route without the policy changes nothing", []Item{Routes("rt", Route("10.1.2.0/24", "None"))}, pe("Disabled"), nil, to, true},
		{"PE-4: one to the address alone wins", []Item{Routes("rt", Route("10.1.2.10/32", "None"))}, pe("Disabled"), nil, to, false},
		{"PE-5: the reply asks no route", nil, pe("Disabled", Routes("rt", Route("10.1.1.0/24", "None"))), nil, to, true},
		{"PE-5: that of its neighbour does", nil, pe("Disabled", Routes("rt", Route("10.1.1.0/24", "None"))), nil, tcp(app, "10.1.1.4", "10.1.2.11", 443), false},
		{"PE-3, RT-10: from a peered network", nil, pe("Disabled", denied), nil, tcp(far, "10.2.0.4", "10.1.2.10", 443), true},
		{"PE-7: security admin rules do not see it", nil, pe("Enabled"), []Item{Admin("k", "v", AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "443"))}, to, true},
		{"PE-7: those of the sender count", nil, pe("Enabled"), []Item{Admin("k", "v", AdminRule("Deny", "Outbound", 10, "Tcp", "*", "*", "443"))}, to, false},
	})
}

// Security admin rules come before the groups.
func TestAdminRules(t *testing.T) {
	app := SubnetID("v", "app")
	to := tcp(app, "10.1.1.4", "10.1.2.4", 22)
	in := func(access string, priority int) Item {
		return AdminRule(access, "Inbound", priority, "Tcp", "*", "*", "22")
	}
	admin := func(rules ...Item) []Item { return []Item{Admin("k", "v", rules...)} }
	open, closed := NSG("open", AllowIn(100, "*", "*", "*", "*")), NSG("closed", DenyIn(100, "*", "*", "*", "*"))
	run(t, []row{
		{"T80, ADM-2: a deny, whatever the group says", nil, []Item{open}, admin(in("Deny", 10)), to, false},
		{"ADM-1: without any group", nil, nil, admin(in("Deny", 10)), to, false},
		{"ADM-2: beside the rule the group decides", nil, []Item{open}, admin(in("Deny", 10)), tcp(app, "10.1.1.4", "10.1.2.4", 23), true},
		{"T81, ADM-2: an allow leaves it to the group", nil, []Item{closed}, admin(in("Allow", 10)), to, false},
		{"T82, ADM-2: what is always allowed meets no group", nil, []Item{closed}, admin(in("AlwaysAllow", 10)), to, true},
		{"ADM-2: the first by priority decides", nil, []Item{closed}, admin(in("Deny", 20), in("AlwaysAllow", 10)), to, true},
		{"ADM-2: and no later one", nil, []Item{open}, admin(in("Deny", 20), in("Allow", 10)), to, true},
		{"T83, ADM-5: the sender's group decides about the way out", []Item{NSG("out", DenyOut(100, "*", "*", "*", "*"))}, nil, admin(in("AlwaysAllow", 10)), to, false},
		{"ADM-1: rules for another network", nil, nil, []Item{Admin("k", "w", in("Deny", 10))}, to, true},
	})
}
