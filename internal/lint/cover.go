package lint

import (
	"slices"

	"github.com/wayleave/wayleave/internal/flow"
)

// The size of the search for a smallest cover: all sets of up to coverSize of
// at most coverCandidates rules.
const (
	coverCandidates = 40
	coverSize       = 2
)

// cover chooses among rules that together match the packets for certain. It is
// a smallest set if one of up to coverSize rules exists among coverCandidates,
// else one of which no rule can be left out.
func (v *view) cover(packets []flow.Cube, before int, first []int) []int {
	var candidates []int
	for i := range v.rules[:before] {
		if _, ok := v.rules[i].Rule.Priority.Known(); ok && overlaps(v.rules[i].Must, packets) {
			candidates = append(candidates, i)
		}
	}
	if len(candidates) <= coverCandidates {
		if chosen := v.smallest(packets, candidates); chosen != nil {
			return chosen
		}
	}
	chosen := slices.Clone(first)
	for i := len(chosen) - 1; i >= 0; i-- {
		if less := slices.Delete(slices.Clone(chosen), i, i+1); v.covers(packets, less) {
			chosen = less
		}
	}
	return chosen
}

// smallest tries sets of one rule, then of two.
func (v *view) smallest(packets []flow.Cube, candidates []int) []int {
	for size := 1; size <= coverSize; size++ {
		if chosen := v.choose(packets, candidates, nil, size); chosen != nil {
			return chosen
		}
	}
	return nil
}

// choose adds so many candidates to those chosen, in order.
func (v *view) choose(packets []flow.Cube, candidates, chosen []int, more int) []int {
	if more == 0 {
		if v.covers(packets, chosen) {
			return chosen
		}
		return nil
	}
	for i, c := range candidates {
		if got := v.choose(packets, candidates[i+1:], append(slices.Clone(chosen), c), more-1); got != nil {
			return got
		}
	}
	return nil
}

// covers reports whether the rules match all the packets for certain.
func (v *view) covers(packets []flow.Cube, rules []int) bool {
	var list []flow.Rule
	for _, i := range rules {
		for _, c := range v.rules[i].Must {
			list = append(list, flow.Rule{Match: c, Permit: true})
		}
	}
	p, err := flow.NewPolicy(list)
	if err != nil {
		return false
	}
	for _, c := range packets {
		if got, err := p.Check(c); err != nil || !got.Permitted {
			return false
		}
	}
	return true
}

func overlaps(a, b []flow.Cube) bool {
	return slices.ContainsFunc(a, func(c flow.Cube) bool { return slices.ContainsFunc(b, c.Overlaps) })
}

// example is the natural packet of some cubes.
func example(packets []flow.Cube) *flow.Packet {
	if len(packets) == 0 {
		return nil
	}
	p := flow.Part{Cubes: packets}.Witness(packets[0].Preference())
	return &p
}
