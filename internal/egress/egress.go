// Package egress tells for every destination which public address it sees when
// subnets send to it: it asks package reach about all destinations, and gathers
// what takes the same way with the same fate.
package egress

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/parallel"
	"github.com/wayleave/wayleave/internal/reach"
)

// Query asks what destinations see of subnets.
type Query struct {
	// From are the subnets that send.
	From []*azure.Subnet
	// To is where they send; without it, every destination.
	To *reach.Endpoint
	// Protocols and ports of the packets, as in a query of package reach.
	Protocols                     flow.ProtocolSet
	SourcePorts, DestinationPorts flow.PortSet
	// Host is the name that the clients ask for, as in a query of package reach.
	Host string
	// Managed says that a managed service runs in the subnets, as it does
	// where the input holds one.
	Managed bool
	// Own says whether that service has a public address of its own, as in a query of
	// package reach.
	Own *azure.OwnAddress
}

// Part is a set of destinations with one fate.
type Part struct {
	// From are the subnets whose packets fare so, in the order of the query.
	From []*azure.Subnet
	// Sources are the addresses of them that do, where not all do.
	Sources flow.AddressSet
	// Destinations, by protocol and destination port.
	Destinations flow.AddressSet
	Protocols    flow.ProtocolSet
	Ports        flow.PortSet
	// Part is one of those that this one was gathered from, with its verdict, what
	// they see, its blockers, witness and trace.
	reach.Part
	// Further is what else stops the witness, where the blockers are those that
	// stop the packets first.
	Further []reach.Hop
	// lead is the sender of which the part, its witness and trace are told, bundle
	// what it sends.
	lead   *azure.Subnet
	bundle bundle
}

// Answer to a query.
type Answer struct {
	// Parts by how many destinations they hold, the smallest first, then by these.
	Parts       []Part
	Assumptions []fabric.Assumption
}

// Run asks for all subnets at once, as far as they share no address, and gathers
// what fares alike.
func Run(f *fabric.Fabric, q Query) (Answer, error) {
	var answer Answer
	at := newParts()
	for _, senders := range q.batches(f) {
		if err := answer.ask(f, q, senders, at); err != nil {
			return Answer{}, err
		}
	}
	place := map[*azure.Subnet]int{}
	for i, s := range q.From {
		place[s] = i
	}
	for _, p := range answer.Parts {
		slices.SortFunc(p.From, func(a, b *azure.Subnet) int { return cmp.Compare(place[a], place[b]) })
	}
	answer.follow(f, q)
	answer.sort(place)
	return answer, nil
}

// ask adds what becomes of the packets of subnets that share no address.
func (a *Answer) ask(f *fabric.Fabric, q Query, senders []*azure.Subnet, at *parts) error {
	for _, s := range senders {
		if _, err := q.of(f, s).Preference(f); errors.Is(err, reach.ErrNoPackets) {
			return fmt.Errorf("there is no packet from subnet %s with these protocols and ports", s.Name)
		}
	}
	groups, used, err := reach.Together(f, q.of(f, senders...))
	if err != nil {
		return err
	}
	a.Assumptions = append(a.Assumptions, used...)
	by := newDivider(f, senders)
	divided := make([][]company, len(groups))
	parallel.Each(len(groups), func(i int) { divided[i] = by.companies(groups[i].Packets) })
	counts := map[*azure.Subnet]bool{}
	for i, g := range groups {
		for _, c := range divided[i] {
			for _, s := range c.subnets {
				counts[s] = counts[s] || !g.Reserved
			}
		}
	}
	// What no guest can send counts only where there is nothing else.
	for i, g := range groups {
		for j, c := range divided[i] {
			divided[i][j].subnets = slices.DeleteFunc(c.subnets, func(s *azure.Subnet) bool { return g.Reserved && counts[s] })
		}
	}
	found := make([][]Part, len(groups))
	parallel.Each(len(groups), func(i int) {
		for _, c := range divided[i] {
			if len(c.subnets) > 0 {
				found[i] = append(found[i], partsOf(f, groups[i], c)...)
			}
		}
	})
	a.Parts = slices.Grow(a.Parts, len(groups))
	for _, list := range found {
		for i := range list {
			a.add(at, &list[i])
		}
	}
	return nil
}

