package repair_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// blockedEnvironment is an integration service environment to be, in four
// subnets of one group: 988 rules about hosts of a partner, then those that
// block five rows of the page at each subnet. The five rules that let them pass
// all but fill the group (LIM-1).
func blockedEnvironment(b *testing.B) []wayleave.Document {
	b.Helper()
	const provider = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/"
	type object = map[string]any
	var rules []object
	rule := func(priority int, direction, access, protocol, from, to, port string) {
		name := fmt.Sprintf("%s-%d", direction, priority)
		rules = append(rules, object{
			"name": name, "id": provider + "networkSecurityGroups/g/securityRules/" + name, "type": "Microsoft.Network/networkSecurityGroups/securityRules",
			"priority": priority, "direction": direction, "access": access, "protocol": protocol,
			"sourceAddressPrefix": from, "sourcePortRange": "*", "destinationAddressPrefix": to, "destinationPortRange": port,
		})
	}
	for i := range 494 {
		host := fmt.Sprintf("203.0.%d.%d/32", 113+i/250, 1+i%250)
		rule(200+2*i, "Inbound", "Allow", "Tcp", host, "10.1.0.0/16", fmt.Sprint(2000+i%50))
		rule(200+2*i, "Outbound", "Allow", "Tcp", "10.1.0.0/16", host, fmt.Sprint(2000+i%50))
	}
	rule(3998, "Inbound", "Allow", "*", "AzureLoadBalancer", "*", "*")
	rule(3999, "Inbound", "Deny", "Tcp", "Internet", "*", "3443")
	rule(4000, "Inbound", "Allow", "*", "*", "*", "*")
	for i, port := range []string{"1433", "1886", "5672"} {
		rule(3998+i, "Outbound", "Deny", "Tcp", "*", "Internet", port)
	}
	group := object{"name": "g", "id": provider + "networkSecurityGroups/g", "type": "Microsoft.Network/networkSecurityGroups", "location": "westeurope", "securityRules": rules}
	var subnets []object
	for i, name := range []string{"a", "b", "c", "d"} {
		subnets = append(subnets, object{
			"name": name, "id": provider + "virtualNetworks/v/subnets/" + name, "type": "Microsoft.Network/virtualNetworks/subnets",
			"addressPrefix": fmt.Sprintf("10.1.%d.0/24", i), "networkSecurityGroup": object{"id": group["id"]},
		})
	}
	network := object{
		"name": "v", "id": provider + "virtualNetworks/v", "type": "Microsoft.Network/virtualNetworks", "location": "westeurope",
		"addressSpace": object{"addressPrefixes": []string{"10.1.0.0/16"}}, "subnets": subnets,
	}
	var list []wayleave.Document
	for name, content := range map[string]any{"nsgs.json": []object{group}, "vnets.json": []object{network}} {
		data, err := json.Marshal(content)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, wayleave.Document{Name: name, Data: data})
	}
	return list
}

// BenchmarkFix is fix beside check on a full group: "fix/check" is how many
// times as long it takes, for it checks twice and compares the two networks.
func BenchmarkFix(b *testing.B) {
	n, err := wayleave.Load(wayleave.LoadOptions{Documents: blockedEnvironment(b), Tags: "../../examples/tags/ServiceTags_Public_excerpt.json"})
	if err != nil {
		b.Fatal(err)
	}
	o := wayleave.CheckOptions{Services: []string{"logic-apps-ise@2019-11-06"}, Subnets: []string{"a", "b", "c", "d"}, Now: time.Unix(0, 0)}
	var checks, fixes time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := n.Check(o); err != nil {
			b.Fatal(err)
		}
		checks += time.Since(start)
		start = time.Now()
		answer, err := n.Fix(wayleave.FixOptions{CheckOptions: o})
		if err != nil {
			b.Fatal(err)
		}
		fixes += time.Since(start)
		if blocked := answer.Proof.Before[result.Blocked] + answer.Proof.Before[result.Partial]; blocked != 20 || len(answer.Changes) != 5 || len(answer.Unfixable) != 0 {
			b.Fatalf("%d rows are blocked, %d changes, cannot fix %v", blocked, len(answer.Changes), answer.Unfixable)
		}
	}
	b.ReportMetric(fixes.Seconds()/checks.Seconds(), "fix/check")
	b.ReportMetric(checks.Seconds()*1e3/float64(b.N), "ms/check")
	b.ReportMetric(fixes.Seconds()*1e3/float64(b.N), "ms/fix")
}
