package emit

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// azCommand is a command of the command line of Azure, word by word.
type azCommand struct{ words []string }

func az(verb string, in *azure.Resource) *azCommand {
	c := &azCommand{[]string{"az network " + verb}}
	p := placeOf(in)
	if p.subscription != "" {
		c.add("subscription", p.subscription)
	}
	if p.resourceGroup != "" {
		return c.add("resource-group", p.resourceGroup)
	}
	c.words = append(c.words, `--resource-group "$RESOURCE_GROUP"`)
	return c
}

func (c *azCommand) add(flag string, values ...string) *azCommand {
	var quoted []string
	for _, v := range values {
		quoted = append(quoted, quote(v))
	}
	c.words = append(c.words, "--"+flag+" "+strings.Join(quoted, " "))
	return c
}

func (c *azCommand) String() string { return strings.Join(c.words, " \\\n  ") + "\n" }

// nextHop names the address of the next hop; that of a new firewall is asked for
// once it exists.
func (c *azCommand) nextHop(r *repair.Route) *azCommand {
	switch {
	case r.NextHopIPAddress != "":
		c.add("next-hop-ip-address", r.NextHopIPAddress)
	case r.Firewall != nil:
		show := strings.ReplaceAll(az("firewall show", &r.Firewall.Resource).add("name", r.Firewall.Name).String(), " \\\n  ", " ")
		c.words = append(c.words, fmt.Sprintf(`--next-hop-ip-address "$(%s --query 'ipConfigurations[0].privateIPAddress' --output tsv)"`, strings.TrimSuffix(show, "\n")))
	}
	return c
}

// changeCommands are the commands of a Change.
func changeCommands(e *repair.Edit) string {
	switch c := e.Change.(type) {
	case *repair.NewSubnet:
		return az("vnet subnet create", &c.Network.Resource).add("vnet-name", c.Network.Name).add("name", c.Subnet.Name).
			add("address-prefixes", c.Subnet.Prefixes[0].V.String()).String()
	case *repair.NewPublicIPAddress:
		return az("public-ip create", &c.Address.Resource).add("name", c.Address.Name).add("sku", "Standard").add("allocation-method", "Static").String()
	case *repair.NewFirewall:
		create := az("firewall create", &c.Firewall.Resource).add("name", c.Firewall.Name).add("sku", string(c.Firewall.SKU.V)).add("tier", string(c.Firewall.Tier.V))
		return create.String() + addressCommand(c.Firewall, c.Firewall.IPConfigurations[0], c.Network, c.PublicIP)
	case *repair.NewFirewallAddress:
		return addressCommand(c.Firewall, c.Address, c.Network, c.PublicIP)
	case *repair.NewRouteTable:
		return az("route-table create", &c.Table.Resource).add("name", c.Table.Name).String()
	case *repair.NewSecurityGroup:
		text := az("nsg create", &c.Group.Resource).add("name", c.Group.Name).String()
		for i := range c.Rules {
			text += command(&repair.Edit{Action: repair.Add, Group: c.Group, Rule: c.Rules[i]})
		}
		return text
	case *repair.Forwarding:
		return az("nic update", &c.Interface.Resource).add("name", c.Interface.Name).add("ip-forwarding", "true").String()
	case *repair.RouteRemoval:
		return az("route-table route delete", &c.Table.Resource).add("route-table-name", c.Table.Name).add("name", c.Was.Name).String()
	case *repair.RouteChange:
		return az("route-table route update", &c.Table.Resource).add("route-table-name", c.Table.Name).add("name", c.Was.Name).
			add("next-hop-type", string(c.Route.NextHopType)).nextHop(&c.Route).String()
	case *repair.Association:
		flag := "route-table"
		if c.Kind == azure.SubnetToNetworkSecurityGroup {
			flag = "network-security-group"
		}
		v := c.Subnet.VirtualNetwork
		return az("vnet subnet update", &v.Resource).add("vnet-name", v.Name).add("name", c.Subnet.Name).add(flag, nameFrom(&v.Resource, c.To)).String()
	case *repair.Detachment:
		property := "natGateway"
		if c.Kind == azure.SubnetToRouteTable {
			property = "routeTable"
		}
		v := c.Subnet.VirtualNetwork
		return az("vnet subnet update", &v.Resource).add("vnet-name", v.Name).add("name", c.Subnet.Name).add("remove", property).String()
	case *repair.AddressRemoval:
		return az("firewall ip-config delete", &c.Firewall.Resource).add("firewall-name", c.Firewall.Name).add("name", c.Address.Name).String()
	case *repair.Delegation:
		v := c.Subnet.VirtualNetwork
		return az("vnet subnet update", &v.Resource).add("vnet-name", v.Name).add("name", c.Subnet.Name).add("delegations", c.Service).String()
	case *repair.PeeringChange:
		v := c.Link.VirtualNetwork
		return az("vnet peering update", &v.Resource).add("vnet-name", v.Name).add("name", c.Link.Name).add("set", "allowForwardedTraffic=true").String()
	case *repair.PrivateRanges:
		if c.Policy != nil {
			return az("firewall policy update", &c.Policy.Resource).add("name", c.Policy.Name).add("private-ranges", c.Ranges...).String()
		}
		return az("firewall update", &c.Firewall.Resource).add("name", c.Firewall.Name).add("private-ranges", c.Ranges...).String()
	case *repair.NetworkRule:
		return ruleCommands(c)
	case *repair.CollectionMove:
		return moveCommand(c)
	}
	return ""
}