// follow finds a packet of every part, its way, and what else stops it. Those of one
// sender go on together.
func (a *Answer) follow(f *fabric.Fabric, q Query) {
	var leads []*azure.Subnet
	led := map[*azure.Subnet][]*Part{}
	for i := range a.Parts {
		p := &a.Parts[i]
		if led[p.lead] = append(led[p.lead], p); len(led[p.lead]) == 1 {
			leads = append(leads, p.lead)
		}
	}
	parallel.Each(len(leads), func(i int) { follow(f, q.of(f, leads[i]), led[leads[i]]) })
}

// follow does so for parts of one sender, which a query is from.
func follow(f *fabric.Fabric, q reach.Query, parts []*Part) {
	want, _ := q.Preference(f)
	var untold examples
	for _, p := range parts {
		known := p.Witness.Source.IsValid() // then the way is told already
		if p.Witness = reach.Example(p.Space, want); !p.bundle.contains(p.Witness) {
			p.Witness, _ = p.bundle.space().Witness(p.bundle.preference())
		}
		if !known {
			untold.add(p)
		}
	}
	var traces, blockers [][]reach.Hop
	if q.FirstBlocker {
		traces, blockers = reach.Ways(f, q, untold.packets)
	} else {
		traces = reach.Traces(f, q, untold.packets)
	}
	for i, p := range untold.parts {
		p.Trace = traces[i]
		if q.FirstBlocker && p.Verdict == reach.Blocked {
			p.Further = without(blockers[i], p.Blockers)
		}
	}
}

// examples are parts and their witnesses.
type examples struct {
	parts   []*Part
	packets []flow.Packet
}

func (x *examples) add(p *Part) {
	x.parts, x.packets = append(x.parts, p), append(x.packets, p.Witness)
}

// without are the hops that are not among others.
func without(hops, others []reach.Hop) []reach.Hop {
	return slices.DeleteFunc(slices.Clone(hops), func(h reach.Hop) bool {
		return slices.ContainsFunc(others, func(o reach.Hop) bool { return sameHop(h, o) })
	})
}

// of is the query for subnets. Of all destinations only the first blocker is asked:
// what else blocks would divide them again and again, and is told of one packet.
func (q Query) of(f *fabric.Fabric, subnets ...*azure.Subnet) reach.Query {
	var every flow.AddressSet
	var ids []azure.ID
	managed := q.Managed
	for _, s := range subnets {
		every, managed, ids = every.Union(f.EveryDestination(s)), managed || f.IsManaged(s), append(ids, s.ID)
	}
	to := reach.Addresses(every)
	if q.To != nil {
		to = *q.To
	}
	return reach.Query{
		From: reach.Subnets(ids...), To: to, Protocols: q.Protocols, SourcePorts: q.SourcePorts, DestinationPorts: q.DestinationPorts,
		Managed: managed, Own: q.Own, BySeen: true, FirstBlocker: q.To == nil, Host: q.Host,
	}
}

// sort puts the parts with the fewest destinations first, those of one number of them by
// their destinations, and those of the same ones by their first sender and port.
func (a *Answer) sort(place map[*azure.Subnet]int) {
	type ranked struct {
		part  int
		count flow.Count
	}
	order := make([]ranked, len(a.Parts))
	for i, p := range a.Parts {
		order[i] = ranked{i, p.Destinations.Count()}
	}
	slices.SortStableFunc(order, func(x, y ranked) int {
		if by := x.count.Compare(y.count); by != 0 {
			return by
		}
		p, o := &a.Parts[x.part], &a.Parts[y.part]
		if by := p.Destinations.Compare(o.Destinations); by != 0 {
			return by
		}
		first, _ := p.Ports.First()
		other, _ := o.Ports.First()
		return cmp.Or(cmp.Compare(place[p.From[0]], place[o.From[0]]), cmp.Compare(first, other))
	})
	sorted := make([]Part, len(order))
	for i, r := range order {
		sorted[i] = a.Parts[r.part]
	}
	a.Parts = sorted
}

