package repair

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// behind are packets as the group of a receiver sees them: a public address has
// become the private one of its network interface, a frontend the address of a
// backend (NSG-27, NSG-28), and a NAT rule of a firewall has changed both ends
// (S-01).
type behind struct {
	packets []flow.Cube
	// ports are the destination ports, where something has changed them.
	ports flow.PortSet
	// translated and translatedSource tell which ends have other addresses than
	// the requirement names.
	translated, translatedSource bool
}

// seenBehind divides packets by what translates them on their way in.
func (p *planner) seenBehind(packets []flow.Cube) []behind {
	list := p.behindInterfaces(packets)
	list = append(list, p.behindBalancers(packets)...)
	list = append(list, p.behindFirewalls(packets)...)
	var rest []flow.Cube
	fronts := p.publishedAddresses()
	for _, c := range packets {
		if c.Destination = c.Destination.Minus(fronts); !c.IsEmpty() {
			rest = append(rest, c)
		}
	}
	if len(rest) > 0 {
		list = append(list, behind{packets: rest})
	}
	return list
}

// decidedBy are those of translated packets whose receiver is one that the group of
// a stage decides about: a front can have others.
func (p *planner) decidedBy(at stage, v behind) []flow.Cube {
	if !v.translated {
		return v.packets
	}
	var own flow.AddressSet
	for _, s := range p.fabric.Network().Subnets() {
		if s.NetworkSecurityGroup.ID == at.group {
			own = own.Union(p.fabric.Addresses(s))
		}
	}
	for _, nic := range p.fabric.Network().NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			if a, known := c.PrivateIPAddress.Known(); known && nic.NetworkSecurityGroup.ID == at.group {
				own = own.Union(flow.Host(a))
			}
		}
	}
	var list []flow.Cube
	for _, c := range v.packets {
		if c.Destination = c.Destination.Intersect(own); !c.IsEmpty() {
			list = append(list, c)
		}
	}
	return list
}

// to is a packet's cube towards another address and port, at a front that it is for.
func to(c flow.Cube, front, receiver flow.AddressSet, ports flow.PortSet) (flow.Cube, bool) {
	if !c.Destination.Overlaps(front) {
		return c, false
	}
	c.Destination = receiver
	if !ports.IsEmpty() {
		c.DestinationPorts = ports
	}
	return c, true
}

// publicHost is the address of a public IP address, where it is known.
func (p *planner) publicHost(r azure.Reference) (flow.AddressSet, bool) {
	ip, ok := p.fabric.Network().PublicIPAddress(r.ID)
	if !ok {
		return flow.AddressSet{}, false
	}
	a, known := ip.IPAddress.Known()
	if !known {
		return flow.AddressSet{}, false
	}
	return flow.Host(a), true
}

// publishedAddresses are those of all fronts.
func (p *planner) publishedAddresses() flow.AddressSet {
	var all flow.AddressSetBuilder
	n := p.fabric.Network()
	for _, ip := range n.PublicIPAddresses {
		if a, known := ip.IPAddress.Known(); known {
			all.Add(flow.AddressOf(a))
		}
	}
	for _, l := range n.LoadBalancers {
		for _, f := range l.Frontends {
			if a, known := f.PrivateIPAddress.Known(); known {
				all.Add(flow.AddressOf(a))
			}
		}
	}
	return all.Set()
}

// behindInterfaces are the packets to public addresses of network interfaces.
func (p *planner) behindInterfaces(packets []flow.Cube) []behind {
	var out behind
	for _, nic := range p.fabric.Network().NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			front, ok := p.publicHost(c.PublicIPAddress)
			own, known := c.PrivateIPAddress.Known()
			if !ok || !known {
				continue
			}
			for _, x := range packets {
				if x, ok := to(x, front, flow.Host(own), flow.PortSet{}); ok {
					out.packets = append(out.packets, x)
				}
			}
		}
	}
	if len(out.packets) == 0 {
		return nil
	}
	out.translated = true
	return []behind{out}
}

