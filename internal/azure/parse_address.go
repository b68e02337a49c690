package azure

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// ParseAddressTerm reads one element of a rule's source or destination.
//
// In the singular property (plural false) it is "*", an address, a prefix or a
// service tag (NSG-9); an element of the plural property is an address or a
// prefix (NSG-10). A bare address is a prefix of full length and host bits
// must be zero (NSG-11). Whether a tag of that name exists is not decided
// here.
func ParseAddressTerm(text string, at Position, plural bool) (AddressTerm, diagnostic.List) {
	term := AddressTerm{Text: text, At: at}
	if d, bad := term.parse(plural); bad {
		return term, diagnostic.List{d}
	}
	return term, nil
}

// parse sets what t.Text means; t has only Text and At.
func (t *AddressTerm) parse(plural bool) (d diagnostic.Diagnostic, bad bool) {
	if p, ok := plainIPv4(t.Text); ok {
		t.Kind, t.Prefix = PrefixAddress, p.prefix()
		return d, false
	}
	switch {
	case t.Text == "*":
		t.Kind = AnyAddress
	case isTagName(t.Text):
		if d, bad := wrongName(t.Text, t.At); bad {
			return t.refuse(d)
		}
		t.Kind, t.Tag = TagAddress, t.Text
	default:
		prefix, d, ok := parsePrefix(t.Text, t.At, true)
		if !ok {
			return t.refuse(d)
		}
		t.Kind, t.Prefix = PrefixAddress, prefix
		return d, false
	}
	if plural {
		return t.refuse(diagnostic.Errorf("tag-in-list", t.At, "%q stands in a list of prefixes, which takes only addresses and prefixes", t.Text).
			WithHint("write %q in the singular property, sourceAddressPrefix or destinationAddressPrefix, alone", t.Text))
	}
	return d, false
}

func (t *AddressTerm) refuse(d diagnostic.Diagnostic) (diagnostic.Diagnostic, bool) {
	*t = AddressTerm{Kind: UnknownAddress, Unknown: invalid(t.Text, t.At), Text: t.Text, At: t.At}
	return d, true
}

// ParseRouteDestination reads the addressPrefix of a route: one prefix or one
// service tag (RT-15), but none of the tags that routes cannot use (TAG-51).
func ParseRouteDestination(text string, at Position) (AddressTerm, diagnostic.List) {
	term := AddressTerm{Text: text, At: at}
	refuse := func(d diagnostic.Diagnostic) (AddressTerm, diagnostic.List) {
		d, _ = term.refuse(d)
		return term, diagnostic.List{d}
	}
	if text == "*" {
		return refuse(diagnostic.Errorf("route-destination", at, `a route cannot have the destination "*"`).
			WithHint("write 0.0.0.0/0 for a default route"))
	}
	if isTagName(text) {
		if d, bad := wrongName(text, at); bad {
			return refuse(d)
		}
		if !isRoutable(text) {
			return refuse(diagnostic.Errorf("route-destination", at, "the tag %q cannot be the destination of a route", text).
				WithHint("write a prefix, such as 0.0.0.0/0 for a default route"))
		}
		term.Kind, term.Tag = TagAddress, text
		return term, nil
	}
	prefix, d, ok := parsePrefix(text, at, false)
	if !ok {
		return refuse(d)
	}
	term.Kind, term.Prefix = PrefixAddress, prefix
	return term, nil
}

// tagsNotRoutable are the tags that cannot be the destination of a route
// (TAG-51).
var tagsNotRoutable = []string{
	"AzurePlatformDNS", "AzurePlatformIMDS", "AzurePlatformLKM",
	"VirtualNetwork", "AzureLoadBalancer", "Internet",
}

func isRoutable(tag string) bool {
	for _, t := range tagsNotRoutable {
		if strings.EqualFold(t, tag) {
			return false
		}
	}
	return true
}

// ParsePrefix reads a prefix of an address space or a subnet. Host bits must
// be zero and the length must be given.
func ParsePrefix(text string, at Position) (Value[netip.Prefix], diagnostic.List) {
	if text == "" {
		return Value[netip.Prefix]{}, nil
	}
	prefix, d, ok := parsePrefix(text, at, false)
	if !ok {
		return failed[netip.Prefix](text, at, d)
	}
	return Of(prefix, at), nil
}

// ParseAddr reads one address.
func ParseAddr(text string, at Position) (Value[netip.Addr], diagnostic.List) {
	if text == "" {
		return Value[netip.Addr]{}, nil
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		d := diagnostic.Errorf("invalid-address", at, "%q is not an IP address", text)
		if p, err := netip.ParsePrefix(text); err == nil {
			d = d.WithHint("write the one address without a length, such as %s", p.Addr())
		}
		return failed[netip.Addr](text, at, d)
	}
	if d, bad := strangeAddr(text, addr, at); bad {
		return failed[netip.Addr](text, at, d)
	}
	return Of(addr, at), nil
}

