package emit

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// changeHCL writes changes as resources of Terraform, and what changes an existing
// resource as a comment with the block or the attribute to add there.
type changeHCL struct {
	body *hclwrite.Body
	// made are the labels of new resources by their id.
	made map[azure.ID]string
	// collections are the blocks of new rule collections, which get more rules.
	collections map[*azure.RuleCollection]*hclwrite.Body
	// rules are the addresses of new collections, and routes those of new routes:
	// they come before the associations that put them into force.
	rules []string
	// location and resourceGroup say that these are asked for.
	location, resourceGroup bool
	// labels are the names of resources that are used.
	labels map[string]bool
	// steps are all of the change.
	steps []repair.Edit
	// lookups are data sources, and asked variables, of what exists.
	lookups []lookup
	asked   []variable
}

// rootAddress is that of a resource in the root module without an index.
var rootAddress = regexp.MustCompile(`^(azurerm_[a-z_]+)\.([A-Za-z_][A-Za-z0-9_-]*)$`)

func traversal(names ...string) hcl.Traversal {
	t := hcl.Traversal{hcl.TraverseRoot{Name: names[0]}}
	for _, n := range names[1:] {
		t = append(t, hcl.TraverseAttr{Name: n})
	}
	return t
}

// set writes an attribute of a resource, by reference where Terraform knows it,
// else the given text.
func (h *changeHCL) set(block *hclwrite.Body, name string, of *azure.Resource, attribute, otherwise string) {
	if label := h.made[of.ID]; label != "" {
		block.SetAttributeTraversal(name, traversal(strings.Split(label, ".")[0], strings.Split(label, ".")[1], attribute))
		return
	}
	switch t := existing(of.Address); {
	case t != nil:
		block.SetAttributeTraversal(name, append(t, hcl.TraverseAttr{Name: attribute}))
	case attribute == "id" && !isID(otherwise):
		block.SetAttributeTraversal(name, h.found(of))
	default:
		block.SetAttributeValue(name, cty.StringVal(otherwise))
	}
}

// group names the resource group of another resource.
func (h *changeHCL) group(block *hclwrite.Body, of *azure.Resource) {
	address := of.Address
	if made := h.made[of.ID]; made != "" {
		address = made
	}
	switch m := rootAddress.FindStringSubmatch(address); {
	case m != nil:
		block.SetAttributeTraversal("resource_group_name", traversal(m[1], m[2], "resource_group_name"))
	case placeOf(of).resourceGroup != "":
		block.SetAttributeValue("resource_group_name", cty.StringVal(placeOf(of).resourceGroup))
	default:
		h.resourceGroup = true
		block.SetAttributeTraversal("resource_group_name", traversal("var", "resource_group_name"))
	}
}

// region is that of the virtual network.
func (h *changeHCL) region(block *hclwrite.Body, of *azure.Resource) {
	if of != nil {
		if m := rootAddress.FindStringSubmatch(of.Address); m != nil {
			block.SetAttributeTraversal("location", traversal(m[1], m[2], "location"))
			return
		}
	}
	h.location = true
	block.SetAttributeTraversal("location", traversal("var", "location"))
}

// resource begins a new resource with its name.
func (h *changeHCL) resource(typ string, r *azure.Resource) *hclwrite.Body {
	label := repair.TerraformName(r.Name)
	if m := rootAddress.FindStringSubmatch(r.Address); m != nil && m[1] == typ {
		label = m[2]
	}
	h.made[r.ID] = typ + "." + label
	block := h.body.AppendNewBlock("resource", []string{typ, label}).Body()
	block.SetAttributeValue("name", cty.StringVal(r.Name))
	return block
}

