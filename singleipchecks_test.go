package wayleave_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// checksOf are the checks that egress tells of the destination, as "warning
// C-30 ...", those with one id.
func checksOf(t *testing.T, n *wayleave.Network, to, port, id string) string {
	t.Helper()
	e, err := n.Egress(wayleave.EgressOptions{To: to, Port: port})
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, c := range e.Checks {
		if c.ID == id {
			text += c.Severity + " " + c.Message + "; " + c.Observed + "; "
		}
	}
	return text
}

// rowsWith are the rows of egress=single-ip under further settings.
func rowsWith(t *testing.T, n *wayleave.Network, settings ...string) (outcome result.Outcome, reasons string) {
	t.Helper()
	c, err := n.Check(wayleave.CheckOptions{Settings: append([]string{"egress=single-ip"}, settings...)})
	if err != nil {
		t.Fatal(err)
	}
	outcome = result.Pass
	for _, r := range c.Services[0].Requirements {
		if !strings.HasPrefix(r.ID, "single-ip-") {
			continue
		}
		if r.Outcome.Worse(outcome) {
			outcome = r.Outcome
		}
		reasons += r.OutcomeReason + "; " + strings.Join(r.Reasons, "; ") + "; "
		for _, c := range r.Checks {
			reasons += c.ID + " " + c.Severity + "; "
		}
	}
	return outcome, reasons
}

