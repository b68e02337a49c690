package flow

import (
	"errors"
	"strings"
	"testing"
)

// hosts returns every step-th address from 10.0.0.0 on, of n, for which keep.
func hosts(n int, keep func(int) bool) AddressSet {
	var b AddressSetBuilder
	for i := range n {
		if keep(i) {
			b.Add(AddressOf(ip4(10<<24 + 2*uint32(i)).addr()))
		}
	}
	return b.Set()
}

// halves is a policy in which every rule meets every other on both sides: the
// worst case for a search that cuts pieces.
func halves(n, addresses int) []Rule {
	rules := make([]Rule, n)
	for i := range rules {
		bit := func(k, salt int) bool { return mixed(uint64(k*n+i), uint64(salt))&1 == 0 }
		rules[i] = Rule{Cube{
			hosts(addresses, func(k int) bool { return bit(k, 1) }),
			hosts(addresses, func(k int) bool { return bit(k, 2) }),
			AllProtocols(), AllPorts(), AllPorts(),
		}, i%2 == 0}
	}
	return rules
}

// mixed is a fixed scrambling of two numbers.
func mixed(x, salt uint64) uint64 {
	x = (x + salt*0x9e3779b97f4a7c15) * 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

func TestSmallQuestionsAreAnsweredSliced(t *testing.T) {
	p := mustPolicy(t, []Rule{{AnyCube(), true}})
	if _, err := p.Check(AnyCube()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Dead(); err != nil {
		t.Fatal(err)
	}
	if s := p.Stats(); s.Sliced != 2 || s.Canonical != 0 || s.Races != 0 {
		t.Errorf("%+v", s)
	}
}

// Past its head start the sliced search gets a rival, which wins here.
func TestRaceIsWonByTheCanonicalForm(t *testing.T) {
	p := mustPolicy(t, halves(60, 400))
	_, redundant, err := p.Dead()
	if err != nil {
		t.Fatal(err)
	}
	if s := p.Stats(); s.Races != 1 || s.Canonical != 1 {
		t.Errorf("%+v", s)
	}
	q := mustPolicy(t, halves(60, 400), WithMethod(Sliced))
	_, want, err := q.Dead()
	if err != nil || len(want) != len(redundant) {
		t.Errorf("redundant %v, by the sliced search %v, %v", redundant, want, err)
	}
}

// The sliced search wins a race in which it had no head start.
func TestRaceIsWonByTheSlicedSearch(t *testing.T) {
	var rules []Rule
	for i := range 300 {
		one := hosts(i+1, func(k int) bool { return k == i })
		rules = append(rules, Rule{Cube{one, one, Protocols(TCP), AllPorts(), Ports(uint16(i))}, true})
	}
	p := mustPolicy(t, rules, WithLimits(Limits{HeadStart: 1}))
	shadowed, redundant, err := p.Dead()
	if err != nil || len(shadowed)+len(redundant) > 0 {
		t.Fatal(shadowed, redundant, err)
	}
	if s := p.Stats(); s.Races != 1 || s.Sliced != 1 || s.Canonical != 0 {
		t.Errorf("%+v", s)
	}
}

// Each question ends with an error, not with a wrong answer, when its limits
// do not suffice.
func TestQuestionsStopAtTheirLimits(t *testing.T) {
	rules := halves(60, 400)
	q := AnyCube()
	q.Source, q.Destination = hosts(400, func(int) bool { return true }), hosts(400, func(int) bool { return true })
	for name, option := range map[string]Option{
		"work":             WithLimits(Limits{Work: 1000}),
		"work, raced":      WithLimits(Limits{Work: 10_000, HeadStart: 1}),
		"memory":           WithLimits(Limits{Memory: 1 << 16, HeadStart: 1}),
		"sliced work":      func(c *config) { c.method, c.limits.Work = Sliced, 1000 },
		"canonical work":   func(c *config) { c.method, c.limits.Work = Canonical, 1000 },
		"sliced memory":    func(c *config) { c.method, c.limits.Memory = Sliced, 1<<16 },
		"canonical memory": func(c *config) { c.method, c.limits.Memory = Canonical, 1<<16 },
	} {
		t.Run(name, func(t *testing.T) {
			p := mustPolicy(t, rules)
			var c config
			option(&c)
			p.limits, p.method = c.limits.withDefaults(), c.method
			edited, err := p.Remove(1)
			if err != nil {
				t.Fatal(err)
			}
			failures := 0
			for what, err := range map[string]error{
				"split":      second(p.Split(q)),
				"beyond":     second(p.Beyond([]Cube{rules[3].Match}, 1)),
				"beyond 2":   second(p.Beyond([]Cube{rules[3].Match}, 2)),
				"dead":       third(p.Dead()),
				"permitted":  second(p.Permitted()),
				"difference": second(Difference(p, edited)),
				"check":      second(p.Check(q)),
			} {
				if err == nil {
					continue // few enough pieces
				}
				failures++
				if !errors.Is(err, ErrTooFragmented) || !strings.Contains(err.Error(), "401+1 source") {
					t.Errorf("%s: %v", what, err)
				}
			}
			if permits, err := p.Permits(q); err != nil && permits {
				t.Error("what is not decided is permitted")
			}
			if failures < 4 {
				t.Errorf("only %d questions failed", failures)
			}
		})
	}
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

func TestCompilingStopsAtItsLimits(t *testing.T) {
	_, err := NewPolicy(halves(60, 4000), WithLimits(Limits{Memory: 1 << 12}))
	if !errors.Is(err, ErrTooFragmented) || !strings.Contains(err.Error(), "IPv4 source addresses: ") {
		t.Errorf("many classes: %v", err)
	}
	var rules []Rule
	for i := range 3000 {
		c := AnyCube()
		c.SourcePorts, c.DestinationPorts = Ports(uint16(2*i)), Ports(uint16(3*i))
		rules = append(rules, Rule{c, true})
	}
	if _, err := NewPolicy(rules); !errors.Is(err, ErrTooFragmented) || !strings.Contains(err.Error(), "source port classes") {
		t.Errorf("many ports: %v", err)
	}
	var cubes []Cube
	for _, r := range rules {
		cubes = append(cubes, r.Match)
	}
	p := mustPolicy(t, rules[:10])
	if _, err := p.Beyond(cubes, 1); !errors.Is(err, ErrTooFragmented) {
		t.Errorf("many required ports: %v", err)
	}
}

// Each of the policies tells all ports of one side apart: together they would need
// a grid of 2^32 cells.
func TestComparingStopsAtItsLimits(t *testing.T) {
	var from, to []Rule
	for bit := range 16 {
		var list []uint16
		for p := range 1 << 16 {
			if p>>bit&1 != 0 {
				list = append(list, uint16(p))
			}
		}
		c, ports := AnyCube(), Ports(list...)
		c.SourcePorts = ports
		from = append(from, Rule{c, true})
		c.SourcePorts, c.DestinationPorts = AllPorts(), ports
		to = append(to, Rule{c, true})
	}
	_, err := Difference(mustPolicy(t, from), mustPolicy(t, to))
	if !errors.Is(err, ErrTooFragmented) || !strings.Contains(err.Error(), "65536 source port classes by 65536 destination port classes") {
		t.Error(err)
	}
}

// Equal hashes never make different classes one.
func TestHashesAreNotTrusted(t *testing.T) {
	c := newClassifier(3, 1<<10)
	clear(c.keys) // every combination hashes alike
	c.toggle(0)
	first, _ := c.class()
	c.toggle(1)
	second, _ := c.class()
	c.toggle(0)
	third, _ := c.class()
	if first == second || second == third || first == third || first == 0 {
		t.Errorf("classes %d, %d, %d", first, second, third)
	}
	c.toggle(1)
	if none, _ := c.class(); none != 0 {
		t.Errorf("no set is class %d", none)
	}
}

// alike are values of two hashes.
type alike int

func (a alike) hash() uint64       { return uint64(a % 2) }
func (a alike) Equal(b alike) bool { return a == b }

// What hashes alike has numbers of its own in a book, and what is added to a clone
// is neither in the book nor in another clone.
func TestBooksOfEqualHashes(t *testing.T) {
	var b book[alike]
	for i := range 5 {
		if got := b.add(alike(10 + i)); got != i {
			t.Errorf("the %d. value is number %d", i, got)
		}
	}
	first, second := b.clone(), b.clone()
	first.add(20)
	first.add(21)
	second.add(31)
	second.add(30)
	for _, row := range []struct {
		in   *book[alike]
		x    alike
		want int
	}{{&b, 10, 0}, {&b, 14, 4}, {&b, 20, -1}, {&first, 20, 5}, {&first, 21, 6}, {&first, 30, -1}, {&second, 31, 5}, {&second, 30, 6}, {&second, 20, -1}, {&second, 12, 2}} {
		if got := row.in.find(row.x); got != row.want {
			t.Errorf("%d is number %d of %v, want %d", row.x, got, row.in.list, row.want)
		}
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	rules := halves(60, 400)
	rules = append(rules, Rule{Cube{nets("2001:db8::/32"), AllAddresses(), Protocols(TCP), AllPorts(), Ports(443)}, true})
	p := mustPolicy(t, rules)
	for _, packet := range []Packet{
		{TCP, AddressOf(ip("10.0.0.4")), AddressOf(ip("10.0.0.8")), 49152, 443},
		{TCP, AddressOf(ip("2001:db8::4")), AddressOf(ip("2001:db8::8")), 49152, 443},
		{Protocol: ICMP, Source: OpaqueAddress("A", IPv4), Destination: AddressOf(ip("10.0.0.8"))},
	} {
		p.Decide(packet)
		if n := testing.AllocsPerRun(100, func() { p.Decide(packet) }); n != 0 {
			t.Errorf("%v: %v allocations", packet, n)
		}
	}
}

// Where tables would be too large, rules are looked at one by one.
func TestDecideWithoutTables(t *testing.T) {
	rules := halves(20, 100)
	p := mustPolicy(t, rules)
	with := p.decide()
	p.decide = func() *decider { return new(decider) }
	if with.rows[0] == nil {
		t.Fatal("no tables for a small policy")
	}
	for i := range 100 {
		packet := Packet{TCP, AddressOf(ip4(10<<24 + 2*uint32(i)).addr()), AddressOf(ip4(10<<24 + 2*uint32(99-i)).addr()), 49152, 443}
		first, second := p.DecideTwo(packet)
		want, _ := decideSlowly(rules, packet)
		next := NoRule
		if want != NoRule {
			if next, _ = decideSlowly(rules[want+1:], packet); next != NoRule {
				next += want + 1
			}
		}
		if first != want || second != next {
			t.Fatalf("%v: rules %d and %d, want %d and %d", packet, first, second, want, next)
		}
	}
}
