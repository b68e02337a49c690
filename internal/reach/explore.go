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
	if names := append(slices.Clone(q.From.tags), q.To.tags...); len(names) > 0 {
		f = f.Mention(names...)
	}
	packets, err := q.packets(f)
	if err != nil {
		return Answer{}, err
	}
	if !q.From.inside() && !q.To.inside() && q.From.kind != addressEndpoint && q.To.kind != addressEndpoint {
		return Answer{}, fmt.Errorf("neither end of the question is in the network")
	}
	w := &walk{f, q}
	base, err := w.run(packets)
	if err != nil {
		return Answer{}, err
	}
	cells := wrap(base)
	touches := touched(base)
	readings, all := w.readings(packets, touches)
	for _, r := range readings {
		cells = compare(cells, r)
	}
	if !all {
		cells = tooMany(cells, touches)
	}
	answer := Answer{Packets: flow.SpaceOf(packets...), Assumptions: f.Assumptions().Listed(touches)}
	for _, c := range sortCells(cells) {
		answer.Parts = append(answer.Parts, w.part(c, packets))
	}
	return answer, nil
}

// touched is what the pieces touch together.
func touched(pieces []piece) fabric.Touches {
	var t fabric.Touches
	for _, p := range pieces {
		t = t.Union(p.touches)
	}
	return t
}

// reading is what became of the packets under another reading.
type reading struct {
	assumptions fabric.Assumptions
	pieces      []piece
}

// maxReadings bounds the number of readings that are compared.
const maxReadings = 96

// readings asks the same under every combination of readings that is touched,
// fewest changes first; all is false if there were too many.
func (w *walk) readings(packets []flow.Cube, t fabric.Touches) (list []reading, all bool) {
	own := w.fabric.Assumptions()
	seen := map[fabric.Assumptions]bool{own: true}
	queue := own.Alternatives(t)
	for len(queue) > 0 {
		a := queue[0]
		queue = queue[1:]
		if seen[a] {
			continue
		}
		seen[a] = true
		if len(list) == maxReadings {
			return list, false
		}
		other := &walk{w.fabric.Reading(a), w.query}
		pieces, err := other.run(packets)
		if err != nil { // the same question was answered under another reading
			panic("reach: " + err.Error())
		}
		list = append(list, reading{a, pieces})
		queue = append(queue, a.Alternatives(touched(pieces))...)
	}
	return list, true
}

// cell is a part of the packets with its verdict under the reading in use and
// the readings that disagree.
type cell struct {
	piece
	turns []turn
}

// turn is a reading that gives another verdict.
type turn struct {
	assumptions fabric.Assumptions
	verdict     Verdict
}

func wrap(pieces []piece) []cell {
	cells := make([]cell, len(pieces))
	for i, p := range pieces {
		cells[i] = cell{piece: p}
	}
	return cells
}

// compare divides cells by whether another reading agrees.
func compare(cells []cell, r reading) []cell {
	var out []cell
	for _, c := range cells {
		agree, differ := c, map[Verdict][]flow.Cube{}
		agree.packets = nil
		for _, p := range r.pieces {
			both := intersect(c.packets, p.packets)
			if v := p.verdict(); v != c.verdict() {
				differ[v] = append(differ[v], both...)
			} else {
				agree.packets = append(agree.packets, both...)
			}
		}
		if len(agree.packets) > 0 {
			out = append(out, agree)
		}
		for _, v := range []Verdict{Blocked, Undecided, Allowed} {
			if len(differ[v]) == 0 {
				continue
			}
			d := c
			d.packets = differ[v]
			d.turns = append(slices.Clip(c.turns), turn{r.assumptions, v})
			out = append(out, d)
		}
	}
	return out
}

// tooMany makes cells undecided that more readings would have to agree on than
// are compared.
func tooMany(cells []cell, t fabric.Touches) []cell {
	var names []string
	for _, s := range t.Switches() {
		if s.Definition().Label == fabric.Uncertain {
			names = append(names, s.String())
		}
	}
	for i := range cells {
		if len(cells[i].turns) == 0 && cells[i].verdict() != Undecided {
			cells[i].blockers = nil
			cells[i].reasons = addTexts(cells[i].reasons, []string{"too many open points meet here: " + strings.Join(names, ", ")})
		}
	}
	return cells
}

// final is the verdict of a cell and why.
func (c cell) final(own fabric.Assumptions) (v Verdict, reasons []string, turnsOn []fabric.Assumption) {
	v = c.verdict()
	if v == Undecided {
		reasons = c.reasons
	}
	if len(c.turns) == 0 || v == Undecided {
		return v, reasons, nil
	}
	fewest := len(changed(own, c.turns[0].assumptions))
	for _, t := range c.turns {
		fewest = min(fewest, len(changed(own, t.assumptions)))
	}
	named := map[fabric.Switch]bool{}
	for _, t := range c.turns {
		switches := changed(own, t.assumptions)
		if len(switches) != fewest {
			continue
		}
		var here, there []string
		for _, s := range switches {
			here = append(here, s.String()+"="+own.Value(s))
			there = append(there, s.String()+"="+t.assumptions.Value(s))
			if !named[s] {
				named[s] = true
				turnsOn = append(turnsOn, own.Assumption(s))
			}
		}
		reasons = addTexts(reasons, []string{fmt.Sprintf("it turns on an open point: %s with %s, %s with %s",
			v, strings.Join(here, " and "), t.verdict, strings.Join(there, " and "))})
	}
	return Undecided, reasons, turnsOn
}

// changed lists the switches in which two readings differ.
func changed(a, b fabric.Assumptions) []fabric.Switch {
	var list []fabric.Switch
	for _, d := range fabric.All() {
		if a.Value(d.Switch) != b.Value(d.Switch) {
			list = append(list, d.Switch)
		}
	}
	return list
}

// sortCells joins the cells that came out alike and puts blocked before
// undecided before allowed.
func sortCells(cells []cell) []cell {
	order := map[Verdict]int{Blocked: 0, Undecided: 1, Allowed: 2}
	rank := func(c cell) int {
		if len(c.turns) > 0 {
			return order[Undecided]
		}
		return order[c.verdict()]
	}
	slices.SortStableFunc(cells, func(a, b cell) int { return cmp.Compare(rank(a), rank(b)) })
	return cells
}

// part makes the answer's part of a cell.
func (w *walk) part(c cell, asked []flow.Cube) Part {
	p := Part{Space: flow.SpaceOf(c.packets...), Reserved: c.reserved}
	p.Verdict, p.Reasons, p.TurnsOn = c.final(w.fabric.Assumptions())
	if p.Verdict == Blocked {
		p.Blockers = c.blockers
	}
	if len(p.TurnsOn) > 0 {
		p.Default = c.verdict()
	}
	p.Witness, _ = p.Space.Witness(w.query.preference(asked))
	p.Trace = w.trace(p.Witness)
	return p
}

// trace follows one packet rule by rule.
func (w *walk) trace(packet flow.Packet) []Hop {
	c := flow.Cube{
		Source: flow.Points(packet.Source), Destination: flow.Points(packet.Destination), Protocols: flow.Protocols(packet.Protocol),
		SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts(),
	}
	if flow.HasPorts(packet.Protocol) {
		c.SourcePorts, c.DestinationPorts = flow.Ports(packet.SourcePort), flow.Ports(packet.DestinationPort)
	}
	one := &walk{w.fabric, w.query}
	one.query.ByRule = true
	pieces, err := one.run([]flow.Cube{c})
	if err != nil || len(pieces) == 0 {
		return nil
	}
	return pieces[0].trace
}
