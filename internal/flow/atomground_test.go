package flow

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// worldAtoms are those of the small world, finerAtoms divide it further.
var (
	worldAtoms, _ = NewAtoms(worldSets)
	finerAtoms, _ = NewAtoms(append([]AddressSet{nets("172.16.0.0/12", "2001:db8::8000/113")}, worldSets...))
)

// drawRulesOfAtoms is rules whose sets are all unions of atoms, and the same by ranges.
func drawRulesOfAtoms(t *rapid.T) (rules, plain []Rule) {
	plain = drawRules(t, 6)
	for _, r := range plain {
		r.Match.Source, r.Match.Destination = madeOf(worldAtoms, r.Match.Source), madeOf(worldAtoms, r.Match.Destination)
		rules = append(rules, r)
	}
	return rules, plain
}

// Policies cut by atoms answer as the slow twin does, and prefer the packets that
// policies cut by ranges prefer.
func TestPoliciesOfAtomsAgreeWithTheTwin(t *testing.T) {
	forAllMethods(t, func(t *testing.T, o Option) {
		rapid.Check(t, func(t *rapid.T) {
			rules, plainRules := drawRulesOfAtoms(t)
			q, other := drawCube(t), drawCube(t)
			q.Source, q.Destination = drawForm(t, worldAtoms, q.Source), drawForm(t, worldAtoms, q.Destination)
			p, plain := mustPolicy(t, rules, o), mustPolicy(t, plainRules, o)
			parts, err := p.Split(q)
			if err != nil {
				t.Fatal(err)
			}
			checkParts(t, rules, q, parts)
			want := Preference{Sources: []AddressSet{other.Source}, Destinations: []AddressSet{other.Destination}}
			regions, _ := p.Regions(q)
			others, err := plain.Regions(q)
			if err != nil || len(regions) != len(others) {
				t.Fatalf("%d regions, want %d (%v)", len(regions), len(others), err)
			}
			for i, r := range regions {
				packet, _ := r.Witness(want)
				like, _ := others[i].Witness(want)
				if packet != like || r.Count() != others[i].Count() || !r.Space().Equal(others[i].Space()) {
					t.Fatalf("%v of %v, with example %v of %v packets; want %v, %v of %v", r.Rule, q, packet, r.Count(), others[i].Rule, like, others[i].Count())
				}
			}
			edited, editedRules := drawEdit(t, p, rules)
			changes, err := Difference(p, edited)
			if err != nil {
				t.Fatal(err)
			}
			checkChanges(t, rules, editedRules, changes)
			if s, err := p.Permitted(); err != nil || !s.Equal(SpaceOf(permittedSlowly(rules)...)) {
				t.Fatalf("%v permits %v (%v)", rules, s, err)
			}
		})
	})
}

// Spaces are what they are whatever their sets are made of, and are written alike.
func TestSpacesOfAtomsAreThoseOfTheirRanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func() (formed, plain Space) {
			cubes := drawCubes(t, 4)
			plain = SpaceOf(cubes...)
			whole, x := rapid.Bool().Draw(t, "of atoms alone"), rapid.SampledFrom([]*Atoms{worldAtoms, finerAtoms}).Draw(t, "atoms")
			for i, c := range cubes {
				if whole {
					c.Source, c.Destination = madeOf(x, c.Source), madeOf(x, c.Destination)
				} else {
					c.Source, c.Destination = drawForm(t, x, c.Source), drawForm(t, x, c.Destination)
				}
				cubes[i] = c
			}
			return SpaceOf(cubes...), plain
		}
		a, plainA := draw()
		b, plainB := draw()
		for _, row := range []struct {
			what      string
			got, want Space
		}{
			{"the union", a.Union(b), plainA.Union(plainB)}, {"the intersection", a.Intersect(b), plainA.Intersect(plainB)},
			{"the difference", a.Minus(b), plainA.Minus(plainB)}, {"the union with ranges", a.Union(plainB), plainA.Union(b)},
			{"the difference from ranges", plainA.Minus(b), a.Minus(plainB)}, {"itself", a, plainA},
		} {
			if !row.got.Equal(row.want) || !row.want.Equal(row.got) || row.got.Count() != row.want.Count() || row.got.String() != row.want.String() {
				t.Fatalf("%s is\n%v\nwant\n%v", row.what, row.got, row.want)
			}
		}
		if a.Equal(b) != plainA.Equal(plainB) || a.Equal(plainB) != plainA.Equal(b) {
			t.Fatalf("\n%v\nequals\n%v\n%v", a, b, a.Equal(b))
		}
	})
}

// Atoms fall into the same classes, under the same numbers, whether they are looked at
// one by one or all of a class at once.
func TestClassesOfAtomsDoNotDependOnHowTheyAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "atoms")
		sets := newBitmaps(rapid.IntRange(0, 6).Draw(t, "sets"), n)
		for _, s := range sets {
			for _, atom := range rapid.SliceOf(rapid.IntRange(0, n-1)).Draw(t, "members") {
				s.set(atom)
			}
		}
		blocks, firsts := classesBySet(sets, n)
		class := classesOf(blocks, n)
		wantClass, wantFirsts := classesByAtom(sets, n)
		if !slices.Equal(class, wantClass) || !slices.Equal(firsts[1:], wantFirsts[1:]) {
			t.Errorf("classes %v from %v at once, %v from %v one by one", class, firsts, wantClass, wantFirsts)
		}
	})
}
