package export

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
)

const effectiveNSG = `{"value":[{
 "networkSecurityGroup":{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/web"},
 "association":{"subnet":{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a"}},
 "effectiveSecurityRules":[
  {"name":"securityRules/https","protocol":"Tcp","sourcePortRange":"0-65535","destinationPortRange":"443-443","sourcePortRanges":["0-65535"],"destinationPortRanges":["443-443"],
   "sourceAddressPrefix":"Internet","sourceAddressPrefixes":["Internet"],"expandedSourceAddressPrefix":["1.0.0.0/8"],"destinationAddressPrefix":"10.0.0.0/24","destinationAddressPrefixes":["10.0.0.0/24","10.0.1.0/24"],
   "access":"Allow","priority":100,"direction":"Inbound"},
  {"name":"securityRules/rest","protocol":"All","sourcePortRange":"0-65535","destinationPortRange":"0-65535","sourceAddressPrefix":"0.0.0.0/0","sourceAddressPrefixes":["0.0.0.0/0","0.0.0.0/0"],"destinationAddressPrefix":"10.0.0.0/24",
   "access":"Deny","priority":200,"direction":"Inbound"},
  {"name":"defaultSecurityRules/DenyAllInBound","protocol":"All","sourcePortRange":"0-65535","destinationPortRange":"0-65535","sourceAddressPrefix":"0.0.0.0/0","destinationAddressPrefix":"0.0.0.0/0","access":"Deny","priority":65500,"direction":"Inbound"}
 ]}]}`

