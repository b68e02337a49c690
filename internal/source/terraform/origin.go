package terraform

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// originOf names the address that an expression passes on, where it is the one
// address of one resource: what is not known keeps its identity wherever it is
// used. An address is passed on as it is; of other values, such as prefixes, an
// expression may use a part.
func (r *reader) originOf(i *instance, expression document.Value) (name string, ok bool) {
	s := search{r: r, origins: true, visited: map[string]bool{}}
	s.expression(r.scopeOf(i), expression, nil, nil)
	if len(s.targets) != 1 || len(s.dead) > 0 || s.assumed {
		return "", false
	}
	return s.targets[0].text, true
}

// origin notes the value of an attribute as one that an expression may pass on,
// if it is not known.
func (s *search) origin(i *instance, path []element) {
	if i.typ == "azurerm_network_interface" && len(path) == 1 && path[0].name == "private_ip_address" {
		// The address of the first configuration.
		path = []element{{name: "ip_configuration"}, {key: key{kind: numberKey}}, path[0]}
	}
	f := i.values
	name := i.text
	for _, e := range path {
		if e.name != "" {
			f, name = f.get(e.name), name+"."+e.name
			continue
		}
		name += e.key.String()
		if list := f.elements(); !f.isUnknown() && e.key.kind == numberKey && e.key.number >= 0 && e.key.number < len(list) {
			f = list[e.key.number]
		}
	}
	switch {
	case !f.mayBeUnknown():
	case strings.HasSuffix(name, "ip_address"):
		s.add(target{id: azure.MakeID(name), text: name})
	default:
		s.end(name)
	}
}

// passedOn is the unknown that stands for a field, under the name of the value
// that its expression passes on.
func (r *reader) passedOn(i *instance, f field, expression document.Value) *azure.Unknown {
	u := f.open()
	if name, ok := r.originOf(i, expression); ok {
		u.Name = name
	}
	return u
}
