package source

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
)

const balancerID = ids + "loadBalancers/lb/"

// partID is the id of a part of the load balancer, as a template does not know it.
var partID = regexp.MustCompile(`"` + balancerID + `(\w+)/(\w+)"`)

// A load balancer with its pool, rules and probe reads alike from every kind of
// input, whoever states who is in the pool.
func TestLoadBalancersAreReadAlike(t *testing.T) {
	id := func(part string) string { return `{"id": "` + balancerID + part + `"}` }
	front := id("frontendIPConfigurations/f")
	pool := `"backendAddressPools": [{"name": "pool", "id": "` + balancerID + `backendAddressPools/pool"}],`
	inward := `"inboundNatRules": [{"name": "n", "id": "` + balancerID + `inboundNatRules/n", "properties": {"frontendIPConfiguration": ` + front + `, "protocol": "Tcp", "frontendPort": 50001, "backendPort": 22}}],`
	balancer := `"frontendIPConfigurations": [{"name": "f", "properties": {"publicIPAddress": {"id": "` + ids + `publicIPAddresses/ip"}}}],
		` + pool + `
		"probes": [{"name": "p", "id": "` + balancerID + `probes/p", "properties": {"protocol": "Tcp", "port": 80}}],
		"loadBalancingRules": [{"name": "r", "properties": {"frontendIPConfiguration": ` + front + `, "backendAddressPool": ` + id("backendAddressPools/pool") + `,
			"probe": ` + id("probes/p") + `, "protocol": "Tcp", "frontendPort": 443, "backendPort": 8443, "enableFloatingIP": false, "disableOutboundSnat": true}}],
		` + inward + `
		"outboundRules": [{"name": "o", "properties": {"frontendIPConfigurations": [` + front + `], "backendAddressPool": ` + id("backendAddressPools/pool") + `, "protocol": "All"}}]`
	nic := `"ipConfigurations": [{"name": "i", "properties": {"privateIPAddress": "10.0.1.4", "subnet": {"id": "` + ids + `virtualNetworks/v/subnets/a"},
		"loadBalancerBackendAddressPools": [` + id("backendAddressPools/pool") + `], "loadBalancerInboundNatRules": [` + id("inboundNatRules/n") + `]}}]`
	rows := []string{
		fmt.Sprintf(`{"id": "%sloadBalancers/lb", "name": "lb", "type": "Microsoft.Network/loadBalancers", "sku": {"name": "Standard"}, "properties": {%s}}`, ids, balancer),
		fmt.Sprintf(`{"id": "%snetworkInterfaces/vm", "name": "vm", "type": "Microsoft.Network/networkInterfaces", "properties": {%s}}`, ids, nic),
	}
	resources := []string{
		fmt.Sprintf(`{"type": "Microsoft.Network/loadBalancers", "apiVersion": "2024-05-01", "name": "lb", "sku": {"name": "Standard"}, "properties": {%s}}`, balancer),
		fmt.Sprintf(`{"type": "Microsoft.Network/networkInterfaces", "apiVersion": "2024-05-01", "name": "vm", "properties": {%s}}`, nic),
	}
	bare := func(list []string) []string {
		return []string{strings.NewReplacer(pool, "", inward, "").Replace(list[0]), list[1]}
	}
	natRule := `"properties": {"frontendIPConfiguration": ` + front + `, "protocol": "Tcp", "frontendPort": 50001, "backendPort": 22}`
	template := func(list ...string) string {
		return `{` + schema + `, "resources": [` + partID.ReplaceAllString(strings.Join(list, ","), `"[resourceId('Microsoft.Network/loadBalancers/$1', 'lb', '$2')]"`) + `]}`
	}
	files := map[string]string{
		"export.json": `[` + strings.Join(rows, ",") + `]`,
		"rows apart.json": `[` + strings.Join(append(bare(rows),
			`{"id": "`+balancerID+`backendAddressPools/pool", "name": "pool", "type": "Microsoft.Network/loadBalancers/backendAddressPools", "loadBalancerBackendAddresses": []}`,
			`{"id": "`+balancerID+`inboundNatRules/n", "name": "n", "type": "Microsoft.Network/loadBalancers/inboundNatRules", `+natRule+`}`), ",") + `]`,
		"apart.json": template(append(bare(resources),
			`{"type": "Microsoft.Network/loadBalancers/inboundNatRules", "apiVersion": "2024-05-01", "name": "lb/n", `+natRule+`}`,
			`{"type": "Microsoft.Network/loadBalancers/backendAddressPools", "apiVersion": "2024-05-01", "name": "lb/pool", "properties": {}}`)...),
		"template.json": template(resources...),
		"state.json":    balancerState,
	}
	tree(t, files)
	const want = "lb Standard f at ip: r Tcp 443 to 8443 of [i] asked at 80 no SNAT; n Tcp 50001 to 22 of i; o All of pool by f"
	for name := range files {
		n := network(t, name)
		if diff := cmp.Diff(want, told(n)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		if len(n.NotModelled) > 0 {
			t.Errorf("%s: %v", name, n.NotModelled)
		}
	}
}

// What else a load balancer has is open where one of its parts may not be deployed, may
// belong to any, or is named by a network interface alone.
func TestPartsOfLoadBalancersThatAreNotKnown(t *testing.T) {
	const balancer = `{"type": "Microsoft.Network/loadBalancers", "apiVersion": "2024-05-01", "name": "lb", "properties": {"backendAddressPools": [{"name": "pool"}]}}`
	part := func(kind, name, more string) string {
		return `{"type": "Microsoft.Network/loadBalancers/` + kind + `", "apiVersion": "2024-05-01", "name": "` + name + `", "properties": {}` + more + `}`
	}
	nic := func(list, kind, name string) string {
		return `{"type": "Microsoft.Network/networkInterfaces", "apiVersion": "2024-05-01", "name": "vm", "properties": {"ipConfigurations": [{"name": "i", "properties": {
			"` + list + `": [{"id": "[resourceId('Microsoft.Network/loadBalancers/` + kind + `', 'lb', '` + name + `')]"}]}}]}}`
	}
	const perhaps, several = `, "condition": "[parameters('with')]"`, `, "copy": {"name": "c", "count": "[parameters('count')]"}`
	rows := map[string]struct {
		more string
		open bool
	}{
		"a rule":              {part("inboundNatRules", "lb/n", ""), false},
		"a pool":              {part("backendAddressPools", "lb/p", ""), false},
		"a rule, perhaps":     {part("inboundNatRules", "lb/n", perhaps), true},
		"a pool, perhaps":     {part("backendAddressPools", "lb/p", perhaps), true},
		"any number of rules": {part("inboundNatRules", "lb/n", several), true},
		"any number of pools": {part("backendAddressPools", "lb/p", several), true},
		"of another":          {part("inboundNatRules", "other/n", ""), false},
		"a stated pool":       {nic("loadBalancerBackendAddressPools", "backendAddressPools", "pool"), false},
		"a pool not stated":   {nic("loadBalancerBackendAddressPools", "backendAddressPools", "p"), true},
		"a rule not stated":   {nic("loadBalancerInboundNatRules", "inboundNatRules", "n"), true},
		"a rule stated apart": {nic("loadBalancerInboundNatRules", "inboundNatRules", "n") + "," + part("inboundNatRules", "lb/n", ""), false},
	}
	files := map[string]string{}
	for name, row := range rows {
		files[name+".json"] = `{` + schema + `, "parameters": {"with": {"type": "bool"}, "count": {"type": "int"}}, "resources": [` + balancer + `, ` + row.more + `]}`
	}
	tree(t, files)
	for name, row := range rows {
		if l := network(t, name+".json").LoadBalancers[0]; (l.Open != nil) != row.open {
			t.Errorf("%s: open is %+v", name, l.Open)
		}
	}
}

// told is a load balancer in one line, each part by its name.
func told(n *azure.Network) string {
	l := n.LoadBalancers[0]
	names := func(refs []azure.Reference) (list []string) {
		for _, ref := range refs {
			list = append(list, ref.ID.Name())
		}
		return list
	}
	r, nat, out := l.Rules[0], l.InboundNATRules[0], l.OutboundRules[0]
	text := fmt.Sprintf("%s %s %s at %s: ", l.Name, l.SKU.V, l.Frontends[0].Name, l.Frontends[0].PublicIPAddress.ID.Name())
	text += fmt.Sprintf("%s %s %d to %d of %v asked at %d", r.Name, r.Protocol.V, r.FrontendPort.V, r.BackendPort.V, names(l.Pool(r.Pools[0]).Members), l.Probe(r.Probe).Port.V)
	if r.DisableOutboundSNAT.V {
		text += " no SNAT"
	}
	text += fmt.Sprintf("; %s %s %d to %d of %s", nat.Name, nat.Protocol.V, nat.FrontendPort.V, nat.BackendPort.V, nat.Target.ID.Name())
	return text + fmt.Sprintf("; %s %s of %s by %s", out.Name, out.Protocol.V, l.Pool(out.Pool).Name, l.Frontend(out.Frontends[0]).Name)
}

// balancerState is the same as a Terraform state.
var balancerState = `{"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {"resources": [` + strings.Join([]string{
	resource("azurerm_lb", "lb", `"id": "`+ids+`loadBalancers/lb", "sku": "Standard", "frontend_ip_configuration": [{"name": "f", "public_ip_address_id": "`+ids+`publicIPAddresses/ip"}]`),
	resource("azurerm_lb_backend_address_pool", "pool", `"id": "`+balancerID+`backendAddressPools/pool", "loadbalancer_id": "`+ids+`loadBalancers/lb"`),
	resource("azurerm_lb_probe", "p", `"id": "`+balancerID+`probes/p", "loadbalancer_id": "`+ids+`loadBalancers/lb", "protocol": "Tcp", "port": 80`),
	resource("azurerm_lb_rule", "r", `"id": "`+balancerID+`loadBalancingRules/r", "loadbalancer_id": "`+ids+`loadBalancers/lb", "frontend_ip_configuration_name": "f", "protocol": "Tcp",
		"frontend_port": 443, "backend_port": 8443, "backend_address_pool_ids": ["`+balancerID+`backendAddressPools/pool"], "probe_id": "`+balancerID+`probes/p",
		"floating_ip_enabled": false, "disable_outbound_snat": true`),
	resource("azurerm_lb_nat_rule", "n", `"id": "`+balancerID+`inboundNatRules/n", "loadbalancer_id": "`+ids+`loadBalancers/lb", "frontend_ip_configuration_name": "f", "protocol": "Tcp", "frontend_port": 50001, "backend_port": 22`),
	resource("azurerm_lb_outbound_rule", "o", `"id": "`+balancerID+`outboundRules/o", "loadbalancer_id": "`+ids+`loadBalancers/lb", "backend_address_pool_id": "`+balancerID+`backendAddressPools/pool",
		"protocol": "All", "frontend_ip_configuration": [{"name": "f"}]`),
	resource("azurerm_network_interface", "vm", `"id": "`+ids+`networkInterfaces/vm", "ip_configuration": [{"name": "i", "private_ip_address": "10.0.1.4", "subnet_id": "`+ids+`virtualNetworks/v/subnets/a"}]`),
	resource("azurerm_network_interface_backend_address_pool_association", "a", `"network_interface_id": "`+ids+`networkInterfaces/vm", "ip_configuration_name": "i", "backend_address_pool_id": "`+balancerID+`backendAddressPools/pool"`),
	resource("azurerm_network_interface_nat_rule_association", "b", `"network_interface_id": "`+ids+`networkInterfaces/vm", "ip_configuration_name": "i", "nat_rule_id": "`+balancerID+`inboundNatRules/n"`),
}, ",") + `]}}}`
