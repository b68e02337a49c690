package terraform

import (
	"regexp"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// kind describes a Terraform type that stands for one Azure resource.
type kind struct {
	// armType in Azure's spelling.
	armType string
	// parents are the attributes that name the parents, outermost first.
	parents []string
}

// typeCollectionGroup names its policy by id and not by name.
const typeCollectionGroup = "azurerm_firewall_policy_rule_collection_group"

var firewallName = []string{"azure_firewall_name"}

// kinds are the modelled types that have a name and an id of their own.
var kinds = map[string]kind{
	"azurerm_virtual_network":                      {armType: azure.TypeVirtualNetwork},
	"azurerm_subnet":                               {armType: azure.TypeSubnet, parents: []string{"virtual_network_name"}},
	"azurerm_virtual_network_peering":              {armType: azure.TypePeering, parents: []string{"virtual_network_name"}},
	"azurerm_network_security_group":               {armType: azure.TypeNetworkSecurityGroup},
	"azurerm_network_security_rule":                {armType: azure.TypeSecurityRule, parents: []string{"network_security_group_name"}},
	"azurerm_application_security_group":           {armType: azure.TypeApplicationSecurityGroup},
	"azurerm_route_table":                          {armType: azure.TypeRouteTable},
	"azurerm_route":                                {armType: azure.TypeRoute, parents: []string{"route_table_name"}},
	"azurerm_network_interface":                    {armType: azure.TypeNetworkInterface},
	"azurerm_public_ip":                            {armType: azure.TypePublicIPAddress},
	"azurerm_public_ip_prefix":                     {armType: azure.TypePublicIPPrefix},
	"azurerm_nat_gateway":                          {armType: azure.TypeNATGateway},
	"azurerm_firewall":                             {armType: azure.TypeAzureFirewall},
	"azurerm_firewall_nat_rule_collection":         {armType: "Microsoft.Network/azureFirewalls/natRuleCollections", parents: firewallName},
	"azurerm_firewall_network_rule_collection":     {armType: "Microsoft.Network/azureFirewalls/networkRuleCollections", parents: firewallName},
	"azurerm_firewall_application_rule_collection": {armType: "Microsoft.Network/azureFirewalls/applicationRuleCollections", parents: firewallName},
	"azurerm_firewall_policy":                      {armType: azure.TypeFirewallPolicy},
	"azurerm_ip_group":                             {armType: azure.TypeIPGroup},
	"azurerm_private_endpoint":                     {armType: azure.TypePrivateEndpoint},
	"azurerm_virtual_network_gateway":              {armType: azure.TypeGateway},
	"azurerm_local_network_gateway":                {armType: azure.TypeLocalGateway},
	"azurerm_virtual_network_gateway_connection":   {armType: azure.TypeGatewayConnection},
	"azurerm_lb":                                   {armType: azure.TypeLoadBalancer},
}

// hasOwnID reports whether references to instances of a type go by the id that
// Azure gives, once it is known.
func hasOwnID(typ string) bool {
	return typ == "azapi_resource" || typ == typeCollectionGroup || strings.HasPrefix(typ, "azurerm_network_manager") || strings.HasPrefix(typ, "azurerm_lb_")
}

// identify gives every instance the id of its Azure resource, and leads data
// sources to the resource of the plan that they look up.
func (r *reader) identify() {
	for _, i := range r.instances {
		k, ok := kinds[i.typ]
		if !ok {
			i.id = azure.MakeID(i.text)
			if id := i.get("id").known(); hasOwnID(i.typ) && strings.HasPrefix(id, "/") {
				i.id = azure.MakeID(id)
			}
			continue
		}
		i.id = r.identityOf(i, k)
		if name := r.naturalName(i, k); name != "" {
			r.named[name] = append(r.named[name], i)
		}
	}
	for _, i := range r.instances {
		if i.data {
			i.same = r.managedTwin(i)
		}
	}
}

// identityOf is the Azure id where the plan tells it or where it is certain,
// else the Terraform address.
func (r *reader) identityOf(i *instance, k kind) azure.ID {
	if id := i.get("id").known(); strings.HasPrefix(id, "/") {
		return azure.MakeID(id)
	}
	// A resource that is replaced under the same name keeps its id.
	before := field{value: i.before, name: i.text, problems: i.values.problems}
	if id := before.get("id").known(); strings.HasPrefix(id, "/") && naturalName(i.typ, before, k) == naturalName(i.typ, i.values, k) {
		return azure.MakeID(id)
	}
	if id := r.armID(i, k, names(i.values, k)); id != "" {
		return id
	}
	return azure.MakeID(i.text)
}

// names are the name of a resource and of its parents, outermost first; nil
// when one is not known.
func names(values field, k kind) []string {
	var list []string
	for _, attribute := range append(append([]string(nil), k.parents...), "name") {
		name := values.get(attribute).known()
		if name == "" {
			return nil
		}
		list = append(list, name)
	}
	return list
}

// armID is the id of a resource whose subscription, resource group and names
// are known, else "".
func (r *reader) armID(i *instance, k kind, names []string) azure.ID {
	group := i.get("resource_group_name").known()
	subscription := r.subscription(i)
	if subscription == "" || group == "" || len(names) == 0 {
		return ""
	}
	return armID(subscription, group, k.armType, names)
}

func armID(subscription, group, armType string, names []string) azure.ID {
	types := strings.Split(armType, "/")
	text := "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/" + types[0]
	for n, name := range names {
		text += "/" + types[n+1] + "/" + name
	}
	return azure.MakeID(text)
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// subscription is the subscription of the provider an instance is made with,
// where the configuration names it as a constant or a variable of the root
// module; else "".
func (r *reader) subscription(i *instance) string {
	provider, _ := i.config.Get("provider_config_key").String()
	if provider == "" || strings.Contains(provider, ":") {
		// "module.a:azurerm" is configured inside a module, by its variables.
		return ""
	}
	if s, ok := r.subscriptions[provider]; ok {
		return s
	}
	expression := r.root.Get("configuration").Get("provider_config").Get(provider).Get("expressions").Get("subscription_id")
	v, _ := r.constantExpression(scope{}, expression)
	s, _ := v.String()
	if !guid.MatchString(s) {
		s = ""
	}
	r.subscriptions[provider] = s
	return s
}

// naturalName identifies a resource by type, resource group and names, as the
// resources beside it do; "" when one of them is not known.
func (r *reader) naturalName(i *instance, k kind) string { return naturalName(i.typ, i.values, k) }

func naturalName(typ string, values field, k kind) string {
	group := values.get("resource_group_name").known()
	parts := names(values, k)
	if group == "" || parts == nil {
		return ""
	}
	return nameKey(typ, group, parts...)
}

func nameKey(typ, group string, names ...string) string {
	return strings.ToLower(typ + "|" + group + "|" + strings.Join(names, "/"))
}

// managedTwin finds the instance that describes the resource of a data source:
// the managed one, else the first data source of it.
func (r *reader) managedTwin(i *instance) *instance {
	k, ok := kinds[i.typ]
	if !ok {
		return nil
	}
	var first *instance
	for _, other := range r.named[r.naturalName(i, k)] {
		// A deferred data source has no id yet; the names must do.
		if other.id != i.id && strings.HasPrefix(string(i.id), "/") {
			continue
		}
		if !other.data {
			return other
		}
		if first == nil {
			first = other
		}
	}
	if first == i {
		return nil
	}
	return first
}
