package diagram

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// cells are the packets of all combinations of elementary intervals, one each,
// with the number of packets it stands for: the naive way to decide anything.
func cells(policies ...interval.Policy) func(yield func(interval.Packet, *big.Int) bool) {
	var starts [interval.Fields][]uint64
	for f := range interval.Fields {
		starts[f] = []uint64{0, uint64(f.Top()) + 1}
		for _, p := range policies {
			for _, r := range p {
				for _, v := range r.Box[f] {
					starts[f] = append(starts[f], uint64(v.Lo), uint64(v.Hi)+1)
				}
			}
		}
	}
	for p := range interval.Protocol.Top() + 1 {
		if interval.HasPorts(p) {
			starts[interval.Protocol] = append(starts[interval.Protocol], uint64(p), uint64(p)+1)
		}
	}
	for f := range starts {
		slices.Sort(starts[f])
		starts[f] = slices.Compact(starts[f])
	}
	return func(yield func(interval.Packet, *big.Int) bool) {
		var packet interval.Packet
		var walk func(f interval.Field, n *big.Int) bool
		walk = func(f interval.Field, n *big.Int) bool {
			switch {
			case f == interval.Fields:
				return yield(packet, n)
			case f == interval.SourcePort && !interval.HasPorts(packet[interval.Protocol]):
				packet[interval.SourcePort], packet[interval.DestinationPort] = 0, 0
				return yield(packet, n)
			}
			s := starts[f]
			for i := range len(s) - 1 {
				packet[f] = uint32(s[i])
				size := new(big.Int).SetUint64(s[i+1] - s[i])
				if !walk(f+1, size.Mul(size, n)) {
					return false
				}
			}
			return true
		}
		walk(0, big.NewInt(1))
	}
}

// draw makes a policy over few values, so that rules often meet and cover one
// another; some sets are empty, some rules speak of protocols without ports.
func draw(r *rand.Rand, n int) interval.Policy {
	set := func(f interval.Field) interval.Set {
		switch r.IntN(6) {
		case 0, 1:
			return f.Any()
		case 2:
			return interval.Range(0, f.Top()/2)
		}
		var v []interval.Interval
		for range r.IntN(3) {
			lo := r.Uint32N(8)
			v = append(v, interval.Interval{Lo: lo, Hi: lo + r.Uint32N(4)})
		}
		return interval.Of(v...)
	}
	var p interval.Policy
	for range n {
		x := interval.Rule{Allow: r.IntN(2) == 0}
		for f := range interval.Fields {
			x.Box[f] = set(f)
		}
		x.Box[interval.SourcePort] = interval.SourcePort.Any()
		if r.IntN(4) == 0 {
			x.Box[interval.SourcePort] = set(interval.SourcePort)
		}
		p = append(p, x)
	}
	return p
}

func TestDiagramAgreesWithEveryCell(t *testing.T) {
	for seed := range uint64(150) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			a := draw(r, 1+r.IntN(6))
			b := slices.Clone(a)
			edited := r.IntN(len(b))
			b[edited] = draw(r, 1)[0]
			wanted := draw(r, 1+r.IntN(3))
			var boxes []interval.Box
			for _, x := range wanted {
				boxes = append(boxes, x.Box)
			}

			var differ, beyond big.Int
			denied := make([]big.Int, len(boxes))
			decides, needed := make([]bool, len(a)), make([]bool, len(a))
			for p, n := range cells(a, b, wanted) {
				allow := a.Allows(p)
				if allow != b.Allows(p) {
					differ.Add(&differ, n)
				}
				if allow && wanted.Decide(p) < 0 {
					beyond.Add(&beyond, n)
				}
				for i := range boxes {
					if boxes[i].Has(p) && !allow {
						denied[i].Add(&denied[i], n)
					}
				}
				if i := a.Decide(p); i >= 0 {
					decides[i] = true
					if without := slices.Delete(slices.Clone(a), i, i+1); without.Allows(p) != allow {
						needed[i] = true
					}
				}
			}

			for _, d := range []*Diagram{Compile(a), CompileDeciders(a)} {
				if got := d.Difference(d.Replace(edited, b[edited])).Big(); got.Cmp(&differ) != 0 {
					t.Errorf("the policies differ on %v packets, want %v", got, &differ)
				}
				if got := d.Beyond(boxes).Big(); got.Cmp(&beyond) != 0 {
					t.Errorf("the policy allows %v packets beyond the boxes, want %v", got, &beyond)
				}
				for i, box := range boxes {
					if got := d.Violations(box).Big(); got.Cmp(&denied[i]) != 0 {
						t.Errorf("box %d has %v denied packets, want %v", i, got, &denied[i])
					}
					p, ok := d.Check(box)
					if ok != (denied[i].Sign() == 0) {
						t.Errorf("box %d is allowed: %v, but %v packets are denied", i, ok, &denied[i])
					}
					if !ok && (!box.Has(p) || a.Allows(p)) {
						t.Errorf("witness %v: in box %d: %v, allowed: %v", p, i, box.Has(p), a.Allows(p))
					}
				}
			}
			shadowed, redundant := CompileDeciders(a).Dead()
			if want := missing(decides); !slices.Equal(shadowed, want) {
				t.Errorf("shadowed rules are %v, want %v", shadowed, want)
			}
			if want := missing(needed); !slices.Equal(redundant, want) {
				t.Errorf("redundant rules are %v, want %v", redundant, want)
			}
		})
	}
}

func missing(present []bool) []int {
	var out []int
	for i, ok := range present {
		if !ok {
			out = append(out, i)
		}
	}
	return out
}

func TestWholeSpaceIsCounted(t *testing.T) {
	var everything interval.Box
	for f := range interval.Fields {
		everything[f] = f.Any()
	}
	// 2^64 pairs of addresses; 5 protocols with 2^32 pairs of ports, 251 without.
	want := new(big.Int).Mul(new(big.Int).Lsh(big.NewInt(1), 64), big.NewInt(5<<32+251))
	if got := Compile(nil).Violations(everything).Big(); got.Cmp(want) != 0 {
		t.Errorf("the empty policy denies %v packets, want %v", got, want)
	}
}

func TestEqualPoliciesAreOneNode(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	policy := draw(r, 5)
	d := Compile(policy)
	doubled := compile(d.store, slices.Concat(policy, policy))
	if doubled.tree[1] != d.tree[1] {
		t.Error("a policy followed by itself is another diagram")
	}
}
