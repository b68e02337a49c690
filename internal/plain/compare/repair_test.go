package compare

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// draftNeed draws a requirement of a subnet and tells which of its packets are
// blocked; false where none are or where some are undecided.
func draftNeed(f *fabric.Fabric, n *random.Network, r *rand.Rand, id string) (repair.Need, bool) {
	subnets := f.Network().Subnets()
	s := subnets[r.IntN(len(subnets))]
	near := f.Addresses(s).Only(flow.IPv4)
	if near.IsEmpty() {
		return repair.Need{}, false
	}
	row := service.Row{
		Requirement: &service.Requirement{ID: id}, Subnet: s,
		Protocols:   []flow.ProtocolSet{flow.Protocols(flow.TCP), flow.Protocols(flow.UDP), flow.Protocols(flow.TCP, flow.UDP)}[r.IntN(3)],
		SourcePorts: flow.AllPorts(), DestinationPorts: []flow.PortSet{flow.Ports(443), flow.PortRange(454, 455), flow.Ports(80, 443), flow.AllPorts()}[r.IntN(4)],
	}
	own := service.Far{Is: service.InSubnet}
	far, end := draftFar(f, n, r)
	here := reach.SubnetAddresses(s.ID, near)
	q := reach.Query{From: here, To: end, Protocols: row.Protocols, SourcePorts: row.SourcePorts, DestinationPorts: row.DestinationPorts}
	row.Source, row.Destination, row.Requirement.Direction = own, far, "outbound"
	if r.IntN(2) == 0 {
		q.From, q.To = q.To, q.From
		row.Source, row.Destination, row.Requirement.Direction = far, own, "inbound"
	}
	answer, err := reach.Explore(f, q)
	if err != nil || !answer.Of(reach.Undecided).IsEmpty() || answer.Of(reach.Blocked).IsEmpty() {
		return repair.Need{}, false
	}
	m := check.Missing{Row: row}
	for _, p := range answer.Counted() {
		if p.Verdict == reach.Blocked {
			if fabric.Destinations(p.Space.Cubes()).Overlaps(frontends(f)) {
				return repair.Need{}, false
			}
			m.Parts = append(m.Parts, check.MissingPart{Packets: p.Space.Cubes(), Blockers: p.Blockers})
		}
	}
	return repair.Need{Service: "random", Missing: m}, true
}

// frontends are the private addresses of load balancers and all public ones. A group
// behind one sees a member's address, and a rule for that also opens what goes there
// straight: it is no exact change, and asked of the traps alone.
func frontends(f *fabric.Fabric) flow.AddressSet {
	var all flow.AddressSet
	for _, l := range f.Network().LoadBalancers {
		for _, x := range l.Frontends {
			if a, ok := x.PrivateIPAddress.Known(); ok {
				all = all.Union(flow.Host(a))
			}
		}
	}
	for _, public := range f.Network().PublicIPAddresses {
		if a, ok := public.IPAddress.Known(); ok {
			all = all.Union(flow.Host(a))
		}
	}
	return all
}

// byFrontends are the packets to frontends.
func byFrontends(f *fabric.Fabric) flow.Space {
	to := flow.AnyCube()
	to.Destination = frontends(f)
	return flow.SpaceOf(to)
}

// draftFar draws the far end: a service tag, prefixes outside, another subnet.
func draftFar(f *fabric.Fabric, n *random.Network, r *rand.Rand) (service.Far, reach.Endpoint) {
	switch r.IntN(3) {
	case 0:
		if len(n.ServiceTags) > 0 {
			tag := n.ServiceTags[r.IntN(len(n.ServiceTags))].Name
			if s, err := f.TagSpace(tag); err == nil && !s.Only(flow.IPv4).IsEmpty() && s.Only(flow.IPv6).IsEmpty() {
				return service.Far{Tag: tag}, reach.Tag(tag)
			}
		}
	case 1:
		prefixes := []netip.Prefix{must("8.8.4.0/24"), must("52.239.128.0/20")}[:1+r.IntN(2)]
		return service.Far{Prefixes: prefixes}, reach.Addresses(flow.AddressSetOf(prefixes...))
	}
	subnets := f.Network().Subnets()
	s := subnets[r.IntN(len(subnets))]
	held := f.Addresses(s).Only(flow.IPv4)
	if held.IsEmpty() {
		return service.Far{Prefixes: []netip.Prefix{must("9.9.9.9/32")}}, reach.Addresses(flow.AddressSetOf(must("9.9.9.9/32")))
	}
	return service.Far{Is: service.InService}, reach.SubnetAddresses(s.ID, held)
}

