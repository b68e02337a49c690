package fabric

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Published is a public IP address of the network whose address is known, with
// the IP configuration and subnet to which packets from outside come through it.
// Both are nil where it is no network interface's, or the subnet is in no input.
type Published struct {
	*azure.PublicIPAddress
	Address       netip.Addr
	Configuration *azure.IPConfiguration
	Subnet        *azure.Subnet
}

// Published are the public IP addresses of the network.
func (f *Fabric) Published() []Published {
	var list []Published
	for _, ip := range f.network.PublicIPAddresses {
		address, known := ip.IPAddress.Known()
		if !known {
			continue
		}
		p := Published{PublicIPAddress: ip, Address: address}
		if c := f.configurationWith(ip.ID); c != nil {
			if s, ok := f.network.Subnet(c.Subnet.ID); ok {
				p.Configuration, p.Subnet = c, s
			}
		}
		list = append(list, p)
	}
	return list
}

// configurationWith is the IP configuration of a network interface that has a
// public IP address, or nil.
func (f *Fabric) configurationWith(ip azure.ID) *azure.IPConfiguration {
	for _, nic := range f.network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			if c.PublicIPAddress.ID == ip {
				return c
			}
		}
	}
	return nil
}

// NotTakenIn is what becomes of packets from outside to a public IP address that
// leads to no interface, load balancer or firewall: a NAT gateway takes in
// nothing (RT-32), and who else has one is not known.
func (f *Fabric) NotTakenIn(p Published, packets []flow.Cube) Outcome {
	if gateway := f.gatewayWith(p.ID); gateway != nil {
		return Outcome{Packets: packets, Effect: Stop, Hops: []Hop{gatewayDrop(p.PublicIPAddress, p.Address, gateway)}}
	}
	why := fmt.Sprintf("no network interface, load balancer or firewall in the input takes in what is for %v, the public IP address %s", p.Address, p.Name)
	h := publicHop(p.PublicIPAddress, Unknown, why)
	return Outcome{Packets: packets, Effect: Doubtful, Hops: []Hop{h}, Reasons: []string{why}}
}

func publicHop(ip *azure.PublicIPAddress, d Decision, why string) Hop {
	return Hop{Kind: KindPublicIP, Decision: d, Resource: ip.ID, Address: ip.Label(), Name: ip.Name, At: ip.At, Note: why}
}

// gatewayDrop says that a NAT gateway takes in no new flows (RT-32).
func gatewayDrop(ip *azure.PublicIPAddress, address netip.Addr, gateway *azure.NATGateway) Hop {
	h := publicHop(ip, Drop, fmt.Sprintf("%v is an address of NAT gateway %s, which takes in no new flows (RT-32)", address, gateway.Name))
	h.Kind = KindNAT
	return h
}
