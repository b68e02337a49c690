package wayleave

import (
	"cmp"
	"slices"

	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
)

// alternatives are the other ways to the end of a proposed change, each with its
// price. Those that come to the same changes, or repair less, are left out.
func (n *Network) alternatives(before *examination, proposed *proposal, o CheckOptions, keep repair.Keep) ([]result.FixAlternative, error) {
	seen := [][]string{proposed.texts()}
	list := []result.FixAlternative{}
	for _, way := range repair.Others {
		other, err := n.propose(before, o, keep, way)
		if err != nil {
			return nil, err
		}
		texts := other.texts()
		if len(texts) == 0 || other.unmet() > proposed.unmet() || slices.ContainsFunc(seen, func(s []string) bool { return slices.Equal(s, texts) }) {
			continue
		}
		seen = append(seen, texts)
		found, _, err := other.compare(before)
		if err != nil {
			return nil, err
		}
		a := result.FixAlternative{Way: string(way), Meaning: way.Text(), FixEffect: other.effect(before, found)}
		if a.LeftBlocked, err = proposed.beyond(other); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b result.FixAlternative) int { return cmp.Compare(len(a.Changes), len(b.Changes)) })
	return list, nil
}

// texts are the edits in words, sorted.
func (p *proposal) texts() []string {
	var list []string
	for i := range p.edits {
		c := changeOf(&p.edits[i])
		list = append(list, c.Action+" "+c.Resource+" "+c.Direction+" "+c.Summary)
	}
	slices.Sort(list)
	return list
}

// unmet is the number of rows that fail or are undecided after the change.
func (p *proposal) unmet() int {
	count := 0
	for _, s := range p.after.answer.Services {
		for _, r := range s.Requirements {
			if r.Outcome == result.Fail || r.Outcome == result.UndecidedOutcome {
				count++
			}
		}
	}
	return count
}

// beyond is what passes after this change and not after another one.
func (p *proposal) beyond(other *proposal) (result.FixSpace, error) {
	found, err := difference.Compare(other.after.fabric, p.after.fabric, frontendsOf(p.after.bindings))
	if err != nil {
		return result.FixSpace{}, err
	}
	return space(found, found.Opened, flow.Space{}), nil
}