func (h *changeHCL) write(e *repair.Edit, network *azure.VirtualNetwork) {
	var home *azure.Resource
	if network != nil {
		home = &network.Resource
	}
	switch c := e.Change.(type) {
	case *repair.NewSubnet:
		b := h.resource("azurerm_subnet", &c.Subnet.Resource)
		h.group(b, &c.Network.Resource)
		h.set(b, "virtual_network_name", &c.Network.Resource, "name", c.Network.Name)
		b.SetAttributeValue("address_prefixes", stringList([]string{c.Subnet.Prefixes[0].V.String()}))
	case *repair.NewPublicIPAddress:
		b := h.located("azurerm_public_ip", &c.Address.Resource, home)
		b.SetAttributeValue("allocation_method", cty.StringVal("Static"))
		b.SetAttributeValue("sku", cty.StringVal("Standard"))
	case *repair.NewFirewall:
		b := h.located("azurerm_firewall", &c.Firewall.Resource, home)
		b.SetAttributeValue("sku_name", cty.StringVal(string(c.Firewall.SKU.V)))
		b.SetAttributeValue("sku_tier", cty.StringVal(string(c.Firewall.Tier.V)))
		h.address(b, c.Firewall.IPConfigurations[0])
	case *repair.NewFirewallAddress:
		comment(h.body, "Add to the firewall "+c.Firewall.Label()+":")
		h.address(h.body, c.Address)
	case *repair.NewRouteTable:
		h.located("azurerm_route_table", &c.Table.Resource, home)
	case *repair.NewSecurityGroup:
		h.located("azurerm_network_security_group", &c.Group.Resource, home)
		for i := range c.Rules {
			h.body.AppendNewline()
			h.securityRule(&repair.Edit{Action: repair.Add, Group: c.Group, Rule: c.Rules[i]})
		}
	case *repair.Forwarding:
		comment(h.body, fmt.Sprintf("Set in the network interface %s (before version 4 of the provider: enable_ip_forwarding):", c.Interface.Label()))
		h.body.SetAttributeValue("ip_forwarding_enabled", cty.True)
	case *repair.RouteRemoval:
		comment(h.body, fmt.Sprintf("Remove the route %s (%s) of %s.", c.Was.Name, c.Was.Destination.Text, c.Table.Label()))
	case *repair.RouteChange:
		comment(h.body, fmt.Sprintf("The route %s of %s gets another next hop. Set in it:", c.Was.Name, c.Table.Label()))
		h.nextHop(h.body, &c.Route)
	case *repair.Association:
		h.association(c)
	case *repair.Detachment:
		typ := "azurerm_subnet_nat_gateway_association"
		if c.Kind == azure.SubnetToRouteTable {
			typ = "azurerm_subnet_route_table_association"
		}
		comment(h.body, fmt.Sprintf("Remove the %s of subnet %s with %s.", typ, c.Subnet.Label(), c.From.Label()))
	case *repair.AddressRemoval:
		comment(h.body, fmt.Sprintf("Remove the ip_configuration %s of the firewall %s.", c.Address.Name, c.Firewall.Label()))
	case *repair.Delegation:
		comment(h.body, "Add to the subnet "+c.Subnet.Label()+":")
		delegation(h.body, c)
	case *repair.PeeringChange:
		comment(h.body, fmt.Sprintf("Set in the peering %s of %s:", c.Link.Name, c.Link.VirtualNetwork.Label()))
		h.body.SetAttributeValue("allow_forwarded_traffic", cty.True)
	case *repair.PrivateRanges:
		comment(h.body, fmt.Sprintf("Set in %s:", c.Target().Label()))
		h.body.SetAttributeValue("private_ip_ranges", stringList(c.Ranges))
	case *repair.NetworkRule:
		h.rule(c)
	case *repair.CollectionMove:
		text := fmt.Sprintf("Set in the collection %s of %s:", c.Collection.Name, c.Target().Label())
		if c.Group == nil { // a resource of its own; a group is written as one
			text = fmt.Sprintf("Set in the collection %s of %s, and apply it before what follows: of two of one priority nobody says which comes first (P-12).", c.Collection.Name, c.Target().Label())
		}
		comment(h.body, text)
		h.body.SetAttributeValue("priority", cty.NumberIntVal(int64(c.Priority)))
	}
}

