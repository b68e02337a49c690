package reach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// cell is a part of the packets with its verdict under the reading in use and
// the readings that disagree.
type cell struct {
	piece
	turns []turn
}

// turn is a reading that gives another fate.
type turn struct {
	assumptions fabric.Assumptions
	fate        fate
}

// fate is what becomes of packets: the verdict and, where that is asked, the
// source address the other end sees.
type fate struct {
	verdict Verdict
	seen    string
}

// String is the fate in words.
func (f fate) String() string {
	if f.seen == "" {
		return string(f.verdict)
	}
	return string(f.verdict) + " and seen as " + f.seen
}

func (w *walk) fate(p piece) fate {
	f := fate{verdict: p.verdict()}
	if w.query.BySeen && f.verdict == Allowed {
		f.seen = p.seen.String()
	}
	return f
}

// maxReadings bounds the number of readings that are compared.
const maxReadings = 256

// inquiry is what to ask under another reading: packets of one fate under the
// reading in use.
type inquiry struct {
	reading fabric.Assumptions
	fate    fate
	packets []flow.Cube
}

// settle asks under every combination of readings what touches them, fewest
// changes first, and divides the pieces by what disagrees. A combination of
// changes counts only where fewer of them do not turn the verdict already.
func (w *walk) settle(_ []flow.Cube, base []piece, t fabric.Touches) []cell {
	cells := asTheyAre(base)
	own := w.fabric.Assumptions()
	asked := newInquiries(own)
	for _, p := range base {
		asked.add(own, w.fate(p), p)
	}
	var turned, turning flow.Space // by fewer changes, and by as many as now
	changes := 0
	for {
		q, n, ok := asked.next()
		switch {
		case !ok:
			return cells
		case len(asked.readings) > maxReadings:
			return tooMany(cells, t)
		case n > changes:
			changes, turned, turning = n, turned.Union(turning), flow.Space{}
		}
		for _, p := range w.under(q.reading, q.packets) {
			if other := w.fate(p); other != q.fate {
				if differ := flow.SpaceOf(p.packets...).Minus(turned); !differ.IsEmpty() {
					turning = turning.Union(differ)
					cells = turnAll(cells, differ, turn{q.reading, other})
				}
			}
			asked.add(q.reading, q.fate, p)
		}
	}
}

// inquiries are those to come, by how many changes their readings make, and
// what was asked already.
type inquiries struct {
	own      fabric.Assumptions
	readings map[fabric.Assumptions]bool
	levels   [][]*inquiry
	at       map[inquiryKey]*inquiry
	done     map[inquiryKey]flow.Space
}

type inquiryKey struct {
	reading fabric.Assumptions
	fate    fate
}

func newInquiries(own fabric.Assumptions) *inquiries {
	return &inquiries{own: own, readings: map[fabric.Assumptions]bool{}, at: map[inquiryKey]*inquiry{}, done: map[inquiryKey]flow.Space{}}
}

// add asks about the packets of a piece under the readings that they touch: those
// that differ in one switch from the reading under which it is a piece.
func (q *inquiries) add(reading fabric.Assumptions, f fate, p piece) {
	narrow := map[fabric.Assumptions][]flow.Cube{}
	touches := p.touches
	for _, k := range p.turning() {
		if hit := k.Of(p.packets); len(hit) > 0 {
			touches = touches.Union(k.Touches())
			for _, a := range reading.Alternatives(k.Touches()) {
				narrow[a] = append(narrow[a], hit...)
			}
		}
	}
	for _, a := range reading.Alternatives(p.touches) {
		narrow[a] = p.packets
	}
	for _, a := range reading.Alternatives(touches) {
		if a == q.own {
			continue
		}
		q.readings[a] = true
		key := inquiryKey{a, f}
		one := q.at[key]
		if one == nil {
			one = &inquiry{reading: a, fate: f}
			q.at[key] = one
			n := len(changed(q.own, a))
			for len(q.levels) <= n {
				q.levels = append(q.levels, nil)
			}
			q.levels[n] = append(q.levels[n], one)
		}
		one.packets = append(one.packets, narrow[a]...)
	}
}

// next is an inquiry of the fewest changes, without what was asked already.
func (q *inquiries) next() (one inquiry, changes int, ok bool) {
	for n, level := range q.levels {
		for len(level) > 0 {
			one, level = *level[0], level[1:]
			q.levels[n] = level
			key := inquiryKey{one.reading, one.fate}
			delete(q.at, key)
			fresh := flow.SpaceOf(one.packets...)
			done := q.done[key]
			if fresh = fresh.Minus(done); fresh.IsEmpty() {
				continue
			}
			q.done[key] = done.Union(fresh)
			one.packets = fresh.Cubes()
			return one, n, true
		}
	}
	return inquiry{}, 0, false
}

var verdicts = [...]Verdict{Blocked, Undecided, Allowed}

// under runs the same packets under another reading.
func (w *walk) under(a fabric.Assumptions, packets []flow.Cube) []piece {
	other := &walk{fabric: w.fabric.Reading(a), query: w.query}
	other.query.ByRule, other.query.FirstBlocker = false, true // the fate is asked alone
	pieces, err := other.run(packets)
	if err != nil { // the same question was answered under the first reading
		panic("reach: " + err.Error())
	}
	return pieces
}

// turnAll notes a turn on the packets of the cells that are in the space.
func turnAll(cells []cell, s flow.Space, t turn) []cell {
	var out []cell
	turned := s.Cubes()
	for _, c := range cells {
		if !slices.ContainsFunc(c.packets, func(own flow.Cube) bool { return slices.ContainsFunc(turned, own.Overlaps) }) {
			out = append(out, c)
			continue
		}
		own := flow.SpaceOf(c.packets...)
		hit := own.Intersect(s)
		if hit.IsEmpty() {
			out = append(out, c)
			continue
		}
		if rest := own.Minus(s); !rest.IsEmpty() {
			kept := c
			kept.packets = rest.Cubes()
			out = append(out, kept)
		}
		c.packets = hit.Cubes()
		c.turns = append(slices.Clip(c.turns), t)
		out = append(out, c)
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
func (w *walk) final(c cell) (v Verdict, reasons []string, turnsOn []fabric.Assumption) {
	own := w.fabric.Assumptions()
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
		reasons = addTexts(reasons, []string{fmt.Sprintf("it turns on an open point: %s with %s, %s with %s; --assume %s settles it, if that is so",
			w.fate(c.piece), strings.Join(here, " and "), t.fate, strings.Join(there, " and "), strings.Join(here, " --assume "))})
	}
	if named[fabric.GatewayRoutes] {
		reasons = addTexts(reasons, w.fabric.UntoldRoutes())
	}
	return Undecided, reasons, turnsOn
}

// changed lists the switches in which two readings differ.
func changed(a, b fabric.Assumptions) []fabric.Switch {
	var list []fabric.Switch
	for s := range fabric.Switches() {
		if a.Value(s) != b.Value(s) {
			list = append(list, s)
		}
	}
	return list
}
