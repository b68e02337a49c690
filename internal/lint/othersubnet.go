package lint

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

var otherSubnet = Check{
	Code:   "other-subnet",
	Title:  "a rule whose near side is none of the subnet's addresses",
	Text:   "An inbound rule sees packets to the subnet, an outbound one packets from it (NSG-24). A rule with other addresses on that side never matches; most often source and destination are swapped. Subnets that forward what others send are left out: they see foreign addresses (PIPE-3).",
	Avoid:  "on the subnet 10.0.1.0/24: inbound, 100 Allow Tcp from 10.0.1.0/24 to 10.0.2.0/24 443",
	Prefer: "on the subnet 10.0.1.0/24: inbound, 100 Allow Tcp from 10.0.2.0/24 to 10.0.1.0/24 443",
}

func runOtherSubnet(r *run) {
	for _, l := range r.lists {
		near, ok := r.nearSide(l)
		if !ok {
			continue
		}
		for _, rule := range l.rules() {
			if f, ok := misplaced(l, rule, near); ok {
				r.add(f)
			}
		}
	}
}

// nearSide is every address that a list's packets can have on its own side; ok
// is false where that is not known.
func (r *run) nearSide(l *list) (near flow.AddressSet, ok bool) {
	for _, s := range l.subnets {
		near = near.Union(r.fabric.Addresses(s)).Union(fabric.Reserved(s))
	}
	if len(near.Opaques()) > 0 || r.forwards(l, near) {
		return near, false
	}
	return near, true
}

// forwards reports whether somebody in the subnets may pass on the packets of
// others: an interface that forwards, or the next hop of a route.
func (r *run) forwards(l *list, near flow.AddressSet) bool {
	network := r.fabric.Network()
	for _, nic := range network.NetworkInterfaces {
		if off, known := nic.EnableIPForwarding.Known(); known && !off || !nic.EnableIPForwarding.IsSet() {
			continue
		}
		for _, c := range nic.IPConfigurations {
			for _, s := range l.subnets {
				if c.Subnet.ID == s.ID {
					return true
				}
			}
		}
	}
	for _, table := range network.RouteTables {
		for _, route := range table.Routes {
			hop, known := route.NextHopIPAddress.Known()
			if route.NextHopIPAddress.IsSet() && (!known || near.ContainsAddr(hop)) {
				return true
			}
		}
	}
	return false
}

// misplaced is the finding about a rule that names no near address.
func misplaced(l *list, rule *azure.SecurityRule, near flow.AddressSet) (Finding, bool) {
	swapped := true
	for _, v := range l.views {
		i := v.position(rule)
		if v.empty(i) {
			return Finding{}, false
		}
		for _, c := range v.rules[i].May {
			own, far := c.Destination, c.Source
			if l.direction == azure.Outbound {
				own, far = far, own
			}
			if own.Overlaps(near) || len(own.Opaques()) > 0 {
				return Finding{}, false
			}
			swapped = swapped && far.Overlaps(near)
		}
	}
	side, way := "destination", "to"
	if l.direction == azure.Outbound {
		side, way = "source", "from"
	}
	message := fmt.Sprintf("%s never matches: its %s holds no address of the subnets it guards (%s)", title(rule), side, near.Folded(4))
	hint := fmt.Sprintf("an %s rule sees packets %s the subnet; name its addresses there, or remove the rule", lower(l.direction), way)
	if swapped {
		hint = "source and destination look swapped; " + hint
	}
	f := about(&otherSubnet, l.group, rule, message, hint)
	f.Witness = l.example(l.views[0].rules[l.views[0].position(rule)].May)
	return f, true
}

func lower(d azure.Direction) string {
	if d == azure.Inbound {
		return "inbound"
	}
	return "outbound"
}
