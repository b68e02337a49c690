package flow

import (
	"fmt"
	"slices"
)

// Replace returns the policy with another rule in place of rule i. It costs
// far less than compiling anew: what is not touched is shared. The error wraps
// [ErrTooFragmented].
func (p *Policy) Replace(i int, r Rule) (*Policy, error) {
	rules := slices.Clone(p.rules)
	rules[i] = r
	return p.edited(rules, i, 1, 1)
}

// Insert returns the policy with another rule before rule i, or at the end if
// i is Len. The error wraps [ErrTooFragmented].
func (p *Policy) Insert(i int, r Rule) (*Policy, error) {
	return p.edited(slices.Insert(slices.Clone(p.rules), i, r), i, 0, 1)
}

// Remove returns the policy without rule i.
func (p *Policy) Remove(i int) (*Policy, error) {
	return p.edited(slices.Delete(slices.Clone(p.rules), i, i+1), i, 1, 0)
}

// edited returns a policy of the rules, which are those of p but that from
// rule i on some were removed and some added.
func (p *Policy) edited(rules []Rule, i, removed, added int) (*Policy, error) {
	var cubes []Cube
	for _, r := range rules[i : i+added] {
		cubes = append(cubes, r.Match)
	}
	u, fresh, err := p.u.extend(cubes)
	if err != nil {
		return nil, fmt.Errorf("compiling an edited rule: %w", err)
	}
	numbers := slices.Replace(slices.Clone(p.numbers), i, i+removed, fresh...)
	q := &Policy{rules: rules, numbers: numbers, u: u, limits: p.limits, method: p.method}
	q.finish()
	return q, nil
}

// with returns the policy in a universe that tells the cubes apart, and the
// cubes' numbers in it.
func (p *Policy) with(cubes []Cube) (*Policy, []cubeNumbers, error) {
	u, numbers, err := p.u.extend(cubes)
	if err != nil {
		return nil, nil, err
	}
	return p.in(u, p.numbers), numbers, nil
}

// in returns the policy in another universe, where its cubes have these numbers.
func (p *Policy) in(u *universe, numbers []cubeNumbers) *Policy {
	if u == p.u {
		return p
	}
	q := &Policy{rules: p.rules, numbers: numbers, u: u, limits: p.limits, method: p.method}
	q.finish()
	q.stats = p.stats
	return q
}

// Meets reports whether rule i and the cube have a packet in common. After a
// rule is replaced, the answers of [Policy.Check] can differ only for cubes
// that the old or the new rule meets.
func (p *Policy) Meets(i int, q Cube) bool {
	x := p.query(q)
	for f, b := range x.boxes {
		if r := p.sets[f].rule(i); b != nil && !r.void && b.meets(&r.box) {
			return true
		}
	}
	return false
}
