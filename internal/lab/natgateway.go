package lab

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// mostGatewayAddresses bounds the addresses taken from a prefix of a gateway.
const mostGatewayAddresses = 16

// gateway are the public addresses of the NAT gateway of a place; nil for none. One
// without an address does nothing here: where that lets packets out, the model leaves
// them open.
func (c *compiler) gateway(p *place) []netip.Addr {
	g, ok := c.network.NATGateway(p.NATGateway.ID)
	if !ok || g.Empty() {
		return nil
	}
	list, known := c.gateways[g]
	if known {
		return list
	}
	for _, ref := range g.PublicIPAddresses {
		list = append(list, c.publicAddress(ref))
	}
	for _, ref := range g.PublicIPPrefixes {
		prefix, ok := c.network.PublicIPPrefix(ref.ID)
		if !ok {
			continue
		}
		if p, known := prefix.Prefix.Known(); known && p.Addr().Is4() {
			for a := p.Masked().Addr(); p.Contains(a) && len(list) < mostGatewayAddresses; a = a.Next() {
				list = append(list, a)
			}
		}
	}
	if len(list) == 0 {
		list = append(list, c.publicAddress(azure.Reference{ID: g.ID}))
	}
	c.gateways[g] = list
	return list
}