// nameFrom is what commands in the resource group of one resource call another:
// its name there, its id elsewhere.
func nameFrom(here, r *azure.Resource) string {
	a, b := placeOf(here), placeOf(r)
	if a.subscription == b.subscription && strings.EqualFold(a.resourceGroup, b.resourceGroup) || b.resourceGroup == "" {
		return r.Name
	}
	return r.Address
}

func addressCommand(f *azure.AzureFirewall, c *azure.FirewallIPConfiguration, in *azure.VirtualNetwork, public *azure.PublicIPAddress) string {
	return az("firewall ip-config create", &f.Resource).add("firewall-name", f.Name).add("name", c.Name).
		add("vnet-name", in.Name).add("public-ip-address", nameFrom(&f.Resource, &public.Resource)).String()
}

func ruleCommands(c *repair.NetworkRule) string {
	r := &c.Rule
	if c.Group == nil {
		cmd := az("firewall network-rule create", &c.Firewall.Resource).add("firewall-name", c.Firewall.Name).add("collection-name", c.Collection.Name)
		if c.NewCollection {
			cmd.add("priority", fmt.Sprint(c.Collection.Priority.V)).add("action", "Allow")
		}
		return cmd.add("name", r.Name).add("description", r.Description).add("protocols", r.Protocols...).add("source-addresses", r.Source...).
			add("destination-addresses", r.Destination...).add("destination-ports", r.Ports...).String()
	}
	policy := c.Group.Policy
	const verb = "firewall policy rule-collection-group"
	text := ""
	if c.NewGroup {
		text = az(verb+" create", &policy.Resource).add("policy-name", policy.Name).add("name", c.Group.Name).add("priority", fmt.Sprint(c.Group.Priority.V)).String()
	}
	var cmd *azCommand
	if c.NewCollection {
		cmd = az(verb+" collection add-filter-collection", &policy.Resource).add("policy-name", policy.Name).add("rule-collection-group-name", c.Group.Name).
			add("name", c.Collection.Name).add("collection-priority", fmt.Sprint(c.Collection.Priority.V)).add("action", "Allow").add("rule-name", r.Name)
	} else {
		cmd = az(verb+" collection rule add", &policy.Resource).add("policy-name", policy.Name).add("rule-collection-group-name", c.Group.Name).
			add("collection-name", c.Collection.Name).add("name", r.Name)
	}
	return text + cmd.add("description", r.Description).add("rule-type", "NetworkRule").add("ip-protocols", r.Protocols...).add("source-addresses", r.Source...).
		add("destination-addresses", r.Destination...).add("destination-ports", r.Ports...).String()
}

// moveCommand gives a collection another priority, for which there is no command of
// its own.
func moveCommand(c *repair.CollectionMove) string {
	at, typ, list, priority := &c.Collection.Resource, azure.TypeAzureFirewall, "networkRuleCollections", "properties.priority"
	of := c.Target()
	if c.Group != nil {
		typ, list, priority = azure.TypeFirewallPolicy, "ruleCollections", "priority"
		of = &c.Group.Policy.Resource
	}
	cmd := az("", of)
	cmd.words[0] = "az resource update"
	if c.Group != nil {
		cmd.add("namespace", "Microsoft.Network").add("parent", strings.TrimPrefix(typ, "Microsoft.Network/")+"/"+of.Name).
			add("resource-type", "ruleCollectionGroups").add("name", c.Group.Name)
	} else {
		cmd.add("resource-type", typ).add("name", of.Name)
	}
	return cmd.add("set", fmt.Sprintf("properties.%s[name=%s].%s=%d", list, at.Name, priority, c.Priority)).String()
}
