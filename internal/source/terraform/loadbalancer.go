package terraform

import "github.com/wayleave/wayleave/internal/azure"

// The parts of a load balancer that are resources of their own.
const (
	typeBackendPool = "azurerm_lb_backend_address_pool"
	typeProbe       = "azurerm_lb_probe"
	typeInboundNAT  = "azurerm_lb_nat_rule"
)

// loadBalancer reads azurerm_lb with its pools, rules and probes.
func (r *reader) loadBalancer(i *instance) {
	l := &azure.LoadBalancer{Resource: r.resource(i, azure.TypeLoadBalancer), SKU: i.get("sku").text()}
	list := i.get("frontend_ip_configuration").elements()
	for index, f := range list {
		name := f.get("name").known()
		written := blockAt(i.expression("frontend_ip_configuration"), index, len(list))
		l.Frontends = append(l.Frontends, &azure.Frontend{
			Resource: azure.Resource{
				ID: childID(i.id, "frontendIPConfigurations", name, f), Type: azure.TypeFrontend, Name: name,
				Address: childAddress(i, "frontend_ip_configuration", name, f), At: f.at(), Rank: r.inventory.Rank,
			},
			PublicIPAddress:  r.nestedReference(i, f.get("public_ip_address_id"), written, "public_ip_address_id", "azurerm_public_ip"),
			PublicIPPrefix:   r.nestedReference(i, f.get("public_ip_prefix_id"), written, "public_ip_prefix_id", "azurerm_public_ip_prefix"),
			Subnet:           r.nestedReference(i, f.get("subnet_id"), written, "subnet_id", "azurerm_subnet"),
			PrivateIPAddress: parsed(f.get("private_ip_address"), azure.ParseAddr),
		})
	}
	for _, p := range r.partsOf(l, i, typeBackendPool) {
		l.BackendPools = append(l.BackendPools, r.backendPool(p))
	}
	for _, p := range r.partsOf(l, i, "azurerm_lb_rule") {
		l.Rules = append(l.Rules, r.balancerRule(p, azure.TypeBalancerRule))
	}
	for _, p := range r.partsOf(l, i, typeInboundNAT) {
		l.InboundNATRules = append(l.InboundNATRules, r.balancerRule(p, azure.TypeInboundNATRule))
	}
	for _, p := range r.partsOf(l, i, "azurerm_lb_outbound_rule") {
		rule := &azure.OutboundRule{
			Resource: r.resource(p, azure.TypeOutboundRule), Protocol: p.get("protocol").text(),
			Pool: r.reference(p, p.get("backend_address_pool_id"), "backend_address_pool_id", typeBackendPool),
		}
		for _, f := range p.get("frontend_ip_configuration").elements() {
			rule.Frontends = append(rule.Frontends, frontendNamed(f.get("name")))
		}
		l.OutboundRules = append(l.OutboundRules, rule)
	}
	for _, p := range r.partsOf(l, i, typeProbe) {
		l.Probes = append(l.Probes, &azure.Probe{
			Resource: r.resource(p, azure.TypeProbe), Protocol: p.get("protocol").text(), Port: parsed(p.get("port"), azure.ParseWholeNumber),
		})
	}
	if pools := r.partsOf(l, i, "azurerm_lb_nat_pool"); len(pools) > 0 && l.Open == nil {
		l.Open = &azure.Unknown{Name: pools[0].text, Why: "inbound NAT pools are those of scale sets, which are not modelled", At: pools[0].at}
	}
	r.inventory.LoadBalancers = append(r.inventory.LoadBalancers, l)
}

// partsOf lists the resources of a type that belong to a load balancer. One of
// which that is not known leaves open what the balancer has.
func (r *reader) partsOf(l *azure.LoadBalancer, i *instance, typ string) []*instance {
	var list []*instance
	for _, p := range r.instancesOf(typ) {
		if p.data {
			continue
		}
		switch of := r.reference(p, p.get("loadbalancer_id"), "loadbalancer_id", "azurerm_lb"); {
		case of.Unknown != nil:
			l.Open = of.Unknown
		case of.ID == i.id:
			list = append(list, p)
		}
	}
	return list
}

