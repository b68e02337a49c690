package lab

import (
	"fmt"
	"strings"
)

// Grade says how well the lab reproduces a mechanism.
type Grade string

// Grades.
const (
	Exactly Grade = "exactly"
	Closely Grade = "closely"
	Not     Grade = "not"
)

// Mechanism is something Azure does, and how well the lab does it.
type Mechanism struct {
	Name  string
	Grade Grade
	// How it is done, or what is missing.
	How string
	// Statements of the semantics documents that are covered.
	Statements string
}

// Fidelity lists what the lab reproduces and what it does not. What it does not
// is a limit: a probe that meets it is not compared.
func Fidelity() []Mechanism {
	return []Mechanism{
		{"Security groups: order, defaults, state, on subnets and interfaces", Exactly, "a stateful ruleset in the namespace of each host", "NSG-4, NSG-19, NSG-24, NSG-33"},
		{"Application security groups, service tags, VirtualNetwork and Internet", Exactly, "sets of the known members and prefixes, by subnet", "ASG-2, TAG-10 to TAG-23"},
		{"System and user routes, longest prefix, None", Exactly, "a routing table for each subnet; silent drops", "RT-2 to RT-26"},
		{"Peering: state, synchronised space, forwarded traffic, subnet peering", Exactly, "a link between routers with a stateless filter", "RT-41 to RT-47"},
		{"Appliances that forward", Exactly, "the kernel forwards between the interfaces of a namespace, and translates nothing", "RT-17, RT-40"},
		{"What a file states of appliances", Not, "probes from subnets that route to one are not compared", "RT-17"},
		{"Platform addresses", Exactly, "they answer at the edge of each network", "PLAT-1 to PLAT-4"},
		{"Azure Firewall: network rules, policies and their parents", Exactly, "first match on the packet as it comes, kept as a mark of the connection", "P-01 to P-33"},
		{"Azure Firewall: translation of the source, private ranges, several addresses", Exactly, "one of the public addresses by chance; untranslated packets are lost", "S-01, S-03 to S-07, S-20"},
		{"Azure Firewall: translation of the destination", Exactly, "NAT rules for its public and private addresses; the server sees the firewall's own address", "P-21, P-23c, L-14"},
		{"Azure Firewall: replies that miss it", Exactly, "invalid packets are dropped, unknown ones too", "S-43, F-24"},
		{"Azure Firewall: several instances", Closely, "one stands for all; what only one instance could answer is dropped", "F-24, F-25"},
		{"Azure Firewall: application rules, names, TLS, threat intelligence", Not, "the model does not decide them either, so nothing is compared", "P-17, P-24 to P-29, P-36"},
		{"Public addresses of interfaces, closed Standard frontends", Exactly, "translation at the edge; the way to one from within the network is not compared", "PIP-1"},
		{"NAT gateways", Exactly, "translation at the edge, TCP and UDP alone", "RT-31, RT-32, S-24"},
		{"Default outbound access", Closely, "one invented address for each network, from 192.0.0.0/24; TCP and UDP alone", "RT-33, RT-34, RT-36"},
		{"Addresses that Azure chooses at deployment", Closely, "the first free one of the subnet; public ones from 192.0.1.0/24", "R-02"},
		{"Limits: ports for translation, idle timeouts, throughput", Not, "the kernel's own", "S-25, S-40"},
		{"Security admin rules", Exactly, "before the groups in the ruleset of each host; the model does not decide which of one priority comes first", "ADM-1, ADM-2, ADM-5 to ADM-8"},
		{"Private endpoints", Exactly, "a host with a route of its own, which replies straight back; the policies of its subnet", "PE-1 to PE-5, PE-7, ASG-5"},
		{"Private endpoints whose address Azure chooses", Not, "nobody has it, and the model does not decide what turns on it", "PE-3"},
		{"Load balancers: the public addresses of what their backends send", Exactly, "translation at the edge, by outbound rules or those for what comes in", "RT-31, RT-36"},
		{"Load balancers: what they hand to backends", Not, "probes to their addresses or by way of them are not compared", "NSG-28"},
		{"Service endpoints, gateways, virtual hubs", Not, "probes that meet them are not compared", "RT-23, RT-8"},
		{"Protocols other than TCP, UDP and ICMP; IPv6", Not, "not sent", "NSG-6"},
		{"Rule changes to flows that exist", Not, "a changed network is a new lab", "P-39"},
	}
}

// FidelityTable is Fidelity as a table in Markdown.
func FidelityTable() string {
	var b strings.Builder
	b.WriteString("| mechanism | reproduced | how | statements |\n|---|---|---|---|\n")
	for _, m := range Fidelity() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.Name, m.Grade, m.How, m.Statements)
	}
	return b.String()
}
