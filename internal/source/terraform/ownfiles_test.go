package terraform

import (
	"slices"
	"strings"
	"testing"
)

// What the README of the corpus says that a right analysis finds, as far as it
// is a matter of reading; the shapes are in shapes_test.go.
func TestOwnFiles(t *testing.T) {
	for _, row := range []struct {
		file        string
		has, hasNot []string
	}{
		{"ise-rules.plan", []string{"group nsg-ise-prod rules=24 unknown=0"}, []string{"says"}},
		{"ise-inline.plan", []string{
			"rule nsg-ise-test/deny-tds 200 Outbound Deny * VirtualNetwork:* > Internet:1433",
			"rule nsg-ise-test/sql 360 Outbound Allow * VirtualNetwork:* > SQL:1433",
			"rule nsg-ise-test/api-management 370 Inbound Allow * APIManagement:3443 > VirtualNetwork:3443",
			"rule nsg-ise-test/event-hub 380 Outbound Allow Tcp VirtualNetwork:* > EventHub:5672",
			"rule nsg-ise-test/designer 330 Inbound Allow * 13.95.155.53,52.174.49.6,52.174.54.218:* > VirtualNetwork:454",
		}, []string{"rule nsg-ise-test/connector-deploy"}},
		{"hub-classic.plan", []string{
			"public pip-fw-hub ?", "route rt-ise/default 0.0.0.0/0 VirtualAppliance ?",
			"route rt-ise/direct-azuretrafficmanager AzureTrafficManager Internet -",
			"rule nsg-erp/from-environment 100 Inbound Allow Tcp 10.1.0.0/27,10.1.0.32/27:* > 10.2.1.0/24:3300-3350,443",
			"rule nsg-erp/rest 4096 Inbound Deny * *:* > *:*",
			"peering erp-to-hub to azurerm_virtual_network.hub forwarded=true",
		}, []string{"route rt-ise/direct-appservice ", "elsewhere"}},
		{"hub-classic.state", []string{
			"public pip-fw-hub 203.0.113.10", "route rt-ise/default 0.0.0.0/0 VirtualAppliance 10.0.1.4", "route rt-erp/default 0.0.0.0/0 VirtualAppliance 10.0.1.4",
		}, []string{"says"}},
		{"hub-policy.plan", []string{
			"peering portal-to-hub to azurerm_virtual_network.hub forwarded=false", "peering ise-to-hub to azurerm_virtual_network.hub forwarded=true",
			"table rt-ise routes=6 unknown=0", "route rt-portal/default 0.0.0.0/0 VirtualAppliance ?", "public pip-fw-hub-01 ?", "public pip-fw-hub-02 ?",
		}, []string{"group "}},
		{"spoke-modules.plan", []string{
			"route rt-billing-closed/default 0.0.0.0/0 None -", "route rt-orders-inspected/default 0.0.0.0/0 VirtualAppliance ?",
			"address nic-appliance ? in module.transit.azurerm_subnet.appliance asg=",
			"rule nsg-orders-jobs/deny-out 4096 Outbound Deny * VirtualNetwork:* > Internet:*",
		}, nil},
		{"spoke-modules.state", []string{"address nic-appliance 10.49.0.4 in snet-appliance asg=", "route rt-orders-inspected/default 0.0.0.0/0 VirtualAppliance 10.49.0.4"}, nil},
		{"tiers.state", []string{
			"network vnet-shop 10.40.0.0/16 fd00:db8:40::/48", "card nic-db group=nsg-shop-db-nic", "address nic-app-0 10.40.2.4 in snet-app asg=asg-app",
			"subnet snet-app 10.40.2.0/24 group=nsg-shop-tiers table= nat=ng-shop", "subnet snet-db 10.40.3.0/24 group=nsg-shop-tiers table= nat=",
			"rule nsg-shop-tiers/app-to-data 120 Inbound Allow Tcp asg-app:* > asg-data:1433", "rule nsg-shop-db-nic/rest 200 Inbound Deny * VirtualNetwork:* > *:*",
		}, nil},
		{"managed-services.plan", []string{
			"group nsg-apim rules=20 unknown=0", `subnet snet-sqlmi 10.70.2.0/26 group=azurerm_network_security_group.service["sqlmi"] table=azurerm_route_table.sqlmi nat=`,
			"route rt-sqlmi/inspection 0.0.0.0/0 VirtualAppliance 10.71.0.4", "route rt-sqlmi/storage-home Storage.WestEurope Internet -",
			"rule nsg-gateway/infrastructure 110 Inbound Allow Tcp GatewayManager:* > *:65503-65534",
		}, []string{"route rt-sqlmi/storage-pair", "rule nsg-apim/mgmt"}},
		{"rules-update.plan", []string{
			"network vnet-integration 10.80.0.0/16 10.81.0.0/24",
			"rule nsg-ise/no-smtp 200 Outbound Deny Tcp *:* > *:1024-2047,25",
			"rule nsg-ise/management 100 Inbound Allow * Internet:* > VirtualNetwork:454,455",
			"route rt-ise/partner 0.0.0.0/0 VirtualAppliance 10.80.200.4",
			"rule nsg-by-hand/from-office 100 Inbound Allow Tcp 203.0.113.0/25:* > *:443",
		}, []string{"rule nsg-build-tools/old-agent", "says"}},
		{"rules-update-before.state", []string{
			"route rt-ise/partner 198.51.100.0/24 VirtualAppliance 10.80.200.4", "rule nsg-data/sql 100 Inbound Allow Tcp 10.80.0.0/24:* > 10.80.10.0/24:1433",
		}, []string{"rule nsg-data/vendor", "says"}},
		{"unknown-prefixes.plan", []string{
			"rule nsg-mixed/deny-sql 200 Outbound Deny Tcp *:* > Sql:1433", "rule nsg-mixed/from-client 300 Inbound Allow Tcp ?:* > VirtualNetwork:443",
			"route rt-allocated/default 0.0.0.0/0 VirtualAppliance ?", "subnet snet-fixed 10.199.1.0/24 group=azurerm_network_security_group.mixed table=azurerm_route_table.this nat=",
		}, nil},
		{"unknown-prefixes.state", []string{"rule nsg-mixed/allocated 310 Outbound Allow * 10.199.1.0/24,10.200.4.0/24:* > *:8443"}, nil},
		{"existing-network.plan", []string{
			"rule nsg-core/sql 120 Outbound Allow * VirtualNetwork:* > Sql.WestEurope:1433", "rule nsg-core/rest-out 4000 Outbound Deny * *:* > Internet:*",
			"route rt-core/partner 198.51.100.7/32 VirtualAppliance 10.10.1.4", "group nsg-copy-of-nsg-core rules=6 unknown=0",
			"collection fw-core/LogicApp_ISE_SFTP_Outbound network 210 Allow rules=2 unknown=0",
		}, []string{"says"}},
	} {
		t.Run(row.file, func(t *testing.T) {
			f := after(t, row.file)
			f.has(row.has...)
			f.lacks(row.hasNot...)
		})
	}
}

