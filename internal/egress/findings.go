package egress

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
)

// place checks where the firewall stands and what leads there (C-06, C-35).
func (c *crossing) place() {
	own, ok := c.fabric.Place(c.firewall)
	for _, s := range c.senders {
		if ok && s.VirtualNetwork != own.VirtualNetwork {
			c.note("C-06", Information, fmt.Sprintf("the firewall %s stands in %s and not in %s; Microsoft describes the pattern within one network, and a peering has to stay connected both ways and let forwarded traffic through",
				c.firewall.Name, own.VirtualNetwork.Name, s.VirtualNetwork.Name),
				"where a peering fails: connections time out, and the firewall's log shows nothing", c.firewall.At)
		}
		if r, all := c.fabric.DefaultRoute(s); all && s.NetworkSecurityGroup.IsSet() {
			c.note("C-35", Unsure, fmt.Sprintf("the route %s of 0.0.0.0/0 makes VirtualNetwork hold every address in the security groups of subnet %s in %s", r.Name, s.Name, s.VirtualNetwork.Name),
				"what comes in from the internet counts as VirtualNetwork, and AllowVnetInBound lets it in", r.At)
		}
	}
}

// rules checks what the firewall's rules rest on (C-09, C-12, C-13, C-31, C-33).
func (c *crossing) rules() {
	if c.fabric.MayThreaten(c.firewall, c.packets) {
		c.note("C-09", Unsure, fmt.Sprintf("the threat intelligence of firewall %s denies, before any rule, what is on its list, which is published nowhere", c.firewall.Name),
			"if the destination is ever on the list: connections time out and the log has an entry of threat intelligence, though a rule allows", c.firewall.ThreatIntelMode.At)
	}
	if c.fabric.MayDetect(c.firewall, c.packets) {
		c.note("C-09", Unsure, fmt.Sprintf("the intrusion detection of firewall %s drops, after every rule, what one of its signatures matches", c.firewall.Name),
			"if a signature ever matches: connections end in silence and the log has an entry of intrusion detection, though a rule allows", c.firewall.Policy.At)
	}
	c.looked()
	for _, r := range c.fabric.FilterRules(c.firewall) {
		c.groups(r)
		c.names(r)
		if inspects, known := r.TerminateTLS.Known(); r.TerminateTLS.IsSet() && (inspects || !known) && c.fabric.MayMeet(r, c.packets) {
			c.note("C-33", Broken, fmt.Sprintf("rule %s of %s inspects TLS, which a managed service does not bear", r.Name, r.Collection.Name),
				"the service's own calls fail because of the certificate", r.At)
		}
	}
	if !c.facts.Destinations || !c.some(reach.Allowed) {
		return
	}
	others := c.fabric.Admits(c.firewall, c.packets)
	for _, s := range c.senders {
		others = others.Minus(c.fabric.Addresses(s))
	}
	if !others.IsEmpty() {
		c.note("C-31", Information, fmt.Sprintf("the rules of firewall %s let others through to the same destinations: %s", c.firewall.Name, others.Folded(4)),
			"the destination's allow-list admits them too, with the same address", c.firewall.At)
	}
}

// looked says which names make the firewall look into the packets (C-23).
func (c *crossing) looked() {
	for _, p := range c.parts {
		for _, h := range p.Trace {
			if fabric.IsApplication(h) && h.Decision == fabric.Allow {
				c.note("C-23", Unsure, fmt.Sprintf("application rule %s lets it through: the firewall asks for the name itself and connects to what it finds, whatever address the client used and routes name", h.Name),
					"the destination can be another address of the name", h.At)
				return
			}
		}
	}
}

// groups checks the IP groups of a rule: an empty one skips the rule, one that no
// input states may hold anything (C-12).
func (c *crossing) groups(r *azure.FirewallRule) {
	wide := *r
	var bad []string
	for _, side := range []*azure.FirewallSide{&wide.Source, &wide.Destination} {
		for _, term := range side.Terms {
			if term.Kind != azure.FirewallIPGroup {
				continue
			}
			group, ok := c.fabric.Network().IPGroup(term.Group.ID)
			switch {
			case !ok || group.Stub:
				bad = append(bad, term.Group.ID.Name()+", which no input states")
			case len(group.Addresses) == 0:
				bad = append(bad, group.Name+", which is empty, so that the rule is skipped")
			default:
				continue
			}
			side.Terms = []azure.FirewallTerm{{Kind: azure.FirewallAnyAddress}}
			break
		}
	}
	if len(bad) > 0 && !c.settled() && c.fabric.MayMeet(&wide, c.packets) {
		c.note("C-12", Broken, fmt.Sprintf("rule %s of %s names the IP group %s", r.Name, r.Collection.Name, strings.Join(bad, " and ")),
			"connections time out; the firewall's log says that no rule matched", r.At)
	}
}

