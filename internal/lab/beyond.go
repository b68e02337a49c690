package lab

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// occupied are addresses of a subnet whose owner the lab does not reproduce: a
// frontend of a load balancer.
type occupied struct {
	who string
	// subnet they are in; empty where that is not known.
	subnet    azure.ID
	addresses []netip.Addr
	// more says that the owner has addresses that are not known.
	more bool
}

// limitBeyond notes the load balancers of the network.
func (c *compiler) limitBeyond() {
	for _, b := range c.network.LoadBalancers {
		for _, f := range b.Frontends {
			if !f.Subnet.IsSet() {
				continue
			}
			o := occupied{who: "the load balancer " + b.Name, subnet: f.Subnet.ID}
			o.add([]azure.Value[netip.Addr]{f.PrivateIPAddress})
			c.plan.occupied = append(c.plan.occupied, o)
		}
	}
}

// add takes over the addresses that are known.
func (o *occupied) add(list []azure.Value[netip.Addr]) {
	for _, v := range list {
		if a, known := v.Known(); known {
			o.addresses = append(o.addresses, a)
		} else {
			o.more = true
		}
	}
}

// mayHave reports whether the owner may have an address.
func (o *occupied) mayHave(a netip.Addr) bool {
	return slices.Contains(o.addresses, a) || o.more || len(o.addresses) == 0
}

// occupiedAt says whose address of a place it may be that the lab does not
// reproduce.
func (p *Plan) occupiedAt(at *place, a netip.Addr) []string {
	var list []string
	for _, o := range p.occupied {
		within := o.subnet == "" || o.subnet == at.ID
		if within && o.mayHave(a) && (at.host(a) == &at.crowd || slices.Contains(o.addresses, a)) {
			list = append(list, fmt.Sprintf("%s is not reproduced", o.who))
		}
	}
	return list
}

// balanced says which load balancer has an address that a route names, or "".
func (c *compiler) balanced(a netip.Addr) string {
	for _, o := range c.plan.occupied {
		if slices.Contains(o.addresses, a) {
			return o.who
		}
	}
	return ""
}
