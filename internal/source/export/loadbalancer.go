package export

import "github.com/wayleave/wayleave/internal/azure"

func (r *reader) loadBalancer(o *object, id azure.Resource) {
	l := &azure.LoadBalancer{Resource: id, SKU: r.text(o.sku().GetFold("name"))}
	for _, f := range o.elements(o.get("frontendIPConfigurations")) {
		l.Frontends = append(l.Frontends, &azure.Frontend{
			Resource:         f.partIdentity(azure.TypeFrontend),
			PublicIPAddress:  r.reference(f.get("publicIPAddress")),
			PublicIPPrefix:   r.reference(f.get("publicIPPrefix")),
			Subnet:           r.reference(f.get("subnet")),
			PrivateIPAddress: parsed(&f, azure.ParseAddr, "privateIPAddress"),
		})
	}
	for _, p := range o.elements(o.get("backendAddressPools")) {
		l.BackendPools = append(l.BackendPools, p.backendPool(p.partIdentity(azure.TypeBackendPool)))
	}
	for _, p := range o.elements(o.get("loadBalancingRules")) {
		l.Rules = append(l.Rules, r.balancerRule(&p, p.partIdentity(azure.TypeBalancerRule)))
	}
	for _, p := range o.elements(o.get("inboundNatRules")) {
		l.InboundNATRules = append(l.InboundNATRules, r.balancerRule(&p, p.partIdentity(azure.TypeInboundNATRule)))
	}
	for _, p := range o.elements(o.get("outboundRules")) {
		l.OutboundRules = append(l.OutboundRules, &azure.OutboundRule{
			Resource: p.partIdentity(azure.TypeOutboundRule), Frontends: p.references(p.get("frontendIPConfigurations")),
			Pool: r.reference(p.get("backendAddressPool")), Protocol: r.text(p.get("protocol")),
		})
	}
	for _, p := range o.elements(o.get("probes")) {
		l.Probes = append(l.Probes, &azure.Probe{
			Resource: p.partIdentity(azure.TypeProbe), Protocol: r.text(p.get("protocol")), Port: parsed(&p, azure.ParseWholeNumber, "port"),
		})
	}
	if pools := o.elements(o.get("inboundNatPools")); len(pools) > 0 {
		l.Open = &azure.Unknown{Name: id.Label() + " inboundNatPools", Why: "inbound NAT pools are those of scale sets, which are not modelled", At: pools[0].at}
	}
	r.inventory.LoadBalancers = append(r.inventory.LoadBalancers, l)
}

// separateNATRule and separatePool read parts of a load balancer that stand apart.
func (r *reader) separateNATRule(o *object, id azure.Resource) {
	r.inventory.InboundNATRules = append(r.inventory.InboundNATRules, azure.Child[*azure.BalancerRule]{Parent: parentOf(id), Resource: r.balancerRule(o, id)})
}

func (r *reader) separatePool(o *object, id azure.Resource) {
	r.inventory.BackendPools = append(r.inventory.BackendPools, azure.Child[*azure.BackendPool]{Parent: parentOf(id), Resource: o.backendPool(id)})
}

func (o *object) backendPool(id azure.Resource) *azure.BackendPool {
	pool := &azure.BackendPool{Resource: id, Members: o.references(o.get("backendIPConfigurations"))}
	for _, a := range o.elements(o.get("loadBalancerBackendAddresses")) {
		if address := parsed(&a, azure.ParseAddr, "ipAddress"); address.IsSet() {
			pool.Addresses = append(pool.Addresses, address)
		}
	}
	return pool
}

func (r *reader) balancerRule(p *object, id azure.Resource) *azure.BalancerRule {
	rule := &azure.BalancerRule{
		Resource:            id,
		Frontend:            r.reference(p.get("frontendIPConfiguration")),
		Protocol:            r.text(p.get("protocol")),
		FrontendPort:        parsed(p, azure.ParseWholeNumber, "frontendPort"),
		BackendPort:         parsed(p, azure.ParseWholeNumber, "backendPort"),
		FloatingIP:          parsed(p, azure.ParseBool, "enableFloatingIP"),
		DisableOutboundSNAT: parsed(p, azure.ParseBool, "disableOutboundSnat"),
		Target:              r.reference(p.get("backendIPConfiguration")),
		Probe:               r.reference(p.get("probe")),
		Pools:               p.references(p.get("backendAddressPools")),
	}
	if first := parsed(p, azure.ParseWholeNumber, "frontendPortRangeStart"); first.V > 0 {
		rule.FrontendPort, rule.LastFrontendPort = first, parsed(p, azure.ParseWholeNumber, "frontendPortRangeEnd")
	}
	if pool := r.reference(p.get("backendAddressPool")); pool.IsSet() && len(rule.Pools) == 0 {
		rule.Pools = []azure.Reference{pool}
	}
	return rule
}
