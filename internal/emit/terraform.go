package emit

import (
	"fmt"
	"regexp"
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
func terraform(steps []repair.Edit, inline func(*azure.Resource) bool) string {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	labels := map[string]bool{}
	changes := &changeHCL{body: body, made: map[azure.ID]string{}, collections: map[*azure.RuleCollection]*hclwrite.Body{}}
	home := homeOf(steps)
	for i := range steps {
		e := &steps[i]
		if i > 0 {
			body.AppendNewline()
		}
		switch {
		case e.Change != nil:
			changes.write(e, home)
		case e.Route != nil && changes.made[e.Table.ID] == "" && inline(e.Target()):
			comment(body, "Add to "+e.Target().Label()+", whose routes are blocks of its own:")
			changes.route(body.AppendNewBlock("route", nil).Body(), e.Route)
		case e.Route != nil:
			lastLabel := label(e, labels)
			block := body.AppendNewBlock("resource", []string{"azurerm_route", lastLabel}).Body()
			if changes.made[e.Table.ID] != "" {
				changes.group(block, e.Target())
				changes.set(block, "route_table_name", e.Target(), "name", e.Table.Name)
			} else {
				parent(block, e.Target(), "route_table_name")
			}
			changes.route(block, e.Route)
			if changes.made[e.Table.ID] != "" {
				changes.rules = append(changes.rules, "azurerm_route."+lastLabel)
			}
		case e.Action == repair.Modify:
			comment(body, fmt.Sprintf("The rule %s of %s makes room: set its priority from %d to %d.", e.Rule.Name, e.Group.Label(), e.Was.Priority.V, e.Rule.Priority))
		case inline(e.Target()):
			comment(body, "Add to "+e.Group.Label()+", whose rules are blocks of its own:")
			attributes(body.AppendNewBlock("security_rule", nil).Body(), &e.Rule)
		default:
			block := body.AppendNewBlock("resource", []string{"azurerm_network_security_rule", label(e, labels)}).Body()
			parent(block, e.Target(), "network_security_group_name")
			attributes(block, &e.Rule)
		}
	}
	changes.variables()
	return string(file.Bytes())
}

func comment(body *hclwrite.Body, text string) {
	body.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte("# " + strings.ReplaceAll(text, "\n", " ") + "\n")}})
}

// address is that of a resource in the root module without an index, which
// other resources there can refer to.
var address = regexp.MustCompile(`^(azurerm_network_security_group|azurerm_route_table)\.([A-Za-z_][A-Za-z0-9_-]*)$`)

// parent names the group or table, by the given attribute, and its resource
// group.
func parent(block *hclwrite.Body, g *azure.Resource, attribute string) {
	if m := address.FindStringSubmatch(g.Address); m != nil {
		for _, x := range [][2]string{{"resource_group_name", "resource_group_name"}, {attribute, "name"}} {
			block.SetAttributeTraversal(x[0], hcl.Traversal{hcl.TraverseRoot{Name: m[1]}, hcl.TraverseAttr{Name: m[2]}, hcl.TraverseAttr{Name: x[1]}})
		}
		return
	}
	if name := placeOf(g).resourceGroup; name != "" {
		block.SetAttributeValue("resource_group_name", cty.StringVal(name))
	} else {
		block.SetAttributeTraversal("resource_group_name", hcl.Traversal{hcl.TraverseRoot{Name: "var"}, hcl.TraverseAttr{Name: "resource_group_name"}})
	}
	block.SetAttributeValue(attribute, cty.StringVal(g.Name))
}

func (h *changeHCL) route(block *hclwrite.Body, r *repair.Route) {
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

// label makes the name of a resource, unique in the file.
func label(e *repair.Edit, used map[string]bool) string {
	_, name := child(e)
	base := strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' {
			return c
		}
		return '_'
	}, name)
	text := base
	for i := 2; used[text]; i++ {
		text = fmt.Sprintf("%s_%d", base, i)
	}
	used[text] = true
	return text
}
