package azure

import (
	"reflect"
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
