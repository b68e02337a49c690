package random

import (
	"fmt"
	"net/netip"
	"strings"
)

func (g *generator) tables() {
	for i := range g.few(0, 3, 1) {
		t := &Table{Name: fmt.Sprintf("rt%d", i)}
		used := map[string]bool{}
		for range g.few(1, 6, 2) {
			destination := g.routeDestination()
			if used[strings.ToLower(destination)] {
				continue // one route for each destination (RT-16)
			}
			used[strings.ToLower(destination)] = true
			r := Route{Name: fmt.Sprintf("r%d", len(t.Routes)), Destination: destination}
			r.NextHopType = pick(g.Rand, []string{"VirtualAppliance", "VirtualAppliance", "Internet", "None", "VnetLocal", "VirtualNetworkGateway"})
			if r.NextHopType == "VirtualAppliance" {
				next, ok := g.nextHop(strings.Contains(destination, ":"))
				if !ok {
					r.NextHopType = "None"
				}
				r.NextHop = next
			}
			t.Routes = append(t.Routes, r)
		}
		g.n.Tables = append(g.n.Tables, t)
	}
}

func (g *generator) routeDestination() string {
	switch c := g.IntN(100); {
	case c < 25:
		return "0.0.0.0/0"
	case c < 45:
		// LogicAppsManagement shares prefixes with a tag of its own rank, and
		// which of two such routes wins is written nowhere (RT-26).
		for {
			if t := pick(g.Rand, g.n.ServiceTags); t.Name != "LogicAppsManagement" && t.Name != "AzureMonitor.Core" {
				return t.Name
			}
		}
	case c < 60 && g.dual:
		return pick(g.Rand, g.pool6).Masked().String()
	}
	return pick(g.Rand, g.pool4).Masked().String()
}

// nextHop is the address of an appliance: mostly of an interface, else an
// address nobody has, a reserved one, or one out of reach (RT-17).
func (g *generator) nextHop(six bool) (string, bool) {
	var own []netip.Addr
	for _, nic := range g.n.Interfaces {
		for _, a := range nic.Addresses {
			if a.Is6() == six {
				own = append(own, a)
			}
		}
	}
	switch {
	case len(own) > 0 && (six || g.chance(75)):
		return pick(g.Rand, own).String(), true
	case six:
		return "", false
	}
	v := pick(g.Rand, g.n.VNets)
	subnet := pick(g.Rand, v.Subnets).Prefixes[0].Addr()
	return pick(g.Rand, []string{plus(subnet, 6).String(), subnet.Next().String(), "10.0.1.2", "198.51.100.9"}), true
}