// partsOf divides what a company sends by services and senders.
func partsOf(f *fabric.Fabric, g reach.Group, c company) []Part {
	g.Space = flow.SpaceOf(c.packets...)
	all := f.Addresses(c.subnets[0])
	list := bundles(g.Space)
	out := make([]Part, len(list))
	for i, b := range list {
		p := &out[i]
		*p = Part{From: c.subnets, Destinations: b.destinations, Protocols: b.protocols, Ports: b.ports, Part: g.Part, lead: c.subnets[0], bundle: b}
		for _, family := range b.destinations.Families() {
			if !all.Only(family).SubsetOf(b.sources) {
				p.Sources = b.sources
			}
		}
	}
	return out
}

// add adds a part, or joins it with one that it fares like.
func (a *Answer) add(at *parts, p *Part) {
	if i, met := at.find(p); met {
		a.Parts[i].From = append(a.Parts[i].From, p.From...)
		return
	}
	p.From = slices.Clone(p.From)
	a.Parts = append(a.Parts, *p)
}

// bundle is a product of senders, destinations and services.
type bundle struct {
	sources, destinations flow.AddressSet
	protocols             flow.ProtocolSet
	ports                 flow.PortSet
	cubes                 []flow.Cube
}

// bundles gathers the cubes of a space that differ in their destinations alone,
// then those that differ in their protocols alone.
func bundles(space flow.Space) []bundle {
	var list []bundle
	for _, c := range space.Cubes() {
		i := slices.IndexFunc(list, func(b bundle) bool {
			return b.sources.Equal(c.Source) && b.protocols.Equal(c.Protocols) && b.ports.Equal(c.DestinationPorts)
		})
		if i < 0 {
			list = append(list, bundle{c.Source, c.Destination, c.Protocols, c.DestinationPorts, []flow.Cube{c}})
			continue
		}
		list[i].destinations = list[i].destinations.Union(c.Destination)
		list[i].cubes = append(list[i].cubes, c)
	}
	return list
}

func (b bundle) space() flow.Space { return flow.SpaceOf(b.cubes...) }

func (b bundle) contains(p flow.Packet) bool {
	return slices.ContainsFunc(b.cubes, func(c flow.Cube) bool { return c.Contains(p) })
}

func (b bundle) preference() flow.Preference { return b.cubes[0].Preference() }

// Via are the hops that carry the packets on their way out: routes, firewalls,
// translation, and not the rules they pass.
func (p Part) Via() []reach.Hop { return slices.Collect(via(p.Trace)) }

func via(trace []reach.Hop) iter.Seq[reach.Hop] {
	return func(yield func(reach.Hop) bool) {
		for _, h := range trace {
			switch {
			case h.Return || h.Decision == fabric.Unknown || h.Kind == fabric.KindNSGRule || h.Kind == fabric.KindNSGDefaultRule:
				continue
			case h.Decision == fabric.Drop || h.Decision == fabric.Deny || !yield(h):
				return
			}
		}
	}
}

// Predictable is the one public address that every destination of all parts
// sees; ok is false unless that is certain.
func (a Answer) Predictable() (address string, ok bool) {
	for _, p := range a.Parts {
		if p.Verdict != reach.Allowed || p.Seen.Kind != fabric.SeenPublic || len(p.Seen.Addresses) != 1 || address != "" && address != p.Seen.Addresses[0] {
			return "", false
		}
		address = p.Seen.Addresses[0]
	}
	return address, address != ""
}

// Verdict is that of all parts together (decisions 1).
func (a Answer) Verdict() reach.Verdict {
	var all reach.Answer
	for _, p := range a.Parts {
		all.Parts = append(all.Parts, p.Part)
	}
	return all.Verdict()
}