// NW-5: the rules and what they are attached to; ports and protocols in their
// printed forms, and "*" printed as 0.0.0.0/0 perhaps for IPv6 too.
func TestNW5EffectiveRules(t *testing.T) {
	n := built(t, effectiveNSG)
	if g := n.Subnets()[0].NetworkSecurityGroup; g.ID.Name() != "web" {
		t.Errorf("the subnet has the group %v", g)
	}
	var got []string
	for _, r := range n.NetworkSecurityGroups[0].Rules {
		var terms []string
		for x := range r.AddressTerms() {
			terms = append(terms, fmt.Sprint(x.Text, x.Unknown != nil))
		}
		got = append(got, fmt.Sprint(r.Name, " ", r.Protocol.V, " ", r.DestinationPorts.Terms[0].First, "-", r.DestinationPorts.Terms[0].Last, " ", strings.Join(terms, " ")))
	}
	want := []string{
		"https Tcp 443-443 Internetfalse 10.0.0.0/24false 10.0.1.0/24false",
		"rest * 0-65535 0.0.0.0/0false true 10.0.0.0/24false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The group itself is believed over what is in force.
func TestAGroupIsBelievedOverItsEffectiveRules(t *testing.T) {
	n := built(t, effectiveNSG, `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/web","properties":{"securityRules":[
	 {"name":"only","properties":{"direction":"Inbound","access":"Allow","priority":100,"protocol":"*","sourceAddressPrefix":"*","sourcePortRange":"*","destinationAddressPrefix":"*","destinationPortRange":"*"}}]}}`)
	if rules := n.NetworkSecurityGroups[0].Rules; len(rules) != 1 || rules[0].Name != "only" {
		t.Errorf("rules: %v", rules)
	}
}

// NW-5, ADM-2: the rules of a network manager are security admin rules. Those that
// deny are known; whether one that allows has the last word is not.
func TestNW5EffectiveRulesOfANetworkManager(t *testing.T) {
	n := built(t, `{"value":[{
 "networkSecurityGroup":{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/managed"},
 "association":{"networkManager":{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkManagers/m"}},
 "effectiveSecurityRules":[
  {"name":"securityRules/no-ssh","protocol":"Tcp","sourcePortRange":"0-65535","destinationPortRange":"22-22","sourceAddressPrefix":"Internet","destinationAddressPrefix":"10.0.0.0/8","access":"Deny","priority":10,"direction":"Inbound"},
  {"name":"securityRules/web","protocol":"All","sourcePortRange":"0-65535","destinationPortRange":"443-443","sourceAddressPrefix":"0.0.0.0/0","destinationAddressPrefix":"10.0.0.0/8","access":"Allow","priority":20,"direction":"Inbound"},
  {"name":"defaultSecurityRules/DenyAllInBound","protocol":"All","sourcePortRange":"0-65535","destinationPortRange":"0-65535","sourceAddressPrefix":"0.0.0.0/0","destinationAddressPrefix":"0.0.0.0/0","access":"Deny","priority":65500,"direction":"Inbound"}
 ]}]}`, vnetWith("v", "10.0.0.0/16", "a", "10.0.1.0/24"))
	var got []string
	for _, r := range n.AdminRules {
		var sides []string
		for _, a := range append(r.Sources, r.Destinations...) {
			sides = append(sides, fmt.Sprint(a.Kind.V, " ", a.Text.V, a.Text.Unknown != nil))
		}
		got = append(got, fmt.Sprint(r.Name, " ", r.Access.V, r.Access.Unknown != nil, " ", r.Priority.V, " ", r.Protocol.V, " ", r.DestinationPorts.Terms[0].First, " ", strings.Join(sides, ", ")))
	}
	want := []string{
		"no-ssh Denyfalse 10 Tcp 22 ServiceTag Internetfalse, IPPrefix 10.0.0.0/8false",
		"web true 20 Any 443 IPPrefix 0.0.0.0/0false, IPPrefix true, IPPrefix 10.0.0.0/8false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// Which networks they are for is not part of the answer.
	before := n.Subnets()[0].AdminRules
	if len(n.NetworkSecurityGroups) != 0 || len(before) != 2 || before[0].Doubt == nil {
		t.Errorf("groups %v, before the subnet stand %v", n.NetworkSecurityGroups, before)
	}
}

// NW-9: the admin rules in force at a network, as az prints them and as the API
// does, say of which groups they are; the members of a group are an input of their
// own. AlwaysAllow and Allow are told apart here, unlike in NW-5.
func TestNW9AdminRulesInForce(t *testing.T) {
	const manager = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkManagers/m"
	const head = `"id":"` + manager + `/securityAdminConfigurations/c/ruleCollections/k/rules/no-ssh","kind":"Custom","configurationDescription":"d","ruleGroups":[],
 "ruleCollectionAppliesToGroups":[{"networkGroupId":"` + manager + `/networkGroups/all"}]`
	const properties = `"access":"AlwaysAllow","direction":"Inbound","priority":10,"protocol":"Tcp","sourcePortRanges":["0-65535"],"destinationPortRanges":["22"],
 "sources":[{"addressPrefix":"*","addressPrefixType":"IPPrefix"}],"destinations":[{"addressPrefix":"*","addressPrefixType":"IPPrefix"}]`
	const member = `{"id":"` + manager + `/networkGroups/all/staticMembers/x","type":"Microsoft.Network/networkManagers/networkGroups/staticMembers","resourceId":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"}`
	for id, text := range map[string]string{
		"NW-9 of az":      `{"skipToken":"","value":[{` + head + `,` + properties + `}]}`,
		"NW-9 of the API": `{"value":[{` + head + `,"properties":{` + properties + `}}]}`,
	} {
		for _, members := range []bool{false, true} {
			inputs := []string{text, vnetWith("v", "10.0.0.0/16", "a", "10.0.1.0/24")}
			if members {
				inputs = append(inputs, member)
			}
			before := built(t, inputs...).Subnets()[0].AdminRules
			if len(before) != 1 || before[0].Rule.Name != "no-ssh" || before[0].Rule.Access.V != azure.AdminAlwaysAllow || (before[0].Doubt == nil) != members {
				t.Errorf("%s, members %v: before the subnet stand %+v", id, members, before)
			}
		}
	}
}

// NW-3, NW-7, NW-8: what is an answer and no input is called so, with what to give
// instead.
func TestAnswersThatAreNoInput(t *testing.T) {
	for id, row := range map[string]struct{ text, says, hint string }{
		"NW-3": {`{"networkInterfaces":[{"id":"/nic","securityRuleAssociations":{"defaultSecurityRules":[]}}]}`, "a security group view", "az network nic list-effective-nsg"},
		"NW-7": {`{"hops":[],"connectionStatus":"Reachable","probesSent":3}`, "an answer of connection troubleshoot", "wayleave explain"},
		"NW-8": {`{"id":"t","resources":[{"name":"v","associations":[]}]}`, "a topology", "az network vnet list"},
	} {
		list := Read(parse(t, row.text)).Diagnostics
		if len(list) != 1 || list[0].Code != "not-resources" || !strings.Contains(list[0].Summary, row.says) || !strings.Contains(list[0].Hint, row.hint) {
			t.Errorf("%s: %v", id, list)
		}
	}
}

func vnetWith(name, prefix, subnet, inner string) string {
	return strings.Replace(vnetOf(name, prefix), `"subnets":[]`, fmt.Sprintf(`"subnets":[{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/%s/subnets/%s","name":%q,"properties":{"addressPrefix":%q}}]`, name, subnet, subnet, inner), 1)
}

const effectiveRoutes = `{"value":[
 {"source":"Default","state":"Active","addressPrefix":["10.0.0.0/16"],"nextHopType":"VnetLocal","nextHopIpAddress":[]},
 {"source":"VirtualNetworkGateway","state":"Active","addressPrefix":["192.168.7.0/24"],"nextHopType":"VirtualNetworkGateway","nextHopIpAddress":["10.0.255.4"]},
 {"source":"VirtualNetworkGateway","state":"Invalid","addressPrefix":["172.20.0.0/16"],"nextHopType":"VirtualNetworkGateway","nextHopIpAddress":["10.0.255.4"]},
 {"source":"User","state":"Active","addressPrefix":["172.20.0.0/16"],"nextHopType":"VirtualAppliance","nextHopIpAddress":["10.0.1.4"]}]}`

func vnetOf(name, prefix string) string {
	return `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/` + name +
		`","properties":{"addressSpace":{"addressPrefixes":["` + prefix + `"]},"subnets":[]}}`
}

// NW-4: what came from a gateway belongs to the network with that space,
// whether a user's route hides it or not.
func TestNW4EffectiveRoutes(t *testing.T) {
	n := built(t, effectiveRoutes, vnetOf("hub", "10.0.0.0/16"), vnetOf("other", "10.1.0.0/16"))
	want := []netip.Prefix{netip.MustParsePrefix("172.20.0.0/16"), netip.MustParsePrefix("192.168.7.0/24")}
	got := n.VirtualNetworks[0].LearnedRoutes
	if got == nil || fmt.Sprint(got.Prefixes) != fmt.Sprint(want) || n.VirtualNetworks[1].LearnedRoutes != nil {
		t.Errorf("learned: %+v", got)
	}
}

// An answer that fits no network, or two, is not used, and says so.
func TestEffectiveRoutesOfNoKnownNetwork(t *testing.T) {
	for name, networks := range map[string][]string{
		"none": {vnetOf("hub", "10.9.0.0/16")},
		"two":  {vnetOf("a", "10.0.0.0/16"), vnetOf("b", "10.0.0.0/16")},
	} {
		n, list := azure.Build(inventories(t, append(networks, effectiveRoutes)...)...)
		if n == nil || len(list) != 1 || list[0].Code != "effective-routes" || list[0].Severity.String() != "warning" {
			t.Errorf("%s: %v", name, list)
		}
		for _, v := range n.VirtualNetworks {
			if v.LearnedRoutes != nil {
				t.Errorf("%s: %s has routes", name, v.Name)
			}
		}
	}
}

// T97: one prefix as text is a list of one.
func TestT97OnePrefixAsText(t *testing.T) {
	text := strings.ReplaceAll(strings.ReplaceAll(effectiveRoutes, `["10.0.0.0/16"]`, `"10.0.0.0/16"`), `["192.168.7.0/24"]`, `"192.168.7.0/24"`)
	n := built(t, text, vnetOf("hub", "10.0.0.0/16"))
	if got := n.VirtualNetworks[0].LearnedRoutes; got == nil || len(got.Prefixes) != 2 {
		t.Errorf("learned: %+v", got)
	}
}

func inventories(t *testing.T, texts ...string) []*azure.Inventory {
	t.Helper()
	var list []*azure.Inventory
	for _, text := range texts {
		list = append(list, Read(parse(t, text)))
	}
	return list
}

func built(t *testing.T, texts ...string) *azure.Network {
	t.Helper()
	n, list := azure.Build(inventories(t, texts...)...)
	if n == nil {
		t.Fatal(list)
	}
	return n
}
