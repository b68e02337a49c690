package lint

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

var probeDenied = Check{
	Code:   "probe-denied",
	Title:  "a wide Deny stops the health probes of every load balancer",
	Text:   "Probes come from 168.63.129.16 and pass by the default rule AllowAzureLoadBalancerInBound alone (PLAT-6). A Deny for * is before it, and so is a Deny for VirtualNetwork, because that tag holds the probe's address (PLAT-7). A backend whose probes fail gets no traffic. Reported where no TCP probe passes and the deciding rules do not name the load balancer.",
	Avoid:  "4096 Deny * from * to *",
	Prefer: "4095 Allow * from AzureLoadBalancer to *; 4096 Deny * from * to *",
}

func runProbeDenied(r *run) {
	for _, l := range r.lists {
		if l.direction != azure.Inbound {
			continue
		}
		for _, s := range l.subnets {
			if f, ok := r.probes(l, s); ok {
				r.add(f)
				break
			}
		}
	}
}

// probes is the finding about a group that stops all TCP probes to a subnet.
func (r *run) probes(l *list, s *azure.Subnet) (Finding, bool) {
	p := r.fabric.SubnetRules(s, azure.Inbound)
	if p == nil || p.Group != l.group {
		return Finding{}, false
	}
	probe := flow.AnyCube()
	probe.Source = flow.Host(fabric.HostAddress)
	probe.Destination = r.fabric.Addresses(s)
	probe.Protocols = flow.Protocols(flow.TCP)
	probe = probe.Normal()
	if probe.IsEmpty() {
		return Finding{}, false
	}
	var found *Finding
	for _, o := range p.Split([]flow.Cube{probe}, true) {
		if o.Effect != fabric.Stop || len(o.Hops) == 0 {
			return Finding{}, false
		}
		rule := named(l.group, o.Hops[0].Name)
		if rule == nil || namesProbe(rule) {
			return Finding{}, false
		}
		if found == nil {
			f := about(&probeDenied, l.group, rule,
				fmt.Sprintf("%s stops the health probes of every load balancer in front of subnet %s", title(rule), s.Name),
				"allow AzureLoadBalancer before it; without a load balancer the rule does no harm")
			f.Witness = example(o.Packets)
			found = &f
		} else {
			found.Related = append(found.Related, blame(l.group, rule, "stops probes too"))
		}
	}
	if found == nil {
		return Finding{}, false
	}
	return *found, true
}

// named finds the inbound rule of a group that the user gave a name.
func named(g *azure.NetworkSecurityGroup, name string) *azure.SecurityRule {
	for _, r := range g.Rules {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// namesProbe reports whether a rule says that it is about the load balancer.
func namesProbe(r *azure.SecurityRule) bool {
	for _, t := range r.Source.Terms() {
		if t.Kind == azure.TagAddress && strings.EqualFold(t.Tag, "AzureLoadBalancer") ||
			t.Kind == azure.PrefixAddress && t.Prefix.Addr() == fabric.HostAddress {
			return true
		}
	}
	return false
}
