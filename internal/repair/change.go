package repair

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Change is an edit of something else than a security rule, or than a route that
// is added to a table.
type Change interface {
	// Target is what is added or changed.
	Target() *azure.Resource
	// Text is the change in one line.
	Text() string
	// key is equal for changes of which one is enough.
	key() string
	// apply makes the change where the target is stated; false if no input
	// states it.
	apply(list []*azure.Inventory) bool
}

// NewSubnet adds a subnet to a virtual network.
type NewSubnet struct {
	Network *azure.VirtualNetwork
	Subnet  *azure.Subnet
}

// NewPublicIPAddress adds a static address of the Standard SKU.
type NewPublicIPAddress struct{ Address *azure.PublicIPAddress }

// NewFirewall adds a firewall of the Standard tier without rules.
type NewFirewall struct {
	Firewall *azure.AzureFirewall
	// Network in which it stands.
	Network *azure.VirtualNetwork
	// PublicIP is its address.
	PublicIP *azure.PublicIPAddress
}

// NewFirewallAddress gives a firewall that is deallocated its addresses (C-07).
type NewFirewallAddress struct {
	Firewall *azure.AzureFirewall
	Address  *azure.FirewallIPConfiguration
	// Network in which it stands then.
	Network  *azure.VirtualNetwork
	PublicIP *azure.PublicIPAddress
}

// NewRouteTable adds a route table without routes.
type NewRouteTable struct{ Table *azure.RouteTable }

// Association attaches a route table or a network security group to a subnet
// that has none.
type Association struct {
	Subnet *azure.Subnet
	// Kind is SubnetToRouteTable or SubnetToNetworkSecurityGroup.
	Kind azure.AssociationKind
	To   *azure.Resource
}

// RouteChange gives a route another next hop.
type RouteChange struct {
	Table *azure.RouteTable
	Was   *azure.Route
	Route Route
}

// RouteRemoval takes a route away.
type RouteRemoval struct {
	Table *azure.RouteTable
	Was   *azure.Route
}

// PeeringChange lets a link of a virtual network pass what others forwarded to
// the other side (RT-44).
type PeeringChange struct{ Link *azure.Peering }

// PrivateRanges sets the destinations that a firewall does not translate (S-05).
type PrivateRanges struct {
	// Firewall has them itself, unless Policy is not nil.
	Firewall *azure.AzureFirewall
	Policy   *azure.FirewallPolicy
	// Ranges are prefixes and "IANAPrivateRanges".
	Ranges []string
}

// NetworkRule adds a network rule that allows, to a classic firewall or to the
// policy of one.
type NetworkRule struct {
	Firewall *azure.AzureFirewall
	// Group of the policy; nil for a classic firewall.
	Group *azure.RuleCollectionGroup
	// Collection gets the rule. What is new has no rules of its own here.
	Collection              *azure.RuleCollection
	NewGroup, NewCollection bool
	Rule                    FirewallRule
}

// FirewallRule is a network rule to be written, in the texts of the API.
type FirewallRule struct {
	Name, Description          string
	Protocols                  []string
	Source, Destination, Ports []string
}

// Target is the new subnet.
func (c *NewSubnet) Target() *azure.Resource { return &c.Subnet.Resource }

// Text names its prefix.
func (c *NewSubnet) Text() string {
	return fmt.Sprintf("subnet %s of %s", c.Subnet.Prefixes[0].V, c.Network.Name)
}

// Target is the new address.
func (c *NewPublicIPAddress) Target() *azure.Resource { return &c.Address.Resource }

// Text says what kind of address it is.
func (c *NewPublicIPAddress) Text() string { return "public IP address, Standard, static" }

// Target is the new firewall.
func (c *NewFirewall) Target() *azure.Resource { return &c.Firewall.Resource }

// Text names its subnet and its address.
func (c *NewFirewall) Text() string {
	return "Azure Firewall, Standard, " + firewallAddressText(c.Firewall.IPConfigurations[0])
}

func firewallAddressText(c *azure.FirewallIPConfiguration) string {
	return fmt.Sprintf("in %s with %s", refName(c.Subnet), refName(c.PublicIPAddress))
}

func refName(r azure.Reference) string {
	return r.Text[strings.LastIndexAny(r.Text, "/.")+1:]
}

// Target is the firewall.
func (c *NewFirewallAddress) Target() *azure.Resource { return &c.Firewall.Resource }

// Text names the subnet and the address.
func (c *NewFirewallAddress) Text() string {
	return "allocated " + firewallAddressText(c.Address)
}

