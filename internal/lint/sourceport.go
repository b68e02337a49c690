package lint

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

var sourcePort = Check{
	Code:   "source-port",
	Title:  "a rule for source ports that no client uses",
	Text:   "Clients send from ephemeral ports above 1023, and replies need no rule because groups are stateful (NSG-8). A TCP rule whose source ports are all below that matches no connection a client opens: the port belongs into the destination ports.",
	Avoid:  "100 Allow Tcp from Internet port 443 to * port *",
	Prefer: "100 Allow Tcp from Internet port * to * port 443",
}

// clientPorts are the ports from which clients open connections.
var clientPorts = flow.PortRange(1024, 65535)

func runSourcePort(r *run) {
	for _, l := range r.lists {
		for _, rule := range l.rules() {
			protocol, ok := rule.Protocol.Known()
			if !ok || protocol != azure.TCP {
				continue
			}
			ports, ok := known(rule.SourcePorts)
			if !ok || ports.IsEmpty() || ports.Overlaps(clientPorts) {
				continue
			}
			f := about(&sourcePort, l.group, rule,
				fmt.Sprintf("%s matches only source port %s, from which no client opens a connection", title(rule), ports.Folded(4)),
				"set the source ports to * and name the port among the destination ports")
			for _, v := range l.views {
				if f.Witness == nil {
					f.Witness = l.example(v.rules[v.position(rule)].May)
				}
			}
			r.add(f)
		}
	}
}

// known is a list of ports if all its terms are known.
func known(p azure.Ports) (set flow.PortSet, ok bool) {
	for _, t := range p.Terms {
		if t.Unknown != nil {
			return set, false
		}
		set = set.Union(flow.PortRange(t.First, t.Last))
	}
	return set, true
}
