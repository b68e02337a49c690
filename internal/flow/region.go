package flow

import (
	"iter"
	"slices"
)

// Region is a set of packets that one rule of a policy decides. It keeps the
// form in which it was computed; addresses are written out only when asked
// for, so a region is cheap to make, count and drop. It never changes.
type Region struct {
	Rule   int // the deciding rule, or NoRule
	Permit bool
	parts  []regionPart
	within *Cube // if not nil: all packets are in this cube
	cut    bool  // the classes of boxes stand for their part in within
}

// regionPart is the packets of one family in a region, as disjoint boxes.
type regionPart struct {
	plane *plane
	window
	boxes []box
}

// IsEmpty reports whether the region holds no packet.
func (r *Region) IsEmpty() bool { return len(r.parts) == 0 }

// Pieces returns the number of products of classes in which the region was
// found. It depends on how it was computed.
func (r *Region) Pieces() int {
	n := 0
	for _, p := range r.parts {
		n += len(p.boxes)
	}
	return n
}

// Count returns the number of packets, counted as by [Cube.Count].
func (r *Region) Count() Count {
	var n Count
	if !r.cut {
		for i := range r.parts {
			n = n.Add(r.parts[i].count())
		}
		return n
	}
	for c := range r.Cubes() {
		n = n.Add(c.Count())
	}
	return n
}

// count returns the number of packets. Neighbouring boxes share sides; those are
// weighed once.
func (p *regionPart) count() Count {
	t := scale[uint64]{of: p.plane.t.weigh, from: p.t0}
	var sum Count
	if families[p.plane.family] == IPv4 { // without the cost of long numbers
		p.plane.measure()
		s, d := scale[uint64]{of: p.plane.s.weigh, from: p.s0}, scale[uint64]{of: p.plane.d.weigh, from: p.d0}
		for i := range p.boxes {
			b := &p.boxes[i]
			sum.addProduct(s.weigh(b.s), d.weigh(b.d), t.weigh(b.t))
		}
		return sum
	}
	s, d := scale[Count]{of: p.plane.s.weighLong, from: p.s0}, scale[Count]{of: p.plane.d.weighLong, from: p.d0}
	for i := range p.boxes {
		b := &p.boxes[i]
		sum = sum.Add(s.weigh(b.s).Mul(d.weigh(b.d)).Mul(CountOf(t.weigh(b.t))))
	}
	return sum
}

// scale weighs sets of classes, which are seen from word from on, and remembers
// the last few.
type scale[N uint64 | Count] struct {
	of    func(b bitmap, from int) N
	from  int
	known [8]struct {
		first *uint64
		n     N
	}
	next int
}

func (x *scale[N]) weigh(b bitmap) N {
	for i := range x.known {
		if x.known[i].first == &b[0] {
			return x.known[i].n
		}
	}
	k := &x.known[x.next]
	x.next = (x.next + 1) % len(x.known)
	k.first, k.n = &b[0], x.of(b, x.from)
	return k.n
}

// Cubes returns the region as disjoint cubes in normal form, none of them
// empty, in a fixed order.
func (r *Region) Cubes() iter.Seq[Cube] { return r.cubes(newWriter) }

func (r *Region) cubes(writerFor func(*plane, *Cube) *writer) iter.Seq[Cube] {
	return func(yield func(Cube) bool) {
		for _, p := range r.parts {
			w := writerFor(p.plane, r.limits())
			for _, b := range joinBoxes(p.boxes) {
				for _, c := range w.cubes(&b, &p.window) {
					if !yield(c) {
						return
					}
				}
			}
		}
	}
}

// join adds the packets of another region of the same question, of which it takes the
// memory.
func (r *Region) join(o Region) {
	for _, more := range o.parts {
		i := slices.IndexFunc(r.parts, func(p regionPart) bool { return p.plane == more.plane && p.window == more.window })
		if i < 0 {
			r.parts = append(r.parts, more)
			continue
		}
		r.parts[i].boxes = append(r.parts[i].boxes, more.boxes...)
	}
}

