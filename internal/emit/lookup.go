package emit

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// lookup is a data source of Terraform for what exists and has no id in the input,
// as what a template states.
type lookup struct {
	typ, label string
	of         *azure.Resource
	// names from the outermost resource to this one.
	names []string
}

// variable asks whoever applies a configuration for a text.
type variable struct{ name, meaning string }

// dataSources are the types of Terraform by those of Azure, each with what it calls
// the names of the outer resources.
var dataSources = map[string]struct {
	typ    string
	parent []string
}{
	strings.ToLower(azure.TypeSubnet):               {"azurerm_subnet", []string{"virtual_network_name"}},
	strings.ToLower(azure.TypeNetworkSecurityGroup): {"azurerm_network_security_group", nil},
	strings.ToLower(azure.TypeRouteTable):           {"azurerm_route_table", nil},
	strings.ToLower(azure.TypePublicIPAddress):      {"azurerm_public_ip", nil},
	strings.ToLower(azure.TypeAzureFirewall):        {"azurerm_firewall", nil},
	strings.ToLower(azure.TypeFirewallPolicy):       {"azurerm_firewall_policy", nil},
}

// existing refers to a resource of the root module by its address; nil for what is
// none.
func existing(address string) hcl.Traversal {
	if !strings.HasPrefix(address, "azurerm_") {
		return nil
	}
	t, problems := hclsyntax.ParseTraversalAbs([]byte(address), "", hcl.InitialPos)
	if problems.HasErrors() || len(t) < 2 || len(t) > 3 {
		return nil
	}
	if len(t) == 3 {
		if _, index := t[2].(hcl.TraverseIndex); !index {
			return nil
		}
	}
	return t
}

// isID reports whether a text is the whole id of a resource.
func isID(text string) bool {
	return strings.HasPrefix(strings.ToLower(text), "/subscriptions/") && !strings.ContainsAny(text, "{}")
}

// found is the id of what exists: of a data source, else asked for.
func (h *changeHCL) found(of *azure.Resource) hcl.Traversal {
	if t := h.lookUp(of); t != nil {
		return append(t, hcl.TraverseAttr{Name: "id"})
	}
	return h.ask(of, "id", "the id of "+of.Label())
}

// lookUp is the data source for a resource by its names; nil where these are not
// those of Azure.
func (h *changeHCL) lookUp(of *azure.Resource) hcl.Traversal {
	typ, names := typeAndNames(azure.Reference{ID: of.ID, Text: of.Address})
	source, ok := dataSources[strings.ToLower(typ)]
	if !ok || len(names) != len(source.parent)+1 {
		return nil
	}
	if !strings.Contains(of.Address, "/providers/") { // as templates are named: v/subnets/s
		parts := strings.Split(of.Address, "/")
		for i := range names {
			if 2*i < len(parts) && strings.EqualFold(parts[2*i], names[i]) {
				names[i] = parts[2*i] // an id has no capitals
			}
		}
	}
	at := slices.IndexFunc(h.lookups, func(l lookup) bool { return l.of.ID == of.ID })
	if at < 0 {
		at = len(h.lookups)
		label := unused("data."+source.typ, repair.TerraformName(names[len(names)-1]), h.labels)
		h.lookups = append(h.lookups, lookup{source.typ, label, of, names})
	}
	return traversal("data", source.typ, h.lookups[at].label)
}

// dataSources writes the data sources that are referred to.
func (h *changeHCL) dataSources() {
	for _, l := range h.lookups {
		h.body.AppendNewline()
		b := h.body.AppendNewBlock("data", []string{l.typ, l.label}).Body()
		b.SetAttributeValue("name", cty.StringVal(l.names[len(l.names)-1]))
		for i, s := range dataSourceOf(l.typ) {
			b.SetAttributeValue(s, cty.StringVal(l.names[i]))
		}
		h.group(b, l.of)
	}
}

func dataSourceOf(typ string) []string {
	for _, s := range dataSources {
		if s.typ == typ {
			return s.parent
		}
	}
	return nil
}

// ask refers to a variable for what only the configuration around can tell.
func (h *changeHCL) ask(of *azure.Resource, what, meaning string) hcl.Traversal {
	at := slices.IndexFunc(h.asked, func(v variable) bool { return v.meaning == meaning })
	if at < 0 {
		at = len(h.asked)
		h.asked = append(h.asked, variable{unused("var", repair.TerraformName(of.Name)+"_"+what, h.labels), meaning})
	}
	return traversal("var", h.asked[at].name)
}