func (h *changeHCL) located(typ string, r, home *azure.Resource) *hclwrite.Body {
	b := h.resource(typ, r)
	h.region(b, home)
	if home == nil { // its own id may tell the group; it cannot refer to itself
		home = &azure.Resource{}
		if !rootAddress.MatchString(r.Address) {
			home.Address = r.Address
		}
	}
	h.group(b, home)
	return b
}

// delegation states that of a subnet to a service.
func delegation(body *hclwrite.Body, c *repair.Delegation) {
	b := body.AppendNewBlock("delegation", nil).Body()
	b.SetAttributeValue("name", cty.StringVal(c.Service[strings.LastIndexByte(c.Service, '/')+1:]))
	b.AppendNewBlock("service_delegation", nil).Body().SetAttributeValue("name", cty.StringVal(c.Service))
}

// DelegationBlock is a delegation as a block of the Terraform that states the subnet.
func DelegationBlock(c *repair.Delegation) string {
	file := hclwrite.NewEmptyFile()
	delegation(file.Body(), c)
	return string(hclwrite.Format(file.Bytes()))
}

func (h *changeHCL) address(b *hclwrite.Body, c *azure.FirewallIPConfiguration) {
	block := b.AppendNewBlock("ip_configuration", nil).Body()
	block.SetAttributeValue("name", cty.StringVal(c.Name))
	h.set(block, "subnet_id", &azure.Resource{ID: c.Subnet.ID, Address: c.Subnet.Text}, "id", c.Subnet.Text)
	h.set(block, "public_ip_address_id", &azure.Resource{ID: c.PublicIPAddress.ID, Address: c.PublicIPAddress.Text}, "id", c.PublicIPAddress.Text)
}

// nextHop writes where a route leads.
func (h *changeHCL) nextHop(block *hclwrite.Body, r *repair.Route) {
	block.SetAttributeValue("next_hop_type", cty.StringVal(string(r.NextHopType)))
	switch {
	case r.NextHopIPAddress != "":
		block.SetAttributeValue("next_hop_in_ip_address", cty.StringVal(r.NextHopIPAddress))
	case r.Firewall != nil:
		t := existing(cmp.Or(h.made[r.Firewall.ID], r.Firewall.Address))
		if t == nil {
			t = h.lookUp(&r.Firewall.Resource)
		}
		if t == nil {
			t = h.ask(&r.Firewall.Resource, "private_ip_address", "the private address of "+r.Firewall.Label())
		} else {
			t = append(t, hcl.TraverseAttr{Name: "ip_configuration"}, hcl.TraverseIndex{Key: cty.NumberIntVal(0)}, hcl.TraverseAttr{Name: "private_ip_address"})
		}
		block.SetAttributeTraversal("next_hop_in_ip_address", t)
	}
}

func (h *changeHCL) association(c *repair.Association) {
	typ, attribute, what := "azurerm_subnet_route_table_association", "route_table_id", "route_table_id"
	if c.Kind == azure.SubnetToNetworkSecurityGroup {
		typ, attribute, what = "azurerm_subnet_network_security_group_association", "network_security_group_id", "security_group"
	}
	if strings.Contains(c.Subnet.Address, "azurerm_virtual_network.") { // a block of its network
		comment(h.body, fmt.Sprintf("Set in the block of subnet %s in %s:", c.Subnet.Name, c.Subnet.VirtualNetwork.Label()))
		h.set(h.body, what, c.To, "id", c.To.Label())
		return
	}
	b := h.body.AppendNewBlock("resource", []string{typ, unused(typ, repair.TerraformName(c.Subnet.Name), h.labels)}).Body()
	h.set(b, "subnet_id", &c.Subnet.Resource, "id", c.Subnet.Address)
	h.set(b, attribute, c.To, "id", c.To.Address)
	if len(h.rules) > 0 {
		var list []hclwrite.Tokens
		for _, address := range h.rules {
			typ, label, _ := strings.Cut(address, ".")
			list = append(list, hclwrite.TokensForTraversal(traversal(typ, label)))
		}
		b.SetAttributeRaw("depends_on", hclwrite.TokensForTuple(list))
	}
}

