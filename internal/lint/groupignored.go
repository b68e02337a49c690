package lint

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

var groupIgnored = Check{
	Code:   "group-ignored",
	Title:  "a security group on AzureFirewallSubnet",
	Text:   "Azure does not apply the group of a subnet to the firewall in it (SUB-2). Its rules guard nothing.",
	Avoid:  "a security group on AzureFirewallSubnet",
	Prefer: "rules of the firewall itself",
}

// ignoresGroups reports whether Azure ignores a group on the subnet (SUB-2).
func ignoresGroups(s *azure.Subnet) bool { return strings.EqualFold(s.Name, "AzureFirewallSubnet") }

func runGroupIgnored(r *run) {
	for _, s := range r.fabric.Network().Subnets() {
		if !ignoresGroups(s) || s.NetworkSecurityGroup.ID == "" {
			continue
		}
		f := Finding{
			Code: groupIgnored.Code, Resource: s.Label(), At: s.At,
			Message: fmt.Sprintf("the security group %s on %s is not applied", s.NetworkSecurityGroup.ID.Name(), s.Name),
			Hint:    "detach it and guard by rules of the firewall",
		}
		if g, ok := r.fabric.Network().NetworkSecurityGroup(s.NetworkSecurityGroup.ID); ok {
			f.Related = []Related{{Resource: g.Label(), At: g.At, Note: "guards nothing here"}}
		}
		r.add(f)
	}
}
