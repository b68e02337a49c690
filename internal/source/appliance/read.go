package appliance

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/strict"
)

// Schema names the form of the file.
const Schema = "wayleave.appliances/v1"

// Recognise tells by its name whether a file in a folder states appliances.
func Recognise(path string) bool {
	switch strings.ToLower(filepath.Base(path)) {
	case "appliances.yaml", "appliances.yml":
		return true
	}
	return false
}

// Read reads the bytes of a file at path. What is wrong stands among the
// diagnostics of the inventory.
func Read(path string, data []byte) *azure.Inventory {
	inventory := &azure.Inventory{Source: filepath.ToSlash(path), Rank: azure.RankExport}
	r := reader{strict.Reader{Code: "invalid-appliance"}}
	if root, ok := r.Parse(path, data); ok {
		r.file(root, inventory)
	}
	inventory.Diagnostics = r.List
	return inventory
}

type reader struct{ strict.Reader }

func (r *reader) file(root document.Value, inventory *azure.Inventory) {
	if fromAz(root) {
		r.List = append(r.List, diagnostic.Errorf("not-json", root.Position(), "the file looks like what az prints with -o yaml, expected JSON").
			WithHint("run the command with -o json; YAML is read where it states appliances"))
		return
	}
	if !root.Get("appliances").Exists() {
		r.Errorf(root.Position(), "the file has no key \"appliances\", expected one that states appliances")
		return
	}
	for key, value := range r.Members(root) {
		switch key.String() {
		case "schema":
			if t := r.Text(value); t.Value != Schema && !t.At.IsZero() {
				r.Errorf(t.At, "schema is %q, expected %q", t.Value, Schema)
			}
		case "appliances":
			for element := range r.Elements(value) {
				if a := r.appliance(element); a.Address.IsValid() {
					inventory.Appliances = append(inventory.Appliances, a)
				}
			}
		default:
			r.Unknown(key, "appliances", "schema")
		}
	}
}

// fromAz tells resources that az has printed: one, a list, or a page of a list.
func fromAz(v document.Value) bool {
	if list := v.Get("value"); list.Kind() == document.Array {
		v = list
	}
	if v.Kind() == document.Array {
		v = v.Index(0)
	}
	id, _ := v.Get("id").String()
	return strings.HasPrefix(strings.ToLower(id), "/subscriptions/")
}

func (r *reader) appliance(v document.Value) *azure.Appliance {
	a := &azure.Appliance{Translation: azure.TranslatesNothing, Stateful: true, At: v.Position()}
	before := len(r.List)
	for key, value := range r.Members(v) {
		switch key.String() {
		case "address":
			a.Address = r.address(value)
		case "translates":
			t := r.oneOf(value, string(azure.TranslatesNothing), string(azure.TranslatesInternet), string(azure.TranslatesEverything))
			a.Translation = azure.Translation(t)
		case "stateful":
			a.Stateful = r.oneOf(value, "true", "false") == "true"
		case "otherwise":
			a.Otherwise = r.oneOf(value, "deny", "allow") == "allow"
		case "rules":
			for element := range r.Elements(value) {
				a.Rules = append(a.Rules, r.rule(element))
			}
		default:
			r.Unknown(key, "address", "translates", "stateful", "otherwise", "rules")
		}
	}
	if !a.Address.IsValid() && len(r.List) == before {
		r.Errorf(v.Position(), "an appliance has no address, expected the one that routes name as next hop")
	}
	return a
}

func (r *reader) address(v document.Value) netip.Addr {
	t := r.Text(v)
	if t.Value == "" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(t.Value)
	if err != nil || a.Zone() != "" || a.Is4In6() {
		r.Errorf(t.At, "%q is no address, expected the next hop of routes, such as 10.0.9.4", t.Value)
		return netip.Addr{}
	}
	return a
}

// oneOf reads one of some words; the first is taken for any other.
func (r *reader) oneOf(v document.Value, words ...string) string {
	t := r.Text(v)
	if t.Value == "" || slices.Contains(words, t.Value) {
		return t.Value
	}
	r.Errorf(t.At, "%s is %q, expected one of %s", strings.TrimPrefix(v.Path(), "$."), t.Value, strings.Join(words, ", "))
	return words[0]
}

var protocols = map[string][]uint8{"tcp": {6}, "udp": {17}, "icmp": {1}, "any": nil}

func (r *reader) rule(v document.Value) *azure.ApplianceRule {
	rule := &azure.ApplianceRule{At: v.Position()}
	actions := 0
	for key, value := range r.Members(v) {
		switch key.String() {
		case "allow", "deny":
			actions++
			rule.Allow = key.String() == "allow"
			any := false
			for _, t := range r.Texts(value) {
				numbers, ok := protocols[t.Value]
				if !ok && t.Value != "" {
					r.Errorf(t.At, "protocol %q is not known; expected tcp, udp, icmp or any", t.Value)
				}
				any = any || numbers == nil
				rule.Protocols = append(rule.Protocols, numbers...)
			}
			if any {
				rule.Protocols = nil
			}
		case "from":
			rule.Source = r.prefixes(value)
		case "to":
			rule.Destination = r.prefixes(value)
		case "ports":
			rule.Ports = r.ports(value)
		default:
			r.Unknown(key, "allow", "deny", "from", "to", "ports")
		}
	}
	if actions != 1 {
		r.Errorf(v.Position(), "a rule has %d of allow and deny, expected one with protocols", actions)
	}
	return rule
}

func (r *reader) prefixes(v document.Value) []netip.Prefix {
	var list []netip.Prefix
	for _, t := range r.Texts(v) {
		p, err := netip.ParsePrefix(t.Value)
		if a, errAddress := netip.ParseAddr(t.Value); errAddress == nil {
			p, err = a.Prefix(a.BitLen())
		}
		switch {
		case t.Value == "":
		case err != nil || p.Addr().Is4In6():
			r.Errorf(t.At, "%q is neither an address nor a prefix, expected one such as 10.1.0.0/16", t.Value)
		case p != p.Masked():
			r.Errorf(t.At, "%q has bits behind its length, expected %v", t.Value, p.Masked())
		default:
			list = append(list, p)
		}
	}
	return list
}

func (r *reader) ports(v document.Value) []azure.PortTerm {
	var list []azure.PortTerm
	for _, t := range r.Texts(v) {
		low, high, isRange := strings.Cut(t.Value, "-")
		if !isRange {
			high = low
		}
		first, errFirst := strconv.ParseUint(low, 10, 16)
		last, errLast := strconv.ParseUint(high, 10, 16)
		if errFirst != nil || errLast != nil || first > last {
			if t.Value != "" {
				r.Errorf(t.At, "%q is no port, expected a number or a range such as 8000-8100", t.Value)
			}
			continue
		}
		list = append(list, azure.PortTerm{First: uint16(first), Last: uint16(last), Text: t.Value})
	}
	return list
}
