package azure

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

var here = Position{File: "nsg.json", Line: 7, Column: 3}

// wantOne checks that list is one diagnostic of that code whose sentence and
// hint contain the parts, or empty for code "".
func wantOne(t *testing.T, text string, list diagnostic.List, code string, parts ...string) {
	t.Helper()
	if code == "" {
		if len(list) != 0 {
			t.Errorf("%q: unexpected %v", text, list)
		}
		return
	}
	if len(list) != 1 || list[0].Code != code {
		t.Errorf("%q: got %v, want one %s", text, list, code)
		return
	}
	for _, p := range parts {
		if !strings.Contains(list[0].Summary+"\n"+list[0].Hint, p) {
			t.Errorf("%q: %q and hint %q do not say %q", text, list[0].Summary, list[0].Hint, p)
		}
	}
	if list[0].At != here {
		t.Errorf("%q: reported at %v", text, list[0].At)
	}
}

func TestNSG9NSG10AddressTerms(t *testing.T) {
	prefix := func(s string) AddressTerm {
		return AddressTerm{Kind: PrefixAddress, Prefix: netip.MustParsePrefix(s)}
	}
	tag := func(s string) AddressTerm { return AddressTerm{Kind: TagAddress, Tag: s} }
	for _, row := range []struct {
		text     string
		singular AddressTerm // zero Text when refused
		plural   bool        // accepted in a list
	}{
		{"*", AddressTerm{Kind: AnyAddress}, false},
		{"0.0.0.0/0", prefix("0.0.0.0/0"), true},
		{"::/0", prefix("::/0"), true},
		{"10.1.1.4", prefix("10.1.1.4/32"), true},
		{"10.1.1.4/32", prefix("10.1.1.4/32"), true},
		{"fd00::1", prefix("fd00::1/128"), true},
		{"ace:cab:deca:deed::/64", prefix("ace:cab:deca:deed::/64"), true},
		{"VirtualNetwork", tag("VirtualNetwork"), false},
		{"INTERNET", tag("INTERNET"), false},
		{"Storage.WestEurope", tag("Storage.WestEurope"), false},
		{"M365ManagementActivityApi", tag("M365ManagementActivityApi"), false},
	} {
		row.singular.Text, row.singular.At = row.text, here
		got, list := ParseAddressTerm(row.text, here, false)
		wantOne(t, row.text, list, "")
		if diff := cmp.Diff(row.singular, got, cmp.AllowUnexported(AddressTerm{}), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
			t.Errorf("%q: %s", row.text, diff)
		}
		got, list = ParseAddressTerm(row.text, here, true)
		if row.plural {
			wantOne(t, row.text, list, "")
			continue
		}
		// T12
		wantOne(t, row.text, list, "tag-in-list", row.text, "singular property")
		if got.Kind != UnknownAddress || got.Unknown == nil {
			t.Errorf("%q: a refused term must be unknown, got %+v", row.text, got)
		}
	}
}

func TestNSG11NSG12TAG6MalformedAddressTermsAreRefused(t *testing.T) {
	for _, row := range []struct {
		text, code string
		says       []string
	}{
		{"10.1.1.4/24", "host-bits", []string{"10.1.1.0/24", "10.1.1.4/32"}}, // T13
		{"50.206.209.68/27", "host-bits", []string{"50.206.209.64/27"}},
		{"10.1.1.1/0", "host-bits", []string{"0.0.0.0/0"}},
		{"fd00::1/64", "host-bits", []string{"fd00::/64"}},
		{"10.0.0.1-10.0.0.9", "address-range", []string{"as prefixes"}},
		{"10.0.0.1 - 10.0.0.9", "address-range", nil},
		{"10.0.0.0/8,10.1.0.0/16", "invalid-prefix", []string{"as a list"}},
		{"10.0.0.0/33", "invalid-prefix", nil},
		{"10.0.0.0/", "invalid-prefix", nil},
		{"10.0.0.0/255.0.0.0", "invalid-prefix", nil},
		{"10.0.0.0/08", "invalid-prefix", nil},
		{"010.0.0.1", "invalid-prefix", nil},
		{"10.0.0", "invalid-prefix", nil},
		{"10.0.0.256", "invalid-prefix", nil},
		{"", "invalid-prefix", nil},
		{" Internet", "invalid-prefix", []string{"white space"}},
		{"Virtual Network", "invalid-prefix", nil},
		{"Storage.", "invalid-prefix", nil},
		{"::ffff:10.0.0.1", "invalid-address", []string{"10.0.0.1"}},
		{"::ffff:10.0.0.0/104", "invalid-address", []string{"10.0.0.0"}},
		{"fe80::1%eth0", "invalid-address", []string{"fe80::1"}},
		{"Any", "invalid-tag", []string{`write "*"`}},
		{"VIRTUAL_NETWORK", "invalid-tag", []string{`"VirtualNetwork"`}},
		{"azure_loadbalancer", "invalid-tag", []string{`"AzureLoadBalancer"`}},
		{"[parameters('source')]", "expression", nil},
	} {
		for _, plural := range []bool{false, true} {
			got, list := ParseAddressTerm(row.text, here, plural)
			wantOne(t, row.text, list, row.code, row.says...)
			if got.Kind != UnknownAddress || got.Unknown == nil || !list.HasErrors() {
				t.Errorf("%q: a refused term must be unknown, got %+v", row.text, got)
			}
		}
	}
}

