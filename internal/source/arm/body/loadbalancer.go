package body

import "github.com/wayleave/wayleave/internal/azure"

func (r reader) loadBalancer(res Resource, o object) {
	l := &azure.LoadBalancer{Resource: res.Resource, SKU: o.textOf(res.SKU.Get("name"), []string{"sku.name"})}
	parts := func(name, typ string, add func(object)) {
		list, open := o.children(name, name, typ)
		for _, part := range list {
			add(part)
		}
		if len(open) > 0 {
			l.Open = open[0]
		}
	}
	parts("frontendIPConfigurations", azure.TypeFrontend, func(f object) {
		l.Frontends = append(l.Frontends, &azure.Frontend{
			Resource:         f.resource,
			PublicIPAddress:  f.reference("publicIPAddress"),
			PublicIPPrefix:   f.reference("publicIPPrefix"),
			Subnet:           f.reference("subnet"),
			PrivateIPAddress: parsed(f, azure.ParseAddr, "privateIPAddress"),
		})
	})
	parts("backendAddressPools", azure.TypeBackendPool, func(p object) { l.BackendPools = append(l.BackendPools, backendPool(p)) })
	parts("loadBalancingRules", azure.TypeBalancerRule, func(p object) { l.Rules = append(l.Rules, balancerRule(p)) })
	parts("inboundNatRules", azure.TypeInboundNATRule, func(p object) { l.InboundNATRules = append(l.InboundNATRules, balancerRule(p)) })
	parts("outboundRules", azure.TypeOutboundRule, func(p object) {
		l.OutboundRules = append(l.OutboundRules, &azure.OutboundRule{
			Resource: p.resource, Frontends: p.references("frontendIPConfigurations"), Pool: p.reference("backendAddressPool"), Protocol: p.text("protocol"),
		})
	})
	parts("probes", azure.TypeProbe, func(p object) {
		l.Probes = append(l.Probes, &azure.Probe{Resource: p.resource, Protocol: p.text("protocol"), Port: parsed(p, azure.ParseWholeNumber, "port")})
	})
	if pools := elements(o.get("inboundNatPools")); len(pools) > 0 && l.Open == nil {
		l.Open = &azure.Unknown{Name: res.Label() + " inboundNatPools", Why: "inbound NAT pools are those of scale sets, which are not modelled", At: pools[0].At}
	}
	r.inventory.LoadBalancers = append(r.inventory.LoadBalancers, l)
}

// separateNATRule and separatePool add parts of a load balancer that stand apart. What
// may not be deployed leaves open what else the balancer has, which must have been
// added before.
func (r reader) separateNATRule(res Resource, o object) {
	if parent, certain := r.partOf(res, o); certain {
		r.inventory.InboundNATRules = append(r.inventory.InboundNATRules, azure.Child[*azure.BalancerRule]{Parent: parent, Resource: balancerRule(o)})
	}
}

func (r reader) separatePool(res Resource, o object) {
	if parent, certain := r.partOf(res, o); certain {
		r.inventory.BackendPools = append(r.inventory.BackendPools, azure.Child[*azure.BackendPool]{Parent: parent, Resource: backendPool(o)})
	}
}

func (r reader) partOf(res Resource, o object) (parent azure.Reference, certain bool) {
	if o.doubt == nil {
		return res.Parent, true
	}
	for _, l := range r.inventory.LoadBalancers {
		if l.ID == res.Parent.ID {
			l.Open = o.doubt
			return res.Parent, false
		}
	}
	return azure.Reference{Unknown: o.doubt, At: res.At}, true
}

func backendPool(p object) *azure.BackendPool {
	pool := &azure.BackendPool{Resource: p.resource, Members: p.references("backendIPConfigurations")}
	for _, a := range p.inner("loadBalancerBackendAddresses") {
		if address := parsed(a, azure.ParseAddr, "ipAddress"); address.IsSet() {
			pool.Addresses = append(pool.Addresses, address)
		}
	}
	return pool
}

func balancerRule(p object) *azure.BalancerRule {
	rule := &azure.BalancerRule{
		Resource:            p.resource,
		Frontend:            p.reference("frontendIPConfiguration"),
		Protocol:            p.text("protocol"),
		FrontendPort:        parsed(p, azure.ParseWholeNumber, "frontendPort"),
		BackendPort:         parsed(p, azure.ParseWholeNumber, "backendPort"),
		FloatingIP:          parsed(p, azure.ParseBool, "enableFloatingIP"),
		DisableOutboundSNAT: parsed(p, azure.ParseBool, "disableOutboundSnat"),
		Target:              p.reference("backendIPConfiguration"),
		Probe:               p.reference("probe"),
		Pools:               p.references("backendAddressPools"),
	}
	if first := parsed(p, azure.ParseWholeNumber, "frontendPortRangeStart"); first.V > 0 || first.Unknown != nil {
		rule.FrontendPort, rule.LastFrontendPort = first, parsed(p, azure.ParseWholeNumber, "frontendPortRangeEnd")
	}
	if pool := p.reference("backendAddressPool"); pool.IsSet() && len(rule.Pools) == 0 {
		rule.Pools = []azure.Reference{pool}
	}
	return rule
}
