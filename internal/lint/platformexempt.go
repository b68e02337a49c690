package lint

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

var platformExempt = Check{
	Code:   "platform-exempt",
	Title:  "a Deny for an address of the platform, which no rule filters",
	Text:   "168.63.129.16 and 169.254.169.254 answer whatever the rules say (PLAT-1). Name resolution and instance metadata there stop by an outbound Deny for their own tag alone, AzurePlatformDNS or AzurePlatformIMDS, never by one for the address (PLAT-3, PLAT-4); the agent's WireServer stops by none (PLAT-2).",
	Avoid:  "outbound, 100 Deny * from * to 168.63.129.16 53",
	Prefer: "outbound, 100 Deny * from * to AzurePlatformDNS",
}

func runPlatformExempt(r *run) {
	for _, l := range r.lists {
		if l.direction != azure.Outbound {
			continue
		}
		for _, rule := range l.rules() {
			to, ok := prefixes(rule.Destination)
			if access, known := rule.Access.Known(); !ok || !known || access != azure.Deny || !to.SubsetOf(fabric.PlatformAddresses()) {
				continue
			}
			f := about(&platformExempt, l.group, rule,
				fmt.Sprintf("%s denies nothing: the platform answers at %s whatever the rules say", title(rule), to.Folded(2)),
				"deny the tag AzurePlatformDNS or AzurePlatformIMDS for what is to stop, or remove the rule")
			f.Witness = l.example(l.views[0].rules[l.views[0].position(rule)].May)
			r.add(f)
		}
	}
}

// prefixes are the addresses of a side that names nothing but prefixes; false
// where it names something else.
func prefixes(side azure.Side) (set flow.AddressSet, ok bool) {
	for _, t := range side.Terms() {
		if t.Kind != azure.PrefixAddress {
			return set, false
		}
		set = set.Union(flow.Prefix(t.Prefix))
	}
	return set, !set.IsEmpty()
}
