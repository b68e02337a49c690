//go:build unix

package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// fleet is so many subnets, 50 a spoke around a hub with an appliance, each with
// a security group of its own of 22 rules. edit changes the rules of one group.
func fleet(tb testing.TB, subnets int, edit func(i int, rules []Item) []Item) *fabric.Fabric {
	tb.Helper()
	const each = 50
	hub := []Item{Subnet("nva", "10.0.0.0/24", NIC("nva", "10.0.0.4", Forwarding()))}
	var items []Item
	for v := range subnets / each {
		name, prefix := fmt.Sprintf("spoke%d", v), fmt.Sprintf("10.%d", 1+v)
		spoke := []Item{Peer("hub", Forwarded())}
		for i := range each {
			rules := []Item{
				AllowIn(4000, "*", "AzureLoadBalancer", "*", "*"), DenyIn(4096, "*", "*", "*", "*"), DenyOut(4096, "*", "*", "Internet", "*"),
			}
			for r := range 19 {
				rules = append(rules, AllowIn(100+10*r, "tcp", fmt.Sprintf("10.%d.%d.0/24", 1+(v+r)%200, (i+r)%each), "*", fmt.Sprint(443+r)))
			}
			spoke = append(spoke, Subnet(fmt.Sprintf("s%d", i), fmt.Sprintf("%s.%d.0/24", prefix, i), NSG(fmt.Sprintf("g%d-%d", v, i), edit(v*each+i, rules)...)))
		}
		items = append(items, VNet(name, prefix+".0.0/16", spoke...))
		hub = append(hub, Peer(name))
	}
	network := Net(tb, append(items, VNet("hub", "10.0.0.0/16", hub...))...)
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assumptions{})
	if f == nil {
		tb.Fatal(problems.Err())
	}
	return f
}

func unchanged(_ int, rules []Item) []Item { return rules }

// editOne adds a rule to one group.
func editOne(i int, rules []Item) []Item {
	if i == 7 {
		return append(rules, AllowIn(3000, "tcp", "10.0.0.0/16", "*", "8443"))
	}
	return rules
}

// editTenth adds a rule to the group of every tenth subnet.
func editTenth(i int, rules []Item) []Item {
	if i%10 == 0 {
		return append(rules, AllowIn(3000, "tcp", "10.0.0.0/16", "*", "8443"))
	}
	return rules
}

// BenchmarkDifference compares a fleet of 10,000 subnets with itself and with what
// an edit of one group and one of a thousand groups make of it, every pair of
// endpoints exactly (K10).
func BenchmarkDifference(b *testing.B) {
	const subnets = 10_000
	old := fleet(b, subnets, unchanged)
	for _, x := range []struct {
		name   string
		edit   func(int, []Item) []Item
		opened bool
	}{{"nothing", unchanged, false}, {"one group", editOne, true}, {"a thousand groups", editTenth, true}} {
		b.Run(x.name, func(b *testing.B) {
			now := fleet(b, subnets, x.edit)
			var took time.Duration
			for b.Loop() {
				start := processorTime()
				a, err := difference.Compare(old, now, difference.Options{Managed: map[azure.ID]bool{}})
				if err != nil {
					b.Fatal(err)
				}
				took += processorTime() - start
				if a.Subnets != subnets+1 || len(a.Opened) > 0 != x.opened || len(a.Closed) > 0 {
					b.Fatalf("%d subnets, %d opened, %d closed", a.Subnets, len(a.Opened), len(a.Closed))
				}
			}
			b.ReportMetric(took.Seconds()*1000/float64(b.N), "ms-difference")
		})
	}
}

// The edit of a fleet is found, at its subnet alone.
func TestDifferenceOfAFleet(t *testing.T) {
	a, err := difference.Compare(fleet(t, 100, unchanged), fleet(t, 100, editOne), difference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.Subnets != 101 || a.Walked != 1 || len(a.Opened) != 1 || len(a.Closed) != 0 {
		t.Errorf("%d subnets, %d walked, %d opened, %d closed", a.Subnets, a.Walked, len(a.Opened), len(a.Closed))
	}
}
