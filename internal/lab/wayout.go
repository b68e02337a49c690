package lab

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// lent are the public addresses that load balancers give to what one address of a
// network sends, and the protocols they translate (RT-31).
type lent struct {
	from      netip.Addr
	to        []netip.Addr
	protocols []string
}

// balancedOut finds how the interfaces of a network without a public address of
// their own reach the internet: load balancers give them one, or take default
// outbound access away (RT-31, RT-36), or the interface itself says (RT-34).
func (c *compiler) balancedOut(v *vnet) {
	for _, p := range v.places {
		for _, h := range p.hosts {
			if h.nic == nil || h.endpoint != nil {
				continue
			}
			for _, configuration := range h.nic.IPConfigurations {
				a := configuration.PrivateIPAddress.V
				if !slices.Contains(h.addresses, a) || configuration.PublicIPAddress.IsSet() {
					continue
				}
				access, stated := h.nic.DefaultOutbound.Known()
				switch l, standard := c.lentTo(configuration); {
				case len(l.to) > 0:
					v.lent = append(v.lent, l)
				case standard, stated && !access:
					v.shut = append(v.shut, a)
				case stated:
					v.opened = append(v.opened, a)
				}
			}
		}
	}
}

// lentTo is what load balancers give to what an IP configuration sends: by their
// outbound rules for its pool, else by the rules for what comes in. standard tells
// that one of them is a Standard one.
func (c *compiler) lentTo(configuration *azure.IPConfiguration) (l lent, standard bool) {
	l.from = configuration.PrivateIPAddress.V
	for _, b := range c.network.LoadBalancers {
		for _, pool := range b.BackendPools {
			if !refers(pool.Members, configuration.ID) {
				continue
			}
			standard = standard || !strings.EqualFold(b.SKU.V, "Basic")
			explicit := false
			for _, r := range b.OutboundRules {
				if r.Pool.ID == pool.ID {
					explicit = true
					for _, ref := range r.Frontends {
						c.lend(&l, b.Frontend(ref), strings.ToLower(r.Protocol.V))
					}
				}
			}
			for _, r := range b.Rules {
				if !explicit && refers(r.Pools, pool.ID) && !r.DisableOutboundSNAT.V {
					c.lend(&l, b.Frontend(r.Frontend), "all")
				}
			}
		}
	}
	return l, standard
}

// lend adds the public address of a frontend.
func (c *compiler) lend(l *lent, f *azure.Frontend, protocol string) {
	if f == nil || !f.PublicIPAddress.IsSet() {
		return
	}
	if a := c.publicAddress(f.PublicIPAddress); !slices.Contains(l.to, a) {
		l.to = append(l.to, a)
	}
	for _, name := range []string{"tcp", "udp"} {
		if (protocol == "all" || protocol == name) && !slices.Contains(l.protocols, name) {
			l.protocols = append(l.protocols, name)
		}
	}
}

func refers(list []azure.Reference, id azure.ID) bool {
	return slices.ContainsFunc(list, func(r azure.Reference) bool { return r.ID == id })
}
