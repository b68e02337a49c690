package live

import (
	"strings"

	"github.com/wayleave/wayleave/internal/document"
)

// secrets are the properties whose value is a secret, in lower case: keys of
// VPN and ExpressRoute connections and of RADIUS servers. Azure's lists leave
// most of them out by themselves.
var secrets = map[string]bool{
	"sharedkey":          true, // connections
	"authorizationkey":   true, // connections to ExpressRoute
	"presharedkey":       true, // traffic policies of VPN sites
	"servicekey":         true, // ExpressRoute circuits
	"radiusserversecret": true, // virtual network gateways
}

// filter tells which members of an object are kept, by name in lower case, and
// which of theirs; nil keeps all.
type filter map[string]filter

// keeping is the filter of a resource of which some properties are kept, where
// members names any. What every resource has is kept anyway.
func keeping(members []string) filter {
	if members == nil {
		return nil
	}
	f := filter{"properties": filter{}}
	for _, name := range append([]string{"id", "name", "type", "location", "tags", "kind", "sku"}, members...) {
		f[strings.ToLower(name)] = nil
	}
	for _, name := range members {
		f["properties"][strings.ToLower(name)] = nil
	}
	return f
}

// text prints a resource as it is but for white space, secrets and what a kind
// does not keep, indented as an element of the snapshot's list.
func text(v document.Value, members []string) []byte {
	p := printer{names: map[string]string{}}
	p.value(v, "\n    ", keeping(members))
	return p.b
}

// printer writes values of a document as JSON again, scalars as they are.
type printer struct {
	b []byte
	// names are the quoted names of members; few names occur often.
	names map[string]string
}

// value writes what a filter keeps of v; line is what begins the line on which it
// stands.
func (p *printer) value(v document.Value, line string, kept filter) {
	inner := line + "  "
	separator := ""
	switch v.Kind() {
	case document.Array:
		p.b = append(p.b, '[')
		for e := range v.Elements() {
			p.b = append(append(p.b, separator...), inner...)
			p.value(e, inner, nil)
			separator = ","
		}
		p.end(separator, line, ']')
	case document.Object:
		p.b = append(p.b, '{')
		for key, member := range v.Members() {
			name := key.String()
			within, ok := kept[strings.ToLower(name)]
			if secrets[strings.ToLower(name)] || kept != nil && !ok {
				continue
			}
			p.b = append(append(p.b, separator...), inner...)
			p.b = append(append(p.b, p.quoted(name)...), ": "...)
			p.value(member, inner, within)
			separator = ","
		}
		p.end(separator, line, '}')
	default:
		p.b = append(p.b, v.Raw()...)
	}
}

// end closes a list or an object; an empty one on its own line.
func (p *printer) end(separator, line string, bracket byte) {
	if separator != "" {
		p.b = append(p.b, line...)
	}
	p.b = append(p.b, bracket)
}

func (p *printer) quoted(name string) string {
	q, ok := p.names[name]
	if !ok {
		q = string(marshal(name, ""))
		p.names[name] = q
	}
	return q
}

// marshal is document.Marshal for what is made of strings alone, which cannot
// fail.
func marshal(v any, indent string) []byte {
	data, err := document.Marshal(v, indent)
	if err != nil {
		panic(err)
	}
	return data
}
