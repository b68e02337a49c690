package random

import (
	"fmt"
	"net/netip"
	"strings"
)

// String prints the network in a few lines, one a resource or rule. Tags that
// nothing names are left out.
func (n *Network) String() string {
	var b strings.Builder
	for _, v := range n.VNets {
		fmt.Fprintf(&b, "vnet %s %s%s\n", v.Name, join(v.Space), note(" region=", v.Region))
		for _, s := range v.Subnets {
			fmt.Fprintf(&b, "  subnet %s %s%s%s%s%s", s.Name, join(s.Prefixes), note(" group=", s.Group), note(" table=", s.Table), note(" policies=", s.Policies), note(" services=", strings.Join(s.Services, ",")))
			if s.Gateway.IsValid() {
				fmt.Fprintf(&b, " gateway=%v", s.Gateway)
			}
			if s.Private {
				b.WriteString(" private")
			}
			b.WriteByte('\n')
		}
		for _, l := range v.Links {
			fmt.Fprintf(&b, "  link %s -> %s access=%s forwarded=%s%s%s", l.Name, l.Remote, flagText(l.Access), flagText(l.Forwarded),
				note(" state=", l.State), note(" synced=", join(l.Synced)))
			if l.Complete != nil {
				fmt.Fprintf(&b, " complete=%v local=%v remote=%v", *l.Complete, l.Local, l.RemoteNames)
			}
			if l.OnlyIPv6 {
				b.WriteString(" onlyIPv6")
			}
			b.WriteByte('\n')
		}
	}
	for _, i := range n.Interfaces {
		fmt.Fprintf(&b, "nic %s %s/%s %v%s asgs=%v forwarding=%v", i.Name, i.VNet, i.Subnet, i.Addresses, note(" group=", i.Group), i.ASGs, i.Forwarding)
		if i.PublicIP.IsValid() {
			fmt.Fprintf(&b, " public=%s %s", i.PublicIP, i.SKU)
		}
		b.WriteString(note(" machine=", i.Machine))
		b.WriteByte('\n')
	}
	for _, l := range n.Balancers {
		b.WriteString(l.String())
	}
	for _, a := range n.Appliances {
		b.WriteString(a.String())
	}
	for _, e := range n.Endpoints {
		fmt.Fprintf(&b, "private endpoint %s %s/%s %v asgs=%v\n", e.Name, e.VNet, e.Subnet, e.Address, e.ASGs)
	}
	for _, c := range n.Admin {
		fmt.Fprintf(&b, "admin rules %s for %v\n", c.Name, c.VNets)
		writeRules(&b, c.Rules)
	}
	for _, g := range n.Groups {
		fmt.Fprintf(&b, "group %s\n", g.Name)
		writeRules(&b, g.Rules)
	}
	for _, t := range n.Tables {
		fmt.Fprintf(&b, "table %s\n", t.Name)
		for _, r := range t.Routes {
			fmt.Fprintf(&b, "  %s %s -> %s%s\n", r.Name, r.Destination, r.NextHopType, note(" ", r.NextHop))
		}
	}
	for _, f := range n.Firewalls {
		b.WriteString(f.String())
	}
	for _, t := range n.ServiceTags {
		if n.names(t.Name) {
			fmt.Fprintf(&b, "tag %s%s %s\n", t.Name, note(" region=", t.Region), join(t.Prefixes))
		}
	}
	return b.String()
}

func writeRules(b *strings.Builder, rules []Rule) {
	for _, r := range rules {
		fmt.Fprintf(b, "  %d %s %s %s %s:%s -> %s:%s  (%s)\n", r.Priority, r.Direction, r.Access, r.Protocol,
			strings.Join(r.Source, ","), strings.Join(r.SourcePorts, ","),
			strings.Join(r.Destination, ","), strings.Join(r.DestinationPorts, ","), r.Name)
	}
}

func join(list []netip.Prefix) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.String()
	}
	return strings.Join(texts, ",")
}

// note is a labelled text, or nothing where the text is empty.
func note(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}

func flagText(f *bool) string {
	if f == nil {
		return "default"
	}
	return fmt.Sprint(*f)
}

// names reports whether a rule or a route names a tag.
func (n *Network) names(tag string) bool {
	for _, g := range n.Groups {
		for _, r := range g.Rules {
			if strings.EqualFold(r.Source[0], tag) || strings.EqualFold(r.Destination[0], tag) {
				return true
			}
		}
	}
	for _, c := range n.Admin {
		for _, r := range c.Rules {
			if strings.EqualFold(r.Source[0], tag) || strings.EqualFold(r.Destination[0], tag) {
				return true
			}
		}
	}
	for _, f := range n.Firewalls {
		for _, r := range f.asRules() {
			if strings.EqualFold(r.Destination[0], tag) {
				return true
			}
		}
	}
	for _, t := range n.Tables {
		for _, r := range t.Routes {
			if strings.EqualFold(r.Destination, tag) {
				return true
			}
		}
	}
	return false
}
