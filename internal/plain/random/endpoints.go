package random

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// endpoints adds private endpoints: mostly of stated address, under every
// policy.
func (g *generator) endpoints() {
	if !g.chance(45) {
		return
	}
	for vi, v := range g.n.VNets {
		for si, s := range v.Subnets {
			if s.Name == "AzureFirewallSubnet" || !g.chance(35) {
				continue
			}
			s.Policies = pick(g.Rand, []string{"", "Disabled", "Enabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled", "enabled"})
			for k := range g.between(1, 2) {
				e := &Endpoint{Name: fmt.Sprintf("pe%d%d%d", vi, si, k), VNet: v.Name, Subnet: s.Name}
				if g.chance(75) {
					e.Address = plus(s.Prefixes[0].Addr(), 5+k)
				}
				for _, name := range g.n.ASGs {
					if e.Address.IsValid() && strings.HasPrefix(name, fmt.Sprintf("asg%d", vi)) && g.chance(30) {
						e.ASGs = append(e.ASGs, name)
					}
				}
				if !g.taken(e) {
					g.n.Endpoints = append(g.n.Endpoints, e)
				}
			}
		}
	}
}

// taken reports whether an interface has the address of an endpoint.
func (g *generator) taken(e *Endpoint) bool {
	for _, nic := range g.n.Interfaces {
		for _, a := range nic.Addresses {
			if a == e.Address {
				return true
			}
		}
	}
	return false
}

func (w *writer) endpoint(e *Endpoint) {
	made := &azure.PrivateEndpoint{
		Resource: w.resource("privateEndpoints", e.Name),
		Subnet:   w.reference("virtualNetworks", e.VNet+"/subnets/"+e.Subnet),
	}
	if e.Address.IsValid() {
		made.PrivateAddresses = append(made.PrivateAddresses, azure.Of(e.Address, w.at()))
	}
	for _, name := range e.ASGs {
		made.ApplicationSecurityGroups = append(made.ApplicationSecurityGroups, w.reference("applicationSecurityGroups", name))
	}
	w.inventory.PrivateEndpoints = append(w.inventory.PrivateEndpoints, made)
}
