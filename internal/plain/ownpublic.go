package plain

import "github.com/wayleave/wayleave/internal/azure"

// takenInBy says who does not take in a packet to a public IP address of the
// network, whoever sends it: a NAT gateway takes in nothing (RT-32), a firewall only
// what a NAT rule is for, and nothing that it has sent itself (P-23c), a load balancer
// what a rule is for, and a closed address nothing (PIP-1).
func (a *asking) takenInBy(ip azure.ID, p Packet) *Hop {
	for _, gateway := range a.network.NATGateways {
		for _, ref := range gateway.PublicIPAddresses {
			if ref.ID == ip {
				return &Hop{Kind: Translation, Name: gateway.Name, Resource: gateway.ID, Decision: Drops, Why: "a NAT gateway takes in no new flows (RT-32)"}
			}
		}
	}
	for _, f := range a.network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			switch {
			case c.PublicIPAddress.ID != ip:
			case a.via != nil && a.via.firewall == f:
				return &Hop{Kind: Translation, Name: f.Name, Resource: f.ID, Decision: Drops, Why: "a firewall takes in nothing that it has sent itself (P-23c)"}
			case !a.mayTranslateIn(f, p):
				return &Hop{Kind: FirewallDefaultDeny, Resource: f.ID, Decision: Denies, Why: "no NAT rule is for the address"}
			}
		}
	}
	if f := a.frontendWithPublic(p.Destination); f != nil {
		if verdict, hop := unbalanced(f, p); verdict == Deny {
			return &hop
		}
		return nil
	}
	if c := a.configurationWithPublic(ip); c != nil {
		if public, _ := a.network.PublicIPAddress(ip); closedFrontend(public) && !a.guarded(a.places[c.Subnet.ID], c.PrivateIPAddress.V) {
			return &Hop{Kind: Platform, Name: "PIP-1", Resource: ip, Decision: Drops, Why: "a Standard public IP address is closed without a network security group"}
		}
	}
	return nil
}

// someSource reports whether a rule can match any sender: one of empty IP groups
// alone cannot.
func (r *ruleset) someSource(rule *azure.FirewallRule) bool {
	for _, term := range rule.Source.Terms {
		group, found := r.network.IPGroup(term.Group.ID)
		if term.Kind != azure.FirewallIPGroup || !found || group.Stub || len(group.Addresses) > 0 {
			return true
		}
	}
	return false
}

// mayTranslateIn reports whether a NAT rule may be for a packet, whoever sends
// it.
func (a *asking) mayTranslateIn(f *azure.AzureFirewall, p Packet) bool {
	rules, open := a.rulesFor(f)
	if open != "" {
		return true
	}
	for _, c := range rules.collections {
		for _, r := range c.Rules {
			if c.Kind == azure.NATRule && rules.someSource(r) && min(rules.side(r.Destination, p.Destination), rules.service(r, p)) != no {
				return true
			}
		}
	}
	return false
}