func (r *reader) backendPool(i *instance) *azure.BackendPool {
	pool := &azure.BackendPool{Resource: r.resource(i, azure.TypeBackendPool)}
	for _, f := range i.given("backend_ip_configurations").elements() {
		if id := f.known(); id != "" {
			pool.Members = append(pool.Members, azure.Ref(id, f.at()))
		}
	}
	for _, a := range r.instancesOf("azurerm_lb_backend_address_pool_address") {
		switch of := r.reference(a, a.get("backend_address_pool_id"), "backend_address_pool_id", typeBackendPool); {
		case of.ID == i.id && a.get("ip_address").isSet():
			pool.Addresses = append(pool.Addresses, parsed(a.get("ip_address"), azure.ParseAddr))
		case of.ID == i.id || of.Unknown != nil: // a member of another load balancer, or of which pool is open
			u := a.get("ip_address").openBecause("which address of which pool it is is not known")
			pool.Members = append(pool.Members, azure.Reference{Unknown: u, At: u.At})
		}
	}
	for _, a := range r.instancesOf("azurerm_network_interface_backend_address_pool_association") {
		nic := r.reference(a, a.get("network_interface_id"), "network_interface_id", "azurerm_network_interface")
		of := r.reference(a, a.get("backend_address_pool_id"), "backend_address_pool_id", typeBackendPool)
		if of.Unknown != nil || of.ID == i.id && nic.Unknown != nil {
			u := of.Unknown
			if u == nil {
				u = nic.Unknown
			}
			pool.Members = append(pool.Members, azure.Reference{Unknown: u, At: u.At})
		}
	}
	return pool
}

func (r *reader) balancerRule(i *instance, typ string) *azure.BalancerRule {
	rule := &azure.BalancerRule{
		Resource:            r.resource(i, typ),
		Frontend:            frontendNamed(i.get("frontend_ip_configuration_name")),
		Protocol:            i.get("protocol").text(),
		FrontendPort:        parsed(i.given("frontend_port"), azure.ParseWholeNumber),
		BackendPort:         parsed(i.get("backend_port"), azure.ParseWholeNumber),
		FloatingIP:          i.either("floating_ip_enabled", "enable_floating_ip").boolean(),
		DisableOutboundSNAT: i.get("disable_outbound_snat").boolean(),
		Probe:               r.reference(i, i.get("probe_id"), "probe_id", typeProbe),
		Pools:               r.references(i, i.given("backend_address_pool_ids"), "backend_address_pool_ids", typeBackendPool),
	}
	if f := i.given("frontend_port_start"); f.known() != "" && f.known() != "0" {
		rule.FrontendPort = parsed(f, azure.ParseWholeNumber)
		rule.LastFrontendPort = parsed(i.given("frontend_port_end"), azure.ParseWholeNumber)
	}
	if f := i.given("backend_address_pool_id"); f.isSet() {
		rule.Pools = append(rule.Pools, r.reference(i, f, "backend_address_pool_id", typeBackendPool))
	}
	return rule
}

// frontendNamed is a frontend of the same load balancer by its name.
func frontendNamed(f field) azure.Reference {
	name := f.text()
	if name.Unknown != nil {
		return azure.Reference{Unknown: name.Unknown, At: name.At}
	}
	return azure.Ref(name.V, name.At)
}

// balanced are the load balancers' pools or inbound NAT rules that associations
// of a type give an IP configuration of a network interface.
func (r *reader) balanced(i *instance, configuration, typ, attribute, want string) []azure.Reference {
	var list []azure.Reference
	for _, a := range r.instancesOf(typ) {
		nic := r.reference(a, a.get("network_interface_id"), "network_interface_id", "azurerm_network_interface")
		if nic.ID != i.id || !a.get("ip_configuration_name").isUnknown() && a.get("ip_configuration_name").known() != configuration {
			continue
		}
		list = append(list, r.reference(a, a.get(attribute), attribute, want))
	}
	return list
}
