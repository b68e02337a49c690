package flow

import (
	"fmt"
	"iter"
)

// Limits bound the work and memory of a policy. The zero value of a field
// means its default.
type Limits struct {
	// Work is the most work for one question, in steps over 64 classes at a
	// time (roughly a nanosecond each). Default 4,000,000,000.
	Work int64
	// Memory is the most memory for the classes of a policy or for the pieces
	// of one answer, in bytes. Default 640 MiB.
	Memory int64
	// HeadStart is the work that the sliced search may do before the canonical
	// form is tried beside it. Default: about what it takes to look at every
	// pair of a source class and a transport class once.
	HeadStart int64
}

const (
	defaultWork   = 4_000_000_000
	defaultMemory = 640 << 20
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
// its head start is used up the other one takes turns with it, a slice of work
// each, until one is done. The total is at most about twice the work of the
// better one and the head start, whatever the input.
func (p *Policy) ask(headStart int64, sliced, canonical attempt) error {
	limits := p.limits
	if limits.HeadStart != 0 {
		headStart = limits.HeadStart
	}
	switch p.method {
	case Sliced:
		return p.only(Sliced, sliced)
	case Canonical:
		return p.only(Canonical, canonical)
	}
	r := &race{policy: p, canonical: canonical, left: limits.Work, turn: min(maxTurn, limits.Work/4+1)}
	defer r.end()
	done := sliced(r.meter(min(headStart, limits.Work), false))
	if !done && !r.begun && r.left > 0 {
		// Workers shared the head start and cannot wait in the middle of it.
		done = sliced(r.meter(0, true))
	}
	switch {
	case done:
		p.stats.count(Sliced)
	case r.won || r.alone():
		p.stats.count(Canonical)
	default:
		return p.exhausted(limits.Work)
	}
	return nil
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

// race lets the canonical method work while the sliced one waits for more work.
type race struct {
	policy    *Policy
	canonical attempt
	left      int64 // work that nobody was granted yet
	turn      int64
	sliced    *meter
	begun     bool
	won       bool // by the canonical method
	next      func() (done, running bool)
	stop      func()
}

// meter is that of the sliced method, with so much work to begin with.
func (r *race) meter(grant int64, raced bool) *meter {
	r.settle()
	r.left -= grant
	r.sliced = &meter{grant: grant, memory: r.policy.limits.Memory, raced: raced}
	r.sliced.pause = func() bool {
		if r.canonicalTurn() || r.left <= 0 {
			return false
		}
		r.left -= r.turn
		r.sliced.grant += r.turn
		return true
	}
	return r.sliced
}

// settle takes back what the sliced method was granted and did not use.
func (r *race) settle() {
	if r.sliced != nil {
		r.left += max(r.sliced.grant, 0)
		r.sliced = nil
	}
}

// canonicalTurn lets the canonical method work for a turn, if it still can, and
// reports whether it is done.
func (r *race) canonicalTurn() bool {
	if r.left <= 0 {
		return false
	}
	if !r.begun {
		r.begun = true
		r.policy.stats.races.Add(1)
		r.next, r.stop = iter.Pull(func(yield func(bool) bool) {
			m := &meter{grant: r.turn, memory: r.policy.limits.Memory, raced: true}
			m.pause = func() bool {
				m.grant += r.turn
				return yield(false)
			}
			if r.canonical(m) {
				yield(true)
			}
		})
	}
	if r.next == nil {
		return false
	}
	r.left -= r.turn
	done, running := r.next()
	if !running { // it ran out of memory
		r.next = nil
	}
	r.won = done
	return done
}

// alone lets the canonical method go on where the sliced one gave up.
func (r *race) alone() bool {
	r.settle()
	for r.left > 0 && !r.canonicalTurn() && r.next != nil {
	}
	return r.won
}

func (r *race) end() {
	if r.stop != nil {
		r.stop()
	}
	r.settle()
	r.policy.stats.work.Add(r.policy.limits.Work - r.left)
}

func (p *Policy) exhausted(work int64) error {
	return fmt.Errorf("%w: the question needs more than %d steps or %d MiB (%v)", ErrTooFragmented, work, p.limits.Memory>>20, p.sizes())
}
