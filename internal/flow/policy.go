package flow

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Rule permits or denies the packets of one cube.
type Rule struct {
	Match  Cube
	Permit bool
}

// NoRule is the rule index that stands for the end of a policy: packets that
// no rule matches are denied there.
const NoRule = -1

// ErrTooFragmented is wrapped by the error of a question whose exact answer
// would need more work or memory than the policy's limits allow.
var ErrTooFragmented = errors.New("too fragmented")

// Policy is a list of rules of which the first that matches a packet decides.
// A packet that no rule matches is denied ([NoRule]). Rules are counted from 0
// in the order given. A policy is frozen and safe for concurrent use.
type Policy struct {
	rules    []Rule
	numbers  []cubeNumbers // by rule
	u        *universe
	sets     [2]*ruleset // by family
	limits   Limits
	method   Method
	stats    *counters
	patience int // of the search for vital rules
	decide   func() *decider
}

// Option changes how a policy is compiled.
type Option func(*config)

type config struct {
	atoms   *Atoms
	queries []Cube
	limits  Limits
	method  Method
}

// WithQueries names cubes about which questions will be asked. Answers do not
// depend on it, only their cost: the sets of the cubes are compiled together
// with the rules'.
func WithQueries(cubes ...Cube) Option {
	return func(c *config) { c.queries = append(c.queries, cubes...) }
}

// WithAtoms says of which atoms the sets of rules and questions are most likely unions.
// Answers do not depend on it, only their cost, and of what their sets are made.
func WithAtoms(x *Atoms) Option { return func(c *config) { c.atoms = x } }

// WithLimits bounds the work and memory for each question.
func WithLimits(l Limits) Option { return func(c *config) { c.limits = l } }

// WithMethod makes the policy answer by one method alone. Answers do not
// depend on it, only their cost; it is meant for tests and measurements.
func WithMethod(m Method) Option { return func(c *config) { c.method = m } }

// NewPolicy compiles the rules. The error wraps [ErrTooFragmented] if they are
// too many or too varied for the limits.
func NewPolicy(rules []Rule, options ...Option) (*Policy, error) {
	var c config
	for _, o := range options {
		o(&c)
	}
	c.limits = c.limits.withDefaults()
	cubes := make([]Cube, 0, len(rules)+len(c.queries))
	for _, r := range rules {
		cubes = append(cubes, r.Match)
	}
	cubes = append(cubes, c.queries...)
	u, numbers, err := newUniverse(cubes, c.atoms, c.limits.Memory)
	if err != nil {
		return nil, fmt.Errorf("compiling %d rules: %w", len(rules), err)
	}
	p := &Policy{rules: append([]Rule(nil), rules...), numbers: numbers[:len(rules)], u: u, limits: c.limits, method: c.method}
	p.finish()
	return p, nil
}

// finish derives the rest of a policy from its rules and universe.
func (p *Policy) finish() {
	p.stats, p.patience = new(counters), defaultPatience
	for f := range p.sets {
		p.sets[f] = newRuleset(p.u.plane(f), p.rules, p.numbers)
	}
	p.decide = sync.OnceValue(p.newDecider)
}

// Len returns the number of rules.
func (p *Policy) Len() int { return len(p.rules) }

// Rule returns rule i, 0 <= i < Len.
func (p *Policy) Rule(i int) Rule { return p.rules[i] }

// Stats tells what a policy consists of and how its questions were answered.
type Stats struct {
	// Sources, Destinations are the numbers of address classes by family (IPv4,
	// IPv6), Transports the number of classes of protocol and ports.
	Sources, Destinations [2]int
	Transports            int
	// Segments is the number of pieces of which all address classes consist.
	Segments int
	// Sliced and Canonical count the questions that each method answered, Races
	// those for which the sliced search outran its head start.
	Sliced, Canonical, Races int64
	// Work is the work done for all questions, in the steps of [Limits].
	Work int64
}

type counters struct{ sliced, canonical, races, work atomic.Int64 }

func (c *counters) count(m Method) {
	if m == Canonical {
		c.canonical.Add(1)
	} else {
		c.sliced.Add(1)
	}
}

// Stats returns the figures so far.
func (p *Policy) Stats() Stats {
	s := p.sizes()
	s.Sliced, s.Canonical, s.Races = p.stats.sliced.Load(), p.stats.canonical.Load(), p.stats.races.Load()
	s.Work = p.stats.work.Load()
	return s
}

func (p *Policy) sizes() Stats {
	s := Stats{Transports: p.u.transport.n}
	for f, axes := range p.u.axes {
		s.Sources[f], s.Destinations[f] = axes[0].n, axes[1].n
		s.Segments += axes[0].segments() + axes[1].segments()
	}
	return s
}

// String returns the sizes in words.
func (s Stats) String() string {
	return fmt.Sprintf("%d+%d source, %d+%d destination and %d transport classes",
		s.Sources[0], s.Sources[1], s.Destinations[0], s.Destinations[1], s.Transports)
}
