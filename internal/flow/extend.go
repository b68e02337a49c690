package flow

import "slices"

// extend returns a universe in which the sets of the cubes are unions of
// classes too, and the cubes' numbers in it; u itself if they are already.
// Classes keep their numbers, new ones are added at the end.
func (u *universe) extend(cubes []Cube) (*universe, []cubeNumbers, error) {
	numbers, known := u.find(cubes)
	if known {
		return u, numbers, nil
	}
	v := &universe{
		sources: u.sources.clone(), destinations: u.destinations.clone(), services: u.services.clone(),
		axes: u.axes, transport: u.transport, atoms: u.atoms, limit: u.limit,
	}
	for i, c := range cubes {
		numbers[i] = v.add(c)
	}
	var err error
	for i, f := range families {
		for side, books := range [][2]*setBook{{u.sources, v.sources}, {u.destinations, v.destinations}} {
			fresh := books[1].list[len(books[0].list):]
			if v.axes[i][side], err = v.axes[i][side].extend(f, fresh, v.atoms, v.limit); err != nil {
				return nil, nil, err
			}
		}
	}
	fresh := v.services.list[len(u.services.list):]
	if v.transport, err = v.transport.extend(fresh, v.limit); err != nil {
		return nil, nil, err
	}
	return v, numbers, nil
}

// find returns the numbers of the cubes' sets, and whether all are known.
func (u *universe) find(cubes []Cube) (numbers []cubeNumbers, known bool) {
	numbers = make([]cubeNumbers, len(cubes))
	known = true
	for i, c := range cubes {
		n := &numbers[i]
		n.source, n.destination = u.sources.find(c.Source), u.destinations.find(c.Destination)
		n.service = u.services.find(c.service())
		known = known && n.source >= 0 && n.destination >= 0 && n.service >= 0
	}
	return numbers, known
}

// extend returns an axis with the sets added.
func (x *axis) extend(f Family, sets []AddressSet, atoms *Atoms, limit int) (*axis, error) {
	if len(sets) == 0 {
		return x, nil
	}
	if !slices.ContainsFunc(sets, func(s AddressSet) bool { return s.has(f) }) {
		return &axis{n: x.n, of: append(x.of[:len(x.of):len(x.of)], newBitmaps(len(sets), x.n)...), ground: x.ground}, nil
	}
	var plain []AddressSet // an index would be of no use among few sets
	for _, s := range sets {
		plain = append(plain, s.forgetIndex())
	}
	y, err := cutFamily(f, plain, atoms, limit)
	if err != nil {
		return nil, err
	}
	p := newPairing(x.n)
	ground := x.flat().splice(y.flat(), p)
	of, err := p.join(x.of, y.of, limit)
	return &axis{n: p.n(), of: of, ground: ground}, err
}

// forgetIndex returns the set without its provenance.
func (s AddressSet) forgetIndex() AddressSet {
	if s.origin().index == nil {
		return s
	}
	return newSet(*s.get(), provenance{})
}

// pairing numbers the pairs of an old and a new class that occur. The first
// pair of an old class keeps its number; class 0 stays "in no set".
type pairing struct {
	old   int     // old classes
	mate  []int32 // old class -> the new class of the pair that kept its number, -1 if none yet
	pairs *pairTable
	added []classOfPair // classes that were added
}

type classOfPair struct{ old, new int32 }

func newPairing(classes int) *pairing {
	p := &pairing{old: classes, mate: make([]int32, classes), pairs: newPairTable()}
	for i := range p.mate {
		p.mate[i] = -1
	}
	p.mate[0] = 0
	return p
}

func (p *pairing) n() int { return p.old + len(p.added) }

func (p *pairing) pair(a, b int32) int32 {
	switch p.mate[a] {
	case b:
		return a
	case -1:
		p.mate[a] = b
		return a
	}
	class, added := p.pairs.getOrPut(a, b, int32(p.n()))
	if added {
		p.added = append(p.added, classOfPair{a, b})
	}
	return class
}

// join returns bitmaps of old and then those of new classes as bitmaps of
// pairs.
func (p *pairing) join(old, fresh []bitmap, limit int) ([]bitmap, error) {
	out, err := newTable(len(old)+len(fresh), p.n(), limit)
	if err != nil {
		return nil, err
	}
	for i, b := range old {
		copy(out[i], b)
		for k, added := range p.added {
			if b.has(int(added.old)) {
				out[i].set(p.old + k)
			}
		}
	}
	for i, b := range fresh {
		for class, mate := range p.mate {
			if mate > 0 && b.has(int(mate)) {
				out[len(old)+i].set(class)
			}
		}
		for k, added := range p.added {
			if b.has(int(added.new)) {
				out[len(old)+i].set(p.old + k)
			}
		}
	}
	return out, nil
}

