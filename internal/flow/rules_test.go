package flow

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// permittedSlowly returns what the rules permit as a list of disjoint cubes.
func permittedSlowly(rules []Rule) []Cube {
	var out, earlier []Cube
	for _, r := range rules {
		if r.Permit {
			out = append(out, cutAway([]Cube{r.Match}, earlier)...)
		}
		earlier = append(earlier, r.Match)
	}
	return out
}

func sameCubes(a, b []Cube) bool {
	return countCubes(cutAway(a, b)).IsZero() && countCubes(cutAway(b, a)).IsZero()
}

func TestDeadAgreesWithTheTwin(t *testing.T) {
	forAllMethods(t, func(t *testing.T, o Option) {
		rapid.Check(t, func(t *rapid.T) {
			rules := drawRules(t, 6)
			p := mustPolicy(t, rules, o)
			if rapid.Bool().Draw(t, "impatient") {
				p.patience = 1
			}
			shadowed, redundant, err := p.Dead()
			if err != nil {
				t.Fatal(err)
			}
			all := permittedSlowly(rules)
			for i := range rules {
				var earlier []Cube
				for _, r := range rules[:i] {
					earlier = append(earlier, r.Match)
				}
				never := countCubes(cutAway([]Cube{rules[i].Match}, earlier)).IsZero()
				if slices.Contains(shadowed, i) != never {
					t.Fatalf("rule %d shadowed: %v, want %v", i, !never, never)
				}
				rest := slices.Delete(slices.Clone(rules), i, i+1)
				useless := sameCubes(all, permittedSlowly(rest))
				if slices.Contains(redundant, i) != useless {
					t.Fatalf("rule %d redundant: %v, want %v", i, !useless, useless)
				}
			}
			if !slices.IsSorted(shadowed) || !slices.IsSorted(redundant) {
				t.Fatalf("not in order: %v, %v", shadowed, redundant)
			}
		})
	})
}

func TestBeyondAgreesWithTheTwin(t *testing.T) {
	forAllMethods(t, func(t *testing.T, o Option) {
		rapid.Check(t, func(t *rapid.T) {
			rules, required := drawRules(t, 5), drawCubes(t, 3)
			options := []Option{o}
			if rapid.Bool().Draw(t, "queries compiled in") {
				options = append(options, WithQueries(required...))
			}
			p := mustPolicy(t, rules, options...)
			regions, err := p.Beyond(required, rapid.IntRange(0, 3).Draw(t, "workers"))
			if err != nil {
				t.Fatal(err)
			}
			var want []Region
			for i, r := range rules {
				var earlier []Cube
				for _, r := range rules[:i] {
					earlier = append(earlier, r.Match)
				}
				if rest := cutAway(cutAway([]Cube{r.Match}, earlier), required); r.Permit && !countCubes(rest).IsZero() {
					want = append(want, SpaceOf(rest...).region())
					want[len(want)-1].Rule = i
				}
			}
			if len(regions) != len(want) {
				t.Fatalf("%d regions, want %d", len(regions), len(want))
			}
			for i := range regions {
				got, want := &regions[i], &want[i]
				if got.Rule != want.Rule || !got.Permit || got.Count() != want.Count() || !got.Space().Equal(want.Space()) {
					t.Fatalf("rule %d opens\n%v\nwant rule %d\n%v", got.Rule, got.Space(), want.Rule, want.Space())
				}
			}
		})
	})
}

func TestFiredAndPermittedAgreeWithTheTwin(t *testing.T) {
	forAllMethods(t, func(t *testing.T, o Option) {
		rapid.Check(t, func(t *rapid.T) {
			rules := drawRules(t, 5)
			p := mustPolicy(t, rules, o)
			for i := range rules {
				r, err := p.Fired(i)
				if err != nil {
					t.Fatal(err)
				}
				var earlier []Cube
				for _, r := range rules[:i] {
					earlier = append(earlier, r.Match)
				}
				want := SpaceOf(cutAway([]Cube{rules[i].Match}, earlier)...)
				if r.Rule != i || r.Permit != rules[i].Permit || !r.Space().Equal(want) || r.Count() != want.Count() {
					t.Fatalf("rule %d fires on\n%v\nwant\n%v", i, r.Space(), want)
				}
			}
			s, err := p.Permitted()
			if err != nil {
				t.Fatal(err)
			}
			if want := SpaceOf(permittedSlowly(rules)...); !s.Equal(want) || s.Count() != want.Count() {
				t.Fatalf("permitted\n%v\nwant\n%v", s, want)
			}
		})
	})
}

