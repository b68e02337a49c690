package difference

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// ask is one question to both networks; the side of a network that has no such
// subnet is not ok.
type ask struct {
	query [2]reach.Query
	ok    [2]bool
}

// walk carries the suspects from a subnet, or with inward those to it, through
// both networks.
func (c *comparison) walk(p *pair, inward bool) error {
	cubes := p.out
	if inward {
		cubes = p.in
	}
	for _, cube := range condense(cubes) {
		for _, class := range classes(cube) {
			q := c.ask(p, class, inward)
			if err := c.compare(p, q, inward); err != nil {
				return err
			}
		}
	}
	return nil
}

// classes divides a cube so that few open points meet in one class, as reach
// does: by family, and by the protocols that open points are about.
func classes(cube flow.Cube) []flow.Cube {
	icmp, secured := flow.Protocols(flow.ICMP), flow.Protocols(flow.ESP, flow.AH)
	var out []flow.Cube
	for _, f := range []flow.Family{flow.IPv4, flow.IPv6} {
		for _, p := range []flow.ProtocolSet{flow.AllProtocols().Minus(icmp).Minus(secured), icmp, secured} {
			c := cube
			c.Source, c.Destination, c.Protocols = c.Source.Only(f), c.Destination.Only(f), c.Protocols.Intersect(p)
			if !c.Normal().IsEmpty() {
				out = append(out, c)
			}
		}
	}
	return out
}

// ask makes the question about a cube.
func (c *comparison) ask(p *pair, cube flow.Cube, inward bool) ask {
	if p.door {
		return c.askDoors(cube)
	}
	var a ask
	for i, f := range c.fabrics() {
		s := p.sides()[i]
		if s == nil {
			continue
		}
		near, far := cube.Source, cube.Destination
		if inward {
			near, far = far, near.Minus(c.nobody(i, s.VirtualNetwork))
			if c.everything {
				far = far.Minus(ownAddresses(f))
			}
		}
		if near = near.Intersect(f.Addresses(s)); near.IsEmpty() || far.IsEmpty() {
			continue
		}
		q := reach.Query{
			From: reach.SubnetAddresses(s.ID, near), To: reach.Addresses(far), Protocols: cube.Protocols,
			SourcePorts: cube.SourcePorts, DestinationPorts: cube.DestinationPorts, Managed: c.options.Managed[s.ID], NeedsGroup: c.options.NeedsGroup[s.ID],
		}
		if inward {
			q.From, q.To = q.To, q.From
		}
		a.query[i], a.ok[i] = q, true
	}
	return a
}

// ownAddresses is what all subnets hold.
func ownAddresses(f *fabric.Fabric) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, s := range f.Network().Subnets() {
		b.AddSet(f.Addresses(s))
	}
	return b.Set()
}

// nobody is the addresses of a virtual network of one side and those near it that
// no subnet gives to anybody: nothing comes from there.
func (c *comparison) nobody(side int, home *azure.VirtualNetwork) flow.AddressSet {
	if known, ok := c.unused[side][home]; ok {
		return known
	}
	f := c.fabrics()[side]
	var held, used flow.AddressSetBuilder
	for _, v := range f.Near(home) {
		held.AddSet(f.Holds(v))
		for _, s := range v.Subnets {
			used.AddSet(f.Addresses(s))
		}
	}
	c.unused[side][home] = held.Set().Minus(used.Set())
	return c.unused[side][home]
}

// view is what becomes of the packets under one reading.
type view struct {
	reading        fabric.Assumptions
	opened, closed flow.Space
	// unclear are the packets that are undecided in one of the networks.
	unclear flow.Space
}

// maxReadings bounds the number of readings that are compared.
const maxReadings = 128