// changed is the network after a plan, as both sides read it.
func changed(p *pair, plan *repair.Plan) (*pair, error) {
	inventory, err := p.network.Inventory()
	if err != nil {
		return nil, err
	}
	list, err := repair.Apply([]*azure.Inventory{inventory}, plan.Edits)
	if err != nil {
		return nil, err
	}
	network, problems := azure.Build(list...)
	if network == nil {
		return nil, problems.Err()
	}
	after := &pair{network: p.network}
	if after.slow, err = plain.New(network, p.network.Tags(), plain.Documented()); err != nil {
		return nil, err
	}
	catalogue, err := servicetag.Parse("ServiceTags_Public_20260101.json", p.network.ServiceTagFile())
	if err != nil {
		return nil, err
	}
	f, problems := fabric.Compile(network, catalogue, p.settled.Assumptions())
	if f == nil {
		return nil, problems.Err()
	}
	after.settled, after.open = f, f
	return after, nil
}

// TestSoakRepairOpensWhatIsMissing plans changes for random requirements of
// random networks. What is opened is what was missing, nothing is closed, and
// the interpreter says the same of packet after packet (decisions 32).
func TestSoakRepairOpensWhatIsMissing(t *testing.T) {
	r := plan(t, 300, 15)
	var plans, edits, packets atomic.Uint64
	r.each(t, func(seed uint64) bool {
		n := random.Small(seed)
		if seed%50 == 0 {
			n = random.New(seed)
		}
		p, err := newPair(n, nil)
		if err != nil {
			return true
		}
		dice := rand.New(rand.NewPCG(seed, 7))
		var needs []repair.Need
		for i := range 1 + dice.IntN(4) {
			if need, ok := draftNeed(p.settled, n, dice, fmt.Sprintf("need-%d", i)); ok {
				needs = append(needs, need)
			}
		}
		made := repair.Make(p.settled, needs, repair.Keep{})
		if len(made.Edits) == 0 || r.time == 0 && seed%5 > 0 && changesTheWay(made) {
			return true // a soak asks of all of them what else goes another way
		}
		plans.Add(1)
		edits.Add(uint64(len(made.Edits)))
		after, err := changed(p, made)
		if err != nil {
			t.Errorf("seed %d: %v\nplan %v\nin\n%s", seed, err, made.Edits, n)
			return false
		}
		if what := wrongRepair(p, after, made, n.Questions(seed), r.questions, &packets); what != "" {
			for _, e := range made.Edits {
				what += "\n" + editText(&e)
			}
			t.Errorf("seed %d: %s\nin\n%s", seed, what, n)
			return false
		}
		return true
	})
	t.Logf("%d plans of %d rules, %d packets", plans.Load(), edits.Load(), packets.Load())
	if plans.Load() == 0 {
		t.Error("nothing was repaired")
	}
}

// editText is an edit in one line.
func editText(e *repair.Edit) string {
	switch {
	case e.Change != nil:
		return fmt.Sprintf("%s %s: %s", e.Action, e.Target().Name, e.Change.Text())
	case e.Route != nil:
		return fmt.Sprintf("%s %s: %s", e.Action, e.Target().Name, e.Route.Text())
	}
	return fmt.Sprintf("%s %s %d %s: %s", e.Action, e.Group.Name, e.Rule.Priority, e.Rule.Direction, e.Rule.Text())
}