// Each check that verdict and address do not show, broken in turn: what egress
// tells, what check makes of it, and what people would observe.
func TestSingleIPChecks(t *testing.T) {
	tls := func(p pattern, inspect bool) {
		p.firewall()["applicationRuleCollections"] = list(object("id", provider+"azureFirewalls/fw-integration/applicationRuleCollections/web", "name", "web", "priority", 300, "action", object("type", "Allow"),
			"rules", list(object("name", "look", "protocols", list(object("protocolType", "Https", "port", 22)), "sourceAddresses", list("*"), "targetFqdns", list("*"), "terminateTLS", inspect))))
	}
	detect := func(p pattern, mode string) {
		policy := provider + "firewallPolicies/p"
		rules := list(object("name", "sftp", "ruleType", "NetworkRule", "ipProtocols", list("TCP", "UDP"), "sourceAddresses", p.rule()["sourceAddresses"], "destinationAddresses", list("198.51.100.10"), "destinationPorts", list("22")))
		p["policies.json"] = list(object("id", policy, "name", "p", "type", "Microsoft.Network/firewallPolicies", "location", "westeurope", "sku", object("tier", "Premium"),
			"intrusionDetection", object("mode", mode), "ruleCollectionGroups", list(object("id", policy+"/ruleCollectionGroups/g"))))
		p["groups.json"] = list(object("id", policy+"/ruleCollectionGroups/g", "name", "g", "type", "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "priority", 200,
			"ruleCollections", list(object("name", "c", "priority", 200, "ruleCollectionType", "FirewallPolicyFilterRuleCollection", "action", object("type", "Allow"), "rules", rules))))
		p.firewall()["networkRuleCollections"], p.firewall()["firewallPolicy"], p.firewall()["sku"] = list(), object("id", policy), object("name", "AZFW_VNet", "tier", "Premium")
	}
	for _, row := range []struct {
		id      string
		edit    func(p pattern)
		check   string
		says    string
		outcome result.Outcome
		set     string
	}{
		{"C-09 threat intelligence denies (T-48)", func(p pattern) { p.firewall()["threatIntelMode"] = "Deny" }, "C-09", "warning the threat intelligence", result.Warning, ""},
		{"C-09 it only alerts", func(pattern) {}, "C-09", "", result.Pass, ""},
		{"C-09 a Basic firewall only alerts", func(p pattern) {
			p.firewall()["threatIntelMode"], p.firewall()["sku"] = "Deny", object("name", "AZFW_VNet", "tier", "Basic")
		}, "C-09", "", result.Pass, ""},
		{"C-09 intrusion detection denies (P-29d)", func(p pattern) { detect(p, "Deny") }, "C-09", "warning the intrusion detection", result.Warning, ""},
		{"C-09 it only alerts (P-29d)", func(p pattern) { detect(p, "Alert") }, "C-09", "", result.Pass, ""},
		{"C-12 an empty group", func(p pattern) {
			p["ip-groups.json"] = list(object("id", provider+"ipGroups/ise", "name", "ise", "type", "Microsoft.Network/ipGroups", "location", "westeurope", "ipAddresses", []any{}))
			p.rule()["sourceAddresses"], p.rule()["sourceIpGroups"] = []any{}, list(provider+"ipGroups/ise")
		}, "C-12", "error rule ISE_SFTP_Outbound of LogicApp_ISE_SFTP_Outbound names the IP group ise, which is empty", result.Fail, ""},
		{"C-12 a group that no input states", func(p pattern) {
			p.rule()["sourceAddresses"], p.rule()["sourceIpGroups"] = []any{}, list(provider+"ipGroups/ise")
		}, "C-12", "error rule ISE_SFTP_Outbound of LogicApp_ISE_SFTP_Outbound names the IP group ise, which no input states", result.UndecidedOutcome, ""},
		{"C-13 no DNS proxy", func(p pattern) {
			p.rule()["destinationAddresses"], p.rule()["destinationFqdns"] = list(), list("sftp.example")
		}, "C-13", "error rule ISE_SFTP_Outbound of LogicApp_ISE_SFTP_Outbound names sftp.example, and the DNS proxy of the firewall is off", result.Fail, ""},
		{"C-13 clients ask others (T-43)", func(p pattern) {
			p.rule()["destinationFqdns"] = list("sftp.example")
			p.firewall()["additionalProperties"] = object("Network.DNS.EnableProxy", "true")
		}, "C-13", "warning rule ISE_SFTP_Outbound of LogicApp_ISE_SFTP_Outbound names sftp.example, and vnet-integration does not have the firewall as its DNS server", result.Warning, ""},
		{"C-24 a connector of the region (T-61)", func(pattern) {}, "C-24", "", result.Fail, "connector=multi-tenant"},
		{"C-24 one of the environment", func(pattern) {}, "C-24", "", result.Pass, "connector=ise"},
		{"C-28 more connections than ports (T-65)", func(pattern) {}, "C-28", "info at least 4992 connections at once", result.Warning, "connections=6000"},
		{"C-28 as many as fit", func(pattern) {}, "C-28", "info at least 4992 connections at once", result.Pass, "connections=4992"},
		{"C-28 a NAT gateway has more", func(p pattern) { p.addGateway(firewallSubnet, "203.0.113.10") }, "C-28", "info at least 64512 connections at once", result.Pass, "connections=6000"},
		{"C-29 silent for five minutes (T-66)", func(pattern) {}, "C-29", "info the firewall ends a connection after 240 seconds", result.Warning, "idle=300"},
		{"C-29 silent for three", func(pattern) {}, "C-29", "idle sessions end with a reset", result.Pass, "idle=180"},
		{"C-32 a dynamic address", func(p pattern) { p.object("public-ips.json", 0)["publicIPAllocationMethod"] = "Dynamic" }, "C-32", "error the public IP address pip-fw is not a static one", result.Fail, ""},
		{"C-32 the SKU Basic", func(p pattern) {
			p.object("public-ips.json", 0)["sku"] = object("name", "Basic")
		}, "C-32", "error the public IP address pip-fw is not a static one", result.Fail, ""},
		{"C-33 TLS is inspected", func(p pattern) { tls(p, true) }, "C-33", "error rule look of web inspects TLS", result.Fail, ""},
		{"C-33 it is not", func(p pattern) { tls(p, false) }, "C-33", "", result.Pass, ""},
		{"C-31 others leave with it too", func(p pattern) { p.rule()["sourceAddresses"] = list("10.10.0.0/24") }, "C-31", "info the rules of firewall fw-integration let others through to the same destinations: 10.10.0.0/30", result.Pass, ""},
		{"C-34 what the destination has to list", func(pattern) {}, "C-34", "info the allow-list of the destination has to hold 203.0.113.10", result.Pass, ""},
		{"C-06 the firewall in the same network", func(pattern) {}, "C-06", "", result.Pass, ""},
	} {
		t.Run(row.id, func(t *testing.T) {
			p := readPattern(t)
			row.edit(p)
			n := p.network(t)
			if got := checksOf(t, n, "198.51.100.10", "22", row.check); row.says == "" && got != "" || !strings.Contains(got, row.says) {
				t.Errorf("egress says %q, want %q", got, row.says)
			}
			settings := []string{"destinations=198.51.100.10:22", "egressAddress=203.0.113.10"}
			if row.set != "" {
				settings = append(settings, row.set)
			}
			if outcome, says := rowsWith(t, n, settings...); outcome != row.outcome || outcome == result.Warning && !strings.Contains(says, row.check) {
				t.Errorf("check says %s: %s\nwant %s", outcome, says, row.outcome)
			}
		})
	}
}

