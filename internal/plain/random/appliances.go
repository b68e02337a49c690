package random

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Appliance is what a user states of an appliance.
type Appliance struct {
	Address    netip.Addr
	Translates azure.Translation
	Stateless  bool
	Otherwise  bool
	Rules      []azure.ApplianceRule
}

// appliances states some of the interfaces that forward, and some load balancers
// that are the next hop of a route.
func (g *generator) appliances() {
	for _, nic := range g.n.Interfaces {
		for _, address := range nic.Addresses {
			if nic.Forwarding && g.chance(45) {
				g.n.Appliances = append(g.n.Appliances, g.appliance(address))
			}
		}
	}
	for _, b := range g.n.Balancers {
		if b.Subnet != "" && g.chance(50) {
			g.n.Appliances = append(g.n.Appliances, g.appliance(b.Address))
		}
	}
}

func (g *generator) appliance(address netip.Addr) *Appliance {
	a := &Appliance{Address: address, Stateless: g.chance(25), Otherwise: g.chance(65)}
	a.Translates = pick(g.Rand, []azure.Translation{azure.TranslatesNothing, azure.TranslatesNothing, azure.TranslatesInternet, azure.TranslatesEverything})
	for range g.IntN(3) {
		r := azure.ApplianceRule{Allow: g.chance(60)}
		if g.chance(60) {
			r.Protocols = []uint8{pick(g.Rand, []uint8{6, 17, 1})}
		}
		pool := g.pool4
		if address.Is6() {
			pool = g.pool6
		}
		if len(pool) > 0 && g.chance(50) {
			r.Destination = []netip.Prefix{pick(g.Rand, pool).Masked()}
		}
		if len(pool) > 0 && g.chance(30) {
			r.Source = []netip.Prefix{pick(g.Rand, pool).Masked()}
		}
		if g.chance(40) {
			r.Ports = []azure.PortTerm{{First: 80, Last: uint16(g.between(80, 1500))}}
		}
		a.Rules = append(a.Rules, r)
	}
	return a
}

func (w *writer) appliance(a *Appliance) {
	made := &azure.Appliance{Address: a.Address, Translation: a.Translates, Stateful: !a.Stateless, Otherwise: a.Otherwise, At: w.at()}
	for _, r := range a.Rules {
		rule := r
		rule.At = w.at()
		made.Rules = append(made.Rules, &rule)
	}
	w.inventory.Appliances = append(w.inventory.Appliances, made)
}

// String is what is stated, a rule a line.
func (a *Appliance) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "appliance %v translates=%s stateless=%v otherwise=%v\n", a.Address, a.Translates, a.Stateless, a.Otherwise)
	for _, r := range a.Rules {
		fmt.Fprintf(&b, "  allow=%v %v %v > %v %v\n", r.Allow, r.Protocols, r.Source, r.Destination, r.Ports)
	}
	return b.String()
}