// compare asks both networks under every reading that either answer touches.
func (c *comparison) compare(p *pair, a ask, inward bool) error {
	own := c.old.Assumptions()
	seen := map[fabric.Assumptions]bool{}
	var views []view
	for queue := []fabric.Assumptions{own}; len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		if len(views) == maxReadings {
			break
		}
		seen[queue[0]] = true
		v, touches, err := c.view(a, queue[0])
		if err != nil {
			return err
		}
		views = append(views, v)
		queue = append(queue, queue[0].Alternatives(touches)...)
	}
	opened, closed := views[0].opened, views[0].closed
	var open flow.Space
	for _, v := range views {
		opened, closed = opened.Intersect(v.opened), closed.Intersect(v.closed)
		open = open.Union(v.opened).Union(v.closed).Union(v.unclear)
	}
	open = open.Minus(opened).Minus(closed)
	if opened.IsEmpty() && closed.IsEmpty() && open.IsEmpty() {
		return nil
	}
	return c.attribute(p, a, inward, result{opened, closed, open, views})
}

// result is what compare found for one question.
type result struct {
	opened, closed, open flow.Space
	views                []view
}

func (r *result) all() flow.Space { return r.opened.Union(r.closed).Union(r.open) }

// view asks both networks under one reading. A network that has no such subnet
// lets nothing pass.
func (c *comparison) view(a ask, reading fabric.Assumptions) (view, fabric.Touches, error) {
	v := view{reading: reading}
	var touches fabric.Touches
	var allowed, undecided [2]flow.Space
	for i, f := range c.fabrics() {
		got, t, err := under(f.Reading(reading), a, i, false)
		if err != nil {
			return v, touches, err
		}
		touches = touches.Union(t)
		allowed[i], undecided[i] = got.Of(reach.Allowed), got.Of(reach.Undecided)
	}
	v.opened = allowed[1].Minus(allowed[0]).Minus(undecided[0])
	v.closed = allowed[0].Minus(allowed[1]).Minus(undecided[1])
	v.unclear = undecided[0].Union(undecided[1])
	return v, touches, nil
}

// under answers one side of a question; no packets where there is nothing to
// ask.
func under(f *fabric.Fabric, a ask, side int, byRule bool) (reach.Answer, fabric.Touches, error) {
	if !a.ok[side] {
		return reach.Answer{}, fabric.Touches{}, nil
	}
	q := a.query[side]
	q.ByRule = byRule
	got, t, err := reach.Under(f, q)
	if errors.Is(err, reach.ErrNoPackets) {
		return reach.Answer{}, t, nil
	}
	return got, t, err
}

// attribute divides what differs by endpoints and causes.
func (c *comparison) attribute(p *pair, a ask, inward bool, r result) error {
	narrow := c.ask(p, hull(r.all().Cubes()), inward)
	narrow.ok = [2]bool{narrow.ok[0] && a.ok[0], narrow.ok[1] && a.ok[1]}
	var parts [2][]reach.Part
	for i, f := range c.fabrics() {
		got, _, err := under(f, narrow, i, true)
		if err != nil {
			return err
		}
		parts[i] = append(got.Counted(), absent(got, r)...)
	}
	all := r.all()
	for _, was := range parts[0] {
		before := was.Space.Intersect(all)
		if before.IsEmpty() {
			continue
		}
		for _, is := range parts[1] {
			both := before.Intersect(is.Space)
			if both.IsEmpty() {
				continue
			}
			for _, e := range c.endpoints(p, inward, both.Intersect(r.opened), 1) {
				c.opened = append(c.opened, Change{e.from, e.to, e.space, causes(was, is, false)})
			}
			for _, e := range c.endpoints(p, inward, both.Intersect(r.closed), 0) {
				c.closed = append(c.closed, Change{e.from, e.to, e.space, causes(is, was, true)})
			}
			if sameDoubt(was, is) {
				continue
			}
			for _, e := range c.endpoints(p, inward, both.Intersect(r.open), 1) {
				c.doubts = append(c.doubts, Doubt{e.from, e.to, e.space, state(was), state(is), reasons(was, is, e.space, r.views)})
			}
		}
	}
	return nil
}

// noSubnet is the verdict of packets that a network cannot have.
const noSubnet reach.Verdict = "absent"

// absent is the packets of a result that one network does not know.
func absent(got reach.Answer, r result) []reach.Part {
	rest := r.all().Minus(got.Packets)
	if rest.IsEmpty() {
		return nil
	}
	return []reach.Part{{Space: rest, Verdict: noSubnet}}
}

