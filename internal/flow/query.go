package flow

// query is a cube as seen by a policy.
type query struct {
	Cube
	exact bool    // the classes of boxes hold packets of the cube only
	boxes [2]*box // by family; nil if empty
}

// query finds the classes that a cube touches. Where one of its sets is not
// among those of the policy's universe, a class in its boxes stands for the
// part of the class that is in the cube. That is all a question about packets
// of this cube alone needs.
func (p *Policy) query(c Cube) *query {
	q := &query{Cube: c.Normal(), exact: true}
	if q.IsEmpty() {
		return q
	}
	// By number, the sets are those given: a normal form can lack a family.
	service := c.service()
	number := cubeNumbers{p.u.sources.find(c.Source), p.u.destinations.find(c.Destination), p.u.services.find(service)}
	for f, family := range families {
		if !q.Source.has(family) {
			continue
		}
		q.boxes[f] = p.u.plane(f).query(q, number, service)
	}
	return q
}

// query returns the box of the classes that q touches.
func (p *plane) query(q *query, n cubeNumbers, s service) *box {
	b := new(box)
	if n.source >= 0 {
		b.s = p.s.of[n.source]
	} else {
		b.s, q.exact = newBitmap(p.s.n), false
		p.s.touch(b.s, q.Source)
	}
	if n.destination >= 0 {
		b.d = p.d.of[n.destination]
	} else {
		b.d, q.exact = newBitmap(p.d.n), false
		p.d.touch(b.d, q.Destination)
	}
	if n.service >= 0 {
		b.t = p.t.of[n.service]
	} else {
		b.t, q.exact = newBitmap(p.t.n), false
		p.t.touch(b.t, s)
	}
	return b
}

// headStart is a bound from below on the work of the canonical method: it looks
// at every column of the query once.
func (q *query) headStart(p *Policy) int64 {
	n := int64(0)
	for f, b := range q.boxes {
		if b != nil {
			n += int64(b.s.count()) * int64(b.t.count()) * int64(columnWork(wordsFor(len(p.sets[f].rules))))
		}
	}
	return n + minHeadStart
}

// minHeadStart spares small questions the race.
const minHeadStart = 1 << 16
