package azuretest

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
)

// Balancer is a load balancer with a pool "pool" and one frontend: in the subnet
// around it, outside subnets public.
func Balancer(name, sku, address string, items ...Item) Item {
	return func(s *scope) {
		l := &azure.LoadBalancer{Resource: s.resource(azure.TypeLoadBalancer, resourceID(azure.TypeLoadBalancer, name)), SKU: s.text(sku)}
		front := &azure.Frontend{Resource: s.resource(azure.TypeFrontend, string(l.ID)+"/frontendIPConfigurations/front")}
		if s.subnet != nil {
			front.Subnet = azure.Ref(string(s.subnet.ID), s.at())
			front.PrivateIPAddress = value(s, address, azure.ParseAddr)
		} else {
			s.publicIP(name+"-ip", address)
			front.PublicIPAddress = s.reference(azure.TypePublicIPAddress, name+"-ip")
		}
		l.Frontends = []*azure.Frontend{front}
		l.BackendPools = []*azure.BackendPool{{Resource: s.resource(azure.TypeBackendPool, string(poolID(name)))}}
		s.inventory.LoadBalancers = append(s.inventory.LoadBalancers, l)
		inner := *s
		inner.balancer = l
		inner.all(items)
	}
}

func poolID(balancer string) azure.ID {
	return azure.MakeID(resourceID(azure.TypeLoadBalancer, balancer) + "/backendAddressPools/pool")
}

// Behind puts the network interface around it into the pool of a load balancer.
func Behind(balancer string) Item {
	return func(s *scope) {
		for _, c := range s.nic.IPConfigurations {
			c.BackendPools = append(c.BackendPools, azure.Ref(string(poolID(balancer)), s.at()))
		}
	}
}

// Balance is a rule of the load balancer around it, from a port of its frontend
// to one of its pool, 0 for every port; a probe asks for a port, 0 for none.
func Balance(protocol string, port, backend, probe int, items ...Item) Item {
	return func(s *scope) {
		l := s.balancer
		id := fmt.Sprintf("%s/loadBalancingRules/rule%d", l.ID, len(l.Rules))
		r := &azure.BalancerRule{
			Resource: s.resource(azure.TypeBalancerRule, id), Frontend: azure.Ref(string(l.Frontends[0].ID), s.at()),
			Protocol: s.text(protocol), FrontendPort: azure.Of(port, s.at()), BackendPort: azure.Of(backend, s.at()),
			Pools: []azure.Reference{azure.Ref(string(l.BackendPools[0].ID), s.at())},
		}
		if probe > 0 {
			p := &azure.Probe{Resource: s.resource(azure.TypeProbe, fmt.Sprintf("%s/probes/probe%d", l.ID, probe)), Protocol: s.text("Tcp"), Port: azure.Of(probe, s.at())}
			l.Probes = append(l.Probes, p)
			r.Probe = azure.Ref(string(p.ID), s.at())
		}
		l.Rules = append(l.Rules, r)
		inner := *s
		inner.balancerRule = r
		inner.all(items)
	}
}

// InboundNAT is an inbound NAT rule of the load balancer around it, to the first
// IP configuration of a network interface.
func InboundNAT(port, backend int, nic string) Item {
	return func(s *scope) {
		l := s.balancer
		l.InboundNATRules = append(l.InboundNATRules, &azure.BalancerRule{
			Resource: s.resource(azure.TypeInboundNATRule, fmt.Sprintf("%s/inboundNatRules/nat%d", l.ID, port)), Frontend: azure.Ref(string(l.Frontends[0].ID), s.at()),
			Protocol: s.text("Tcp"), FrontendPort: azure.Of(port, s.at()), BackendPort: azure.Of(backend, s.at()),
			Target: azure.Ref(string(NICID(nic))+"/ipConfigurations/a", s.at()),
		})
	}
}

// BalanceOut is an outbound rule of the load balancer around it.
func BalanceOut(protocol string) Item {
	return func(s *scope) {
		l := s.balancer
		l.OutboundRules = append(l.OutboundRules, &azure.OutboundRule{
			Resource: s.resource(azure.TypeOutboundRule, string(l.ID)+"/outboundRules/out"), Protocol: s.text(protocol),
			Frontends: []azure.Reference{azure.Ref(string(l.Frontends[0].ID), s.at())}, Pool: azure.Ref(string(l.BackendPools[0].ID), s.at()),
		})
	}
}

// FloatingIP leaves the frontend's address in the packets of the rule around it.
func FloatingIP() Item { return func(s *scope) { s.balancerRule.FloatingIP = azure.Of(true, s.at()) } }

// NoOutboundSNAT sets disableOutboundSnat of the rule around it.
func NoOutboundSNAT() Item {
	return func(s *scope) { s.balancerRule.DisableOutboundSNAT = azure.Of(true, s.at()) }
}

// Machine joins the network interface around it to a virtual machine.
func Machine(name string) Item {
	return func(s *scope) { s.nic.VirtualMachine = s.reference("Microsoft.Compute/virtualMachines", name) }
}

// DefaultOutbound is whether Azure lends the network interface around it an
// address (RT-34).
func DefaultOutbound(lent bool) Item {
	return func(s *scope) { s.nic.DefaultOutbound = azure.Of(lent, s.at()) }
}

// UnknownOutbound leaves open whether Azure lends the network interface around it
// an address.
func UnknownOutbound() Item {
	return func(s *scope) {
		s.nic.DefaultOutbound = azure.NotKnown[bool](&azure.Unknown{Why: "known after apply"})
	}
}