// behindBalancers are the packets that load balancers give to backends, as far as
// these are known and the frontend's address does not stay in the packets.
func (p *planner) behindBalancers(packets []flow.Cube) []behind {
	var list []behind
	for _, b := range p.fronts() {
		var own []flow.Cube
		for _, c := range packets {
			if c.Destination = c.Destination.Intersect(flow.Host(b.Address)); !c.IsEmpty() {
				own = append(own, c)
			}
		}
		if len(own) == 0 {
			continue
		}
		for _, share := range p.fabric.Balance(b, own) {
			if share.Effect != fabric.Pass || share.Open != "" || share.Floating {
				continue
			}
			out := behind{translated: true}
			if share.Port > 0 {
				out.ports = flow.Ports(share.Port)
			}
			var receivers flow.AddressSet
			for _, backend := range share.Backends {
				receivers = receivers.Union(flow.Host(backend.Address))
			}
			for _, c := range share.Packets {
				c, _ = to(c, flow.Host(b.Address), receivers, out.ports)
				out.packets = append(out.packets, c)
			}
			list = append(list, out)
		}
	}
	return list
}

// fronts are the frontends of load balancers whose addresses are known.
func (p *planner) fronts() []fabric.Balanced {
	list := p.fabric.PublicFrontends()
	for _, s := range p.fabric.Network().Subnets() {
		list = append(list, p.fabric.InternalFrontends(s)...)
	}
	return list
}

// probed drafts the rules that let the probes of a load balancer in, whose stopping
// makes it give nobody anything (PLAT-6).
func (p *planner) probed(n *Need, h reach.Hop, packets []flow.Cube) ([]*draft, string) {
	var list []*draft
	for _, b := range p.fronts() {
		if b.Balancer.ID != h.Resource {
			continue
		}
		for _, share := range p.fabric.Balance(b, packets) {
			for _, backend := range share.Backends {
				if share.Probe == 0 {
					continue
				}
				probe := p.fabric.ProbePackets(backend, share.Probe)
				for _, group := range []azure.ID{backend.Subnet.NetworkSecurityGroup.ID, backend.Interface.NetworkSecurityGroup.ID} {
					drafts, problem := p.letProbe(n, stage{group, azure.Inbound}, probe)
					if problem != "" {
						return nil, problem
					}
					list = append(list, drafts...)
				}
			}
		}
	}
	return list, ""
}

// letProbe drafts the rule for a probe at a group, before what denies it there.
func (p *planner) letProbe(n *Need, s stage, probe flow.Cube) ([]*draft, string) {
	for _, policy := range p.policies(s) {
		if policy == nil {
			continue
		}
		for _, r := range policy.Rules() {
			switch {
			case !meet(r.May, []flow.Cube{probe}):
				continue
			case r.Rule.Access.Or(azure.Deny) == azure.Allow:
				return nil, ""
			}
			own := *n
			own.Row.Source, own.Row.Destination = service.Far{Tag: "AzureLoadBalancer"}, service.Far{}
			own.Row.SourcePorts, own.Row.DestinationPorts = flow.AllPorts(), probe.DestinationPorts
			list, u := p.draftAt(&own, s, &blocked{behind: behind{packets: []flow.Cube{probe}}, before: r.Rule.Priority.Or(azure.MaxPriority)})
			if u != nil {
				return nil, u.Reason
			}
			return list, ""
		}
	}
	return nil, ""
}

// behindFirewalls are the packets that NAT rules of firewalls lead on, with an
// address of the firewall's subnet.
func (p *planner) behindFirewalls(packets []flow.Cube) []behind {
	n := p.fabric.Network()
	var list []behind
	for _, f := range n.AzureFirewalls {
		own := flow.AddressSet{}
		for _, c := range f.IPConfigurations {
			if s, ok := n.Subnet(c.Subnet.ID); ok {
				own = own.Union(p.fabric.Addresses(s).Only(flow.IPv4))
			}
		}
		for _, k := range collectionsOf(n, f) {
			for _, r := range k.Rules {
				target, known := r.TranslatedAddress.Known()
				port, told := r.TranslatedPort.Known()
				if k.Kind != azure.NATRule || !known || !told || own.IsEmpty() {
					continue
				}
				out := behind{translated: true, translatedSource: true, ports: flow.Ports(uint16(port))}
				for _, c := range packets {
					if !p.fabric.MayMeet(r, []flow.Cube{c}) {
						continue
					}
					c.Source, c.Destination, c.DestinationPorts = own, flow.Host(target), out.ports
					out.packets = append(out.packets, c)
				}
				if len(out.packets) > 0 {
					list = append(list, out)
				}
			}
		}
	}
	return list
}
