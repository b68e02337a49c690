package flow

import (
	"fmt"
	"sync"
)

// transport is the protocol and both ports of a packet, joined to one field
// and cut into classes: two combinations are in one class exactly if the same
// of the services by which it was cut hold them. Class 0 is the combinations in
// no service; it may be empty, the others are not. A transport never changes.
//
// Protocols with ports share a grid: protocols that no service tells apart are
// one row of it, source ports one column of a row, destination ports one cell
// of a column. A protocol without ports is a single point.
type transport struct {
	n  int
	of []bitmap // by service: its classes

	row                 [256]int // protocol with ports -> row
	rows                int
	source, destination cut[port]
	columns, cells      int        // in a row, in a column
	grid                []int32    // row, column, cell -> class
	single              [256]int32 // protocol without ports -> class
	size                sizes      // class -> how many combinations it holds

	portsOnce              sync.Once
	columnPorts, cellPorts []PortSet // the ports of each column, of each cell
}

// gridLimit bounds the grid and the work to fill it.
const (
	gridLimit     = 1 << 22
	gridWorkLimit = 1 << 28
)

func (t *transport) at(row, column, cell int) int { return (row*t.columns+column)*t.cells + cell }

// area is the part of a grid that a service takes up.
type area struct {
	rows           []int
	columns, cells []int32
	portless       ProtocolSet
}

func newTransport(services []service, limit int) (*transport, error) {
	t := &transport{}
	areas, err := t.layOut(services)
	if err != nil {
		return nil, err
	}
	work := 0
	for _, a := range areas {
		work += len(a.rows) * len(a.columns) * len(a.cells)
	}
	if work > gridWorkLimit {
		return nil, fmt.Errorf("%w: %d services fill a grid of %d port combinations %d times", ErrTooFragmented, len(services), len(t.grid), work/len(t.grid))
	}
	points := len(t.grid) + len(t.single)
	visit := func(i int, put func(int32)) {
		a := &areas[i]
		for _, row := range a.rows {
			for _, column := range a.columns {
				base := int32(t.at(row, int(column), 0))
				for _, cell := range a.cells {
					put(base + cell)
				}
			}
		}
		for p := range a.portless.All() {
			put(int32(len(t.grid)) + int32(p))
		}
	}
	block, blocks := refine(points, len(services), visit)
	t.number(block, blocks)
	if t.of, err = newTable(len(services), t.n, limit); err != nil {
		return nil, fmt.Errorf("protocols and ports: %w", err)
	}
	for i := range services {
		visit(i, func(point int32) { t.of[i].set(int(block[point])) })
	}
	t.measure()
	return t, nil
}

// layOut makes the grid, without classes, and the areas of the services.
func (t *transport) layOut(services []service) ([]area, error) {
	var sources, destinations portBook
	rows := newBitmapTable(wordsFor(len(services)))
	var err error
	for _, s := range services {
		if !s.ported().IsEmpty() {
			sources.add(s.sourcePorts)
			destinations.add(s.destinationPorts)
		}
	}
	if t.source, t.columns, err = sources.cut(); err != nil {
		return nil, err
	}
	if t.destination, t.cells, err = destinations.cut(); err != nil {
		return nil, err
	}
	for p := range portProtocols.All() {
		in := newBitmap(len(services))
		for i, s := range services {
			if s.protocols.Contains(p) {
				in.set(i)
			}
		}
		t.row[p], _ = rows.number(in)
	}
	t.rows = rows.len()
	if err := t.makeGrid(gridLimit); err != nil {
		return nil, err
	}
	areas := make([]area, len(services))
	for i, s := range services {
		areas[i].portless = s.portless()
		for row := range t.rows {
			if rows.at(row).has(i) {
				areas[i].rows = append(areas[i].rows, row)
			}
		}
		if len(areas[i].rows) > 0 {
			areas[i].columns = sources.classesOf(s.sourcePorts)
			areas[i].cells = destinations.classesOf(s.destinationPorts)
		}
	}
	return areas, nil
}

// makeGrid makes a grid of its rows, columns and cells, if they are not too many.
func (t *transport) makeGrid(limit int) error {
	n := t.rows * t.columns * t.cells
	if n > limit {
		return fmt.Errorf("%w: %d source port classes by %d destination port classes", ErrTooFragmented, t.columns, t.cells)
	}
	t.grid = make([]int32, n)
	return nil
}

// number gives the blocks class numbers in the order of their first points.
func (t *transport) number(block []int32, blocks int32) {
	class := make([]int32, blocks)
	t.n = 1
	for point, b := range block {
		if b != 0 && class[b] == 0 && (point < len(t.grid) || !HasPorts(uint8(point-len(t.grid)))) {
			class[b] = int32(t.n)
			t.n++
		}
		block[point] = class[b]
	}
	copy(t.grid, block)
	copy(t.single[:], block[len(t.grid):])
}

