package reach

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
)

// remedies are what the documentation says to do about replies that take another
// way than the requests where a firewall keeps state (ASY-1, ASY-2): each of them
// is enough.
type remedies []string

// on is the hop with its remedies.
func (r remedies) on(h Hop) Hop {
	h.Remedy = strings.Join(r, "\n")
	return h
}

// table is what the route table of a user route is called.
func table(r *fabric.Route) string { return fabric.RouteHop(r, fabric.Forward).Address }

func subnetPrefixes(s *azure.Subnet) string {
	var list []string
	for _, v := range s.Prefixes {
		if p, ok := v.Known(); ok {
			list = append(list, p.String())
		}
	}
	if len(list) == 0 {
		return "the prefix of " + s.Name
	}
	return strings.Join(list, ", ")
}

// prefix is what the senders' prefixes are called.
func (o origin) prefix() string {
	switch {
	case o.subnet != nil:
		return subnetPrefixes(o.subnet)
	case o.vnet != nil:
		return "the addresses of " + o.vnet.Name
	}
	return "the senders"
}

// hopTo is a firewall as next hop.
func hopTo(g fabric.Gate) string {
	if g.Address == (netip.Addr{}) {
		return "firewall " + g.Firewall.Name
	}
	return fmt.Sprintf("VirtualAppliance %v", g.Address)
}

// asRequested brings replies that a route sends to a firewall the way that the
// requests came.
func asRequested(s *azure.Subnet, r *fabric.Route, g fabric.Gate, from origin) remedies {
	if from.outside() {
		return remedies{
			fmt.Sprintf("add a route for the senders with next hop Internet to route table %s: for their service tag, where they have one (ASY-4)", table(r)),
			fmt.Sprintf("let the requests come in by a NAT rule of firewall %s, to which the replies then go back (ASY-2)", g.Firewall.Name),
		}
	}
	through := "send the requests through firewall " + g.Firewall.Name + " too"
	if from.subnet != nil {
		through += fmt.Sprintf(": add a route for %s with next hop %s to the route table of %s (ASY-1)", subnetPrefixes(s), hopTo(g), from.subnet.Name)
	}
	if from.vnet == s.VirtualNetwork {
		return remedies{through, fmt.Sprintf("add a route for %s with next hop VnetLocal to route table %s (ASY-1)", from.prefix(), table(r))}
	}
	return remedies{through, fmt.Sprintf("leave %s out of route %s of %s (ASY-1)", from.prefix(), r.Name, table(r))}
}

// throughFirewall brings replies back to the firewall that the requests passed.
func throughFirewall(s *azure.Subnet, via *passage) remedies {
	return remedies{
		fmt.Sprintf("add a route for %s with next hop %s to the route table of %s (ASY-1)", via.sender.prefix(), hopTo(via.Gate), s.Name),
		fmt.Sprintf("let firewall %s translate what goes there: leave %s out of its private ranges (ASY-2)", via.Firewall.Name, subnetPrefixes(s)),
	}
}

// toSameFirewall turns replies that a route sends to another firewall back to the
// one that the requests passed.
func toSameFirewall(s *azure.Subnet, r *fabric.Route, via *passage) remedies {
	if d := r.User.Destination; via.sender.subnet != nil && d.Prefix.String() == via.sender.prefix() {
		return remedies{fmt.Sprintf("set the next hop of route %s of %s to %s (ASY-1)", r.Name, table(r), hopTo(via.Gate))}
	}
	return throughFirewall(s, via)[:1]
}

// toInstances lets replies to the firewall's own addresses alone.
func toInstances(s *azure.Subnet, r *fabric.Route, via *passage) remedies {
	if s.VirtualNetwork == via.Subnet.VirtualNetwork {
		return remedies{fmt.Sprintf("add a route for %s with next hop VnetLocal to route table %s (F-24)", subnetPrefixes(via.Subnet), table(r))}
	}
	return remedies{fmt.Sprintf("leave %s, the subnet of the firewall, out of route %s of %s (F-24)", subnetPrefixes(via.Subnet), r.Name, table(r))}
}

// translating makes a firewall translate what goes to a private endpoint.
func translating(via *passage) remedies {
	return remedies{fmt.Sprintf("let firewall %s translate it: leave the endpoint out of its private ranges, or admit it by an application rule (PE-5)", via.Firewall.Name)}
}

// fromFirewall lets the firewall's own routes lead back to the senders.
func fromFirewall(r *fabric.Route, via *passage) remedies {
	if r.User == nil {
		return nil
	}
	return remedies{fmt.Sprintf("leave %s out of route %s of %s, the route table of the firewall's subnet (C-21)", via.sender.prefix(), r.Name, table(r))}
}
