package terraform

import (
	"strings"

	"github.com/wayleave/wayleave/internal/document"
)

// referenceKind tells what an expression refers to.
type referenceKind uint8

const (
	// toConstant is a value that is always known when a plan is made and leads
	// to no resource: path.module, terraform.workspace.
	toConstant referenceKind = iota
	toResource
	toModule
	toVariable
	toLocal
	toEachKey
	toEachValue
	toCountIndex
)

// reference is one thing an expression refers to.
type reference struct {
	kind referenceKind
	// text as Terraform prints it.
	text string
	// name of the module, variable or local value.
	name string
	// block of the resource.
	block block
	// key of the resource or module instance, where it is a constant.
	key key
	// rest is the path within what is referred to.
	rest []element
}

// attribute is the first name of the path within a resource, or "".
func (r reference) attribute() string {
	if len(r.rest) > 0 {
		return r.rest[0].name
	}
	return ""
}

// parseReference reads one entry of "references".
func parseReference(text string) (reference, bool) {
	elements, ok := parseTraversal(text)
	if !ok {
		return reference{}, false
	}
	r := reference{text: text}
	second := ""
	if len(elements) > 1 {
		second = elements[1].name
	}
	switch elements[0].name {
	case "path", "terraform", "self":
		return r, true
	case "ephemeral":
		return reference{}, false
	case "each":
		r.kind, r.rest = toEachKey, elements[min(2, len(elements)):]
		if second == "value" {
			r.kind = toEachValue
		}
		return r, true
	case "count":
		r.kind = toCountIndex
		return r, true
	case "var", "local", "module":
		if second == "" {
			return reference{}, false
		}
		r.name, r.rest = second, elements[2:]
		r.kind = map[string]referenceKind{"var": toVariable, "local": toLocal, "module": toModule}[elements[0].name]
		if r.kind == toModule {
			r.key, r.rest = takeKey(r.rest)
		}
		return r, true
	}
	r.kind = toResource
	r.block, r.key, r.rest, ok = parseBlock(elements)
	return r, ok
}

// implied is the number of entries that Terraform prints after this reference
// only because they are its prefixes: `azurerm_subnet.a[0].id` is followed by
// `azurerm_subnet.a[0]` and `azurerm_subnet.a`.
func (r reference) implied() int {
	n := len(r.rest)
	if r.key.kind != noKey {
		n++
	}
	return n
}

// references lists what an expression refers to, each once, without the
// prefixes that Terraform adds. The expression may be one object of the
// configuration ("references", "constant_value") or nested blocks of them.
func references(expression document.Value) []reference {
	var list []reference
	seen := map[string]bool{}
	var walk func(v document.Value)
	walk = func(v document.Value) {
		if refs := v.Get("references"); refs.Kind() == document.Array {
			for _, r := range wholeReferences(refs) {
				if !seen[r.text] {
					seen[r.text] = true
					list = append(list, r)
				}
			}
			return
		}
		for element := range v.Elements() {
			walk(element)
		}
		for name, member := range v.Members() {
			if name.String() != "constant_value" {
				walk(member)
			}
		}
	}
	walk(expression)
	return list
}

// wholeReferences reads one list of references and leaves the prefixes out.
func wholeReferences(entries document.Value) []reference {
	var list []reference
	last, implied := "", 0
	for entry := range entries.Elements() {
		text, _ := entry.String()
		if implied > 0 && len(text) < len(last) && strings.HasPrefix(last, text) {
			implied--
			continue
		}
		r, ok := parseReference(text)
		if !ok {
			// Whatever it is, its value is not in the plan, as with a local value.
			r = reference{kind: toLocal, text: text, name: text}
		}
		list = append(list, r)
		last, implied = text, r.implied()
	}
	return list
}
