package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Explore answers a query. It is asked under every reading of the open points
// it touches, as long as the user did not settle them.
func Explore(f *fabric.Fabric, q Query) (Answer, error) {
	answer, _, err := explore(f, q, (*walk).settle)
	return answer, err
}

// Under answers a query under the fabric's own reading of the open points
// alone, settled or not, and tells which switches the answer touches: whoever
// compares two networks compares them reading by reading. Its parts have
// witnesses and traces only if the query is by rule.
func Under(f *fabric.Fabric, q Query) (Answer, fabric.Touches, error) {
	return explore(f, q, nil)
}

// asTheyAre are pieces of which no other reading is asked.
func asTheyAre(base []piece) []cell {
	cells := make([]cell, len(base))
	for i, p := range base {
		cells[i] = cell{piece: p}
	}
	return cells
}

// explore answers a query class by class; settle asks the other readings, nil
// for none.
func explore(f *fabric.Fabric, q Query, settle func(*walk, []flow.Cube, []piece, fabric.Touches) []cell) (Answer, fabric.Touches, error) {
	var touches fabric.Touches
	if names := append(slices.Clone(q.From.tags), q.To.tags...); len(names) > 0 {
		f = f.Mention(names...)
	}
	packets, err := q.packets(f)
	if err != nil {
		return Answer{}, touches, err
	}
	if !q.From.inside() && !q.To.inside() && q.From.kind != addressEndpoint && q.To.kind != addressEndpoint {
		return Answer{}, touches, fmt.Errorf("neither end of the question is in the network")
	}
	w := &walk{fabric: f, query: q}
	var cells []cell
	for _, class := range classes(packets) {
		base, err := w.run(class)
		if err != nil {
			return Answer{}, touches, err
		}
		t := touched(base)
		touches = touches.Union(t)
		if settle == nil {
			cells = append(cells, asTheyAre(base)...)
			continue
		}
		cells = append(cells, settle(w, class, base, t)...)
	}
	answer := Answer{Packets: flow.SpaceOf(packets...), Assumptions: f.Assumptions().Listed(touches.Union(f.Everywhere()))}
	want := q.preference(packets)
	cells = gatherCells(cells, q.ByRule, q.BySeen)
	answer.Parts = make([]Part, 0, len(cells))
	for _, c := range cells {
		p := w.part(c)
		if settle != nil || q.ByRule {
			p.Witness = Example(p.Space, want)
			p.Trace = w.traceOf(c.piece, p.Witness)
		}
		answer.Parts = append(answer.Parts, p)
	}
	if settle != nil {
		answer.addOwn(f, q, packets)
	}
	return answer, touches, nil
}

// addOwn adds, to an answer about packets to service tags without data, those to the
// public addresses of this network that may lie in them.
func (a *Answer) addOwn(f *fabric.Fabric, q Query, packets []flow.Cube) {
	p := Part{Verdict: Undecided}
	own := flow.AddressSet{}
	for _, tag := range q.To.tags {
		addresses, why := f.OwnInTag(tag)
		own, p.Reasons = own.Union(addresses), addTexts(p.Reasons, why)
	}
	var cubes []flow.Cube
	for _, c := range packets {
		c.Destination = own
		for _, family := range []flow.Family{flow.IPv4, flow.IPv6} {
			one := c
			one.Source, one.Destination = c.Source.Only(family), own.Only(family)
			if one = one.Normal(); !one.IsEmpty() {
				cubes = append(cubes, one)
			}
		}
	}
	if p.Space = flow.SpaceOf(cubes...).Minus(a.Packets); p.Space.IsEmpty() {
		return
	}
	p.Witness = Example(p.Space, q.preference(packets))
	p.Trace = []Hop{{Kind: fabric.KindPublicIP, Decision: fabric.Unknown, Name: strings.Join(q.To.tags, ", "), Note: p.Reasons[0]}}
	a.Packets = a.Packets.Union(p.Space)
	at := slices.IndexFunc(a.Parts, func(other Part) bool { return other.Verdict == Allowed })
	if at < 0 {
		at = len(a.Parts)
	}
	a.Parts = slices.Insert(a.Parts, at, p)
}

// classes divides packets so that few open points meet in one class: by family,
// and by the protocols that open points are about.
func classes(packets []flow.Cube) [][]flow.Cube {
	apart := []flow.ProtocolSet{flow.Protocols(flow.ICMP), flow.Protocols(flow.ESP, flow.AH)}
	rest := flow.AllProtocols()
	for _, p := range apart {
		rest = rest.Minus(p)
	}
	var out [][]flow.Cube
	for _, f := range []flow.Family{flow.IPv4, flow.IPv6} {
		for _, p := range append([]flow.ProtocolSet{rest}, apart...) {
			var class []flow.Cube
			for _, c := range packets {
				c.Source, c.Destination, c.Protocols = c.Source.Only(f), c.Destination.Only(f), c.Protocols.Intersect(p)
				if c = c.Normal(); !c.IsEmpty() {
					class = append(class, c)
				}
			}
			if len(class) > 0 {
				out = append(out, class)
			}
		}
	}
	return out
}

// touched is what the pieces touch together.
func touched(pieces []piece) fabric.Touches {
	var t fabric.Touches
	for _, p := range pieces {
		t = t.Union(p.touched())
	}
	return t
}

// gatherCells joins the cells that came out alike and puts blocked before
// undecided before allowed.
func gatherCells(cells []cell, byRule, bySeen bool) []cell {
	by := likeness{byRule: byRule, bySeen: bySeen}
	var met meetings
	out := make([]cell, 0, len(cells))
	for _, c := range cells {
		alike := func(i int) bool { return by.same(out[i].piece, c.piece) && slices.Equal(out[i].turns, c.turns) }
		if i, ok := met.find(by.hash(c.piece), alike); ok {
			out[i].take(c.piece)
		} else {
			c.packets = slices.Clip(c.packets)
			out = append(out, c)
		}
	}
	rank := func(c cell) int {
		if len(c.turns) > 0 {
			return slices.Index(verdicts[:], Undecided)
		}
		return slices.Index(verdicts[:], c.verdict())
	}
	slices.SortStableFunc(out, func(a, b cell) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

// part makes the answer's part of a cell.
func (w *walk) part(c cell) Part {
	p := Part{Space: flow.SpaceOf(c.packets...), Reserved: c.reserved, Seen: c.seen}
	p.Verdict, p.Reasons, p.TurnsOn = w.final(c)
	if p.Verdict == Blocked {
		p.Blockers = c.blockers
	}
	if len(p.TurnsOn) > 0 {
		p.Default = c.verdict()
	}
	return p
}

// Example is the preferred packet of a space that is not empty, between two
// different addresses where it has such a one.
func Example(space flow.Space, want flow.Preference) flow.Packet {
	p, _ := space.Witness(want)
	if p.Source != p.Destination {
		return p
	}
	self := flow.Points(p.Source)
	others := flow.Cube{Source: self, Destination: flow.AllAddresses().Minus(self), Protocols: flow.AllProtocols(), SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts()}
	if other, ok := space.Intersect(flow.SpaceOf(others)).Witness(want); ok {
		return other
	}
	return p
}
