package flow

import (
	"fmt"
	"iter"
)

// Limits bound the work and memory of a policy. The zero value of a field
// means its default.
type Limits struct {
	// Work is the most work for one question, in steps over 64 classes at a
	// time (roughly a nanosecond each). Default 3,000,000,000.
	Work int64
	// Memory is the most memory for the classes of a policy or for the pieces
	// of one answer, in bytes. Default 512 MiB.
	Memory int64
	// HeadStart is the work that the sliced search may do before the canonical
	// form is tried beside it. Default: about what it takes to look at every
	// pair of a source class and a transport class once.
	HeadStart int64
}

const (
	defaultWork   = 3_000_000_000
	defaultMemory = 512 << 20
)

func (l Limits) withDefaults() Limits {
	if l.Work == 0 {
		l.Work = defaultWork
	}
	if l.Memory == 0 {
		l.Memory = defaultMemory
	}
	return l
}

// Method names a way to answer a question.
type Method uint8

const (
	// Automatic starts with the sliced search and goes over to a race of both
	// methods when that takes long.
	Automatic Method = iota
	// Sliced cuts the packets in question into products of class sets, looking
	// only at rules that overlap. It stops at the first packet that settles
	// the question, where one does.
	Sliced
	// Canonical goes through the pairs of a source class and a transport class
	// and decides all destinations of those that the same rules match at once.
	Canonical
)

// String returns the name of the method.
func (m Method) String() string {
	return [...]string{"automatic", "sliced", "canonical"}[m]
}

// meter counts the work of one method on one question, and knows how much it
// may keep at one time.
type meter struct {
	grant  int64       // work until the next pause
	pause  func() bool // gets more work; false: give up
	memory int64       // in bytes
	raced  bool        // another method works in turns with this one
}

// spend reports whether the work may go on after another n steps.
func (m *meter) spend(n int) bool {
	m.grant -= int64(n)
	return m.grant >= 0 || m.pause()
}

// fits reports whether that many words may be kept at a time.
func (m *meter) fits(words int) bool { return 8*int64(words) <= m.memory }

// attempt is one method's answer to a question. It returns false, and leaves
// no answer, if the meter stopped it.
type attempt func(*meter) bool

// ask answers a question by one of two methods.
//
// Neither method is good for every input: the sliced search can cut packets
// into ever smaller pieces, the canonical form looks at everything even where
// one packet settles the question. So the sliced search goes first, and when
// its head start is used up the two run in turns, a slice of work each, until
// one is done. The total is at most about three times the work of the better
// one, whatever the input.
func (p *Policy) ask(headStart int64, sliced, canonical attempt) error {
	limits := p.limits
	if limits.HeadStart != 0 {
		headStart = limits.HeadStart
	}
	stop := func() bool { return false }
	switch p.method {
	case Sliced:
		return p.only(Sliced, sliced)
	case Canonical:
		return p.only(Canonical, canonical)
	}
	m := &meter{grant: min(headStart, limits.Work), pause: stop, memory: limits.Memory}
	before := m.grant
	done := sliced(m)
	p.stats.work.Add(before - m.grant)
	if done {
		p.stats.count(Sliced)
		return nil
	}
	if headStart >= limits.Work {
		return p.exhausted(limits.Work)
	}
	return p.race(sliced, canonical)
}

func (p *Policy) only(method Method, a attempt) error {
	m := &meter{grant: p.limits.Work, pause: func() bool { return false }, memory: p.limits.Memory}
	done := a(m)
	p.stats.work.Add(p.limits.Work - m.grant)
	if !done {
		return p.exhausted(p.limits.Work)
	}
	p.stats.count(method)
	return nil
}

// maxTurn is the work of one turn of a race, if there is enough to do.
const maxTurn = 1 << 18

// race lets both methods work in turns until one is done or all work is used.
func (p *Policy) race(sliced, canonical attempt) error {
	p.stats.races.Add(1)
	turn := min(maxTurn, p.limits.Work/4+1)
	type runner struct {
		method Method
		next   func() (done, running bool)
		stop   func()
	}
	start := func(a attempt) (next func() (bool, bool), stop func()) {
		return iter.Pull(func(yield func(bool) bool) {
			m := &meter{grant: turn, memory: p.limits.Memory, raced: true}
			m.pause = func() bool {
				m.grant += turn
				return yield(false)
			}
			if a(m) {
				yield(true)
			}
		})
	}
	runners := [...]runner{{Canonical, nil, nil}, {Sliced, nil, nil}}
	for i, a := range []attempt{canonical, sliced} {
		runners[i].next, runners[i].stop = start(a)
		defer runners[i].stop()
	}
	used := int64(0)
	defer func() { p.stats.work.Add(used) }()
	for used < p.limits.Work {
		stuck := true
		for _, r := range runners {
			done, running := r.next()
			if done {
				p.stats.count(r.method)
				return nil
			}
			if running {
				stuck, used = false, used+turn
			}
		}
		if stuck { // both out of memory
			break
		}
	}
	return p.exhausted(p.limits.Work)
}

func (p *Policy) exhausted(work int64) error {
	return fmt.Errorf("%w: the question needs more than %d steps or %d MiB (%v)", ErrTooFragmented, work, p.limits.Memory>>20, p.sizes())
}