// wrongRepair says what is wrong with a change; nothing if it is right.
func wrongRepair(p, after *pair, made *repair.Plan, questions *random.Questions, count int, packets *atomic.Uint64) string {
	a, err := difference.Compare(p.settled, after.settled, difference.Options{})
	if err != nil {
		return err.Error()
	}
	if !leadsElsewhere(made) {
		if what := opensOtherThings(a, made, nobodys(p.settled), byFrontends(p.settled)); what != "" {
			return what
		}
	}
	asked := witnesses(a, p.settled.Network())
	for range count {
		asked = append(asked, questions.Next())
	}
	for _, q := range asked {
		q.Managed = false
		was, err1 := p.slow.Follow(q)
		is, err2 := after.slow.Follow(q)
		if err1 != nil || err2 != nil {
			continue
		}
		packets.Add(1)
		if got := told(a, p.settled.Network(), q); !slices.Contains(wanted(was.Verdict, is.Verdict), got) {
			return fmt.Sprintf("%+v is told to be %s, was %v\nis %v", q, got, was, is)
		}
	}
	return ""
}

// changesTheWay reports whether a change is of more than security rules and
// routes: then everything in both networks has to be compared.
func changesTheWay(made *repair.Plan) bool {
	return slices.ContainsFunc(made.Edits, func(e repair.Edit) bool { return e.Change != nil })
}

// leadsElsewhere reports whether a change gives packets another way. Then it is
// for all of their ports, and what that does besides is told and compared with the
// interpreter.
func leadsElsewhere(made *repair.Plan) bool {
	return slices.ContainsFunc(made.Edits, func(e repair.Edit) bool {
		_, rule := e.Change.(*repair.NetworkRule)
		return e.Route != nil || e.Change != nil && !rule
	})
}

// nobodys are the packets from and to the addresses that a subnet gives to nobody
// (FAB-4): a rule for its prefix names them too.
func nobodys(f *fabric.Fabric) flow.Space {
	var reserved flow.AddressSet
	for _, s := range f.Network().Subnets() {
		for _, prefix := range s.Prefixes {
			reserved = reserved.Union(flow.Prefix(prefix.V))
		}
	}
	for _, s := range f.Network().Subnets() {
		reserved = reserved.Minus(f.Addresses(s))
	}
	from, to := flow.AnyCube(), flow.AnyCube()
	from.Source, to.Destination = reserved, reserved
	return flow.SpaceOf(from, to)
}

// opensOtherThings compares what a change opens with what was missing. A rule for a
// member of a load balancer, or for who has a public address, is also for who comes
// by these: the group sees the member.
func opensOtherThings(a *difference.Answer, made *repair.Plan, nobodys, byFrontends flow.Space) string {
	if len(a.Closed) > 0 {
		return "closed " + a.ClosedSpace().Folded(4)
	}
	var missing, unclear flow.Space
	for _, n := range made.Needs {
		missing = missing.Union(n.Packets())
	}
	for _, d := range a.Undecided {
		own := d.Space.Minus(byFrontends).Minus(nobodys)
		switch {
		case own.IsEmpty():
		case d.Was == string(reach.Undecided) && d.Is == string(reach.Undecided):
			// Neither opened nor closed: what is not known of them was not known
			// before, and is told with other hops of their way.
		case d.Was == string(reach.Blocked) && d.Is == string(reach.Undecided) && own.SubsetOf(missing):
			unclear = unclear.Union(own) // behind what blocked, something is not known
		default:
			return fmt.Sprintf("undecided %+v", d)
		}
	}
	opened := a.OpenedSpace()
	if extra := opened.Minus(missing).Minus(nobodys).Minus(byFrontends); !extra.IsEmpty() {
		return "opened beyond what was missing: " + extra.Folded(4)
	}
	if left := missing.Minus(opened).Minus(unclear); !left.IsEmpty() {
		return "still missing: " + left.Folded(4)
	}
	return ""
}
