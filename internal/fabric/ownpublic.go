package fabric

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// toOwnPublicAddress takes out packets to a public IP address of the network
// itself; via is the firewall they come from, if any. A NAT gateway takes in
// nothing (RT-32), a firewall only what a NAT rule is for, and nothing that it
// has sent itself (P-23c), a load balancer what a rule is for, and a closed address
// nothing. What is let in comes from a source address that is not known here.
func (f *Fabric) toOwnPublicAddress(packets *[]flow.Cube, via *azure.AzureFirewall) []Outcome {
	var out []Outcome
	for _, ip := range f.network.PublicIPAddresses {
		address, ok := ip.IPAddress.Known()
		if !ok {
			continue
		}
		var hit []flow.Cube
		if hit, *packets = ByDestination(*packets, flow.Host(address)); len(hit) == 0 {
			continue
		}
		why := fmt.Sprintf("%v is the public IP address %s of this network, and the way back in is not modelled", address, ip.Name)
		h := publicHop(ip, Unknown, why)
		switch firewall, gateway := f.firewallWith(ip.ID), f.gatewayWith(ip.ID); {
		case gateway != nil:
			out = append(out, Outcome{Packets: hit, Effect: Stop, Hops: []Hop{gatewayDrop(ip, address, gateway)}})
			continue
		case firewall != nil && firewall == via:
			h.Kind, h.Decision, h.Note = KindNAT, Drop, fmt.Sprintf("%v is an address of firewall %s, which takes in nothing that it has sent itself (P-23c)", address, firewall.Name)
			out = append(out, Outcome{Packets: hit, Effect: Stop, Hops: []Hop{h}})
			continue
		case firewall != nil && f.compiled(firewall).open == "":
			var unmatched []flow.Cube
			hit, unmatched = f.translatedIn(firewall, hit)
			drop := firewallHop(Gate{Firewall: firewall}, KindFirewallDefaultDeny, Deny, fmt.Sprintf("no NAT rule of the firewall is for %v", address))
			out = append(out, Outcome{Packets: unmatched, Effect: Stop, Hops: []Hop{drop}})
		case firewall == nil:
			var closed []Outcome
			closed, hit = f.closedToAll(ip, address, hit)
			out = append(out, closed...)
		}
		out = append(out, Outcome{Packets: hit, Effect: Doubtful, Reasons: []string{why}, Hops: []Hop{h}})
	}
	return out
}

// closedToAll takes out what a public address lets in from nobody: what no rule of a
// load balancer is for, and everything for a Standard address without a security group
// behind it (PIP-1).
func (f *Fabric) closedToAll(ip *azure.PublicIPAddress, address netip.Addr, packets []flow.Cube) (closed []Outcome, rest []flow.Cube) {
	for _, b := range f.PublicFrontends() {
		if b.Address != address {
			continue
		}
		for _, s := range f.Balance(b, packets) {
			if s.Effect == Stop {
				closed = append(closed, s.Outcome)
			} else {
				rest = append(rest, s.Packets...)
			}
		}
		return closed, rest
	}
	c := f.configurationWith(ip.ID)
	if c == nil {
		return nil, packets
	}
	if s, ok := f.network.Subnet(c.Subnet.ID); ok {
		if o := f.ThroughPublicAddress(s, c, packets); o.Effect == Stop {
			return []Outcome{o}, nil
		}
	}
	return nil, packets
}

// translatedIn divides packets by whether a NAT rule may be for them, whoever
// sends them.
func (f *Fabric) translatedIn(firewall *azure.AzureFirewall, packets []flow.Cube) (hit, rest []flow.Cube) {
	rest = packets
	for _, c := range f.compiled(firewall).nat {
		c.Source = f.points.everything
		var here []flow.Cube
		here, rest = match(rest, c)
		hit = append(hit, here...)
	}
	return hit, rest
}

// firewallWith is the firewall that has a public IP address, or nil.
func (f *Fabric) firewallWith(ip azure.ID) *azure.AzureFirewall {
	for _, firewall := range f.network.AzureFirewalls {
		for _, c := range firewall.IPConfigurations {
			if c.PublicIPAddress.ID == ip {
				return firewall
			}
		}
	}
	return nil
}

// gatewayWith is the NAT gateway that has a public IP address, or nil.
func (f *Fabric) gatewayWith(ip azure.ID) *azure.NATGateway {
	for _, gateway := range f.network.NATGateways {
		for _, ref := range gateway.PublicIPAddresses {
			if ref.ID == ip {
				return gateway
			}
		}
	}
	return nil
}
