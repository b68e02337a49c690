package azuretest

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Item is a part of a network. Items are applied in order, inside the item
// that holds them.
type Item func(*scope)

// Net builds the network and fails the test if Azure would refuse it.
func Net(t testing.TB, items ...Item) *azure.Network {
	t.Helper()
	network, list := Build(items...)
	if network == nil {
		t.Fatalf("the network is not valid:\n%v", list)
	}
	return network
}

// Build builds the network; it is nil if a diagnostic is an error.
func Build(items ...Item) (*azure.Network, diagnostic.List) {
	return azure.Build(Inventory(azure.RankExport, items...))
}

// Inventory is the network as one input of a rank states it.
func Inventory(rank azure.Rank, items ...Item) *azure.Inventory {
	s := &scope{state: &state{inventory: &azure.Inventory{Source: "net", Rank: rank}}}
	s.all(items)
	return s.inventory
}

// state is what a whole network shares.
type state struct {
	inventory *azure.Inventory
	line      int
}

// scope is the place of an item: the innermost resource of each kind.
type scope struct {
	*state
	vnet   *azure.VirtualNetwork
	subnet *azure.Subnet
	group  *azure.NetworkSecurityGroup
	table  *azure.RouteTable
	nic    *azure.NetworkInterface
	link   *azure.Peering
	// balancer and balancerRule are those around a part of a load balancer.
	balancer     *azure.LoadBalancer
	balancerRule *azure.BalancerRule
	// firewall, policy and so on are those around a rule of a firewall.
	firewall   *azure.AzureFirewall
	policy     *azure.FirewallPolicy
	ruleGroup  *azure.RuleCollectionGroup
	collection *azure.RuleCollection
	// admin, adminConfig and networkGroups are those around an admin rule.
	admin         *azure.AdminCollection
	adminConfig   *azure.AdminConfiguration
	networkGroups string
}

func (s *scope) all(items []Item) {
	for _, item := range items {
		item(s)
	}
}

// at is a place of its own for every resource and property.
func (s *scope) at() azure.Position {
	s.line++
	return azure.Position{File: "net", Line: s.line, Column: 1}
}

const provider = "/subscriptions/0/resourceGroups/g/providers/"

func resourceID(kind, name string) string { return provider + kind + "/" + name }

// VNetID is the id of a virtual network.
func VNetID(name string) azure.ID { return azure.MakeID(resourceID(azure.TypeVirtualNetwork, name)) }

// SubnetID is the id of a subnet.
func SubnetID(vnet, name string) azure.ID {
	return azure.MakeID(string(VNetID(vnet)) + "/subnets/" + name)
}

// NSGID is the id of a network security group.
func NSGID(name string) azure.ID {
	return azure.MakeID(resourceID(azure.TypeNetworkSecurityGroup, name))
}

// NICID is the id of a network interface.
func NICID(name string) azure.ID {
	return azure.MakeID(resourceID(azure.TypeNetworkInterface, name))
}

func (s *scope) resource(kind, id string) azure.Resource {
	name := id[strings.LastIndexByte(id, '/')+1:]
	return azure.Resource{
		ID: azure.MakeID(id), Type: kind, Name: name, Address: name,
		At: s.at(), Rank: s.inventory.Rank,
	}
}

// text is a property: not set when empty, unknown when it starts with "?".
func (s *scope) text(value string) azure.Value[string] {
	at := s.at()
	if name, ok := strings.CutPrefix(value, "?"); ok {
		return azure.NotKnown[string](unknown(name, at))
	}
	return azure.Given(value, at)
}

func unknown(name string, at azure.Position) *azure.Unknown {
	return &azure.Unknown{Name: name, Why: "known only after apply", At: at}
}

// reference is a reference by id, not set when the id is empty and unknown
// when the name starts with "?".
func (s *scope) reference(kind, name string) azure.Reference {
	at := s.at()
	if name, ok := strings.CutPrefix(name, "?"); ok {
		return azure.Reference{Unknown: unknown(name, at), At: at}
	}
	if name == "" {
		return azure.Reference{}
	}
	return azure.Ref(resourceID(kind, name), at)
}

// list splits a text at its commas.
func list(text string) []string {
	var items []string
	for _, item := range strings.Split(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// values parses every element of a list.
func values[T any](s *scope, text string, parse func(string, azure.Position) (azure.Value[T], diagnostic.List)) []azure.Value[T] {
	var all []azure.Value[T]
	for _, item := range list(text) {
		all = append(all, value(s, item, parse))
	}
	return all
}

func value[T any](s *scope, text string, parse func(string, azure.Position) (azure.Value[T], diagnostic.List)) azure.Value[T] {
	v, problems := azure.Parsed(s.text(text), parse)
	s.note(problems)
	return v
}

func (s *scope) note(problems diagnostic.List) {
	s.inventory.Diagnostics = append(s.inventory.Diagnostics, problems...)
}