// Space returns the region as a set of packets.
func (r *Region) Space() Space {
	if r.cut {
		return SpaceOf(slices.Collect(r.Cubes())...)
	}
	var layers [2]*layer
	for _, p := range r.parts {
		f := p.plane.family
		layers[f] = combine(layers[f], p.plane.union(p.whole()), unionOf)
	}
	return newSpace(layers)
}

// whole returns the boxes of the part without the window.
func (p *regionPart) whole() []box {
	out := make([]box, len(p.boxes))
	for i, b := range p.boxes {
		out[i] = box{newBitmap(p.plane.s.n), newBitmap(p.plane.d.n), newBitmap(p.plane.t.n)}
		copy(out[i].s[p.s0:], b.s)
		copy(out[i].d[p.d0:], b.d)
		copy(out[i].t[p.t0:], b.t)
	}
	return out
}

// limits returns the cube to which boxes must be cut, if any.
func (r *Region) limits() *Cube {
	if r.cut {
		return r.within
	}
	return nil
}

// writeOut writes the regions of one answer, which have sides in common.
func writeOut(regions []Region) []Part {
	type place struct {
		plane *plane
		cut   bool
	}
	writers := map[place]*writer{}
	shared := func(p *plane, within *Cube) *writer {
		at := place{p, within != nil}
		if writers[at] == nil {
			writers[at] = newWriter(p, within)
		}
		return writers[at]
	}
	parts := make([]Part, len(regions))
	for i := range regions {
		r := &regions[i]
		parts[i] = Part{r.Rule, r.Permit, slices.Collect(r.cubes(shared))}
	}
	return parts
}

// Witness returns the preferred packet of the region, or false if it is empty.
func (r *Region) Witness(want Preference) (Packet, bool) {
	var best Packet
	bestRank, found := 0, false
	for _, p := range r.parts {
		packet, rank, ok := p.natural(r.within, r.cut, want)
		if ok && (!found || rank < bestRank) {
			best, bestRank, found = packet, rank, true
		}
	}
	return best, found
}

// natural returns the preferred packet of the part, field after field over all
// boxes, so that the choice does not depend on how the part is cut into boxes.
func (p *regionPart) natural(within *Cube, cut bool, want Preference) (packet Packet, rank int, ok bool) {
	var sources, destinations *AddressSet
	if within != nil {
		sources, destinations = &within.Source, &within.Destination
	}
	all := newBitmap(p.plane.s.n)
	for i := range p.boxes {
		all[p.s0:p.s1].add(p.boxes[i].s)
	}
	if packet.Source, rank, ok = p.plane.s.natural(all, sources, cut, want.Sources); !ok {
		return packet, 0, false
	}
	class := int(p.plane.s.classOf(packet.Source)) - p.s0<<6
	all = newBitmap(p.plane.d.n)
	var left []*box
	for i := range p.boxes {
		if b := &p.boxes[i]; b.s.has(class) {
			left = append(left, b)
			all[p.d0:p.d1].add(b.d)
		}
	}
	if packet.Destination, _, ok = p.plane.d.natural(all, destinations, cut, want.Destinations); !ok {
		return packet, 0, false
	}
	class = int(p.plane.d.classOf(packet.Destination)) - p.d0<<6
	all = newBitmap(p.plane.t.n)
	for _, b := range left {
		if b.d.has(class) {
			all[p.t0:p.t1].add(b.t)
		}
	}
	services := p.plane.t.services(all)
	if cut {
		services = intersectServices(services, within.service())
	}
	naturalService(&packet, services, want)
	return packet, rank, true
}

func intersectServices(list []service, with service) []service {
	var out []service
	for _, s := range list {
		if both := s.intersect(with); !both.isEmpty() {
			out = append(out, both)
		}
	}
	return out
}

// writer turns boxes of a plane into cubes. Boxes of one answer share most of
// their sides; each is written once.
type writer struct {
	plane    *plane
	within   *Cube
	sides    [2]*bitmapTable // source, destination
	sets     [2][]AddressSet
	bitmaps  *bitmapTable
	services [][]service
}

