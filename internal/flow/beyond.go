package flow

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// Beyond returns the over-exposure: the packets that the policy permits and
// none of the required cubes holds, by permitting rule, in rule order, without
// empty regions. The work is shared among that many workers (1 if less). The
// answer does not depend on the number of workers, but the pieces in which
// regions were found may. The error wraps [ErrTooFragmented].
func (p *Policy) Beyond(required []Cube, workers int) ([]Region, error) {
	q, numbers, err := p.with(required)
	if err != nil {
		return nil, fmt.Errorf("comparing with %d required cubes: %w", len(required), err)
	}
	x := &excess{p: q, workers: max(workers, 1)}
	for f, rs := range q.sets {
		for i, n := range numbers {
			b := rs.lift(n)
			if !required[i].IsEmpty() && !b.isEmpty() {
				x.required[f] = append(x.required[f], b)
			}
		}
	}
	var found []Region
	err = q.ask(q.headStart(), func(m *meter) bool { return x.sliced(m, &found) },
		func(m *meter) bool { return x.canonical(m, &found) })
	if err != nil {
		return nil, fmt.Errorf("comparing with %d required cubes: %w", len(required), err)
	}
	return found, nil
}

// excess is a question about what is permitted beyond the required boxes.
type excess struct {
	p        *Policy
	required [2][]box // by family
	workers  int
}

// sliced handles the rules one by one: from the box of a permitting rule, all
// required boxes and all earlier rules are taken away. Broad rules are the
// long jobs and come first.
func (x *excess) sliced(m *meter, out *[]Region) bool {
	var parts [2][]regionPart // by family and rule
	for f, rs := range x.p.sets {
		parts[f] = make([]regionPart, len(rs.rules))
		if !x.slicedFamily(m, rs, x.required[f], parts[f]) {
			return false
		}
	}
	own := make([]Region, 0, len(x.p.rules))
	for rule := range x.p.rules {
		r := Region{Rule: rule, Permit: true}
		for _, list := range parts {
			switch {
			case rule >= len(list) || len(list[rule].boxes) == 0:
			case r.parts == nil:
				r.parts = list[rule : rule+1 : rule+1]
			default:
				r.parts = append(r.parts, list[rule])
			}
		}
		if !r.IsEmpty() {
			own = append(own, r)
		}
	}
	*out = own
	return true
}

func (x *excess) slicedFamily(m *meter, rs *ruleset, required []box, out []regionPart) bool {
	job := &excessJob{rs: rs, required: required, out: out}
	job.index, job.meetRequired = rs.indexAnd(required, x.workers)
	if x.workers == 1 || m.raced { // in a race, turns are taken one after the other
		return job.work(m)
	}
	var wg sync.WaitGroup
	var failed atomic.Bool
	share := m.grant / int64(x.workers)
	used := make([]int64, x.workers)
	for i := range x.workers {
		wg.Go(func() {
			own := &meter{grant: share, pause: func() bool { return false }, memory: m.memory / int64(x.workers)}
			if !job.work(own) {
				failed.Store(true)
				job.next.Store(int64(len(rs.rules)))
			}
			used[i] = share - own.grant
		})
	}
	wg.Wait()
	for _, n := range used {
		m.grant -= n
	}
	return !failed.Load()
}

// excessJob is the rules of one family, to be shared among workers.
type excessJob struct {
	rs           *ruleset
	index        *ruleIndex
	required     []box
	meetRequired []bitmap     // by required box: the rules that meet it
	out          []regionPart // by rule
	next         atomic.Int64 // place in index.broad
}

// work handles rules until none is left. It returns false if the meter ran out.
func (j *excessJob) work(m *meter) bool {
	s := &excessSearch{carver: newCarver(m, len(j.rs.rules)), excessJob: j, overlapping: newBitmap(len(j.rs.rules))}
	for {
		i := int(j.next.Add(1)) - 1
		if i >= len(j.rs.rules) {
			return true
		}
		rule := int(j.index.broad[i])
		if r := &j.rs.rules[rule]; !r.permit || r.void {
			continue
		}
		part, ok := s.rule(rule)
		if !ok {
			return false
		}
		j.out[rule] = part
	}
}

// excessSearch is one worker's state.
type excessSearch struct {
	*carver
	*excessJob
	overlapping bitmap
	earlier     []int32 // the rules before the one at hand that it meets
}

// rule returns what a rule permits beyond the required boxes.
func (s *excessSearch) rule(rule int) (regionPart, bool) {
	r := &s.rs.rules[rule]
	part := regionPart{plane: s.rs.plane, window: r.window()}
	w := &part.window
	all := w.of(&r.box)
	s.start(&all)
	take := func(b *box) bool {
		seen := w.of(b)
		return s.take(&seen)
	}
	for i := range s.required {
		if len(s.pieces) > 0 && s.meetRequired[i].has(rule) && !take(&s.required[i]) {
			return part, false
		}
	}
	s.index.overlapping(rule, s.overlapping)
	s.earlier = s.index.broadBefore(rule, s.overlapping, s.earlier[:0])
	for _, i := range s.earlier {
		if len(s.pieces) > 0 && !take(&s.rs.rules[i].box) {
			return part, false
		}
	}
	part.boxes = s.left()
	return part, true
}

// canonical puts the required boxes before the rules, as rules of their own,
// and goes through the columns.
func (x *excess) canonical(m *meter, out *[]Region) bool {
	own := partition{}
	for f, rs := range x.p.sets {
		required := len(x.required[f])
		rules := make([]lifted, 0, required+len(rs.rules))
		for _, b := range x.required[f] {
			rules = append(rules, lifted{box: b})
		}
		rules = append(rules, rs.rules...)
		both := rulesetOf(rs.plane, rules)
		c := both.newColumns(m)
		all := box{full(rs.s.n), full(rs.d.n), full(rs.t.n)}
		found := newFindings(rs.d.n)
		var permitted []int32
		tree, ok := c.build(&all, func(list bitmap) (int32, bool) {
			permitted = permitted[:0]
			ok := c.decide(list, all.d, func(rule int, hits []word) bool {
				if rule != NoRule && rules[rule].permit {
					permitted = c.keep(found, permitted, rule-required, hits)
				}
				return true
			})
			return found.list(permitted), ok
		})
		if !ok {
			return false
		}
		w := all.window()
		boxes, ok := found.boxes(m, &tree, rs.s.n, &w)
		if !ok {
			return false
		}
		for rule, list := range boxes {
			*own.part(rule, f) = regionPart{rs.plane, w, list}
		}
	}
	*out = own.regions(x.p, nil)
	return true
}
