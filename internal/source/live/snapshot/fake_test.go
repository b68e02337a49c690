package snapshot

import (
	"fmt"
	"strings"
)

const (
	sub   = "11111111-2222-3333-4444-555555555555"
	other = "99999999-2222-3333-4444-555555555555"
)

func under(subscription string) string { return "/subscriptions/" + subscription }

// Constructors of resources as a snapshot states them.

func id(group, typ, name string) string {
	return under(sub) + "/resourceGroups/" + group + "/providers/" + typ + "/" + name
}

func network(typ string) string { return "Microsoft.Network/" + typ }

// made is a resource with an id, a type and its properties.
func made(group, typ, name, properties string) string {
	return fmt.Sprintf(`{"name":%q,"id":%q,"etag":"W/\"1\"","type":%q,"location":"westeurope","properties":{"provisioningState":"Succeeded"%s}}`,
		name, id(group, typ, name), typ, comma(properties))
}

func comma(properties string) string {
	if properties == "" {
		return ""
	}
	return "," + properties
}

// vnet is a network 10.0.0.0/16 with subnets.
func vnet(name string, subnets ...string) string {
	return made("rg", network("virtualNetworks"), name, `"addressSpace":{"addressPrefixes":["10.0.0.0/16"]},"virtualNetworkPeerings":[],"subnets":[`+strings.Join(subnets, ",")+`]`)
}

func subnetID(vnet, name string) string {
	return id("rg", network("virtualNetworks"), vnet) + "/subnets/" + name
}

// subnet has a prefix and lists the ids of IP configurations.
func subnet(vnet, name, prefix, properties string, configurations ...string) string {
	var list []string
	for _, c := range configurations {
		list = append(list, fmt.Sprintf(`{"id":%q}`, c))
	}
	return fmt.Sprintf(`{"name":%q,"id":%q,"properties":{"addressPrefix":%q,"ipConfigurations":[%s]%s},"type":"Microsoft.Network/virtualNetworks/subnets"}`,
		name, subnetID(vnet, name), prefix, strings.Join(list, ","), comma(properties))
}

func refer(name, id string) string { return fmt.Sprintf(`%q:{"id":%q}`, name, id) }

// nic is a network interface with one address in a subnet.
func nic(name, subnet, address string) string {
	return made("rg", network("networkInterfaces"), name, fmt.Sprintf(`"enableIPForwarding":false,"ipConfigurations":[{"name":"ip","id":%q,"properties":{"privateIPAddress":%q,%s}}]`,
		id("rg", network("networkInterfaces"), name)+"/ipConfigurations/ip", address, refer("subnet", subnet)))
}