func newWriter(p *plane, within *Cube) *writer {
	return &writer{
		plane: p, within: within,
		sides:   [2]*bitmapTable{newBitmapTable(wordsFor(p.s.n)), newBitmapTable(wordsFor(p.d.n))},
		bitmaps: newBitmapTable(wordsFor(p.t.n)),
	}
}

func (w *writer) cubes(b *box, v *window) []Cube {
	source := w.side(0, w.plane.s, b.s, v.s0)
	destination := w.side(1, w.plane.d, b.d, v.d0)
	out := make([]Cube, 0, 1)
	for _, s := range w.service(b.t, v.t0) {
		out = append(out, Cube{source, destination, s.protocols, s.sourcePorts, s.destinationPorts})
	}
	return out
}

func (w *writer) side(side int, x *axis, b bitmap, from int) AddressSet {
	full := newBitmap(x.n)
	copy(full[from:], b)
	i, added := w.sides[side].number(full)
	if !added {
		return w.sets[side][i]
	}
	var within *AddressSet
	if w.within != nil {
		within = [...]*AddressSet{&w.within.Source, &w.within.Destination}[side]
	}
	set := x.set(full, within)
	w.sets[side] = append(w.sets[side], set)
	return set
}

func (w *writer) service(b bitmap, from int) []service {
	full := newBitmap(w.plane.t.n)
	copy(full[from:], b)
	i, added := w.bitmaps.number(full)
	if added {
		services := w.plane.t.services(full)
		if w.within != nil {
			services = intersectServices(services, w.within.service())
		}
		w.services = append(w.services, services)
	}
	return w.services[i]
}

// joinBoxes makes few boxes of disjoint ones: those that differ on one side
// alone become one.
func joinBoxes(boxes []box) []box {
	if len(boxes) < 2 {
		return boxes
	}
	out := append([]box(nil), boxes...)
	for quiet, side := 0, 0; quiet < 3; side = (side + 1) % 3 {
		before := len(out)
		if out = joinSide(out, side); len(out) < before {
			quiet = 0
		} else {
			quiet++
		}
	}
	return out
}

// joinSide joins the boxes that differ on that side alone: 0 transport, 1
// destination, 2 source.
func joinSide(boxes []box, side int) []box {
	if len(boxes) <= fewBoxes {
		return joinFew(boxes, side)
	}
	byRest := make(map[uint64][]int, len(boxes))
	out := boxes[:0]
next:
	for _, b := range boxes {
		_, rest := b.sides(side)
		hash := spread(rest[0].hash(), rest[1].hash())
		for _, i := range byRest[hash] {
			if out[i].joined(&b, side) {
				continue next
			}
		}
		byRest[hash] = append(byRest[hash], len(out))
		out = append(out, b)
	}
	return out
}

// fewBoxes is up to how many boxes are cheaper to compare than to hash.
const fewBoxes = 8

// joinFew is joinSide for few boxes.
func joinFew(boxes []box, side int) []box {
	out := boxes[:0]
next:
	for _, b := range boxes {
		for i := range out {
			if out[i].joined(&b, side) {
				continue next
			}
		}
		out = append(out, b)
	}
	return out
}

// joined takes another box in, and reports whether it does: whether they differ on that
// side alone.
func (b *box) joined(o *box, side int) bool {
	known, rest := b.sides(side)
	own, otherRest := o.sides(side)
	if !rest[0].equal(*otherRest[0]) || !rest[1].equal(*otherRest[1]) {
		return false
	}
	*known = known.or(*own)
	return true
}

func (b *box) sides(side int) (own *bitmap, rest [2]*bitmap) {
	switch side {
	case 0:
		return &b.t, [2]*bitmap{&b.s, &b.d}
	case 1:
		return &b.d, [2]*bitmap{&b.s, &b.t}
	}
	return &b.s, [2]*bitmap{&b.d, &b.t}
}
