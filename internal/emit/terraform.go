package emit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// terraform writes the change in the language of Terraform: a resource for each
// rule, or where the rules of the group stand in its own block, the blocks to
// add there.
func terraform(steps []repair.Edit, inline func(*azure.Resource) bool) (string, error) {
	in := groups(steps)
	if slices.ContainsFunc(in, func(p place) bool { return !strings.EqualFold(p.subscription, in[0].subscription) }) {
		return "", errors.New("the change is in several subscriptions, and a provider of Terraform writes to one; use --as az or arm")
	}
	file := hclwrite.NewEmptyFile()
	h := &changeHCL{body: file.Body(), made: map[azure.ID]string{}, collections: map[*azure.RuleCollection]*hclwrite.Body{}, labels: map[string]bool{}, steps: steps}
	home := homeOf(steps)
	for i := range steps {
		e := &steps[i]
		if i > 0 {
			h.body.AppendNewline()
		}
		isInline := h.made[e.Target().ID] == "" && inline(e.Target())
		switch {
		case e.Change != nil:
			h.write(e, home)
		case e.Route != nil && isInline:
			comment(h.body, "Add to "+e.Target().Label()+", whose routes are blocks of its own:")
			h.routeBlock(h.body.AppendNewBlock("route", nil).Body(), e.Route)
		case e.Route != nil:
			h.route(e)
		case e.Action == repair.Modify:
			h.move(e)
		case isInline:
			comment(h.body, "Add to "+e.Group.Label()+", whose rules are blocks of its own:")
			attributes(h.body.AppendNewBlock("security_rule", nil).Body(), &e.Rule)
		default:
			h.securityRule(e)
		}
	}
	h.dataSources()
	h.variables()
	return string(file.Bytes()), nil
}

// route and securityRule write a child as a resource of its own; those of a new
// parent come before the association that puts it into force.
func (h *changeHCL) route(e *repair.Edit) {
	h.routeBlock(h.child(e, "azurerm_route", "route_table_name"), e.Route)
}

func (h *changeHCL) securityRule(e *repair.Edit) {
	b := h.child(e, "azurerm_network_security_rule", "network_security_group_name")
	attributes(b, &e.Rule)
	if before := h.inTheWay(e); before != nil {
		b.SetAttributeRaw("depends_on", hclwrite.TokensForTuple([]hclwrite.Tokens{hclwrite.TokensForTraversal(before)}))
	}
}

// move says which rule makes room. Two rules of a direction never have one
// priority, and Terraform applies resources at once: each waits for the one that
// has its place.
func (h *changeHCL) move(e *repair.Edit) {
	text := fmt.Sprintf("The rule %s of %s makes room: set its priority from %d to %d", e.Rule.Name, e.Group.Label(), e.Was.Priority.V, e.Rule.Priority)
	if before := h.inTheWay(e); before != nil && ownRule(e.Was) != nil {
		text += fmt.Sprintf(", and depends_on = [%s]", hclwrite.TokensForTraversal(before).Bytes())
	}
	comment(h.body, text+".")
}

// inTheWay is the resource of the rule that leaves the priority of an edit; nil if
// none does, or it is no resource of its own.
func (h *changeHCL) inTheWay(e *repair.Edit) hcl.Traversal {
	for i := range h.steps {
		s := &h.steps[i]
		if s.Action == repair.Modify && s.Was != nil && s.Group.ID == e.Target().ID && s.Rule.Direction == e.Rule.Direction && s.Was.Priority.V == e.Rule.Priority {
			return ownRule(s.Was)
		}
	}
	return nil
}

// ownRule is the resource that states a rule alone.
func ownRule(r *azure.SecurityRule) hcl.Traversal {
	t := existing(r.Address)
	if t == nil || t.RootName() != "azurerm_network_security_rule" {
		return nil
	}
	return t[:2]
}

// child begins the resource of a child, which names its parent by an attribute.
func (h *changeHCL) child(e *repair.Edit, typ, attribute string) *hclwrite.Body {
	_, own := child(e)
	name := unused(typ, repair.TerraformName(own), h.labels)
	block := h.body.AppendNewBlock("resource", []string{typ, name}).Body()
	h.group(block, e.Target())
	h.set(block, attribute, e.Target(), "name", e.Target().Name)
	if h.made[e.Target().ID] != "" {
		h.rules = append(h.rules, typ+"."+name)
	}
	return block
}

func comment(body *hclwrite.Body, text string) {
	body.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte("# " + strings.ReplaceAll(text, "\n", " ") + "\n")}})
}

func (h *changeHCL) routeBlock(block *hclwrite.Body, r *repair.Route) {
	block.SetAttributeValue("name", cty.StringVal(r.Name))
	block.SetAttributeValue("address_prefix", cty.StringVal(r.AddressPrefix))
	h.nextHop(block, r)
}

// attributes are those of a rule, as the provider calls them.
func attributes(block *hclwrite.Body, r *repair.Rule) {
	block.SetAttributeValue("name", cty.StringVal(r.Name))
	if r.Description != "" {
		block.SetAttributeValue("description", cty.StringVal(r.Description))
	}
	block.SetAttributeValue("priority", cty.NumberIntVal(int64(r.Priority)))
	block.SetAttributeValue("direction", cty.StringVal(string(r.Direction)))
	block.SetAttributeValue("access", cty.StringVal(string(r.Access)))
	block.SetAttributeValue("protocol", cty.StringVal(string(r.Protocol)))
	for _, x := range []struct {
		one, many string
		values    []string
	}{
		{"source_port_range", "source_port_ranges", r.SourcePorts},
		{"destination_port_range", "destination_port_ranges", r.DestinationPorts},
		{"source_address_prefix", "source_address_prefixes", r.Source},
		{"destination_address_prefix", "destination_address_prefixes", r.Destination},
	} {
		if len(x.values) == 1 {
			block.SetAttributeValue(x.one, cty.StringVal(x.values[0]))
			continue
		}
		var list []cty.Value
		for _, v := range x.values {
			list = append(list, cty.StringVal(v))
		}
		block.SetAttributeValue(x.many, cty.ListVal(list))
	}
}

// unused makes the name of a resource of a type, unique in the file.
func unused(typ, base string, used map[string]bool) string {
	text := base
	for i := 2; used[typ+"."+text]; i++ {
		text = fmt.Sprintf("%s_%d", base, i)
	}
	used[typ+"."+text] = true
	return text
}
