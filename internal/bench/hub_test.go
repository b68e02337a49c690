package bench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
)

// hub is a network of the usual large shape: a hub with a firewall and its
// policy, and spokes peered with it whose subnets have groups, route tables with
// a default route to the firewall, and, some of them, service endpoints and
// routes of service tags to the internet.
type hub struct {
	spokes, rules int
	rand          *rand.Rand
	resources     []object
}

type object = map[string]any

const (
	hubGroup        = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/network/providers/"
	firewallAddress = "10.0.0.4"
)

func hubID(kind, name string) string { return hubGroup + "Microsoft.Network/" + kind + "/" + name }

func ref(id string) object { return object{"id": id} }

func spokePrefix(i int) string { return fmt.Sprintf("10.%d.%d", 16+i/64, i%64*4) }

// hubJSON is the network as Azure's REST interface lists it; equal seeds give
// equal bytes.
func hubJSON(tb testing.TB, spokes, rules int, seed uint64) []byte {
	tb.Helper()
	h := &hub{spokes: spokes, rules: rules, rand: rand.New(rand.NewPCG(seed, 200))}
	h.addHub()
	for i := range spokes {
		h.addSpoke(i)
	}
	h.addFirewall()
	data, err := json.MarshalIndent(object{"value": h.resources}, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func (h *hub) add(kind, name string, properties object, more ...object) {
	r := object{"id": hubID(kind, name), "name": name, "type": "Microsoft.Network/" + kind, "location": "westeurope", "properties": properties}
	for _, m := range more {
		for k, v := range m {
			r[k] = v
		}
	}
	h.resources = append(h.resources, r)
}

func subnet(vnet, name, prefix string, properties object) object {
	p := object{"addressPrefix": prefix, "privateEndpointNetworkPolicies": "Disabled", "defaultOutboundAccess": false}
	for k, v := range properties {
		p[k] = v
	}
	return object{"id": hubID("virtualNetworks", vnet) + "/subnets/" + name, "name": name, "properties": p}
}

func peering(vnet, remote, space string) object {
	return object{"id": hubID("virtualNetworks", vnet) + "/virtualNetworkPeerings/to-" + remote, "name": "to-" + remote, "properties": object{
		"remoteVirtualNetwork": ref(hubID("virtualNetworks", remote)), "peeringState": "Connected", "peeringSyncLevel": "FullyInSync",
		"allowVirtualNetworkAccess": true, "allowForwardedTraffic": true, "allowGatewayTransit": false, "useRemoteGateways": false,
		"remoteAddressSpace": object{"addressPrefixes": []string{space}}, "remoteVirtualNetworkAddressSpace": object{"addressPrefixes": []string{space}},
	}}
}

func (h *hub) addHub() {
	var links []object
	for i := range h.spokes {
		links = append(links, peering("hub", spokeName(i), spokePrefix(i)+".0/22"))
	}
	h.add("virtualNetworks", "hub", object{
		"addressSpace": object{"addressPrefixes": []string{"10.0.0.0/16"}},
		"subnets":      []object{subnet("hub", "AzureFirewallSubnet", "10.0.0.0/26", nil)}, "virtualNetworkPeerings": links,
	})
}

func spokeName(i int) string { return fmt.Sprintf("spoke-%03d", i) }

func (h *hub) addSpoke(i int) {
	name, at := spokeName(i), spokePrefix(i)
	h.add("networkSecurityGroups", name, object{"securityRules": h.groupRules(name, at)})
	routes := []object{route("default", "0.0.0.0/0", "VirtualAppliance")}
	switch i % 4 {
	case 1:
		routes = append(routes, route("monitor", "AzureMonitor", "Internet"))
	case 2:
		routes = append(routes, route("partner", fmt.Sprintf("198.51.%d.0/24", i), "None"))
	}
	h.add("routeTables", name, object{"routes": routes, "disableBgpRoutePropagation": true})
	with := object{"networkSecurityGroup": ref(hubID("networkSecurityGroups", name)), "routeTable": ref(hubID("routeTables", name))}
	data := object{}
	for k, v := range with {
		data[k] = v
	}
	if i%5 == 0 {
		data["serviceEndpoints"] = []object{{"service": "Microsoft.Storage.Global", "locations": []string{"*"}}}
	}
	h.add("virtualNetworks", name, object{
		"addressSpace":           object{"addressPrefixes": []string{at + ".0/22"}},
		"subnets":                []object{subnet(name, "app", at+".0/24", with), subnet(name, "data", fmt.Sprintf("10.%d.%d.0/24", 16+i/64, i%64*4+1), data)},
		"virtualNetworkPeerings": []object{peering(name, "hub", "10.0.0.0/16")},
	})
}

func route(name, prefix, hop string) object {
	p := object{"addressPrefix": prefix, "nextHopType": hop}
	if hop == "VirtualAppliance" {
		p["nextHopIpAddress"] = firewallAddress
	}
	return object{"name": name, "properties": p}
}

var hubTags = []string{"Storage", "Sql", "AzureActiveDirectory", "AzureMonitor", "AzureKeyVault", "EventHub", "ServiceBus", "AzureContainerRegistry",
	"AzureCloud.westeurope", "AppService", "Storage.WestEurope", "Sql.WestEurope", "AzureDevOps", "AzureResourceManager", "AzureFrontDoor.Backend"}

func (h *hub) groupRules(name, at string) []object {
	var list []object
	add := func(direction, access, protocol, source, destination, ports string) {
		n := len(list)
		list = append(list, object{"name": fmt.Sprintf("rule-%d", n), "properties": object{
			"priority": 100 + 10*n, "direction": direction, "access": access, "protocol": protocol, "sourceAddressPrefix": source,
			"sourcePortRange": "*", "destinationAddressPrefix": destination, "destinationPortRange": ports}})
	}
	add("Inbound", "Allow", "Tcp", "10.0.0.0/8", at+".0/24", "443")
	add("Inbound", "Deny", "*", "Internet", "*", "*")
	add("Outbound", "Allow", "Tcp", "*", hubTags[h.rand.IntN(len(hubTags))], "443")
	add("Outbound", "Allow", "Tcp", "*", hubTags[h.rand.IntN(len(hubTags))], "443")
	add("Outbound", "Deny", "Tcp", "*", fmt.Sprintf("203.0.%d.0/24", h.rand.IntN(256)), "*")
	add("Outbound", "Deny", "*", "*", "Internet", "25")
	return list
}

// addFirewall adds the firewall with a policy: a collection of denials, then
// groups of allowed flows from spokes, groups of spokes or everybody to tags,
// partners and other spokes, as landing zones have them.
func (h *hub) addFirewall() {
	h.add("publicIPAddresses", "firewall", object{"ipAddress": "20.50.1.10", "publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"}, object{"sku": object{"name": "Standard"}})
	h.add("azureFirewalls", "firewall", object{
		"provisioningState": "Succeeded", "threatIntelMode": "Alert", "firewallPolicy": ref(hubID("firewallPolicies", "policy")), "sku": object{"name": "AZFW_VNet", "tier": "Standard"},
		"ipConfigurations": []object{{"name": "main", "properties": object{"privateIPAddress": firewallAddress,
			"subnet": ref(hubID("virtualNetworks", "hub") + "/subnets/AzureFirewallSubnet"), "publicIPAddress": ref(hubID("publicIPAddresses", "firewall"))}}},
	})
	var groups, members []object
	for i := range 10 {
		var addresses []string
		for j := i; j < h.spokes; j += 10 {
			addresses = append(addresses, spokePrefix(j)+".0/22")
		}
		name := fmt.Sprintf("spokes-%d", i)
		h.add("ipGroups", name, object{"ipAddresses": addresses})
		members = append(members, ref(hubID("ipGroups", name)))
	}
	const perCollection = 25
	left := h.rules
	for g := 0; left > 0; g++ {
		var rules []object
		for range min(perCollection, left) {
			rules = append(rules, h.firewallRule(len(rules), members))
			left--
		}
		action := "Allow"
		if g == 0 {
			action = "Deny"
		}
		id := hubID("firewallPolicies", "policy") + fmt.Sprintf("/ruleCollectionGroups/group-%02d", g)
		groups = append(groups, ref(id))
		h.resources = append(h.resources, object{"id": id, "name": fmt.Sprintf("group-%02d", g), "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
			"properties": object{"priority": 200 + g, "ruleCollections": []object{{"ruleCollectionType": "FirewallPolicyFilterRuleCollection",
				"name": fmt.Sprintf("collection-%02d", g), "priority": 200, "action": object{"type": action}, "rules": rules}}}})
	}
	h.add("firewallPolicies", "policy", object{"sku": object{"tier": "Standard"}, "threatIntelMode": "Alert", "ruleCollectionGroups": groups})
}

func (h *hub) firewallRule(n int, groups []object) object {
	r := object{"ruleType": "NetworkRule", "name": fmt.Sprintf("rule-%02d", n), "ipProtocols": []string{"TCP"}}
	switch x := h.rand.IntN(10); {
	case x < 2:
		r["sourceAddresses"] = []string{"10.0.0.0/8"}
	case x < 5:
		r["sourceIpGroups"] = []string{groups[h.rand.IntN(len(groups))]["id"].(string)}
	default:
		r["sourceAddresses"] = []string{spokePrefix(h.rand.IntN(h.spokes)) + ".0/22"}
	}
	var to []string
	for range 1 + h.rand.IntN(3) {
		switch x := h.rand.IntN(10); {
		case x < 3:
			to = append(to, hubTags[h.rand.IntN(len(hubTags))])
		case x < 7:
			to = append(to, fmt.Sprintf("%d.%d.%d.%d", 130+h.rand.IntN(60), h.rand.IntN(256), h.rand.IntN(256), h.rand.IntN(256)))
		default:
			to = append(to, spokePrefix(h.rand.IntN(h.spokes))+".0/24")
		}
	}
	r["destinationAddresses"] = to
	r["destinationPorts"] = [][]string{{"443"}, {"80", "443"}, {"22"}, {"1433", "11000-11999"}, {"5671-5672"}, {"8000-8100"}}[h.rand.IntN(6)]
	return r
}