// C-30, T-67: FTP with two addresses. With one it is a remark.
func TestSingleIPC30FTP(t *testing.T) {
	p := readPattern(t)
	p.rule()["destinationPorts"] = list("21")
	if got := checksOf(t, p.network(t), "198.51.100.10", "21", "C-30"); !strings.Contains(got, "info FTP works in passive mode alone") {
		t.Errorf("one address: %q", got)
	}
	p.firewall()["ipConfigurations"] = append(p.firewall()["ipConfigurations"].([]any), object("id", provider+"azureFirewalls/fw-integration/azureFirewallIpConfigurations/second", "name", "second", "publicIPAddress", p.addPublicIP("pip-second", "203.0.113.11")))
	if got := checksOf(t, p.network(t), "198.51.100.10", "21", "C-30"); !strings.Contains(got, "warning FTP works in passive mode alone") {
		t.Errorf("two addresses (T-67): %q", got)
	}
	if got := checksOf(t, p.network(t), "198.51.100.10", "22", "C-30"); got != "" {
		t.Errorf("SFTP has no second connection: %q", got)
	}
}

// C-06: a firewall in a peered network; flags that break it are verdicts.
func TestSingleIPC06Peered(t *testing.T) {
	p := readPattern(t)
	hub := provider + "virtualNetworks/vnet-hub"
	subnet := p.subnet(firewallSubnet)
	vnet := p.object("vnets.json", 0)
	all := vnet["subnets"].([]any)
	vnet["subnets"] = append(all[:firewallSubnet:firewallSubnet], all[firewallSubnet+1:]...)
	subnet["id"], subnet["addressPrefix"] = hub+"/subnets/AzureFirewallSubnet", "10.20.2.0/26"
	delete(subnet, "addressPrefixes")
	link := func(name, to string) map[string]any {
		return object("id", provider+"virtualNetworks/"+name+"/virtualNetworkPeerings/to", "name", "to", "peeringState", "Connected", "allowVirtualNetworkAccess", true,
			"allowForwardedTraffic", true, "remoteVirtualNetwork", object("id", to))
	}
	p["hub.json"] = list(object("id", hub, "name", "vnet-hub", "type", "Microsoft.Network/virtualNetworks", "location", "westeurope",
		"addressSpace", object("addressPrefixes", list("10.20.0.0/16")), "subnets", list(subnet), "virtualNetworkPeerings", list(link("vnet-hub", vnet["id"].(string)))))
	vnet["virtualNetworkPeerings"] = list(link("vnet-integration", hub))
	config := p.firewall()["ipConfigurations"].([]any)[0].(map[string]any)
	config["privateIPAddress"], config["subnet"] = "10.20.2.4", object("id", hub+"/subnets/AzureFirewallSubnet")
	p.table()["routes"] = list(route("sftp", "198.51.100.10/32", "VirtualAppliance", "10.20.2.4"))
	n := p.network(t)
	if got := seen(t, n); got != "allowed public 203.0.113.10" {
		t.Errorf("egress says %q", got)
	}
	if got := checksOf(t, n, "198.51.100.10", "22", "C-06"); !strings.Contains(got, "info the firewall fw-integration stands in vnet-hub") {
		t.Errorf("C-06: %q", got)
	}
	p.object("vnets.json", 0, "virtualNetworkPeerings", 0)["peeringState"] = "Disconnected"
	if got := seen(t, p.network(t)); got != "blocked none" {
		t.Errorf("C-06, a peering that is not connected: egress says %q", got)
	}
	if outcome, says := patternRows(t, p.network(t)); outcome != result.Fail || !strings.Contains(says, "C-06") {
		t.Errorf("C-06, a peering that is not connected: check says %s: %s", outcome, says)
	}
}

