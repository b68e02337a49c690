package export

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// effectiveAdminRules reads the rules that a network manager has put in force:
// security admin rules, printed in the form of a security group (NW-5). Azure
// prints Allow for the two ways in which they allow, of which one leaves the
// decision to the groups and the other does not (ADM-2).
func (r *reader) effectiveAdminRules(manager azure.Reference, o *object) {
	for i, rule := range o.elements(o.get("effectiveSecurityRules")) {
		kind, name, ok := strings.Cut(r.text(rule.get("name")).V, "/")
		if !ok {
			kind, name = "", kind
		}
		if strings.EqualFold(kind, "defaultSecurityRules") {
			continue
		}
		address := fmt.Sprintf("%s/effectiveSecurityRules/%d", manager.Text, i)
		access := parsed(&rule, azure.ParseAdminAccess, "access")
		if access.V != azure.AdminDeny && access.Unknown == nil {
			access = azure.NotKnown[azure.AdminAccess](&azure.Unknown{Name: address + " access", Why: "effective rules print Allow for AlwaysAllow as well", At: rule.at})
		}
		a := &azure.AdminRule{
			Resource:     azure.Resource{ID: azure.MakeID(address), Type: azure.TypeAdminRule, Name: name, Address: address, At: rule.at, Rank: azure.RankEffective},
			Collection:   azure.Reference{Unknown: &azure.Unknown{Name: address + " collection", Why: "effective rules do not say of which collection they are", At: rule.at}, At: rule.at},
			Direction:    parsed(&rule, azure.ParseDirection, "direction"),
			Access:       access,
			Priority:     parsed(&rule, azure.ParsePriority, "priority"),
			Protocol:     r.adminProtocol(&rule),
			Sources:      r.effectiveAdminSide(&rule, "source"),
			Destinations: r.effectiveAdminSide(&rule, "destination"),
		}
		ports, more := azure.MakePorts("source ports", r.effectivePorts(&rule, "source"))
		a.SourcePorts = ports
		r.reportAll(more)
		ports, more = azure.MakePorts("destination ports", r.effectivePorts(&rule, "destination"))
		a.DestinationPorts = ports
		r.reportAll(more)
		r.inventory.AdminRules = append(r.inventory.AdminRules, a)
	}
}

// adminProtocol is the protocol in the words of admin rules: All is Any there.
func (r *reader) adminProtocol(o *object) azure.Value[string] {
	v := r.text(o.get("protocol"))
	if strings.EqualFold(v.V, "All") {
		v.V = "Any"
	}
	return v
}

// effectiveAdminSide lists the addresses of one side as admin rules state them.
func (r *reader) effectiveAdminSide(o *object, end string) []azure.AdminAddress {
	f := r.effectiveSide(o, end)
	texts := f.Plural
	if f.Singular.IsSet() {
		texts = append(texts, f.Singular)
	}
	var list []azure.AdminAddress
	for _, v := range texts {
		kind := "ServiceTag"
		if _, err := netip.ParsePrefix(v.V); err == nil || v.V == "*" || v.Unknown != nil {
			kind = "IPPrefix"
		}
		list = append(list, azure.AdminAddress{Kind: azure.Of(kind, v.At), Text: v, At: v.At})
	}
	return list
}
