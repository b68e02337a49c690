package random

import (
	"bytes"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

func build(t testing.TB, n *Network) *plain.Twin {
	t.Helper()
	inventory, err := n.Inventory()
	if err != nil {
		t.Fatalf("%v\n%s", err, n)
	}
	network, problems := azure.Build(inventory)
	if err := problems.Err(); err != nil {
		t.Fatalf("%v\n%s", err, n)
	}
	twin, err := plain.New(network, n.Tags(), plain.Documented())
	if err != nil {
		t.Fatalf("%v\n%s", err, n)
	}
	return twin
}

func TestEveryNetworkIsOneAzureWouldAccept(t *testing.T) {
	for seed := range uint64(300) {
		n := New(seed)
		twin := build(t, n)
		questions := n.Questions(seed)
		for range 50 {
			q := questions.Next()
			if _, err := twin.Follow(q); err != nil {
				t.Fatalf("seed %d: %+v: %v\n%s", seed, q, err, n)
			}
		}
	}
}

func TestEqualSeedsGiveEqualNetworksAndQuestions(t *testing.T) {
	for seed := range uint64(20) {
		a, b := New(seed), New(seed)
		if !reflect.DeepEqual(a, b) || !bytes.Equal(a.ServiceTagFile(), b.ServiceTagFile()) || a.String() != b.String() {
			t.Fatalf("seed %d gives two networks", seed)
		}
		qa, qb := a.Questions(seed), b.Questions(seed)
		for range 100 {
			if x, y := qa.Next(), qb.Next(); x != y {
				t.Fatalf("seed %d asks %v and %v", seed, x, y)
			}
		}
	}
	if New(1).String() == New(2).String() {
		t.Error("seeds 1 and 2 give one network")
	}
}

// Every kind of end of a way must come up, or the comparison is blind to it.
func TestAllKindsOfAnswersComeUp(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(400) {
		n := New(seed)
		twin := build(t, n)
		questions := n.Questions(seed)
		for range 100 {
			answer, err := twin.Settled(questions.Next())
			if err != nil {
				t.Fatal(err)
			}
			seen[string(answer.Verdict)]++
			seen[string(answer.Decider.Kind)+" "+string(answer.Decider.Decision)]++
			for _, s := range answer.TurnsOn {
				seen[s]++
			}
			for _, h := range answer.Hops {
				if h.Kind == plain.Platform {
					seen[h.Name]++
				}
				if h.Decision == plain.Forwards {
					seen["forwarded by "+string(h.Kind)]++
				}
				if h.Decision == plain.Translates {
					seen["translated by "+string(h.Kind)]++
				}
			}
		}
	}
	for _, want := range []string{"allow", "deny", "undecided", "nsgRule deny", "nsgDefaultRule deny", "route deliver",
		"route drop", "route unknown", "systemRoute drop", "systemRoute deliver", "peering drop", "nic drop", "nic unknown",
		"returnPath drop", "nat drop", "loadBalancer unknown", "translated by loadBalancer", "nic deny", "forwarded by nic", "PLAT-1", "FAB-1", "FAB-2", "FAB-4", "PIP-1", "NSG-31", "proto.star.includesEspAh", "icmp.ports",
		"nsg.zeroSlashZeroCoversV6", "vnetTag.udrHopTypes", "internet.minusVnetTag", "noneRoutes.removedBy", "tag.ipv6"} {
		if seen[want] == 0 {
			t.Errorf("no question ends with %q; seen %v", want, seen)
		}
	}
	if seen["allow"] < 2000 || seen["deny"] < 2000 {
		t.Errorf("the answers are lopsided: %v", seen)
	}
	t.Log(seen)
}

func TestShrinkKeepsWhatMatters(t *testing.T) {
	n := New(7)
	n.Groups[0].Rules = append(n.Groups[0].Rules, Rule{Name: "needle", Direction: "Inbound", Priority: 4095, Access: "Deny",
		Protocol: "*", Source: []string{"*"}, Destination: []string{"*"}, SourcePorts: []string{"*"}, DestinationPorts: []string{"*"}})
	before := n.String()
	small := Shrink(n, func(n *Network) bool { return strings.Contains(n.String(), "needle") })
	if n.String() != before {
		t.Error("Shrink changed the network it was given")
	}
	if lines := strings.Count(small.String(), "\n"); lines != 2 {
		t.Errorf("the smallest network has %d lines, want the group and its one rule:\n%s", lines, small)
	}
}

func TestHalvesMeetInTheMiddle(t *testing.T) {
	for _, text := range []string{"10.0.0.0/8", "10.1.1.128/25", "0.0.0.0/0", "fd00::/48"} {
		p := netip.MustParsePrefix(text)
		low, high := halves(p)
		if low.Addr() != p.Addr() || lastOf(low).Next() != high.Addr() || lastOf(high) != lastOf(p) {
			t.Errorf("%v splits into %v and %v", p, low, high)
		}
	}
}