func TestNSG7Ports(t *testing.T) {
	for _, row := range []struct {
		text        string
		first, last uint16
		code        string
		says        string
	}{
		{"*", 0, 65535, "", ""},
		{"0-65535", 0, 65535, "", ""}, // T19
		{"0", 0, 0, "", ""},
		{"443", 443, 443, "", ""},
		{"65535", 65535, 65535, "", ""},
		{"8000-8100", 8000, 8100, "", ""},
		{"80-80", 80, 80, "", ""},
		{"65536", 0, 0, "invalid-port", "0 to 65535"},
		{"1-65536", 0, 0, "invalid-port", ""},
		{"8100-8000", 0, 0, "port-range", "8000-8100"},
		{"80,443", 0, 0, "invalid-port", "as a list"},
		{"-1", 0, 0, "invalid-port", ""},
		{"80-", 0, 0, "invalid-port", ""},
		{"80-90-100", 0, 0, "invalid-port", ""},
		{"080", 0, 0, "invalid-port", ""},
		{"+80", 0, 0, "invalid-port", ""},
		{"80 - 90", 0, 0, "invalid-port", ""},
		{"https", 0, 0, "invalid-port", ""},
		{"Any", 0, 0, "invalid-port", `write "*"`},
		{"", 0, 0, "invalid-port", ""},
	} {
		got, list := ParsePortTerm(row.text, here)
		wantOne(t, row.text, list, row.code, row.says)
		if row.code != "" && got.Unknown == nil {
			t.Errorf("%q: a refused range must be unknown, got %+v", row.text, got)
		}
		if got.First != row.first || got.Last != row.last || got.Text != row.text || got.At != here {
			t.Errorf("%q: got %+v", row.text, got)
		}
	}
}

func TestNSG5META3EnumsFoldCase(t *testing.T) {
	for text, want := range map[string]Protocol{"TCP": TCP, "tcp": TCP, "Udp": UDP, "icmp": ICMP, "ESP": ESP, "Ah": AH, "*": AnyProtocol, "All": AnyProtocol} {
		got, list := ParseProtocol(text, here)
		wantOne(t, text, list, "")
		if v, ok := got.Known(); !ok || v != want || got.At != here {
			t.Errorf("%q: got %+v, want %s", text, got, want)
		}
	}
	for text, want := range map[string]NextHopType{
		"vnetlocal": VnetLocal, "VirtualNetwork": VnetLocal, "INTERNET": InternetNextHop,
		"virtualAppliance": VirtualAppliance, "VirtualNetworkGateway": VirtualNetworkGateway, "none": NoneNextHop,
	} {
		got, list := ParseNextHopType(text, here)
		wantOne(t, text, list, "")
		if v, ok := got.Known(); !ok || v != want {
			t.Errorf("%q: got %+v, want %s", text, got, want)
		}
	}
	if d, _ := ParseDirection("INBOUND", here); d.V != Inbound {
		t.Errorf("got %+v", d)
	}
	if a, _ := ParseAccess("deny", here); a.V != Deny {
		t.Errorf("got %+v", a)
	}
}

