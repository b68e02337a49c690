package check

import (
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// TagChange is a service tag that two editions of the data give other addresses.
type TagChange struct {
	Name         string
	Joined, Left flow.AddressSet
}

// Causes narrows changed tags to the addresses that change what becomes of the
// packets of a row, among them those that the row asks about only in one
// edition. The fabrics are of one network, compiled with either edition. A tag
// without such an address is left out.
func Causes(before, now *fabric.Fabric, b *service.Binding, row service.Row, tags []TagChange) []TagChange {
	old, ok := fates(before, b, &row)
	young, ok2 := fates(now, b, &row)
	if !ok || !ok2 {
		return nil
	}
	causes := among(tags, moved(old, young, reach.Blocked, reach.Undecided))
	if len(causes) == 0 { // packets that pass joined others that do not, or left them
		causes = among(tags, moved(old, young, reach.Allowed))
	}
	return causes
}

// moved are the addresses of packets that have one of the verdicts in one
// edition only.
func moved(old, young map[reach.Verdict]flow.Space, verdicts ...reach.Verdict) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, v := range verdicts {
		for _, s := range []flow.Space{old[v].Minus(young[v]), young[v].Minus(old[v])} {
			for _, c := range s.Cubes() {
				b.AddSet(c.Source)
				b.AddSet(c.Destination)
			}
		}
	}
	return b.Set()
}

// among narrows tags to addresses and leaves out those without any.
func among(tags []TagChange, addresses flow.AddressSet) []TagChange {
	var causes []TagChange
	for _, t := range tags {
		t.Joined, t.Left = t.Joined.Intersect(addresses), t.Left.Intersect(addresses)
		if !t.Joined.IsEmpty() || !t.Left.IsEmpty() {
			causes = append(causes, t)
		}
	}
	return causes
}

// fates are the packets of a row by what becomes of them.
func fates(f *fabric.Fabric, b *service.Binding, row *service.Row) (map[reach.Verdict]flow.Space, bool) {
	if len(row.Open) > 0 {
		return nil, false
	}
	got, err := (&asker{fabric: f, binding: b}).ask(row)
	if err != nil {
		return nil, false
	}
	spaces := map[reach.Verdict]flow.Space{}
	for _, v := range []reach.Verdict{reach.Blocked, reach.Undecided, reach.Allowed} {
		spaces[v] = flow.SpaceOf(got.parts.of(v).packets()...)
	}
	return spaces, true
}