// measure counts the combinations of every class.
func (t *transport) measure() {
	size := make([]uint64, t.n)
	protocols := make([]uint64, t.rows)
	for p := range 256 {
		if HasPorts(uint8(p)) {
			protocols[t.row[p]]++
		} else {
			size[t.single[p]]++
		}
	}
	columns, cells := classSizes(t.source, t.columns), classSizes(t.destination, t.cells)
	for row := range t.rows {
		for column := range t.columns {
			for cell := range t.cells {
				size[t.grid[t.at(row, column, cell)]] += protocols[row] * columns[column] * cells[cell]
			}
		}
	}
	t.size = newSizes(size)
}

func classSizes(c cut[port], n int) []uint64 {
	size := make([]uint64, n)
	for i, class := range c.class {
		size[class] += uint64(c.last(i)-c.starts[i]) + 1
	}
	return size
}

// weigh returns the number of combinations in the classes of b, of which the
// first word is word from of a bitmap of the field.
func (t *transport) weigh(b bitmap, from int) uint64 { return t.size.sum(b, from) }

// classOf returns the class of the packet's protocol and ports.
func (t *transport) classOf(p Packet) int32 {
	if !HasPorts(p.Protocol) {
		return t.single[p.Protocol]
	}
	column := t.source.class[t.source.find(port(p.SourcePort))]
	cell := t.destination.class[t.destination.find(port(p.DestinationPort))]
	return t.grid[t.at(t.row[p.Protocol], int(column), int(cell))]
}

// touch adds to b the classes of which s holds a combination.
func (t *transport) touch(b bitmap, s service) {
	for p := range s.portless().All() {
		b.set(int(t.single[p]))
	}
	columns, cells := touchPorts(t.source, s.sourcePorts), touchPorts(t.destination, s.destinationPorts)
	done := make([]bool, t.rows)
	for p := range s.ported().All() {
		row := t.row[p]
		if done[row] {
			continue
		}
		done[row] = true
		for _, column := range columns {
			for _, cell := range cells {
				b.set(int(t.grid[t.at(row, int(column), int(cell))]))
			}
		}
	}
}

// touchPorts returns the classes of which s holds a port, each once.
func touchPorts(c cut[port], s PortSet) []int32 {
	var out []int32
	seen := make(map[int32]bool)
	for _, r := range s.spans {
		for i := c.find(r.lo); i < len(c.starts) && c.starts[i] <= r.hi; i++ {
			if class := c.class[i]; !seen[class] {
				seen[class] = true
				out = append(out, class)
			}
		}
	}
	return out
}

// services returns the combinations of the classes in b as disjoint services.
func (t *transport) services(b bitmap) []service {
	var out []service
	t.portsOnce.Do(func() {
		t.columnPorts, t.cellPorts = portsByClass(t.source, t.columns), portsByClass(t.destination, t.cells)
	})
	for row := range t.rows {
		var protocols ProtocolSet
		for p := range portProtocols.All() {
			if t.row[p] == row {
				protocols = protocols.Union(Protocols(p))
			}
		}
		columns := newBitmapTable(wordsFor(t.cells)) // cells in b -> the columns that have just these
		var ports []PortSet
		for column := range t.columns {
			in := newBitmap(t.cells)
			for cell := range t.cells {
				if b.has(int(t.grid[t.at(row, column, cell)])) {
					in.set(cell)
				}
			}
			if in.isEmpty() {
				continue
			}
			n, added := columns.number(in)
			if added {
				ports = append(ports, PortSet{})
			}
			ports[n] = ports[n].Union(t.columnPorts[column])
		}
		for n := range columns.len() {
			var to PortSet
			columns.at(n).all(func(cell int) bool {
				to = to.Union(t.cellPorts[cell])
				return true
			})
			out = append(out, service{protocols, ports[n], to})
		}
	}
	var portless ProtocolSet
	for p := range allProtocols.Minus(portProtocols).All() {
		if b.has(int(t.single[p])) {
			portless = portless.Union(Protocols(p))
		}
	}
	if !portless.IsEmpty() {
		out = append(out, service{portless, AllPorts(), AllPorts()})
	}
	return joinServices(out)
}

func portsByClass(c cut[port], n int) []PortSet {
	out := make([]PortSet, n)
	for i, class := range c.class {
		out[class].spans = appendSpan(out[class].spans, span[port]{c.starts[i], c.last(i)})
	}
	return out
}