func TestJSON5UnknownEnumValuesAreKeptWithAWarning(t *testing.T) {
	p, list := ParseProtocol("Sctp", here)
	wantOne(t, "Sctp", list, "unknown-value", "Sctp", "Tcp, Udp")
	if p.Unknown == nil || !p.IsSet() || list.HasErrors() {
		t.Errorf("got %+v, %v", p, list)
	}
	h, list := ParseNextHopType("VNetPeering", here)
	wantOne(t, "VNetPeering", list, "unknown-value", "next hop type")
	if _, ok := h.Known(); ok || list.HasErrors() {
		t.Errorf("got %+v, %v", h, list)
	}
}

func TestNSG2PriorityIsAWholeNumber(t *testing.T) {
	for _, row := range []struct {
		text, code string
		want       int
	}{{"100", "", 100}, {"65500", "", 65500}, {"-5", "", -5}, {"1e3", "invalid-priority", 0}, {"100.5", "invalid-priority", 0}, {"first", "invalid-priority", 0}, {"99999999999999999999", "invalid-priority", 0}} {
		got, list := ParsePriority(row.text, here)
		wantOne(t, row.text, list, row.code)
		if got.V != row.want || (row.code != "") != (got.Unknown != nil) {
			t.Errorf("%q: got %+v", row.text, got)
		}
	}
}

func TestT57RT15TAG51PLAT5RouteDestinations(t *testing.T) {
	for _, row := range []struct{ text, code, says string }{
		{"0.0.0.0/0", "", ""},
		{"10.1.0.0/16", "", ""},
		{"fd00::/8", "", ""},
		{"Storage.WestUS", "", ""},
		{"ApiManagement", "", ""},
		{"Internet", "route-destination", "0.0.0.0/0"}, // T57
		{"virtualnetwork", "route-destination", ""},    // T57
		{"AzureLoadBalancer", "route-destination", ""},
		{"AzurePlatformDNS", "route-destination", ""},
		{"AzurePlatformIMDS", "route-destination", ""},
		{"azureplatformlkm", "route-destination", ""},
		{"*", "route-destination", "0.0.0.0/0"},
		{"VIRTUAL_NETWORK", "invalid-tag", ""},
		{"10.1.0.1/16", "host-bits", "10.1.0.0/16"},
		{"10.1.0.4", "invalid-prefix", "10.1.0.4/32"},
		{"default", "", ""}, // a tag by its form; the catalogue decides
	} {
		got, list := ParseRouteDestination(row.text, here)
		wantOne(t, row.text, list, row.code, row.says)
		if (row.code != "") != (got.Kind == UnknownAddress) {
			t.Errorf("%q: got %+v", row.text, got)
		}
	}
}

func TestPrefixesAndAddresses(t *testing.T) {
	for _, row := range []struct{ text, code string }{
		{"10.0.0.0/8", ""}, {"fd00:1::/48", ""}, {"10.0.0.1", "invalid-prefix"}, {"10.0.0.1/8", "host-bits"}, {"VirtualNetwork", "invalid-prefix"}, {"*", "invalid-prefix"},
	} {
		got, list := ParsePrefix(row.text, here)
		wantOne(t, row.text, list, row.code)
		if p, ok := got.Known(); ok != (row.code == "") || ok && p.String() != row.text {
			t.Errorf("%q: got %+v", row.text, got)
		}
	}
	for _, row := range []struct{ text, code string }{
		{"10.0.0.4", ""}, {"fd00::4", ""}, {"10.0.0.4/32", "invalid-address"}, {"::ffff:10.0.0.4", "invalid-address"}, {"fw", "invalid-address"},
	} {
		got, list := ParseAddr(row.text, here)
		wantOne(t, row.text, list, row.code)
		if a, ok := got.Known(); ok != (row.code == "") || ok && a.String() != row.text {
			t.Errorf("%q: got %+v", row.text, got)
		}
	}
}

