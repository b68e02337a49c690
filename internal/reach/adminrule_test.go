package reach_test

import (
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// TestAdminRuleTraps are the traps and statements about security admin rules.
func TestAdminRuleTraps(t *testing.T) {
	ssh, fromInternet := in("tcp/22", "nic:vmd", "nic:vma"), in("tcp/22", "203.0.113.9", "nic:vma")
	allow22 := NSG("g", AllowIn(100, "Tcp", "*", "*", "22"))
	admin := func(rules ...Item) []Item { return items(Admin("k", "v", rules...)) }
	rule := func(access, direction string, priority int, source, destination, ports string) Item {
		return AdminRule(access, direction, priority, "Tcp", source, destination, ports)
	}
	for _, row := range []trap{
		{"T80", "ADM-2: a deny comes before the groups", lab{app: items(allow22), more: admin(rule("Deny", "Inbound", 10, "Internet", "*", "22"))}, fromInternet, reach.Blocked, "deny-inbound-10", ""},
		{"T80", "and only for what it matches", lab{app: items(allow22), more: admin(rule("Deny", "Inbound", 10, "Internet", "*", "3389"))}, fromInternet, reach.Allowed, "allow-in-100", ""},
		{"T81", "ADM-2: an allow leaves it to the groups", lab{app: items(NSG("g")), more: admin(rule("Allow", "Inbound", 10, "*", "*", "22"))}, fromInternet, reach.Blocked, "DenyAllInBound", ""},
		{"T82", "ADM-2: always allow passes the groups by", lab{app: items(NSG("g", DenyIn(100, "*", "*", "*", "*"))), more: admin(rule("AlwaysAllow", "Inbound", 10, "10.1.0.0/16", "*", "22"))}, ssh, reach.Allowed, "alwaysallow-inbound-10", ""},
		{"T82", "and no other packets", lab{app: items(NSG("g", DenyIn(100, "*", "*", "*", "*"))), more: admin(rule("AlwaysAllow", "Inbound", 10, "10.9.0.0/16", "*", "22"))}, ssh, reach.Blocked, "deny-in-100", ""},
		{"T83", "ADM-5: at the receiver it does not override the sender", lab{db: items(NSG("d", DenyOut(100, "*", "*", "*", "22"))), more: admin(rule("AlwaysAllow", "Inbound", 10, "*", "*", "22"))}, ssh, reach.Blocked, "deny-out-100", ""},
		{"T84", "ADM-7: nor is it for a subnet of Bastion", lab{vnet: items(Subnet("AzureBastionSubnet", "10.1.5.0/26", NIC("bastion", "10.1.5.4"))), more: admin(rule("Deny", "Inbound", 10, "*", "*", "22"))}, in("tcp/22", "nic:vmd", "nic:bastion"), reach.Allowed, "", ""},
		{"T85", "ADM-6: nor beside a managed instance", lab{db: items(Delegate("Microsoft.Sql/managedInstances")), more: admin(rule("Deny", "Inbound", 10, "*", "*", "22"))}, ssh, reach.Allowed, "", ""},
		{"ADM-1", "before a subnet without any group", lab{more: admin(rule("Deny", "Inbound", 10, "*", "*", "22"))}, ssh, reach.Blocked, "deny-inbound-10", ""},
		{"ADM-1", "outbound too", lab{more: admin(rule("Deny", "Outbound", 10, "*", "*", "22"))}, ssh, reach.Blocked, "deny-outbound-10", ""},
		{"ADM-1", "not for another network's group", lab{more: append(items(VNet("w", "10.2.0.0/16")), Admin("k", "w", rule("Deny", "Inbound", 10, "*", "*", "22")))}, ssh, reach.Allowed, "", ""},
		{"ADM-1", "for members that nobody states", lab{more: items(Admin("k", "", rule("Deny", "Inbound", 10, "*", "*", "22")))}, ssh, reach.Undecided, "", ""},
		{"ADM-1", "of which only what the rule matches is open", lab{more: items(Admin("k", "", rule("Deny", "Inbound", 10, "*", "*", "3389")))}, ssh, reach.Allowed, "", ""},
		{"ADM-2", "the smaller priority decides", lab{more: admin(rule("Deny", "Inbound", 10, "*", "*", "22"), rule("AlwaysAllow", "Inbound", 9, "*", "*", "22"))}, ssh, reach.Allowed, "alwaysallow-inbound-9", ""},
		{"ADM-8", "a typed side, with a network group", lab{more: admin(rule("Deny", "Inbound", 10, "group:k", "*", "22"))}, ssh, reach.Blocked, "deny-inbound-10", ""},
		{"ADM-9", "taken to be deployed", lab{more: admin(rule("Deny", "Inbound", 10, "*", "*", "22"))}, ssh, reach.Blocked, "deny-inbound-10", ""},
		{"ADM-3", "of one priority in two collections nobody knows", lab{more: append(admin(rule("Deny", "Inbound", 10, "*", "*", "22")), Admin("l", "v", rule("Allow", "Inbound", 10, "*", "*", "22")))}, ssh, reach.Undecided, "", ""},
		{"ADM-3", "unless the groups deny it anyway", lab{app: items(NSG("g", DenyIn(100, "*", "*", "*", "*"))), more: append(admin(rule("Deny", "Inbound", 10, "*", "*", "22")), Admin("l", "v", rule("Allow", "Inbound", 10, "*", "*", "22")))}, ssh, reach.Blocked, "deny-in-100", ""},
		{"PE-7", "a private endpoint is exempt", lab{db: items(PrivateEndpoint("pe", "10.1.2.10"), EndpointPolicies("Enabled")), more: admin(rule("Deny", "Inbound", 10, "*", "*", "*"))}, in("tcp/443", "nic:vma", "10.1.2.10"), reach.Allowed, "pe", ""},
	} {
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, servicetag.Symbolic()) })
	}
}