// edit changes a list of rules in one place.
func drawEdit(t *rapid.T, p *Policy, rules []Rule) (*Policy, []Rule) {
	fresh := Rule{drawCube(t), rapid.Bool().Draw(t, "permit")}
	var q *Policy
	var err error
	rules = slices.Clone(rules)
	kind := rapid.IntRange(0, 2).Draw(t, "kind of edit")
	if len(rules) == 0 {
		kind = 0
	}
	switch kind {
	case 0:
		i := rapid.IntRange(0, len(rules)).Draw(t, "place")
		q, err = p.Insert(i, fresh)
		rules = slices.Insert(rules, i, fresh)
	case 1:
		i := rapid.IntRange(0, len(rules)-1).Draw(t, "place")
		q, err = p.Remove(i)
		rules = slices.Delete(rules, i, i+1)
	default:
		i := rapid.IntRange(0, len(rules)-1).Draw(t, "place")
		q, err = p.Replace(i, fresh)
		rules[i] = fresh
	}
	if err != nil {
		t.Fatal(err)
	}
	return q, rules
}

func TestEditedPolicyIsThePolicyOfTheEditedRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t, 4)
		p := mustPolicy(t, rules)
		for range rapid.IntRange(1, 3).Draw(t, "edits") {
			p, rules = drawEdit(t, p, rules)
		}
		if p.Len() != len(rules) {
			t.Fatalf("%d rules, want %d", p.Len(), len(rules))
		}
		for _, packet := range worldPackets {
			rule, permit := p.Decide(packet)
			wantRule, wantPermit := decideSlowly(rules, packet)
			if rule != wantRule || permit != wantPermit {
				t.Fatalf("%v: rule %d, permit %v; want %d, %v", packet, rule, permit, wantRule, wantPermit)
			}
		}
		q := drawCube(t)
		parts, err := p.Split(q)
		if err != nil {
			t.Fatal(err)
		}
		checkParts(t, rules, q, parts)
		for i, r := range rules {
			if want := r.Match.Overlaps(q); p.Meets(i, q) != want {
				t.Fatalf("rule %d meets %v: want %v", i, q, want)
			}
		}
	})
}

func TestDifferenceAgreesWithTheTwin(t *testing.T) {
	forAllMethods(t, func(t *testing.T, o Option) {
		rapid.Check(t, func(t *rapid.T) {
			rules := drawRules(t, 5)
			from := mustPolicy(t, rules, o)
			var to *Policy
			var others []Rule
			switch rapid.IntRange(0, 2).Draw(t, "other list") {
			case 0: // edits of the first
				to, others = drawEdit(t, from, rules)
			case 1: // the same rules compiled on their own, then edited
				to, others = drawEdit(t, mustPolicy(t, rules, o), rules)
			default:
				others = drawRules(t, 5)
				to = mustPolicy(t, others, o)
			}
			changes, err := Difference(from, to)
			if err != nil {
				t.Fatal(err)
			}
			checkChanges(t, rules, others, changes)
		})
	})
}

func checkChanges(t *rapid.T, rules, others []Rule, changes []Change) {
	type pair struct{ from, to int }
	count := map[pair]Count{}
	a, b := splitSlowly(rules, AnyOfWorld()), splitSlowly(others, AnyOfWorld())
	permits := func(rules []Rule, i int) bool { return i != NoRule && rules[i].Permit }
	for i, x := range a {
		for j, y := range b {
			if permits(rules, i) == permits(others, j) {
				continue
			}
			for _, c := range x {
				for _, d := range y {
					if n := c.Intersect(d).Count(); !n.IsZero() {
						count[pair{i, j}] = count[pair{i, j}].Add(n)
					}
				}
			}
		}
	}
	for i, c := range changes {
		if n := c.Region.Count(); n != count[pair{c.From, c.To}] || n.IsZero() {
			t.Fatalf("change of %d to %d counts %v, want %v", c.From, c.To, n, count[pair{c.From, c.To}])
		}
		if c.Permit != permits(others, c.To) || c.Permit == permits(rules, c.From) {
			t.Fatalf("change of %d to %d says permit %v", c.From, c.To, c.Permit)
		}
		if i > 0 && (ruleOrder(changes[i-1].From, c.From) > 0 || changes[i-1].From == c.From && ruleOrder(changes[i-1].To, c.To) >= 0) {
			t.Fatalf("changes out of order at %d", i)
		}
		for cube := range c.Region.Cubes() {
			p, _ := natural([]Cube{cube}, Preference{})
			from, _ := decideSlowly(rules, p)
			to, _ := decideSlowly(others, p)
			if from != c.From || to != c.To {
				t.Fatalf("%v changes from %d to %d, not from %d to %d", p, from, to, c.From, c.To)
			}
		}
	}
	if len(changes) != len(count) {
		t.Fatalf("%d changes, want %d", len(changes), len(count))
	}
}

// AnyOfWorld is every packet that the small world can hold.
func AnyOfWorld() Cube {
	c := AnyCube()
	for _, s := range worldSets {
		c.Source = c.Source.Union(s)
	}
	c.Destination = c.Source
	return c
}