// rule writes a network rule: in a new collection of its own, or as a block to
// add where the collection stands.
func (h *changeHCL) rule(c *repair.NetworkRule) {
	if b := h.collections[c.Collection]; b != nil {
		ruleBlock(b, &c.Rule, c.Group == nil)
		return
	}
	if !c.NewCollection {
		comment(h.body, fmt.Sprintf("Add to the collection %s of %s:", c.Collection.Name, c.Target().Label()))
		ruleBlock(h.body, &c.Rule, c.Group == nil)
		return
	}
	var b *hclwrite.Body
	switch {
	case c.Group == nil:
		b = h.resource("azurerm_firewall_network_rule_collection", &c.Collection.Resource)
		h.set(b, "azure_firewall_name", &c.Firewall.Resource, "name", c.Firewall.Name)
		h.group(b, &c.Firewall.Resource)
	case c.NewGroup:
		group := h.resource("azurerm_firewall_policy_rule_collection_group", &c.Group.Resource)
		h.set(group, "firewall_policy_id", &c.Group.Policy.Resource, "id", c.Group.Policy.Address)
		group.SetAttributeValue("priority", cty.NumberIntVal(int64(c.Group.Priority.V)))
		b = group.AppendNewBlock("network_rule_collection", nil).Body()
		b.SetAttributeValue("name", cty.StringVal(c.Collection.Name))
	default:
		comment(h.body, fmt.Sprintf("Add to the rule collection group %s of %s:", c.Group.Name, c.Group.Policy.Label()))
		b = h.body.AppendNewBlock("network_rule_collection", nil).Body()
		b.SetAttributeValue("name", cty.StringVal(c.Collection.Name))
	}
	collectionAttributes(b, c)
	h.collections[c.Collection] = b
	if c.Group == nil {
		h.rules = append(h.rules, h.made[c.Collection.ID])
	} else if c.NewGroup {
		h.rules = append(h.rules, h.made[c.Group.ID])
	}
	ruleBlock(b, &c.Rule, c.Group == nil)
}

func ruleBlock(b *hclwrite.Body, r *repair.FirewallRule, described bool) {
	block := b.AppendNewBlock("rule", nil).Body()
	block.SetAttributeValue("name", cty.StringVal(r.Name))
	if described && r.Description != "" {
		block.SetAttributeValue("description", cty.StringVal(r.Description))
	}
	block.SetAttributeValue("protocols", stringList(r.Protocols))
	block.SetAttributeValue("source_addresses", stringList(r.Source))
	block.SetAttributeValue("destination_addresses", stringList(r.Destination))
	block.SetAttributeValue("destination_ports", stringList(r.Ports))
}

func stringList(list []string) cty.Value {
	var values []cty.Value
	for _, s := range list {
		values = append(values, cty.StringVal(s))
	}
	return cty.ListVal(values)
}

// homeOf is the virtual network that the new resources of a change stand in.
func homeOf(steps []repair.Edit) *azure.VirtualNetwork {
	for i := range steps {
		switch c := steps[i].Change.(type) {
		case *repair.NewSubnet:
			return c.Network
		case *repair.NewFirewall:
			return c.Network
		case *repair.Association:
			return c.Subnet.VirtualNetwork
		}
	}
	return nil
}

// variables declares what the new resources ask for.
func (h *changeHCL) variables() {
	if h.location {
		h.asked = append(h.asked, variable{"location", locationMeaning})
	}
	if h.resourceGroup {
		h.asked = append(h.asked, variable{"resource_group_name", "the resource group of what is changed"})
	}
	for _, x := range h.asked {
		h.body.AppendNewline()
		v := h.body.AppendNewBlock("variable", []string{x.name}).Body()
		v.SetAttributeTraversal("type", traversal("string"))
		v.SetAttributeValue("description", cty.StringVal(x.meaning))
	}
}
