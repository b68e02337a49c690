package flow

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawIndex returns an index of sets of the small world and beyond it.
func drawIndex(t *rapid.T) *TagIndex {
	var names []string
	var sets []AddressSet
	for i := range rapid.IntRange(1, 6).Draw(t, "tags") {
		s := drawSet(t, "tag")
		if rapid.Bool().Draw(t, "odd") {
			s = s.Union(drawAddresses(t, "more"))
		}
		names, sets = append(names, fmt.Sprint("tag", i)), append(sets, s)
	}
	return NewTagIndex(names, sets)
}

// overIndex reports whether an axis of the policy lies over an index.
func overIndex(p *Policy) bool {
	for _, axes := range p.u.axes {
		for _, x := range axes {
			switch g := x.ground.(type) {
			case *plot[ip4]:
				if g.over != nil {
					return true
				}
			case *plot[ip6]:
				if g.over != nil {
					return true
				}
			}
		}
	}
	return false
}

// A policy over an index answers like one that does not know of the index.
func TestIndexChangesNothing(t *testing.T) {
	used := 0
	rapid.Check(t, func(t *rapid.T) {
		index := drawIndex(t)
		rules := drawRules(t, 6)
		plain := slices.Clone(rules)
		for i := range rules {
			side := &rules[i].Match.Source
			if rapid.Bool().Draw(t, "side") {
				side = &rules[i].Match.Destination
			}
			if rapid.IntRange(0, 2).Draw(t, "tagged") > 0 {
				*side = index.Set(rapid.IntRange(0, index.Len()-1).Draw(t, "tag"))
			}
			plain[i].Match = rules[i].Match
			plain[i].Match.Source = plain[i].Match.Source.forgetIndex()
			plain[i].Match.Destination = plain[i].Match.Destination.forgetIndex()
		}
		p, o := mustPolicy(t, rules), mustPolicy(t, plain)
		if overIndex(o) {
			t.Fatal("sets without provenance lie over an index")
		}
		if overIndex(p) {
			used++
		}
		if rapid.Bool().Draw(t, "edited") { // an edit flattens the axes
			p, rules = drawEdit(t, p, rules)
			o = mustPolicy(t, rules)
		}
		for _, packet := range worldPackets {
			rule, _ := p.Decide(packet)
			if want, _ := decideSlowly(rules, packet); rule != want {
				t.Fatalf("%v: rule %d, want %d", packet, rule, want)
			}
		}
		q := drawCube(t)
		parts, err := p.Split(q)
		if err != nil {
			t.Fatal(err)
		}
		checkParts(t, rules, q, parts)
		permitted, err := p.Permitted()
		if err != nil {
			t.Fatal(err)
		}
		if want, err := o.Permitted(); err != nil || !permitted.Equal(want) {
			t.Fatalf("permitted over the index\n%v\nwithout\n%v\n%v", permitted, want, err)
		}
		v, _ := p.Check(q)
		if w, _ := o.Check(q); v != w {
			t.Fatalf("verdict over the index %v, without %v", v, w)
		}
		a, b, _ := p.Dead()
		if c, d, _ := o.Dead(); !slices.Equal(a, c) || !slices.Equal(b, d) {
			t.Fatalf("dead over the index %v, %v, without %v, %v", a, b, c, d)
		}
	})
	if used == 0 {
		t.Error("no policy lay over its index")
	}
}

func TestIndexKeepsItsSets(t *testing.T) {
	sets := []AddressSet{nets("20.0.0.0/8", "2603::/16"), {}, nets("20.1.0.0/16")}
	index := NewTagIndex([]string{"Cloud", "Empty", "Cloud.region"}, sets)
	for i, s := range sets {
		if !index.Set(i).Equal(s) {
			t.Errorf("set %d is %v, want %v", i, index.Set(i), s)
		}
	}
	if index.Len() != 3 || index.Name(2) != "Cloud.region" {
		t.Errorf("%d sets, the last called %q", index.Len(), index.Name(2))
	}
	if s := index.Set(0).Union(nets("10.0.0.0/8")); s.origin().index != nil {
		t.Error("a union is still of the index")
	}
	if s := index.Set(0).Intersect(AllAddresses()); s.origin().index != index {
		t.Error("a set that did not change is no longer of the index")
	}
	if index.Set(0).Only(IPv4).origin().index != nil {
		t.Error("one family of a set is still of the index")
	}
}
