package lint

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// mostSets bounds the sets of rules of one size that are tried in the search for
// a smallest cover.
const mostSets = 800

// cover chooses among rules that together match the packets for certain: a
// smallest set, unless the sets of one size are too many to try; then one of
// which no rule can be left out.
func (v *view) cover(packets []flow.Cube, before int, first []int) []int {
	chosen := slices.Clone(first)
	for i := len(chosen) - 1; i >= 0; i-- {
		if less := slices.Delete(slices.Clone(chosen), i, i+1); v.covers(packets, less) {
			chosen = less
		}
	}
	var candidates []int
	for i := range v.rules[:before] {
		if _, ok := v.rules[i].Rule.Priority.Known(); ok && overlaps(v.rules[i].Must, packets) {
			candidates = append(candidates, i)
		}
	}
	for size := 1; size < len(chosen) && sets(len(candidates), size) <= mostSets; size++ {
		if smaller := v.choose(packets, candidates, nil, size); smaller != nil {
			return smaller
		}
	}
	return chosen
}

// sets is how many sets of a size there are among n, at most one more than
// mostSets.
func sets(n, size int) int {
	count := 1
	for i := range size {
		if count = count * (n - i) / (i + 1); count > mostSets {
			return mostSets + 1
		}
	}
	return count
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

// example is the natural packet of some cubes, nil if they are none.
func example(packets []flow.Cube) *flow.Packet {
	if len(packets) == 0 {
		return nil
	}
	return witness(packets, packets[0].Preference())
}

// example is the natural packet of some cubes that the rules decide about: if
// possible one to or from the subnets where they do.
func (l *list) example(packets []flow.Cube) *flow.Packet {
	if len(packets) == 0 {
		return nil
	}
	want := packets[0].Preference()
	if l.direction == azure.Outbound {
		want.Sources = append([]flow.AddressSet{l.near}, want.Sources...)
	} else {
		want.Destinations = append([]flow.AddressSet{l.near}, want.Destinations...)
	}
	return witness(packets, want)
}

func witness(packets []flow.Cube, want flow.Preference) *flow.Packet {
	p := flow.Part{Cubes: packets}.Witness(want)
	return &p
}
