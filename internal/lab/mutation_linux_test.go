package lab_test

import (
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// mutations are mistakes in what the lab alone reads. Each tells whether the
// network gave an occasion for it.
var mutations = []struct {
	what  string
	apply func(*azure.Network) bool
}{
	{"two rules of a security group in the wrong order", swapRules},
	{"two collections of a firewall in the wrong order", swapCollections},
	{"two NAT rules in the wrong order", swapNATRules},
	{"NAT rules that keep the port", func(n *azure.Network) bool {
		return eachCollection(n, func(c *azure.RuleCollection) (done bool) {
			for _, r := range c.Rules {
				if ports := r.DestinationPorts.Terms; c.Kind == azure.NATRule && len(ports) > 0 && int(ports[0].First) != r.TranslatedPort.V {
					r.TranslatedPort.V, done = int(ports[0].First), true
				}
			}
			return done
		})
	}},
	{"the group of every interface forgotten", func(n *azure.Network) bool {
		for _, nic := range n.NetworkInterfaces {
			nic.NetworkSecurityGroup = azure.Reference{}
		}
		return len(n.NetworkInterfaces) > 0
	}},
	{"the routes forgotten", func(n *azure.Network) bool {
		for _, t := range n.RouteTables {
			t.Routes = nil
		}
		return len(n.RouteTables) > 0
	}},
	{"a peering that is not connected used", func(n *azure.Network) (done bool) {
		for _, v := range n.VirtualNetworks {
			for _, p := range v.Peerings {
				done = done || p.State.IsSet()
				p.State = azure.Value[string]{}
			}
		}
		return done
	}},
}

// swapRules exchanges, in each group and direction, the priorities of the first
// two rules that follow each other with different access.
func swapRules(n *azure.Network) (done bool) {
	for _, g := range n.NetworkSecurityGroups {
		for i := range len(g.Rules) - 1 {
			a, b := g.Rules[i], g.Rules[i+1]
			if a.Direction.V == b.Direction.V && a.Access.V != b.Access.V {
				a.Priority, b.Priority, done = b.Priority, a.Priority, true
				break
			}
		}
	}
	return done
}

// lists are the rule collections that have an order among them.
func lists(n *azure.Network) [][]*azure.RuleCollection {
	var all [][]*azure.RuleCollection
	for _, f := range n.AzureFirewalls {
		all = append(all, f.RuleCollections)
	}
	for _, p := range n.FirewallPolicies {
		for _, g := range p.Groups {
			all = append(all, g.Collections)
		}
	}
	return all
}

func eachCollection(n *azure.Network, f func(*azure.RuleCollection) bool) (done bool) {
	for _, list := range lists(n) {
		for _, c := range list {
			done = f(c) || done
		}
	}
	return done
}

// swapCollections exchanges the priorities of two collections of network rules
// that do different things.
func swapCollections(n *azure.Network) (done bool) {
	for _, list := range lists(n) {
		for i, a := range list {
			for _, b := range list[i+1:] {
				if a.Kind == azure.NetworkRule && b.Kind == azure.NetworkRule && a.Action.V != b.Action.V && a.Priority.V != b.Priority.V && !done {
					a.Priority, b.Priority, done = b.Priority, a.Priority, true
				}
			}
		}
	}
	return done
}

// swapNATRules turns the order of the rules in collections of NAT rules around.
func swapNATRules(n *azure.Network) bool {
	return eachCollection(n, func(c *azure.RuleCollection) bool {
		if c.Kind != azure.NATRule || len(c.Rules) < 2 {
			return false
		}
		slices.Reverse(c.Rules)
		return true
	})
}

// mutationNetworks bounds the search for networks in which a mistake matters.
const mutationNetworks = 10_000

// telling are the questions of the comparison of a network whose answers depend
// on the mistake, asked of a lab that makes it. They are found by the interpreter,
// which needs no lab for it; w is nil if the network gave no occasion.
func telling(seed uint64, apply func(*azure.Network) bool) (w *network, list []asked, err error) {
	w, err = read(newNetwork(seed), apply)
	if w == nil || err != nil {
		return nil, nil, err
	}
	n := newNetwork(seed)
	inventory, err := n.Inventory()
	if err != nil {
		return nil, nil, err
	}
	mistaken, _ := azure.Build(inventory)
	apply(mistaken)
	twin, err := plain.New(mistaken, n.Tags(), plain.Documented())
	if err != nil {
		return nil, nil, err
	}
	all, err := w.draw(n.Questions(seed), sliceQuestions, &tally{skipped: map[string]int{}})
	if err != nil {
		return nil, nil, err
	}
	for _, a := range all {
		answer, err := twin.Follow(a.question)
		if err != nil {
			return nil, nil, err
		}
		if answer.Verdict != plain.Undecided && answer.Verdict != a.answer.Verdict {
			list = append(list, a)
		}
	}
	return w, list, nil
}

// Would the comparison notice? Each mistake must come to light in the first
// network in which the comparison asks what depends on it.
func TestComparisonNoticesMistakes(t *testing.T) {
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no packet is sent: %v", err)
	}
	for _, m := range mutations {
		t.Run(m.what, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(mutationNetworks) {
				w, list, err := telling(seed, m.apply)
				if err != nil {
					t.Fatal(err)
				}
				if len(list) == 0 {
					continue
				}
				r, err := lab.Start(w.plan)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				found, packet, err := w.differs(r, list)
				if err != nil {
					t.Fatal(err)
				}
				if found == nil {
					t.Fatalf("nobody noticed in network %d, where %d questions depend on it", seed, len(list))
				}
				t.Logf("noticed in network %d: %v: answered %v, the interpreter says %s", seed, found.probe, packet.Answered, found.answer.Verdict)
				return
			}
			t.Errorf("no question of %d networks depends on it", mutationNetworks)
		})
	}
}
