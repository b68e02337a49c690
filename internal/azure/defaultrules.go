package azure

// The six rules every network security group has (NSG-19).
var defaultRules = [...]struct {
	name      string
	direction Direction
	priority  int
	source    string
	dest      string
	access    Access
}{
	{"AllowVnetInBound", Inbound, 65000, "VirtualNetwork", "VirtualNetwork", Allow},
	{"AllowAzureLoadBalancerInBound", Inbound, 65001, "AzureLoadBalancer", "*", Allow},
	{"DenyAllInBound", Inbound, 65500, "*", "*", Deny},
	{"AllowVnetOutBound", Outbound, 65000, "VirtualNetwork", "VirtualNetwork", Allow},
	{"AllowInternetOutBound", Outbound, 65001, "*", "Internet", Allow},
	{"DenyAllOutBound", Outbound, 65500, "*", "*", Deny},
}

// DefaultRules returns the default rules of one direction in priority order
// (NSG-19, NSG-21). They belong to no group and have no position.
func DefaultRules(direction Direction) []*SecurityRule {
	var rules []*SecurityRule
	for _, d := range defaultRules {
		if d.direction != direction {
			continue
		}
		none := Position{}
		rules = append(rules, &SecurityRule{
			Resource:         Resource{Name: d.name, Type: TypeDefaultSecurityRule},
			Direction:        Of(d.direction, none),
			Access:           Of(d.access, none),
			Priority:         Of(d.priority, none),
			Protocol:         Of(AnyProtocol, none),
			Source:           NewSide(defaultTerm(d.source)),
			Destination:      NewSide(defaultTerm(d.dest)),
			SourcePorts:      Ports{Terms: []PortTerm{{First: 0, Last: 65535, Text: "*"}}},
			DestinationPorts: Ports{Terms: []PortTerm{{First: 0, Last: 65535, Text: "*"}}},
			Default:          true,
		})
	}
	return rules
}

func defaultTerm(text string) AddressTerm {
	if text == "*" {
		return AddressTerm{Kind: AnyAddress, Text: text}
	}
	return AddressTerm{Kind: TagAddress, Tag: text, Text: text}
}
