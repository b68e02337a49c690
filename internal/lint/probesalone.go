package lint

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

var probesAlone = Check{
	Code:   "probes-alone",
	Title:  "an Allow for AzureLoadBalancer where no client of the load balancer passes",
	Text:   "The tag holds the address of the health probes and nothing else (NSG-29). Clients come through a load balancer with their own addresses (NSG-28), so the rule lets none of them in. Reported where a load balancer of the input has a backend behind the group, and none of its clients in the internet, or in the network of an internal one, passes.",
	Avoid:  "100 Allow Tcp from AzureLoadBalancer to * 443, and a public load balancer for 443",
	Prefer: "100 Allow Tcp from Internet to * 443",
}

func runProbesAlone(r *run) {
	for _, l := range r.lists {
		if l.direction != azure.Inbound {
			continue
		}
		for _, rule := range l.rules() {
			if f, ok := r.withoutClients(l, rule); ok {
				r.add(f)
			}
		}
	}
}

// withoutClients is the finding about a rule that admits the probes of a load
// balancer of which the group lets no client pass.
func (r *run) withoutClients(l *list, rule *azure.SecurityRule) (Finding, bool) {
	access, known := rule.Access.Known()
	if !known || access != azure.Allow || !probesOnly(rule.Source) {
		return Finding{}, false
	}
	may := l.views[0].rules[l.views[0].position(rule)].May
	for _, balancer := range r.fabric.Network().LoadBalancers {
		for _, b := range balancer.Rules {
			for _, to := range r.backends(balancer, b) {
				clients, ok := r.clients(l, balancer, b, to)
				probes := clients
				probes.Source = flow.Host(fabric.HostAddress)
				if !ok || !overlaps(may, []flow.Cube{probes}) {
					continue
				}
				if by, packet, none := r.denied(l, to, clients); none {
					f := about(&probesAlone, l.group, rule,
						fmt.Sprintf("%s allows health probes alone: no client of load balancer %s reaches port %d of %s", title(rule), balancer.Name, b.BackendPort.V, to.Interface.Name),
						"allow the addresses of the clients, Internet say, to the port; the tag holds none of them")
					f.Related, f.Witness = append(by, Related{Resource: balancer.Label(), Name: b.Name, At: b.At, Note: "has these clients"}), packet
					return f, true
				}
			}
		}
	}
	return Finding{}, false
}

// probesOnly reports whether a side is the tag of the health probes.
func probesOnly(side azure.Side) bool {
	only := false
	for _, t := range side.Terms() {
		if only = t.Kind == azure.TagAddress && strings.EqualFold(t.Tag, "AzureLoadBalancer"); !only {
			return false
		}
	}
	return only
}

// backends are those of a rule that the input tells.
func (r *run) backends(balancer *azure.LoadBalancer, b *azure.BalancerRule) []*azure.IPConfiguration {
	var list []*azure.IPConfiguration
	for _, ref := range b.Pools {
		pool := balancer.Pool(ref)
		if pool == nil {
			continue
		}
		for _, member := range pool.Members {
			if c, ok := r.fabric.Network().IPConfiguration(member.ID); ok {
				list = append(list, c)
			}
		}
	}
	return list
}

// clients are the packets of the clients of a rule at a backend, of IPv4; false
// where the rule or the backend is not known, or rules see another address
// (NSG-28).
func (r *run) clients(l *list, balancer *azure.LoadBalancer, b *azure.BalancerRule, to *azure.IPConfiguration) (flow.Cube, bool) {
	c := flow.AnyCube()
	address, known := to.PrivateIPAddress.Known()
	port, told := b.BackendPort.Known()
	front := balancer.Frontend(b.Frontend)
	s, stated := r.fabric.Network().Subnet(to.Subnet.ID)
	if !known || !told || !stated || front == nil || !address.Is4() || port <= 0 || port > 65535 || b.FloatingIP.V || b.FloatingIP.Unknown != nil {
		return c, false
	}
	c.Source = r.fabric.PublicInternet().Only(flow.IPv4)
	if !front.Public() {
		c.Source = r.fabric.ClientSpace(s.VirtualNetwork)
	}
	c.Destination, c.DestinationPorts, c.Protocols = flow.Host(address), flow.Ports(uint16(port)), flow.Protocols(flow.TCP)
	if strings.EqualFold(b.Protocol.V, "udp") {
		c.Protocols = flow.Protocols(flow.UDP)
	}
	return c.Normal(), b.Protocol.Unknown == nil
}

// denied are the rules of a group that deny all of some packets to a backend, with
// one of them; false where one may pass.
func (r *run) denied(l *list, to *azure.IPConfiguration, packets flow.Cube) (by []Related, packet *flow.Packet, all bool) {
	s, _ := r.fabric.Network().Subnet(to.Subnet.ID)
	p := r.fabric.SubnetRules(s, azure.Inbound)
	if s.NetworkSecurityGroup.ID != l.group.ID {
		p = r.fabric.InterfaceRules(to.Interface, s, azure.Inbound)
	}
	if p == nil || p.Group != l.group {
		return nil, nil, false
	}
	for _, o := range p.Split([]flow.Cube{packets}, true) {
		if o.Effect != fabric.Stop || len(o.Hops) == 0 {
			return nil, nil, false
		}
		if rule := ruleOf(l, o.Hops[0].Name); rule != nil {
			by = append(by, blame(l.group, rule, "denies the clients"))
		}
		if packet == nil {
			packet = example(o.Packets)
		}
	}
	return by, packet, packet != nil
}
