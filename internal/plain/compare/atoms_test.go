package compare

import (
	"fmt"
	"testing"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// Packets to every destination fare as their ranges do in the same network compiled
// anew, where nobody has asked for every destination and so nothing is made of atoms.
func TestSoakAtoms(t *testing.T) {
	plan(t, 20, 0).each(t, func(seed uint64) bool {
		made, err := newPair(networkOf(seed), nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		plain, err := newPair(networkOf(seed), nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		f, other := made.settled, plain.settled
		if seed%4 == 0 {
			f, other = made.open, plain.open
		}
		if what := byAtoms(f, other); what != "" {
			t.Errorf("seed %d: %s", seed, what)
			return false
		}
		return true
	})
}

// byAtoms says what differs between a fabric that is asked for every destination and the
// same one that is asked for their ranges.
func byAtoms(f, other *fabric.Fabric) string {
	for _, s := range f.Network().Subnets() {
		every := f.EveryDestination(s).Intersect(flow.AllAddresses())
		var ranges flow.AddressSetBuilder
		for from, to := range every.Ranges() {
			ranges.AddRange(from, to)
		}
		var fate [2]fates
		var examples [2]map[flow.Packet]bool
		for k, asked := range []struct {
			fabric *fabric.Fabric
			to     flow.AddressSet
		}{{f, every}, {other, ranges.Set()}} {
			answer, err := reach.Explore(asked.fabric, reach.Query{
				From: reach.Subnet(s.ID), To: reach.Addresses(asked.to), Protocols: flow.Protocols(flow.TCP, flow.ICMP),
				SourcePorts: flow.Ports(50000), DestinationPorts: flow.AllPorts(), BySeen: true,
			})
			if err != nil {
				return err.Error()
			}
			fate[k], examples[k] = fates{}, map[flow.Packet]bool{}
			for _, p := range answer.Counted() {
				fate[k].add(p, p.Space)
				examples[k][p.Witness] = true
			}
		}
		if len(fate[0]) != len(fate[1]) || len(examples[0]) != len(examples[1]) {
			return fmt.Sprintf("%s: %d fates and %d examples by atoms, %d and %d by ranges", s.Label(), len(fate[0]), len(examples[0]), len(fate[1]), len(examples[1]))
		}
		for what, space := range fate[0] {
			if !space.Equal(fate[1][what]) {
				return fmt.Sprintf("%s is %s by atoms alone: %s", s.Label(), what, space.Minus(fate[1][what]).Folded(2))
			}
		}
		for packet := range examples[0] {
			if !examples[1][packet] {
				return fmt.Sprintf("%s: %v is an example by atoms alone", s.Label(), packet)
			}
		}
	}
	return ""
}