// parsePrefix reads a prefix; bare tells whether an address without a length
// is a prefix of full length. The diagnostic is set when ok is false.
func parsePrefix(text string, at Position, bare bool) (p netip.Prefix, d diagnostic.Diagnostic, ok bool) {
	if plain, ok := plainIPv4(text); ok && (bare || !plain.bare) {
		return plain.prefix(), d, true
	}
	if addr, err := netip.ParseAddr(text); err == nil {
		whole := netip.PrefixFrom(addr, addr.BitLen())
		if d, bad := strangeAddr(text, addr, at); bad {
			return p, d, false
		}
		if !bare {
			return p, diagnostic.Errorf("invalid-prefix", at, "%q is an address, expected a prefix", text).
				WithHint("write %s", whole), false
		}
		return whole, d, true
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, malformed(text, at), false
	}
	if d, bad := strangeAddr(text, p.Addr(), at); bad {
		return p, d, false
	}
	if p != p.Masked() {
		return p, diagnostic.Errorf("host-bits", at, "the prefix %q has bits set beyond its length of %d", text, p.Bits()).
			WithHint("write %s for the whole prefix, or %s for the one address", p.Masked(), netip.PrefixFrom(p.Addr(), p.Addr().BitLen())), false
	}
	return p, d, true
}

// plainIPv4 reads an IPv4 address, or an IPv4 prefix without host bits, written
// as Go would, in a quarter of netip's time. Whatever else the text is, right or
// wrong, is left to netip.
func plainIPv4(text string) (p plainPrefix, ok bool) {
	dots, octet, digits := 0, uint32(0), 0
	for i := range len(text) {
		c := text[i]
		if c-'0' <= 9 {
			if digits > 0 && octet == 0 { // a leading zero
				return p, false
			}
			octet, digits = octet*10+uint32(c-'0'), digits+1
			if octet > 255 {
				return p, false
			}
			continue
		}
		if digits == 0 {
			return p, false
		}
		p.address = p.address<<8 | octet
		switch {
		case c == '.' && dots < 3:
			dots, octet, digits = dots+1, 0, 0
		case c == '/' && dots == 3:
			length, ok := plainLength(text[i+1:])
			p.bits = uint8(length)
			return p, ok && p.address<<length == 0
		default:
			return p, false
		}
	}
	p.address, p.bits, p.bare = p.address<<8|octet, 32, true
	return p, dots == 3 && digits > 0
}

// plainLength reads the length of an IPv4 prefix.
func plainLength(text string) (length uint32, ok bool) {
	switch {
	case len(text) == 1 && text[0]-'0' <= 9:
		return uint32(text[0] - '0'), true
	case len(text) == 2 && text[0]-'1' <= 8 && text[1]-'0' <= 9:
		length = uint32(text[0]-'0')*10 + uint32(text[1]-'0')
		return length, length <= 32
	}
	return 0, false
}

// strangeAddr refuses the two forms of an IPv6 address that belong to no
// network: an IPv4 address written as IPv6, whose family is not clear, and an
// address with a zone.
func strangeAddr(text string, addr netip.Addr, at Position) (diagnostic.Diagnostic, bool) {
	switch {
	case addr.Is4In6():
		return diagnostic.Errorf("invalid-address", at, "%q is an IPv4 address in IPv6 notation", text).
			WithHint("write the IPv4 form, %s", addr.Unmap()), true
	case addr.Zone() != "":
		return diagnostic.Errorf("invalid-address", at, "the address %q has a zone", text).
			WithHint("write %s", addr.WithZone("")), true
	}
	return diagnostic.Diagnostic{}, false
}

// malformed says why a text that is neither an address nor a prefix is wrong.
func malformed(text string, at Position) diagnostic.Diagnostic {
	d := diagnostic.Errorf("invalid-prefix", at, "%q is neither an address nor a prefix nor a service tag", text)
	switch first, last, _ := strings.Cut(text, "-"); {
	case text != strings.TrimSpace(text):
		return d.WithHint("take away the white space around it")
	case strings.Contains(text, ","):
		return d.WithHint("write several prefixes as a list in the plural property, each an element of its own")
	case isAddr(first) && isAddr(strings.TrimSpace(last)):
		return diagnostic.Errorf("address-range", at, "%q is a range of addresses, which a network security group cannot hold", text).
			WithHint("write the range as prefixes")
	case IsExpression(text):
		return diagnostic.Errorf("expression", at, "%q is a template expression, and this input is not a template", text).
			WithHint("give the template itself, or the deployed resources (az network nsg list)")
	}
	return d
}

func isAddr(text string) bool {
	_, err := netip.ParseAddr(strings.TrimSpace(text))
	return err == nil
}

// isTagName tells the form of every name in the published tag files: words of
// letters, digits and '_', joined by dots (TAG-3: a dot does not mean a
// region), the first of which begins with a letter.
func isTagName(text string) bool {
	start := true // of a word
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		switch {
		case letter:
			start = false
		case i > 0 && ('0' <= c && c <= '9' || c == '_'):
			start = false
		case c == '.' && !start:
			start = true
		default:
			return false
		}
	}
	return !start
}

// wrongName refuses names that look like tags and are none: "Any", which is
// written "*", and the classic names (TAG-6).
func wrongName(text string, at Position) (diagnostic.Diagnostic, bool) {
	instead := ""
	switch {
	case strings.EqualFold(text, "any"), strings.EqualFold(text, "all"):
		instead = "*"
	case strings.EqualFold(text, "virtual_network"):
		instead = "VirtualNetwork"
	case strings.EqualFold(text, "azure_loadbalancer"):
		instead = "AzureLoadBalancer"
	default:
		return diagnostic.Diagnostic{}, false
	}
	return diagnostic.Errorf("invalid-tag", at, "%q is not a service tag of Azure Resource Manager", text).
		WithHint("write %q", instead), true
}
