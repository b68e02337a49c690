package lint

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
)

var icmpPorts = Check{
	Code:   "icmp-ports",
	Title:  "a rule for ICMP that names ports",
	Text:   "ICMP has no ports. The documentation asks for * in a rule about it; with a port the rule may match nothing, or the packets of which the port is the ICMP type (NSG-17). Whoever reads a Deny believes that pings stop.",
	Avoid:  "100 Allow Icmp from 10.0.1.0/24 to * 8",
	Prefer: "100 Allow Icmp from 10.0.1.0/24 to * *",
}

func runICMPPorts(r *run) {
	for _, l := range r.lists {
		for _, rule := range l.rules() {
			if namesICMPPorts(rule) {
				r.add(about(&icmpPorts, l.group, rule,
					fmt.Sprintf("%s names ports, and ICMP has none: it may match nothing, or ICMP types of these numbers", title(rule)),
					"set its source and destination ports to *"))
			}
		}
	}
}

// namesICMPPorts reports whether a rule is about ICMP alone and not about every
// port.
func namesICMPPorts(rule *azure.SecurityRule) bool {
	if protocol, known := rule.Protocol.Known(); !known || protocol != azure.ICMP {
		return false
	}
	for _, p := range []azure.Ports{rule.SourcePorts, rule.DestinationPorts} {
		if set, ok := known(p); ok && !set.IsAll() {
			return true
		}
	}
	return false
}
