package flow

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDecideAgreesWithTheTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t, 6)
		p := mustPolicy(t, rules)
		for _, packet := range worldPackets {
			rule, permit := p.Decide(packet)
			wantRule, wantPermit := decideSlowly(rules, packet)
			if rule != wantRule || permit != wantPermit {
				t.Fatalf("%v: rule %d, permit %v; want %d, %v", packet, rule, permit, wantRule, wantPermit)
			}
		}
	})
}

func TestDecideTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t, 6)
		p := mustPolicy(t, rules)
		for _, packet := range worldPackets {
			first, second := p.DecideTwo(packet)
			if first == NoRule {
				continue
			}
			q := mustPolicy(t, append(append([]Rule(nil), rules[:first]...), rules[first+1:]...))
			want, _ := q.Decide(packet)
			if want >= first {
				want++
			}
			if second != want {
				t.Fatalf("%v: second rule %d, want %d", packet, second, want)
			}
			break
		}
	})
}

// checkParts compares a partition with the twin's, as counts and packet by
// packet.
func checkParts(t *rapid.T, rules []Rule, q Cube, parts []Part) {
	want := splitSlowly(rules, q)
	seen := map[int]bool{}
	for i, part := range parts {
		if i > 0 && ruleOrder(parts[i-1].Rule, part.Rule) >= 0 {
			t.Fatalf("parts out of order: %d after %d", part.Rule, parts[i-1].Rule)
		}
		seen[part.Rule] = true
		if len(part.Cubes) == 0 {
			t.Fatalf("rule %d has an empty part", part.Rule)
		}
		var sum Count
		for k, c := range part.Cubes {
			if c.IsEmpty() {
				t.Fatalf("rule %d has an empty cube", part.Rule)
			}
			for _, d := range part.Cubes[:k] {
				if c.Overlaps(d) {
					t.Fatalf("rule %d: %v overlaps %v", part.Rule, c, d)
				}
			}
			sum = sum.Add(c.Count())
		}
		if want := countCubes(want[part.Rule]); sum != want {
			t.Fatalf("rule %d decides %v packets of %v, want %v", part.Rule, sum, q, want)
		}
		for _, packet := range worldPackets {
			in := false
			for _, c := range part.Cubes {
				in = in || c.Contains(packet)
			}
			rule, _ := decideSlowly(rules, packet)
			if want := q.Contains(packet) && rule == part.Rule; in != want {
				t.Fatalf("%v in the part of rule %d: %v, want %v", packet, part.Rule, in, want)
			}
		}
	}
	for rule := range want {
		if !seen[rule] {
			t.Fatalf("no part for rule %d", rule)
		}
	}
}

func TestSplitAgreesWithTheTwin(t *testing.T) {
	forAllMethods(t, func(t *testing.T, o Option) {
		rapid.Check(t, func(t *rapid.T) {
			rules, q := drawRules(t, 5), drawCube(t)
			options := []Option{o}
			if rapid.Bool().Draw(t, "query compiled in") {
				options = append(options, WithQueries(q))
			}
			p := mustPolicy(t, rules, options...)
			parts, err := p.Split(q)
			if err != nil {
				t.Fatal(err)
			}
			checkParts(t, rules, q, parts)
			regions, err := p.Regions(q)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range regions {
				if n := r.Count(); n != countCubes(parts[i].Cubes) {
					t.Fatalf("region of rule %d counts %v, its part %v", r.Rule, n, countCubes(parts[i].Cubes))
				}
				if !r.Space().Equal(parts[i].Space()) {
					t.Fatalf("region of rule %d is not its part", r.Rule)
				}
			}
		})
	})
}

// Denials are the parts of Split, with all that is permitted in one.
func TestDenialsAreThePartsWithOnePermitted(t *testing.T) {
	forAllMethods(t, func(t *testing.T, o Option) {
		rapid.Check(t, func(t *rapid.T) {
			rules, q := drawRules(t, 5), drawCube(t)
			p := mustPolicy(t, rules, o)
			parts, err := p.Split(q)
			if err != nil {
				t.Fatal(err)
			}
			var permitted Space
			var want []Part
			for _, part := range parts {
				if part.Permit {
					permitted = permitted.Union(part.Space())
				} else {
					want = append(want, part)
				}
			}
			got, err := p.Denials(q)
			if err != nil {
				t.Fatal(err)
			}
			var own Space
			for _, part := range got {
				if part.Permit {
					if own = part.Space(); countCubes(part.Cubes) != own.Count() {
						t.Fatal("the cubes of what is permitted overlap")
					}
					continue
				}
				if len(want) == 0 || part.Rule != want[0].Rule || !part.Space().Equal(want[0].Space()) {
					t.Fatalf("rule %d denies %v, which is no part", part.Rule, part.Cubes)
				}
				want = want[1:]
			}
			if len(want) > 0 || !own.Equal(permitted) {
				t.Fatalf("permitted are %v, want %v, and %v", own, permitted, want)
			}
		})
	})
}

func TestCheckAgreesWithTheTwin(t *testing.T) {
	forAllMethods(t, func(t *testing.T, o Option) {
		rapid.Check(t, func(t *rapid.T) {
			rules, q := drawRules(t, 6), drawCube(t)
			p := mustPolicy(t, rules, o)
			v, err := p.Check(q)
			if err != nil {
				t.Fatal(err)
			}
			want := Verdict{Permitted: true, Rule: NoRule}
			for rule, cubes := range splitSlowly(rules, q) {
				if (rule == NoRule || !rules[rule].Permit) && (want.Permitted || ruleOrder(rule, want.Rule) < 0) {
					want.Permitted, want.Rule = false, rule
					want.Witness, _ = natural(cubes, q.Preference())
				}
			}
			if v != want {
				t.Fatalf("verdict %+v, want %+v", v, want)
			}
			if permits, err := p.Permits(q); err != nil || permits != v.Permitted {
				t.Fatalf("permits it: %v, %v", permits, err)
			}
			if v.Permitted {
				return
			}
			if rule, permit := decideSlowly(rules, v.Witness); rule != v.Rule || permit || !q.Contains(v.Witness) {
				t.Fatalf("witness %v is decided by %d (%v)", v.Witness, rule, permit)
			}
		})
	})
}
