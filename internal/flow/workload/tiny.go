package workload

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Tiny makes a workload of 1 to 12 rules over a handful of values, so that
// rules meet, repeat, cover and hide one another. It goes where real policies
// seldom do: tags without addresses, tags of which prefixes cover every part,
// fields in which every rule says the same, the ends of every field, conditions
// on ports of protocols without ports, policies without a rule for the rest.
// Requirements may be empty.
func Tiny(seed uint64) *Workload {
	t := &tiny{rand: rand.New(rand.NewPCG(seed, 0x71)), book: book{}}
	for f := range t.fixed {
		if t.rand.IntN(4) == 0 {
			t.fixed[f] = t.set(interval.Field(f))
		}
	}
	w := &Workload{Name: fmt.Sprintf("tiny#%d", seed), Tags: t.makeTags()}
	for range 1 + t.rand.IntN(12) {
		w.Rules = append(w.Rules, t.rule())
	}
	w.Edited = slices.Clone(w.Rules)
	for range t.rand.IntN(3) {
		w.Edited[t.rand.IntN(len(w.Edited))] = t.rule()
	}
	for range 3 {
		w.Edits = append(w.Edits, Edit{t.rand.IntN(len(w.Rules)), t.rule()})
		w.Requirements = append(w.Requirements, t.rule().Match)
	}
	return w
}

type tiny struct {
	rand  *rand.Rand
	book  book
	tags  []Tag
	fixed [interval.Fields]interval.Set // nil where rules differ
}

// makeTags makes up to five tags over the values that rules use too.
func (t *tiny) makeTags() *Tags {
	for i := range t.rand.IntN(6) {
		name := fmt.Sprintf("Tag%d", i)
		t.tags = append(t.tags, Tag{Name: name, Service: name, Blocks: t.set(interval.Source)})
	}
	return &Tags{Global: t.tags}
}

func (t *tiny) rule() Rule {
	return Rule{
		Match{
			t.address(interval.Source), t.address(interval.Destination),
			t.of(interval.Protocol), t.of(interval.SourcePort), t.of(interval.DestinationPort),
		},
		t.rand.IntN(2) == 0,
	}
}

func (t *tiny) address(f interval.Field) *Address {
	if len(t.tags) > 0 && t.rand.IntN(3) == 0 {
		tag := t.tags[t.rand.IntN(len(t.tags))]
		return t.book.tag(tag.Name, interval.Of(tag.Blocks...))
	}
	return t.book.list(t.of(f))
}

func (t *tiny) of(f interval.Field) interval.Set {
	if t.fixed[f] != nil {
		return t.fixed[f]
	}
	return t.set(f)
}

func (t *tiny) set(f interval.Field) interval.Set {
	address := f == interval.Source || f == interval.Destination
	top := f.Top()
	switch t.rand.IntN(10) {
	case 0, 1, 2:
		return f.Any()
	case 3:
		return interval.Range(0, top/2)
	case 4:
		return interval.Range(top/2+1, top)
	case 5:
		if address {
			return nil
		}
		return f.Any()
	}
	var v []interval.Interval
	for range 1 + t.rand.IntN(4) {
		lo := t.rand.Uint32N(10)
		switch {
		case f == interval.Protocol && t.rand.IntN(3) > 0:
			lo = [...]uint32{1, 6, 17, 50, 132, 255}[t.rand.IntN(6)]
		case t.rand.IntN(4) == 0:
			lo = top - lo
		}
		v = append(v, interval.Interval{Lo: lo, Hi: lo + min(t.rand.Uint32N(3), top-lo)})
	}
	return interval.Of(v...)
}