// C-25, T-23: the service's own endpoint goes past the firewall, whatever the
// route table says.
func TestSingleIPC25ServiceEndpoint(t *testing.T) {
	const storage = "13.65.107.33" // of Storage in the example's data
	p := readPattern(t)
	p.table()["routes"] = list(route("blob", storage+"/32", "VirtualAppliance", "10.10.2.4"))
	p.rule()["destinationAddresses"], p.rule()["destinationPorts"] = list(storage), list("443")
	settings := []string{"destinations=" + storage + ":443", "egressAddress=203.0.113.10"}
	if outcome, says := rowsWith(t, p.network(t), settings...); outcome != result.Pass {
		t.Fatalf("T-23 without the endpoint: %s %s", outcome, says)
	}
	p.subnet(0)["serviceEndpoints"] = list(object("service", "Microsoft.Storage", "locations", list("*")))
	if outcome, says := rowsWith(t, p.network(t), settings...); outcome != result.Fail || !strings.Contains(says, "C-25") {
		t.Errorf("with it: %s %s", outcome, says)
	}
}

// C-26, C-27: a default route to the firewall breaks the service itself.
func TestSingleIPC26C27DefaultRoute(t *testing.T) {
	p := readPattern(t)
	if got := checksOf(t, p.network(t), "198.51.100.10", "22", "C-26") + checksOf(t, p.network(t), "198.51.100.10", "22", "C-27"); got != "" {
		t.Errorf("the narrow route: %q", got)
	}
	p.addRoute(route("all", "0.0.0.0/0", "VirtualAppliance", "10.10.2.4"))
	n := p.network(t)
	if got := checksOf(t, n, "198.51.100.10", "22", "C-26"); !strings.Contains(got, "error under the route of 0.0.0.0/0 replies do not come back") {
		t.Errorf("C-26: %q", got)
	}
	if got := checksOf(t, n, "198.51.100.10", "22", "C-27"); !strings.Contains(got, "error under the route of 0.0.0.0/0 requests end at the firewall") {
		t.Errorf("C-27: %q", got)
	}
	if got := checksOf(t, n, "198.51.100.10", "22", "C-35"); !strings.Contains(got, "VirtualNetwork hold every address") {
		t.Errorf("C-35: %q", got)
	}
}

// C-23, T-70: where an application rule decides, the name has to be told; the
// firewall then asks for it itself.
func TestSingleIPC23ByName(t *testing.T) {
	p := readPattern(t)
	p.firewall()["networkRuleCollections"] = list()
	p.firewall()["applicationRuleCollections"] = list(object("id", provider+"azureFirewalls/fw-integration/applicationRuleCollections/web", "name", "web", "priority", 200, "action", object("type", "Allow"),
		"rules", list(object("name", "partner", "protocols", list(object("protocolType", "Https", "port", 443)), "sourceAddresses", list("*"), "targetFqdns", list("*.partner.example")))))
	n := p.network(t)
	for _, row := range []struct {
		destination string
		outcome     result.Outcome
		says        string
	}{
		{"198.51.100.10:443", result.UndecidedOutcome, "application rule partner of web looks at names"},
		{"api.partner.example@198.51.100.10:443", result.Warning, "C-23"},
		{"partner.example@198.51.100.10:443", result.Fail, "no rule matched"},
		{"api.partner.example@198.51.100.10:22", result.Fail, "no rule matched"},
	} {
		if outcome, says := rowsWith(t, n, "destinations="+row.destination); outcome != row.outcome || !strings.Contains(says, row.says) {
			t.Errorf("%s: %s: %s\nwant %s: %s", row.destination, outcome, says, row.outcome, row.says)
		}
	}
	e, err := n.Explain(wayleave.ExplainOptions{From: "snet-compute", To: "198.51.100.10", Host: "api.partner.example", Protocol: "tcp", Port: "443"})
	if err != nil {
		t.Fatal(err)
	}
	if e.Verdict != result.Allowed || e.Query.Host != "api.partner.example" || len(e.Parts) != 1 || e.Parts[0].SeenAs == nil || e.Parts[0].SeenAs.Addresses[0] != "203.0.113.10" {
		t.Errorf("explain says %s %+v", e.Verdict, e.Parts)
	}
	if len(e.Assumptions) == 0 || e.Assumptions[0].Name != "firewall.nameResolution" {
		t.Errorf("explain assumes %v, want firewall.nameResolution among it", e.Assumptions)
	}
}

func TestHostNames(t *testing.T) {
	n := readPattern(t).network(t)
	for host, ok := range map[string]bool{"a.example": true, "localhost": true, "a..example": false, "https://a.example": false, "*.a.example": false, "a.example,b.example": false} {
		if _, err := n.Explain(wayleave.ExplainOptions{From: "snet-compute", To: "198.51.100.10", Host: host, Protocol: "tcp", Port: "443"}); (err == nil) != ok {
			t.Errorf("--host %s: %v", host, err)
		}
	}
}