// splice returns the ground cut by the other as well, with classes as numbered
// by p. Both are flat and of one family. It is quick if the other consists of
// few pieces: what is outside of its sets is copied.
func (g *plot[T]) splice(other ground, p *pairing) ground {
	o := byRanges[T](other)
	var zero T
	at, same := zero.locate(o.starts, g.starts)
	// The run of g's segments that segment i of the other meets, or starts in.
	run := func(i int) (from, to int) {
		from, to = int(at[i]), len(g.starts)
		if i+1 < len(at) {
			if to = int(at[i+1]) + 1; same[i+1] {
				to--
			}
		}
		return from, to
	}
	for i, class := range o.class { // what is outside keeps its number
		if from, to := run(i); class == 0 {
			for _, c := range g.class[from:to] {
				p.mate[c] = 0
			}
		}
	}
	n := len(g.starts) + len(o.starts)
	c := cut[T]{make([]T, 0, n), make([]int32, 0, n)}
	for i, class := range o.class {
		from, to := run(i)
		start := o.starts[i]
		if class == 0 {
			c.append(start, g.class[from])
			c.starts = append(c.starts, g.starts[from+1:to]...)
			c.class = append(c.class, g.class[from+1:to]...)
			continue
		}
		for ; from < to; from++ {
			c.append(start, p.pair(g.class[from], class))
			if from+1 < to {
				start = g.starts[from+1]
			}
		}
	}
	names, nameClass := g.meetNames(o, p.pair)
	return newPlot(c, names, nameClass, nil)
}

// meet returns the ground cut by both, where pair names the class of values of
// class a here and b there; other is of the same family and flat like g.
func (g *plot[T]) meet(other ground, pair func(a, b int32) int32) ground {
	o := byRanges[T](other)
	names, nameClass := g.meetNames(o, pair)
	return newPlot(meetCuts(g.cut, o.cut, pair), names, nameClass, nil)
}

func (g *plot[T]) meetNames(o *plot[T], pair func(a, b int32) int32) (names []string, class []int32) {
	names = mergeNames(g.names, o.names)
	class = make([]int32, len(names))
	for i, name := range names {
		class[i] = pair(g.classOfName(name), o.classOfName(name))
	}
	return names, class
}

// extend returns a transport with the services added.
func (t *transport) extend(services []service, limit int) (*transport, error) {
	if len(services) == 0 {
		return t, nil
	}
	o, err := newTransport(services, limit)
	if err != nil {
		return nil, err
	}
	p := newPairing(t.n)
	v, err := t.meetGrid(o, gridLimit, p.pair)
	if err != nil {
		return nil, err
	}
	v.n = p.n()
	v.measure()
	v.of, err = p.join(t.of, o.of, limit)
	return v, err
}

// meetGrid returns the grid cut by both, without bitmaps, if it has no more cells
// than the limit.
func (t *transport) meetGrid(o *transport, limit int, pair func(a, b int32) int32) (*transport, error) {
	v := new(transport)
	rows, columns, cells := newPairNumbers(), newPairNumbers(), newPairNumbers()
	v.source = meetCuts(t.source, o.source, columns.number)
	v.destination = meetCuts(t.destination, o.destination, cells.number)
	for p := range portProtocols.All() {
		v.row[p] = int(rows.number(int32(t.row[p]), int32(o.row[p])))
	}
	v.rows, v.columns, v.cells = len(rows.list), len(columns.list), len(cells.list)
	if err := v.makeGrid(limit); err != nil {
		return nil, err
	}
	for r, row := range rows.list {
		for c, column := range columns.list {
			for d, cell := range cells.list {
				v.grid[v.at(r, c, d)] = pair(
					t.grid[t.at(int(row.old), int(column.old), int(cell.old))],
					o.grid[o.at(int(row.new), int(column.new), int(cell.new))])
			}
		}
	}
	for p := range allProtocols.Minus(portProtocols).All() {
		v.single[p] = pair(t.single[p], o.single[p])
	}
	return v, nil
}

// pairNumbers numbers pairs in the order in which they first appear.
type pairNumbers struct {
	pairs *pairTable
	list  []classOfPair
}

func newPairNumbers() *pairNumbers { return &pairNumbers{pairs: newPairTable()} }

func (x *pairNumbers) number(a, b int32) int32 {
	n, added := x.pairs.getOrPut(a, b, int32(len(x.list)))
	if added {
		x.list = append(x.list, classOfPair{a, b})
	}
	return n
}
