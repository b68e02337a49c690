package lab

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// endpoint makes a host of a private endpoint with the addresses that the input
// states. One whose address Azure chooses is not there: what turns on who has
// an address the model does not decide.
func (c *compiler) endpoint(e *azure.PrivateEndpoint) {
	for _, ref := range e.NetworkInterfaces {
		nic, ok := c.network.NetworkInterface(ref.ID)
		if !ok {
			continue
		}
		for _, configuration := range nic.IPConfigurations {
			c.endpointAt(e, configuration.Subnet.ID, configuration.PrivateIPAddress)
		}
	}
	for _, a := range e.PrivateAddresses {
		c.endpointAt(e, e.Subnet.ID, a)
	}
}

// endpointAt gives an address of a subnet to a private endpoint.
func (c *compiler) endpointAt(e *azure.PrivateEndpoint, subnet azure.ID, address azure.Value[netip.Addr]) {
	p, a := c.plan.places[subnet], address.V
	if p == nil || !a.Is4() {
		return
	}
	h := p.host(a)
	if h == &p.crowd {
		h = p.endpointHost(e)
		h.addresses = append(h.addresses, a)
	}
	h.endpoint = e
}

// endpointHost is the host of a private endpoint, a new one if there is none yet.
func (p *place) endpointHost(e *azure.PrivateEndpoint) *host {
	for _, h := range p.hosts {
		if h.endpoint == e {
			return h
		}
	}
	h := &host{place: p, endpoint: e}
	p.hosts = append(p.hosts, h)
	return h
}

// hasPolicy reports whether a policy holds for the private endpoints of a subnet
// (PE-1).
func (p *place) hasPolicy(policy string) bool {
	text := p.PrivateEndpointNetworkPolicies.V
	return strings.EqualFold(text, "Enabled") || strings.EqualFold(text, policy)
}

// endpointRoutes are the system routes of a place to private endpoints in its
// network and in those peered with it, where the peering covers them (PE-3).
func (c *compiler) endpointRoutes(p *place, rank int) []route {
	list := ownEndpoints(p, p.vnet, route{hop: azure.VnetLocal, rank: rank}, p.vnet.space)
	for _, l := range p.vnet.links {
		list = append(list, ownEndpoints(p, l.remote, route{hop: peeringHop, link: l, rank: rank}, l.space)...)
	}
	return slices.DeleteFunc(list, func(r route) bool { return c.overruled(p, r) })
}

// ownEndpoints gives a route to each private endpoint of a network that lies in
// a space.
func ownEndpoints(p *place, home *vnet, like route, space []netip.Prefix) []route {
	var list []route
	for _, at := range home.places {
		for _, h := range at.hosts {
			for _, a := range h.addresses {
				if h.endpoint != nil && contains(space, a) {
					like.prefix = exactly(a)
					list = append(list, like)
				}
			}
		}
	}
	return list
}

// overruled reports whether a user route of a place takes the route to a private
// endpoint away: one at least as narrow as the endpoint's network, under the
// policy for it (PE-4).
func (c *compiler) overruled(p *place, r route) bool {
	home, a := p.vnet, r.prefix.Addr()
	if r.link != nil {
		home = r.link.remote
	}
	if p.table == nil || !home.place(a).hasPolicy("RouteTableEnabled") {
		return false
	}
	for _, space := range home.space {
		for _, user := range p.table.Routes {
			if space.Contains(a) && slices.ContainsFunc(c.destinations(user), func(d netip.Prefix) bool { return d.Contains(a) && d.Bits() >= space.Bits() }) {
				return true
			}
		}
	}
	return false
}

// straight writes the table by which what private endpoints send goes straight
// to its receiver, whatever the routes of their subnet (PE-5).
func straight(v *vnet) {
	r := v.router
	for _, prefix := range v.space {
		r.ip("route add throw %s table %d", prefix, straightTable)
	}
	for _, l := range v.links {
		for _, prefix := range l.remote.space {
			r.ip("route replace %s dev %s table %d", prefix, l.device, straightTable)
		}
	}
	r.ip("route add default dev edge table %d", straightTable)
}

// hasEndpoints reports whether a private endpoint stands in a network.
func (v *vnet) hasEndpoints() bool {
	return slices.ContainsFunc(v.places, func(p *place) bool {
		return slices.ContainsFunc(p.hosts, func(h *host) bool { return h.endpoint != nil })
	})
}

// endpointLimits say why what happens at a private endpoint is not reproduced.
func endpointLimits(h *host, q Probe) []string {
	switch {
	case h.endpoint == nil:
		return nil
	case h.place.PrivateEndpointNetworkPolicies.Unknown != nil:
		return []string{"the policies for private endpoints of " + h.place.Name + " are not known"}
	case q.From == "" && q.To != "":
		return []string{"no frontend leads from outside to a private endpoint"}
	case q.Protocol != TCP && q.Protocol != UDP:
		return []string{"what private endpoints do with protocols other than TCP and UDP is not known"}
	}
	return nil
}