// sameDoubt reports whether packets are undecided in both networks and for the
// same cause: every hop of which it is not known what it does is one that both
// have alike. Rules and routes do not count as such, for what is not known of
// them can differ where they do.
func sameDoubt(was, is reach.Part) bool {
	if was.Verdict != reach.Undecided || is.Verdict != reach.Undecided || !slices.Equal(was.Reasons, is.Reasons) {
		return false
	}
	a, b := doubtful(was.Trace), doubtful(is.Trace)
	return len(a) > 0 && slices.EqualFunc(a, b, func(x, y fabric.Hop) bool {
		return x.Kind != fabric.KindNSGRule && x.Kind != fabric.KindNSGDefaultRule && x.Kind != fabric.KindRoute &&
			x.Note == y.Note && sameHop(x, y)
	})
}

func doubtful(trace []fabric.Hop) []fabric.Hop {
	var list []fabric.Hop
	for _, h := range trace {
		if h.Decision == fabric.Unknown {
			list = append(list, h)
		}
	}
	return list
}

func state(p reach.Part) string { return string(p.Verdict) }

// reasons are what is not known of packets in either network, or the readings
// on which it turns whether they fare alike.
func reasons(was, is reach.Part, s flow.Space, views []view) []string {
	list := append(append([]string{}, was.Reasons...), is.Reasons...)
	for _, v := range views[1:] {
		if v.same(views[0], s) {
			continue
		}
		for _, d := range fabric.All() {
			if views[0].reading.Value(d.Switch) != v.reading.Value(d.Switch) {
				list = append(list, fmt.Sprintf("it turns on the open point %s", d.Name))
			}
		}
	}
	return unique(list)
}

// same reports whether two readings say the same of all packets of a space.
func (v view) same(o view, s flow.Space) bool {
	return v.opened.Intersect(s).Equal(o.opened.Intersect(s)) && v.closed.Intersect(s).Equal(o.closed.Intersect(s)) &&
		v.unclear.Intersect(s).Equal(o.unclear.Intersect(s))
}

// endpoint is a part of a space between two endpoints.
type endpoint struct {
	from, to []string
	space    flow.Space
}

// endpoints divides a space that begins, or with inward ends, at a subnet by
// the other end, as one of the networks has it.
func (c *comparison) endpoints(p *pair, inward bool, s flow.Space, side int) []endpoint {
	switch {
	case s.IsEmpty():
		return nil
	case p.door:
		return c.behindDoors(s)
	}
	if p.sides()[side] == nil {
		side = 1 - side
	}
	f, home := c.fabrics()[side], p.sides()[side].VirtualNetwork
	cubes := s.Cubes()
	by, far := fabric.ByDestination, fabric.Destinations(cubes)
	if inward {
		by, far = fabric.BySource, fabric.Sources(cubes)
	}
	var list []endpoint
	for _, o := range owners(f, home, far) {
		here, _ := by(cubes, o.addresses)
		e := endpoint{[]string{p.label()}, []string{o.label}, flow.SpaceOf(here...)}
		if inward {
			e.from, e.to = e.to, e.from
		}
		list = append(list, e)
	}
	return list
}

// owner is who has addresses.
type owner struct {
	label     string
	addresses flow.AddressSet
}

// owners divides addresses by who has them, as seen from a virtual network.
func owners(f *fabric.Fabric, home *azure.VirtualNetwork, left flow.AddressSet) []owner {
	var list []owner
	seen := map[*azure.VirtualNetwork]bool{}
	for _, v := range append(f.Near(home), f.Network().VirtualNetworks...) {
		if seen[v] || !f.Holds(v).Overlaps(left) {
			continue
		}
		seen[v] = true
		for _, o := range f.Owners(v, left) {
			if o.Subnet != nil && !o.Addresses.IsEmpty() {
				list = append(list, owner{o.Subnet.Label(), o.Addresses})
				left = left.Minus(o.Addresses)
			}
		}
	}
	for _, rest := range []owner{{Platform, fabric.PlatformAddresses()}, {Internet, f.PublicInternet()}, {Elsewhere, left}} {
		if here := left.Intersect(rest.addresses); !here.IsEmpty() {
			list = append(list, owner{rest.label, here})
			left = left.Minus(here)
		}
	}
	return list
}