// settled reports whether all parts pass.
func (c *crossing) settled() bool { return !c.some(reach.Blocked) && !c.some(reach.Undecided) }

// names checks a network rule that names its destination (C-13).
func (c *crossing) names(r *azure.FirewallRule) {
	if r.Kind != azure.NetworkRule || !c.fabric.MayMeet(r, c.packets) {
		return
	}
	for _, term := range r.Destination.Terms {
		if term.Kind != azure.FirewallName {
			continue
		}
		rule := fmt.Sprintf("rule %s of %s names %s", r.Name, r.Collection.Name, term.Name)
		switch {
		case c.fabric.LacksProxy(c.firewall):
			c.note("C-13", Broken, rule+", and the DNS proxy of the firewall is off: it never matches",
				"connections time out; the firewall's log says that no rule matched", r.At)
			continue
		case strings.Contains(term.Name, "*"):
			c.note("C-13", Broken, rule+": a network rule takes no wildcard", "the rule cannot be deployed", r.At)
			continue
		}
		c.note("C-13", Unsure, rule+c.resolvers()+"; routes still need addresses, and drift apart from the name",
			"denied now and then, after the name has changed its address", r.At)
	}
}

// resolvers says which senders do not ask the firewall for addresses.
func (c *crossing) resolvers() string {
	for _, s := range c.senders {
		if !fabric.AsksFirewall(s.VirtualNetwork, c.firewall) {
			return fmt.Sprintf(", and %s does not have the firewall as its DNS server: clients may know other addresses than the firewall", s.VirtualNetwork.Name)
		}
	}
	return ""
}

// addresses checks the shared address (C-28 to C-30, C-32, C-34).
func (c *crossing) addresses() {
	list, gateway := c.fabric.SharedAddresses(c.firewall)
	for _, ip := range list {
		if !fabric.IsStatic(ip) {
			c.note("C-32", Broken, fmt.Sprintf("the public IP address %s is not a static one of the SKU Standard", ip.Name),
				"the address changes when it is created again, and the destination refuses", ip.At)
		}
	}
	if !c.facts.Destinations || !c.some(reach.Allowed) {
		return
	}
	if c.asks(21) {
		severity, more := Information, ""
		if len(list) > 1 {
			severity, more = Unsure, ", and with several public addresses the data can leave with another one than the control connection"
		}
		c.note("C-30", severity, "FTP works in passive mode alone"+more, "the data connection is refused; the listing of a folder hangs", c.firewall.At)
	}
	c.capacity(len(list), gateway)
	if seen := c.seen(); len(seen) == 1 {
		c.note("C-34", Information, "the allow-list of the destination has to hold "+seen[0], "otherwise the destination refuses", c.firewall.At)
	}
}

// instances is the smallest number of a firewall's instances, gatewayPorts the
// ports of each address of a NAT gateway (S-24, S-25).
const (
	instances    = 2
	gatewayPorts = 64512
)

// capacity checks the number of connections and their silence (C-28, C-29).
func (c *crossing) capacity(addresses int, gateway bool) {
	each, _ := strconv.Atoi(c.fabric.Assumptions().Value(fabric.SNATPorts))
	most := max(addresses, 1) * instances * each
	if gateway {
		most = max(addresses, 1) * gatewayPorts
	}
	severity, more := Information, ""
	if c.facts.Connections > most {
		severity, more = Unsure, fmt.Sprintf(", and %d are expected", c.facts.Connections)
	}
	c.note("C-28", severity, fmt.Sprintf("at least %d connections at once fit to one destination, port and protocol%s", most, more),
		"beyond them connections time out now and then, to this destination alone", c.firewall.At)
	idle, _ := strconv.Atoi(c.fabric.Assumptions().Value(fabric.IdleTimeout))
	severity, more = Information, ""
	if c.facts.Idle >= idle {
		severity, more = Unsure, fmt.Sprintf(", and some are silent for %d", c.facts.Idle)
	}
	c.note("C-29", severity, fmt.Sprintf("the firewall ends a connection after %d seconds of silence, and when an instance goes%s", idle, more),
		"idle sessions end with a reset", c.firewall.At)
}

// seen are the addresses that the parts which pass are seen with.
func (c *crossing) seen() []string {
	var list []string
	for _, p := range c.parts {
		if p.Verdict == reach.Allowed {
			list = append(list, p.Seen.Addresses...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// connector checks where the sender runs (C-24).
func connector(facts Facts) []Finding {
	f := Finding{Check: "C-24", Observed: "the traffic leaves from the region's own connector addresses (AzureConnectors) and never meets the firewall"}
	switch facts.Connector {
	case MultiTenant:
		f.Severity, f.Found = Broken, "the connector runs outside the environment, with all others of its region"
	case Unstated:
		f.Severity, f.Found = Information, "all this is about connectors that run inside: built-in ones and those labelled for the environment; others do not take these routes"
	default:
		return nil
	}
	return []Finding{f}
}