// Target is the new table.
func (c *NewRouteTable) Target() *azure.Resource { return &c.Table.Resource }

// Text says what it is.
func (c *NewRouteTable) Text() string { return "route table" }

// Target is the subnet.
func (c *Association) Target() *azure.Resource { return &c.Subnet.Resource }

// Text names what is attached.
func (c *Association) Text() string {
	if c.Kind == azure.SubnetToRouteTable {
		return "uses route table " + c.To.Name
	}
	return "uses network security group " + c.To.Name
}

// Target is the table.
func (c *RouteChange) Target() *azure.Resource { return &c.Table.Resource }

// Text is the route with its old next hop.
func (c *RouteChange) Text() string {
	return fmt.Sprintf("%s, was to %s", c.Route.Text(), nextHopText(c.Was))
}

func nextHopText(r *azure.Route) string {
	text := string(r.NextHopType.Or("an unknown next hop"))
	if a, ok := r.NextHopIPAddress.Known(); ok {
		text += " " + a.String()
	}
	return text
}

// Target is the table.
func (c *RouteRemoval) Target() *azure.Resource { return &c.Table.Resource }

// Text is the route.
func (c *RouteRemoval) Text() string {
	return fmt.Sprintf("route %s to %s", c.Was.Destination.Text, nextHopText(c.Was))
}

// Target is the link.
func (c *PeeringChange) Target() *azure.Resource { return &c.Link.Resource }

// Text names the flag.
func (c *PeeringChange) Text() string { return "allowForwardedTraffic true, was false" }

// Target is the firewall or its policy.
func (c *PrivateRanges) Target() *azure.Resource {
	if c.Policy != nil {
		return &c.Policy.Resource
	}
	return &c.Firewall.Resource
}

// Text lists the ranges.
func (c *PrivateRanges) Text() string {
	return "private ranges " + strings.Join(c.Ranges, ", ")
}

// Target is the firewall, or the group of its policy.
func (c *NetworkRule) Target() *azure.Resource {
	if c.Group != nil {
		return &c.Group.Resource
	}
	return &c.Firewall.Resource
}

// Text is the rule in one line with its collection.
func (c *NetworkRule) Text() string {
	priority := ""
	if c.NewCollection {
		priority = fmt.Sprintf(", new, priority %d", c.Collection.Priority.V)
	}
	if c.Group != nil && c.Firewall.Policy.ID != c.Group.Policy.ID {
		priority += ", of the parent policy " + c.Group.Policy.Name
	}
	return fmt.Sprintf("%s (collection %s%s)", c.Rule.Text(), c.Collection.Name, priority)
}

// Text is the rule in one line: "Allow TCP, UDP 10.0.0.0/27 -> 198.51.100.10
// port 22".
func (r *FirewallRule) Text() string {
	text := fmt.Sprintf("Allow %s %s -> %s", strings.Join(r.Protocols, ", "), strings.Join(r.Source, ", "), strings.Join(r.Destination, ", "))
	if !isAny(r.Ports) {
		text += " port " + strings.Join(r.Ports, ", ")
	}
	return text
}

func (c *NewSubnet) key() string          { return "subnet " + string(c.Subnet.ID) }
func (c *NewPublicIPAddress) key() string { return "address " + string(c.Address.ID) }
func (c *NewFirewall) key() string        { return "firewall " + string(c.Firewall.ID) }
func (c *NewFirewallAddress) key() string { return "allocation " + string(c.Firewall.ID) }
func (c *NewRouteTable) key() string      { return "table " + string(c.Table.ID) }
func (c *Association) key() string        { return fmt.Sprintf("association %d %s", c.Kind, c.Subnet.ID) }
func (c *RouteChange) key() string        { return fmt.Sprintf("route %s/%s", c.Table.ID, c.Was.Name) }
func (c *RouteRemoval) key() string       { return fmt.Sprintf("removal %s/%s", c.Table.ID, c.Was.Name) }
func (c *PeeringChange) key() string      { return "peering " + string(c.Link.ID) }
func (c *PrivateRanges) key() string      { return "ranges " + string(c.Target().ID) }
func (c *NetworkRule) key() string {
	return fmt.Sprintf("rule %s/%s/%s", c.Target().ID, c.Collection.Name, c.Rule.Text())
}

