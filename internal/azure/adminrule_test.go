package azure_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
)

// Which subnets a security admin rule comes before: those of the networks in its
// network groups (ADM-1), without the platform's own (ADM-7), and not beside
// network intent policies unless the configuration says so (ADM-6).
func TestAdminRulesApply(t *testing.T) {
	for _, row := range []struct {
		what, subnet string
		items        []Item
		want         string
	}{
		{"ADM-1: a member's subnet", "web", items(Admin("k", "v", AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "22"))), "applies"},
		{"ADM-1: another network", "web", items(Admin("k", "w", AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "22"))), "no"},
		{"ADM-1: members that nobody states", "web", items(Admin("k", "", AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "22"))), "maybe: the members of network group"},
		{"ADM-7: T84, a subnet of Bastion", "AzureBastionSubnet", items(Admin("k", "v", AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "22"))), "no"},
		{"ADM-6: T85, beside a managed instance", "web", items(Admin("k", "v", AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "22")), VNet("z", "10.9.0.0/16")), "no"},
		{"ADM-6: unless told so", "web", items(Admin("k", "v", IntentPolicies("All"), AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "22"))), "applies"},
		{"ADM-6: rules that allow alone", "web", items(Admin("k", "v", IntentPolicies("AllowRulesOnly"), AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "22"))), "no"},
		{"ADM-6: a rule that allows", "web", items(Admin("k", "v", IntentPolicies("AllowRulesOnly"), AdminRule("Allow", "Inbound", 10, "Tcp", "*", "*", "22"))), "applies"},
		{"ADM-6: one that always allows", "web", items(Admin("k", "v", IntentPolicies("AllowRulesOnly"), AdminRule("AlwaysAllow", "Inbound", 10, "Tcp", "*", "*", "22"))), "maybe: AllowRulesOnly"},
	} {
		managed := Subnet("data", "10.1.3.0/24")
		if strings.HasPrefix(row.what, "ADM-6") {
			managed = Subnet("data", "10.1.3.0/24", Delegate("Microsoft.Sql/managedInstances"))
		}
		n := Net(t, append(row.items, VNet("v", "10.1.0.0/16", Subnet("web", "10.1.1.0/24"), Subnet("AzureBastionSubnet", "10.1.2.0/26"), managed), VNet("w", "10.2.0.0/16"))...)
		s, _ := n.Subnet(SubnetID("v", row.subnet))
		got := "no"
		if len(s.AdminRules) > 0 {
			got = "applies"
			if doubt := s.AdminRules[0].Doubt; doubt != nil {
				got = "maybe: " + doubt.Why
			}
		}
		if kind, text, _ := strings.Cut(row.want, ": "); !strings.HasPrefix(got, kind) || !strings.Contains(got, text) {
			t.Errorf("%s: got %q, want %q", row.what, got, row.want)
		}
	}
}

// ADM-2, ADM-3, ADM-8: what a rule does not say is not guessed.
func TestAdminRulesSayAll(t *testing.T) {
	for what, without := range map[string]func(*azure.AdminRule){
		"access":    func(r *azure.AdminRule) { r.Access = azure.Value[azure.AdminAccess]{} },
		"direction": func(r *azure.AdminRule) { r.Direction = azure.Value[azure.Direction]{} },
		"priority":  func(r *azure.AdminRule) { r.Priority = azure.Value[int]{} },
		"protocol":  func(r *azure.AdminRule) { r.Protocol = azure.Value[string]{} },
	} {
		rule := &azure.AdminRule{
			Resource: azure.Resource{ID: azure.MakeID("/rules/deny"), Name: "deny"},
			Access:   azure.Of(azure.AdminDeny, azure.Position{}), Direction: azure.Of(azure.Inbound, azure.Position{}),
			Priority: azure.Of(10, azure.Position{}), Protocol: azure.Of("Tcp", azure.Position{}),
		}
		if n, problems := azure.Build(&azure.Inventory{AdminRules: []*azure.AdminRule{rule}}); n == nil {
			t.Fatalf("a whole rule: %v", problems)
		}
		without(rule)
		n, problems := azure.Build(&azure.Inventory{AdminRules: []*azure.AdminRule{rule}})
		if n != nil || !strings.Contains(problems.Error(), `the security admin rule "deny" gives no `+what) {
			t.Errorf("without %s: %v", what, problems)
		}
	}
}

// ADM-4: of several network managers it is not known which comes first.
func TestADM4SeveralManagers(t *testing.T) {
	n := Net(t, Admin("k", "v", AdminRule("Deny", "Inbound", 10, "Tcp", "*", "*", "22")), Admin("other/k", "v", AdminRule("Allow", "Inbound", 10, "Tcp", "*", "*", "22")),
		VNet("v", "10.1.0.0/16", Subnet("web", "10.1.1.0/24")))
	s, _ := n.Subnet(SubnetID("v", "web"))
	if len(s.AdminRules) != 2 || s.AdminRules[0].Doubt == nil || !strings.Contains(s.AdminRules[0].Doubt.Why, "several network managers") {
		t.Errorf("got %+v", s.AdminRules)
	}
}

// ADM-8: sides are typed, and the space of a network group is that of its members.
func TestADM8SidesOfAdminRules(t *testing.T) {
	n := Net(t, Admin("k", "v", AdminRule("Deny", "Inbound", 10, "Any", "group:k,10.7.0.0/16,Sql", "*", "22,80-90")),
		VNet("v", "10.1.0.0/16", Subnet("web", "10.1.1.0/24")))
	m := n.AdminRules[0].Match
	var got []string
	for _, term := range m.Source.Terms() {
		got = append(got, term.Text)
	}
	if text := strings.Join(got, " "); text != "10.1.0.0/16 10.7.0.0/16 Sql" || m.Protocol.V != azure.AnyProtocol || len(m.DestinationPorts.Terms) != 2 {
		t.Errorf("got source %q, protocol %s, ports %+v", text, m.Protocol.V, m.DestinationPorts)
	}
}

func items(list ...Item) []Item { return list }