// The network before an apply is the one that a plan with -refresh-only made of
// the same state shows.
func TestOwnFilesBeforeTheApply(t *testing.T) {
	before := factsOf(t, "own__rules-update.plan.json", Options{Before: true})
	before.has("rule nsg-ise/management 100 Inbound Allow * Internet:* > VirtualNetwork:3443,454,455",
		"rule nsg-data/sql 100 Inbound Allow Tcp 10.80.0.0/24:* > 10.80.10.0/24:1433", "rule nsg-data/vendor 105 Inbound Allow * 192.0.2.0/26:* > *:*",
		"subnet snet-ise-3 10.80.0.96/27 group=nsg-ise table=rt-ise nat=", "route rt-ise/partner 198.51.100.0/24 VirtualAppliance 10.80.200.4",
		"subnet snet-tools 10.80.9.0/24 group=nsg-tools table= nat=")
	before.lacks("rule nsg-data/backup", "says", "subnet snet-build-tools")
	// The plan imports a group, which exists before it.
	refreshed := after(t, "rules-update.refresh-only.plan")
	refreshed.has(slices.DeleteFunc(before.lines, func(line string) bool { return strings.Contains(line, " nsg-by-hand") })...)
	// Nothing changes: before and after are one network.
	unchanged := factsOf(t, "own__ise-inline.unchanged.plan.json", Options{Before: true})
	unchanged.has(after(t, "ise-inline.unchanged.plan").lines...)
}