// beside is the place of a new resource: the subscription and resource group of
// an existing one, or what Terraform would call it there.
func beside(r *azure.Resource, typ, name string) azure.Resource {
	out := azure.Resource{Type: typ, Name: name, Rank: r.Rank, At: r.At}
	if root := providersOf(r.Address); root != "" {
		out.Address = root + typ + "/" + name
	} else if strings.Contains(r.Address, "azurerm_") {
		out.Address = terraformTypes[typ] + "." + TerraformName(name)
	} else {
		out.Address = name
	}
	out.ID = azure.MakeID(out.Address)
	if root := providersOf(string(r.ID)); root != "" {
		out.ID = azure.MakeID(root + typ + "/" + name)
	}
	return out
}

// providersOf is an id up to the names of types, empty for what is no id.
func providersOf(id string) string {
	const mark = "/providers/"
	if i := strings.Index(strings.ToLower(id), mark); i >= 0 {
		return id[:i+len(mark)]
	}
	return ""
}

// terraformTypes are what the azurerm provider calls what can be new.
var terraformTypes = map[string]string{
	azure.TypePublicIPAddress: "azurerm_public_ip", azure.TypeAzureFirewall: "azurerm_firewall", azure.TypeRouteTable: "azurerm_route_table",
	azure.TypeNetworkSecurityGroup: "azurerm_network_security_group",
}

// TerraformName makes an identifier of Terraform of the name of a resource.
func TerraformName(name string) string {
	text := strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' {
			return c
		}
		return '_'
	}, name)
	if text == "" || '0' <= text[0] && text[0] <= '9' {
		text = "_" + text
	}
	return text
}

// within is the place of a new part of a resource.
func within(r *azure.Resource, typ, segment, name string) azure.Resource {
	out := azure.Resource{Type: typ, Name: name, Rank: r.Rank, At: r.At, ID: azure.MakeID(string(r.ID) + "/" + segment + "/" + name)}
	out.Address = r.Label() + "/" + name
	if providersOf(r.Address) != "" {
		out.Address = r.Address + "/" + segment + "/" + name
	}
	return out
}

// refTo is a reference to a resource.
func refTo(r *azure.Resource) azure.Reference {
	text := r.Address
	if text == "" {
		text = r.Name
	}
	return azure.Reference{ID: r.ID, Text: text, At: r.At}
}

// notYet is a value that Azure will choose.
func notYet[T any](r *azure.Resource, what string) azure.Value[T] {
	return azure.NotKnown[T](&azure.Unknown{Name: string(r.ID) + " " + what, Why: "Azure chooses it when " + r.Name + " is made", At: r.At})
}

// freePrefix finds the first prefix of a length that a virtual network has left,
// or says why there is none.
func freePrefix(v *azure.VirtualNetwork, bits int) (netip.Prefix, string) {
	var used []netip.Prefix
	for _, s := range v.Subnets {
		for _, p := range s.Prefixes {
			known, ok := p.Known()
			if !ok {
				return netip.Prefix{}, fmt.Sprintf("which addresses of %s are free is not known: the prefix of subnet %s is not", v.Name, s.Name)
			}
			used = append(used, known)
		}
	}
	var spaces []string
	for _, space := range v.AddressSpace {
		known, ok := space.Known()
		if !ok || !known.Addr().Is4() {
			continue
		}
		spaces = append(spaces, known.String())
		if p, ok := firstFree(known, bits, used); ok {
			return p, ""
		}
	}
	return netip.Prefix{}, fmt.Sprintf("%s has no /%d left in its address space %s; give it another prefix", v.Name, bits, strings.Join(spaces, ", "))
}

// firstFree steps over what is used, prefix by prefix.
func firstFree(space netip.Prefix, bits int, used []netip.Prefix) (netip.Prefix, bool) {
	if space.Bits() > bits {
		return netip.Prefix{}, false
	}
	for at := space.Masked().Addr(); at.IsValid() && space.Contains(at); {
		p := netip.PrefixFrom(at, bits)
		i := slices.IndexFunc(used, p.Overlaps)
		if i < 0 {
			return p, true
		}
		wide := p
		if used[i].Bits() < bits {
			wide = used[i].Masked()
		}
		at = after(wide)
	}
	return netip.Prefix{}, false
}

// after is the first address behind an IPv4 prefix; not valid at the end.
func after(p netip.Prefix) netip.Addr {
	a := p.Masked().Addr().As4()
	n := uint64(a[0])<<24 | uint64(a[1])<<16 | uint64(a[2])<<8 | uint64(a[3])
	n += 1 << (32 - p.Bits())
	if n > 0xffffffff {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}