func TestNSG14EmptyIsNotSet(t *testing.T) {
	if Given("", here).IsSet() {
		t.Error("an empty text must be not set")
	}
	if v, list := ParsePrefix("", here); v.IsSet() || list != nil {
		t.Errorf("got %+v %v", v, list)
	}
	if v, list := Parsed(Value[string]{}, ParseProtocol); v.IsSet() || list != nil {
		t.Errorf("got %+v %v", v, list)
	}
	u := &Unknown{Name: "var.protocol", At: here}
	if v, list := Parsed(NotKnown[string](u), ParseProtocol); v.Unknown != u || list != nil {
		t.Errorf("got %+v %v", v, list)
	}
	if v, list := Parsed(Given("udp", here), ParseProtocol); v.V != UDP || list != nil {
		t.Errorf("got %+v %v", v, list)
	}
}

func TestNSG14ASideIsGivenOnce(t *testing.T) {
	text := func(s string) Value[string] { return Given(s, here) }
	texts := func(s ...string) (l []Value[string]) {
		for _, e := range s {
			l = append(l, text(e))
		}
		return l
	}
	unknown := NotKnown[string](&Unknown{Name: "var.x", At: here})
	groups := []Reference{Ref("/asg/web", here)}
	for _, row := range []struct {
		name string
		f    SideFields
		want []AddressKind
		code string
	}{
		{"nothing", SideFields{}, nil, ""},
		{"empty forms", SideFields{Singular: text(""), Plural: texts("", "")}, nil, ""},
		{"singular", SideFields{Singular: text("*")}, []AddressKind{AnyAddress}, ""},
		{"plural", SideFields{Plural: texts("10.0.0.0/8", "192.168.0.1")}, []AddressKind{PrefixAddress, PrefixAddress}, ""},
		{"groups, empty singular (T15)", SideFields{Singular: text(""), Groups: groups}, []AddressKind{GroupAddress}, ""},
		{"the same prefix in both", SideFields{Singular: text("10.0.0.4"), Plural: texts("10.0.0.4/32")}, []AddressKind{PrefixAddress}, ""},
		{"unknown plural is not known to be given", SideFields{Singular: text("*"), Plural: []Value[string]{unknown}}, []AddressKind{AnyAddress, UnknownAddress}, ""},
		{"unknown group", SideFields{Groups: []Reference{{Unknown: unknown.Unknown}}}, []AddressKind{UnknownAddress}, ""},
		{"both", SideFields{Singular: text("10.0.0.0/8"), Plural: texts("10.1.0.0/16")}, []AddressKind{PrefixAddress, PrefixAddress}, "given-twice"},
		{"singular and groups", SideFields{Singular: text("*"), Groups: groups}, []AddressKind{AnyAddress, GroupAddress}, "given-twice"},
		{"plural and groups", SideFields{Plural: texts("10.1.0.0/16"), Groups: groups}, []AddressKind{PrefixAddress, GroupAddress}, "given-twice"},
		{"one mistake, one diagnostic", SideFields{Singular: text("10.0.0.1/8"), Groups: groups}, []AddressKind{UnknownAddress, GroupAddress}, "host-bits"},
	} {
		side, list := MakeSide("source", row.f)
		wantOne(t, row.name, list, row.code)
		var kinds []AddressKind
		for _, term := range side.Terms() {
			kinds = append(kinds, term.Kind)
		}
		if diff := cmp.Diff(row.want, kinds); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
	}
	for _, row := range []struct {
		name  string
		f     PortFields
		terms int
		code  string
	}{
		{"nothing", PortFields{Singular: text(""), Plural: texts("")}, 0, ""},
		{"singular", PortFields{Singular: text("*")}, 1, ""},
		{"plural (T18)", PortFields{Plural: texts("80", "8000-8100")}, 2, ""},
		{"the same in both", PortFields{Singular: text("80"), Plural: texts("80-80")}, 1, ""},
		{"both", PortFields{Singular: text("80"), Plural: texts("443")}, 2, "given-twice"},
		{"unknown list", PortFields{Singular: text("80"), Plural: []Value[string]{unknown}}, 2, ""},
	} {
		ports, list := MakePorts("source ports", row.f)
		wantOne(t, row.name, list, row.code)
		if len(ports.Terms) != row.terms {
			t.Errorf("%s: got %+v", row.name, ports)
		}
	}
}
