package azure

// attachToBalancers gives load balancers the inbound NAT rules and the backend pools
// that stand apart from them.
func (b *builder) attachToBalancers() {
	balancers := byID(b.network.LoadBalancers)
	for _, r := range b.natRules {
		if r.Parent.Unknown != nil {
			b.spreadBalancerPart("inbound NAT rule", &r.Resource.Resource, r.Parent.Unknown)
		} else if l := balancers[parentID(r.Parent, r.Resource.ID)]; l != nil {
			l.InboundNATRules = withPart(l.InboundNATRules, r.Resource, func(r *BalancerRule) ID { return r.ID })
		}
	}
	for _, p := range b.pools {
		if p.Parent.Unknown != nil {
			b.spreadBalancerPart("backend pool", &p.Resource.Resource, p.Parent.Unknown)
		} else if l := balancers[parentID(p.Parent, p.Resource.ID)]; l != nil {
			l.BackendPools = withPart(l.BackendPools, p.Resource, func(p *BackendPool) ID { return p.ID })
		}
	}
}

// spreadBalancerPart leaves open what any load balancer has that may have the part.
func (b *builder) spreadBalancerPart(what string, r *Resource, u *Unknown) {
	b.report(unknownParent(what, r, "load balancer", u))
	for _, l := range b.network.LoadBalancers {
		if l.Open == nil {
			l.Open = u
		}
	}
}

// withPart is a list with a part that stands apart, in place of what the balancer's own
// list says of it: the part is deployed after its balancer.
func withPart[T any](list []T, part T, id func(T) ID) []T {
	for i, have := range list {
		if id(have) == id(part) {
			list[i] = part
			return list
		}
	}
	return append(list, part)
}

// missingPart leaves open what else a load balancer has, if a network interface names
// a part of it that no input states.
func (b *builder) missingPart(ref Reference, what string) {
	if l, ok := b.network.byID[ref.ID.Parent()].(*LoadBalancer); ok && l.Open == nil {
		l.Open = &Unknown{Name: ref.Text, Why: "a network interface is for the " + what + " " + ref.ID.Name() + ", which no input states", At: ref.At}
	}
}
