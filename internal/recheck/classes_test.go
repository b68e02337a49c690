package recheck

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// A packet of a protocol without ports has none, whatever else its cell holds: so a
// cell of that protocol alone holds it too.
func TestPacketsWithoutPorts(t *testing.T) {
	near, far := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}, []netip.Prefix{netip.MustParsePrefix("198.51.100.10/32")}
	wide := &cell{protocols: usual, source: near, destination: far, sourcePorts: allPorts, targetPorts: allPorts}
	ping := &cell{protocols: []uint8{1}, source: near, destination: far, sourcePorts: []ports{{0, 0}}, targetPorts: []ports{{0, 0}}}
	c := &classes{ports: []uint16{22, 23, 443, 444}}
	for _, budget := range []int{10, 2000} {
		list, _ := c.packets(wide, budget, rand.New(rand.NewPCG(1, 1)))
		pings, others := 0, 0
		for _, p := range list {
			switch {
			case p.Protocol != 1:
				others += int(p.DestinationPort)
			case !ping.holds(p):
				t.Errorf("%v has ports", p)
			default:
				pings++
			}
		}
		if pings == 0 || others == 0 {
			t.Errorf("with a budget of %d, %d pings and ports that add up to %d", budget, pings, others)
		}
	}
}
