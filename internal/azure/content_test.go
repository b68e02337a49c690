package azure

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// Every resource of a network is in its content, so that no difference of a kind
// that is modelled later goes unnoticed. Managed services carry no packets.
func TestContentHoldsEveryResource(t *testing.T) {
	fields := reflect.TypeFor[Network]()
	for i := range fields.NumField() {
		f := fields.Field(i)
		if !f.IsExported() || f.Name == "ManagedServices" {
			continue
		}
		n := &Network{}
		list := reflect.MakeSlice(f.Type, 1, 1)
		if f.Type.Elem().Kind() == reflect.Pointer {
			list.Index(0).Set(reflect.New(f.Type.Elem().Elem()))
		}
		reflect.ValueOf(n).Elem().Field(i).Set(list)
		if reflect.DeepEqual(n.content(nil), (&Network{}).content(nil)) {
			t.Errorf("a network with one of %s has the content of an empty one", f.Name)
		}
	}
}

// lose makes a value unknown.
func (v *Value[T]) lose(u *Unknown) { *v = NotKnown[T](u) }

// Every field that a packet's way may depend on is in the content: one that is not
// known is a difference.
func TestContentHoldsEveryField(t *testing.T) {
	elsewhere := regexp.MustCompile(strings.Join([]string{
		"/VirtualNetworks/HubConnections/",              // made of the connections
		"/AdminRules/(Rule|Doubt)", "/AdminRules/Match", // made of the admin rules
		"/Group/Policy/", "/RuleCollections/Group/", "/Collections/Firewall/", // parents
		"(/NetworkSecurityGroups|/RouteTables|/NATGateways|/ManagedServices)/(Subnets|NetworkInterfaces)/", "/PrivateEndpoints/NetworkInterfaces", // echoes of the other end
		"/EchoedDefaults/", "/Primary$", "/Zones$", "/TerminateTLS$", "/DelegationNames$", // decide nothing
		"/AzureFirewalls/(PrivateRanges|DNSProxy|DNSServers)", // read of additional properties, which are there
		"/Hub(Private|Public)IPAddress",                       // of secured hubs, which are not modelled
		"/GroupReferences/", "/AdminRules/Collection/",        // resolved, or unknown groups
		"/(Terms|Addresses|ThreatIntelAllowed|PrivateRanges)/(Group/)?Unknown$", // told by the term's kind and text
		"/LoadBalancers/Rules/Target/",                                          // of inbound NAT rules alone
		"/Appliances/Rules/Ports/",                                              // users know what they state
		"/IntrusionDetection/Bypass/(Firewall|Group|Priority|Action)",           // its rules alone count
	}, "|"))
	var paths []string
	oneOfEach(&Network{}, func(path string, _ func()) { paths = append(paths, path) })
	content := func(lost string) Content {
		n := &Network{}
		oneOfEach(n, func(path string, lose func()) {
			if path == lost {
				lose()
			}
		})
		return n.content(nil)
	}
	whole := content("")
	for _, path := range paths {
		if !elsewhere.MatchString(path) && reflect.DeepEqual(content(path), whole) {
			t.Errorf("%s: that it is not known makes no difference", path)
		}
	}
	if len(paths) < 200 {
		t.Errorf("only %d fields were tried", len(paths))
	}
}

// oneOfEach gives a network one of everything, and each of its values and references to
// a function with what makes it unknown.
func oneOfEach(n *Network, each func(path string, lose func())) {
	u := &Unknown{Name: "lost", Why: "a test"}
	within := map[reflect.Type]bool{}
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		if !v.CanSet() {
			return
		}
		if value, ok := v.Addr().Interface().(interface{ lose(*Unknown) }); ok {
			each(path, func() { value.lose(u) })
			return
		}
		switch {
		case v.Type() == reflect.TypeFor[*Unknown]():
			each(path, func() { v.Set(reflect.ValueOf(u)) })
		case v.Type() == reflect.TypeFor[Resource]():
			v.Set(reflect.ValueOf(Resource{ID: MakeID(path), Name: path, Address: path}))
		case v.Kind() == reflect.Pointer:
			if !within[v.Type()] { // a child leads back to its parent
				within[v.Type()] = true
				v.Set(reflect.New(v.Type().Elem()))
				walk(v.Elem(), path)
				within[v.Type()] = false
			}
		case v.Kind() == reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			walk(v.Index(0), path)
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), path+"/"+v.Type().Field(i).Name)
			}
		}
	}
	walk(reflect.ValueOf(n).Elem(), "")
}

// Two rules are alike only if no fact tells them apart: each field changed in turn,
// or not known, is a difference.
func TestSameRuleIsNoMoreThanItsFacts(t *testing.T) {
	rule := func() *SecurityRule {
		return &SecurityRule{
			Direction: Of(Inbound, Position{}), Access: Of(Allow, Position{}), Priority: Of(100, Position{}), Protocol: Of(TCP, Position{}),
			Source: NewSide(AddressTerm{Kind: TagAddress, Tag: "Sql"}), Destination: NewSide(AddressTerm{Kind: AnyAddress}),
			SourcePorts: Ports{Terms: []PortTerm{{Last: 65535}}}, DestinationPorts: Ports{Terms: []PortTerm{{First: 443, Last: 443}}},
		}
	}
	if !sameRule(rule(), rule()) {
		t.Fatal("a rule is not like itself")
	}
	unknown := &Unknown{Name: "x"}
	for name, edit := range map[string]func(*SecurityRule){
		"direction":          func(r *SecurityRule) { r.Direction.V = Outbound },
		"access":             func(r *SecurityRule) { r.Access.V = Deny },
		"priority":           func(r *SecurityRule) { r.Priority.V = 101 },
		"protocol":           func(r *SecurityRule) { r.Protocol = NotKnown[Protocol](unknown) },
		"the tag":            func(r *SecurityRule) { r.Source = NewSide(AddressTerm{Kind: TagAddress, Tag: "Storage"}) },
		"a source not known": func(r *SecurityRule) { r.Source = NewSide(AddressTerm{Kind: UnknownAddress, Unknown: unknown}) },
		"a tag for any":      func(r *SecurityRule) { r.Destination = NewSide(AddressTerm{Kind: TagAddress, Tag: "Internet"}) },
		"one term more": func(r *SecurityRule) {
			r.Source = NewSide(r.Source.Term(0), AddressTerm{Kind: TagAddress, Tag: "Storage"})
		},
		"source ports":                func(r *SecurityRule) { r.SourcePorts.Terms = []PortTerm{{First: 1, Last: 65535}} },
		"destination ports":           func(r *SecurityRule) { r.DestinationPorts.Terms = []PortTerm{{First: 443, Last: 444}} },
		"destination ports not known": func(r *SecurityRule) { r.DestinationPorts.Terms[0].Unknown = unknown },
	} {
		other := rule()
		edit(other)
		if sameRule(rule(), other) || sameRule(other, rule()) {
			t.Errorf("%s: the rules are taken for alike", name)
		}
		if factsText(rule()) == factsText(other) {
			t.Errorf("%s: the facts do not tell them apart", name)
		}
	}
}
