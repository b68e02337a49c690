package reach_test

import (
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// learnt is network v with a gateway that has learnt prefixes, peered with w,
// which holds 10.2.0.0/16; its subnet has the items.
func learnt(prefixes string, app ...Item) whole {
	return whole{
		VNet("v", "10.1.0.0/16", Learned(prefixes), Subnet("app", "10.1.1.0/24", append(app, NIC("vma", "10.1.1.4"))...), Subnet("GatewaySubnet", "10.1.255.0/27"), Peer("w")),
		VNet("w", "10.2.0.0/16", Subnet("far", "10.2.5.0/24"), Peer("v"))}
}

// noEgress is the network of the catalogue with a subnet of an API version.
func noEgress(version string, items ...Item) whole {
	return whole{VNet("v", "10.1.0.0/16", APIVersion(version), Subnet("app", "10.1.1.0/24", append(items, NIC("vma", "10.1.1.4"))...))}
}

var routingStatements = []trap{
	{"PIPE-1", "every stage lets it out, and the reply comes back", lab{}, in("tcp/443", "nic:vma", "nic:vmd"), reach.Allowed, "", ""},
	{"PIPE-1", "one stage on the way out stops it", lab{app: items(NSG("g", DenyOut(100, "*", "*", "*", "*")))}, in("tcp/443", "nic:vma", "nic:vmd"), reach.Blocked, "deny-out-100", ""},
	{"PIPE-1", "as does one on the way back", lab{db: items(Routes("rt", Route("10.1.1.0/24", "None")))}, in("tcp/443", "nic:vma", "nic:vmd"), reach.Blocked, "to-10.1.1.0-24", ""},
	{"ASY-11", "the group at the server knows the flow", lab{db: items(NSG("g", DenyOut(100, "*", "*", "*", "*")))}, in("tcp/443", "nic:vma", "nic:vmd"), reach.Allowed, "AllowVnetInBound", ""},
	{"ASY-11", "what breaks it is the way back", lab{db: items(NSG("g", DenyOut(100, "*", "*", "*", "*")), Routes("rt", Route("10.1.1.0/24", "None")))}, in("tcp/443", "nic:vma", "nic:vmd"), reach.Blocked, "to-10.1.1.0-24", ""},
	{"RT-11", "a table that is attached nowhere does nothing", lab{more: items(Routes("loose", Route("0.0.0.0/0", "None")))}, in("tcp/443", "nic:vma", "8.8.8.8"), reach.Allowed, "0.0.0.0/0", ""},
	{"RT-11", "attached it decides", lab{app: items(Routes("rt", Route("0.0.0.0/0", "None")))}, in("tcp/443", "nic:vma", "8.8.8.8"), reach.Blocked, "to-0.0.0.0-0", ""},
	{"RT-18", "a route to the gateway ends there", lab{app: items(Routes("rt", Route("172.20.0.0/16", "VirtualNetworkGateway"))), vnet: items(Subnet("GatewaySubnet", "10.1.255.0/27"))}, in("tcp/443", "nic:vma", "172.20.0.9"), reach.Undecided, "to-172.20.0.0-16", ""},
	{"RT-20", "a route that overrides learnt ones does so for longer ones too", learnt("172.20.5.0/24", Routes("rt", Route("172.20.0.0/16", "None"), OverridesLearnt())), in("tcp/443", "nic:vma", "172.20.5.9"), reach.Blocked, "to-172.20.0.0-16", ""},
	{"RT-20", "without it the longer learnt one goes first", learnt("172.20.5.0/24", Routes("rt", Route("172.20.0.0/16", "None"))), in("tcp/443", "nic:vma", "172.20.5.9"), reach.Undecided, "", ""},
	{"T50", "RT-22, a peer wins over a longer learnt route", learnt("10.2.5.0/24"), in("tcp/443", "nic:vma", "w/far"), reach.Allowed, "the address space of w", ""},
	{"T50", "RT-22, elsewhere the learnt one leads to the gateway", learnt("10.3.5.0/24"), in("tcp/443", "nic:vma", "10.3.5.9"), reach.Undecided, "", ""},
	{"T67", "RT-12, learnt routes off, static ones too", learnt("172.20.0.0/16", Routes("rt", NoPropagation())), in("tcp/443", "nic:vma", "172.20.0.9"), reach.Blocked, "172.16.0.0/12", ""},
	{"T67", "RT-12, with them on it goes to the gateway", learnt("172.20.0.0/16"), in("tcp/443", "nic:vma", "172.20.0.9"), reach.Undecided, "", ""},
	{"T67", "RT-12, peers are left alone", learnt("172.20.0.0/16", Routes("rt", NoPropagation())), in("tcp/443", "nic:vma", "w/far"), reach.Allowed, "the address space of w", ""},
	{"T74", "RT-34, an address is lent", noEgress("2024-05-01"), in("tcp/443", "nic:vma", "8.8.8.8"), reach.Allowed, "", ""},
	{"T74", "RT-34, or none", noEgress("2025-07-01"), in("tcp/443", "nic:vma", "8.8.8.8"), reach.Undecided, "app", ""},
	{"T74", "RT-34, the property decides whatever the version", noEgress("2024-05-01", NoDefaultOutbound()), in("tcp/443", "nic:vma", "8.8.8.8"), reach.Blocked, "app", ""},
	{"RT-34", "an interface that does not tell", noEgress("2024-05-01", NIC("vmb", "10.1.1.5", UnknownOutbound())), in("tcp/443", "nic:vmb", "8.8.8.8"), reach.Undecided, "app", ""},
	{"RT-34", "the interface tells what is true of it", noEgress("2025-07-01", NIC("vmb", "10.1.1.5", DefaultOutbound(false))), in("tcp/443", "nic:vmb", "8.8.8.8"), reach.Blocked, "app", ""},
	{"RT-34", "and where an address is lent", noEgress("2025-07-01", NIC("vmb", "10.1.1.5", DefaultOutbound(true))), in("tcp/443", "nic:vmb", "8.8.8.8"), reach.Allowed, "", ""},
	{"T73", "RT-33, also of a sender that the input does not hold", noEgress("2024-05-01", NoDefaultOutbound()), in("tcp/443", "v/app", "8.8.8.8"), reach.Blocked, "app", ""},
	{"RT-33", "unless it may be one of unknown address", noEgress("2024-05-01", NoDefaultOutbound(), NIC("vmb", "?vmb")), in("tcp/443", "10.1.1.9", "8.8.8.8"), reach.Undecided, "app", ""},
	{"RT-32", "a ping at a NAT gateway, of a sender that the input does not hold", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NATGateway("nat"))), Gateway("nat", "20.9.0.1", "")}, in("icmp", "10.1.1.9", "8.8.8.8"), reach.Blocked, "app", ""},
	{"RT-32", "unless it may have an address of its own", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NATGateway("nat"), NIC("vmb", "?vmb"))), Gateway("nat", "20.9.0.1", "")}, in("icmp", "10.1.1.9", "8.8.8.8"), reach.Undecided, "app", ""},
	{"RT-33", "or of a scale set", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NoDefaultOutbound())), NotModelled("Microsoft.Compute/virtualMachineScaleSets", "set")}, in("tcp/443", "10.1.1.9", "8.8.8.8"), reach.Undecided, "app", ""},
	{"RT-31", "whoever is behind a load balancer that no input states", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4", Behind("other"))))}, in("tcp/443", "nic:vma", "8.8.8.8"), reach.Undecided, "app", ""},
}

func TestRoutingStatements(t *testing.T) {
	for _, row := range routingStatements {
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, servicetag.Symbolic()) })
	}
}
