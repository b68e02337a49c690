package lint

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// demanded reports whether Azure asks for a rule of a list by itself, whatever others
// allow: without rules for certain service tags it refuses a group on
// AzureBastionSubnet (SUB-4). Which exactly has changed, so those for any tag are taken
// for such.
func (l *list) demanded(rule *azure.SecurityRule) bool {
	if rule.Access.V != azure.Allow || !slices.ContainsFunc(l.subnets, isBastion) {
		return false
	}
	far := rule.Source
	if l.direction == azure.Outbound {
		far = rule.Destination
	}
	for _, term := range far.OtherThanPrefixes() {
		if term.Kind == azure.TagAddress {
			return true
		}
	}
	return false
}

func isBastion(s *azure.Subnet) bool { return strings.EqualFold(s.Name, "AzureBastionSubnet") }
