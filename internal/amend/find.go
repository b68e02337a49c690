package amend

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wayleave/wayleave/internal/azure"
)

// place is the block that states a group or a table.
type place struct {
	*block
	// key is the index of the instance as expressions write it; "" without one.
	key string
}

// find finds the block of a resource: by the address that a plan gives it, else
// by its name where one block alone has it. reason says why there is none.
func (c *configuration) find(r *azure.Resource, typ string) (p *place, reason string) {
	if steps, ok := addressOf(r.Address, typ); ok {
		return c.byAddress(r, steps)
	}
	var found []*block
	for _, m := range c.modules {
		for _, b := range m.resources(typ) {
			if name, ok := text(b.Body.Attributes["name"]); ok && strings.EqualFold(name, r.Name) && !b.elsewhere(r) {
				found = append(found, b)
			}
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Sprintf("no %s in the files given has the name %q", typ, r.Name)
	case len(found) > 1:
		return nil, fmt.Sprintf("%d blocks in the files given are an %s of the name %q; give a plan, whose addresses tell them apart", len(found), typ, r.Name)
	case shared(found[0].in) != "":
		return nil, shared(found[0].in)
	}
	return &place{found[0], ""}, ""
}

// elsewhere reports whether a block tells that it is in another resource group
// than a resource, or of a peering that it is of another network.
func (b *block) elsewhere(r *azure.Resource) bool {
	_, group := r.Scope()
	own, told := b.nameIn("resource_group_name")
	if told && group != "" && !strings.EqualFold(own, group) {
		return true
	}
	own, told = b.nameIn("virtual_network_name")
	return told && r.Type == azure.TypePeering && !strings.EqualFold(own, r.ID.Parent().Name())
}

// byAddress follows the modules of an address.
func (c *configuration) byAddress(r *azure.Resource, steps []named) (*place, string) {
	last := steps[len(steps)-1]
	var found []*block
	for _, m := range c.roots() {
		for _, step := range steps[:len(steps)-1] {
			if m != nil && m.calls[step.name] != nil {
				m = m.calls[step.name].to
			} else {
				m = nil
			}
		}
		if m == nil {
			continue
		}
		if b := m.resource(last.typ, last.name); b != nil {
			found = append(found, b)
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Sprintf("the files given have no block for %s", r.Address)
	case len(found) > 1 && outermost(found) == nil:
		return nil, fmt.Sprintf("several folders given have a block for %s; name the one of the plan", r.Address)
	}
	b := outermost(found)
	if reason := shared(b.in); reason != "" {
		return nil, reason
	}
	return &place{b, last.key}, ""
}

// outermost is the block whose folder holds the folders of all others: copies
// and examples are kept below what they are of. It is nil where there is none.
func outermost(list []*block) *block {
	for _, b := range list {
		if !slices.ContainsFunc(list, func(o *block) bool {
			return o != b && !strings.HasPrefix(o.in.dir+"/", b.in.dir+"/") && b.in.dir != "."
		}) {
			return b
		}
	}
	return nil
}

// shared says why a change of a module changes more than one instance of it.
func shared(m *module) string {
	for ; len(m.callers) > 0; m = m.callers[0].in {
		if len(m.callers) > 1 {
			return fmt.Sprintf("the module %s is called %d times, and a change of it changes all", m.dir, len(m.callers))
		}
		if argument := looped(m.callers[0].block); argument != "" {
			return fmt.Sprintf("the module %s is called with %s, and a change of it changes all", m.dir, argument)
		}
	}
	return ""
}

// named is one step of an address: a module, or at its end a resource.
type named struct {
	typ, name string
	// key is the index as it is written, with its brackets.
	key string
}

// addressOf reads an address of Terraform that ends in a resource of a type.
func addressOf(address, typ string) ([]named, bool) {
	traversal, problems := hclsyntax.ParseTraversalAbs([]byte(address), "", hcl.InitialPos)
	if problems.HasErrors() {
		return nil, false
	}
	var list []named
	word := ""
	for _, t := range traversal {
		switch t := t.(type) {
		case hcl.TraverseRoot:
			word = t.Name
		case hcl.TraverseAttr:
			if word == "" {
				word = t.Name
				continue
			}
			list = append(list, named{typ: word, name: t.Name})
			word = ""
		case hcl.TraverseIndex:
			if len(list) == 0 {
				return nil, false
			}
			list[len(list)-1].key = indexText(t.Key)
		}
	}
	if len(list) == 0 || word != "" || list[len(list)-1].typ != typ {
		return nil, false
	}
	return list, true
}

// indexText is an index as an expression writes it.
func indexText(v cty.Value) string {
	if v.Type() == cty.Number {
		return "[" + v.AsBigFloat().Text('f', 0) + "]"
	}
	return fmt.Sprintf("[%q]", v.AsString())
}
