package flow

import (
	"flag"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var every = flag.Int("flow.every", 97, "test one in that many of the policies of three rules over the tiny world")

// The tiny world has two sources, two destinations and two services; a rule
// takes some of each.
var (
	tinySources      = []AddressSet{nets("10.0.0.0/32"), nets("10.0.0.1/32"), nets("10.0.0.0/31")}
	tinyDestinations = []AddressSet{nets("10.0.0.0/32"), nets("10.0.0.2/32"), nets("10.0.0.0/32", "10.0.0.2/32")}
	tinyServices     = []Cube{
		{Protocols: Protocols(TCP), SourcePorts: AllPorts(), DestinationPorts: Ports(443)},
		{Protocols: Protocols(ICMP), SourcePorts: AllPorts(), DestinationPorts: AllPorts()},
		{Protocols: Protocols(TCP, ICMP), SourcePorts: AllPorts(), DestinationPorts: AllPorts()},
	}
	tinyRules = func() []Rule {
		var out []Rule
		for _, s := range tinySources {
			for _, d := range tinyDestinations {
				for _, c := range tinyServices {
					c.Source, c.Destination = s, d
					out = append(out, Rule{c, true}, Rule{c, false})
				}
			}
		}
		return out
	}()
)

// checkTiny compares every answer about a policy with the slow twin.
func checkTiny(t *testing.T, rules []Rule) {
	p := mustPolicy(t, rules)
	permitted := permittedSlowly(rules)
	if s, err := p.Permitted(); err != nil || !s.Equal(SpaceOf(permitted...)) {
		t.Fatalf("%v permits\n%v\n%v", rules, s, err)
	}
	shadowed, redundant, err := p.Dead()
	if err != nil {
		t.Fatal(err)
	}
	var matches []Cube
	for i, r := range rules {
		never := countCubes(cutAway([]Cube{r.Match}, matches)).IsZero()
		useless := sameCubes(permitted, permittedSlowly(slices.Delete(slices.Clone(rules), i, i+1)))
		if slices.Contains(shadowed, i) != never || slices.Contains(redundant, i) != useless {
			t.Fatalf("%v: shadowed %v, redundant %v", rules, shadowed, redundant)
		}
		matches = append(matches, r.Match)
	}
	q := rules[0].Match
	regions, err := p.Beyond([]Cube{q}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var beyond Count
	for _, r := range regions {
		beyond = beyond.Add(r.Count())
	}
	if want := countCubes(cutAway(permitted, []Cube{q})); beyond != want {
		t.Fatalf("%v permits %v packets beyond %v, want %v", rules, beyond, q, want)
	}
	turned := slices.Clone(rules)
	slices.Reverse(turned)
	changes, err := Difference(p, mustPolicy(t, turned))
	if err != nil {
		t.Fatal(err)
	}
	var changed Count
	for _, c := range changes {
		changed = changed.Add(c.Region.Count())
	}
	others := permittedSlowly(turned)
	if want := countCubes(cutAway(permitted, others)).Add(countCubes(cutAway(others, permitted))); changed != want {
		t.Fatalf("%v turned round changes %v packets, want %v", rules, changed, want)
	}
	v, err := p.Check(q)
	blocked := cutAway([]Cube{q}, permitted)
	if err != nil || v.Permitted != countCubes(blocked).IsZero() {
		t.Fatalf("%v: %v is %+v, %v", rules, q, v, err)
	}
}

func TestEveryTinyPolicy(t *testing.T) {
	for _, a := range tinyRules {
		checkTiny(t, []Rule{a})
		for _, b := range tinyRules {
			checkTiny(t, []Rule{a, b})
		}
	}
	n := len(tinyRules)
	for i := 0; i < n*n*n; i += *every {
		checkTiny(t, []Rule{tinyRules[i/n/n], tinyRules[i/n%n], tinyRules[i%n]})
	}
}

func FuzzPolicy(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		rules, q := drawRules(t, 6), drawCube(t)
		p := mustPolicy(t, rules)
		parts, err := p.Split(q)
		if err != nil {
			t.Fatal(err)
		}
		checkParts(t, rules, q, parts)
		edited, others := drawEdit(t, p, rules)
		changes, err := Difference(p, edited)
		if err != nil {
			t.Fatal(err)
		}
		checkChanges(t, rules, others, changes)
	}))
}
