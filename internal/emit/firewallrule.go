package emit

import (
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/wayleave/wayleave/internal/repair"
)

// FirewallRuleBlock is the rule of a change as a block of the Terraform that states
// its collection, formatted, with a line break at its end.
func FirewallRuleBlock(c *repair.NetworkRule) string {
	file := hclwrite.NewEmptyFile()
	ruleBlock(file.Body(), &c.Rule, c.Group == nil)
	return string(hclwrite.Format(file.Bytes()))
}

// CollectionBlock is the new collection of changes of one group, with their rules,
// as a block of the Terraform that states the group.
func CollectionBlock(changes []*repair.NetworkRule) string {
	file := hclwrite.NewEmptyFile()
	b := file.Body().AppendNewBlock("network_rule_collection", nil).Body()
	b.SetAttributeValue("name", cty.StringVal(changes[0].Collection.Name))
	collectionAttributes(b, changes[0])
	for _, c := range changes {
		b.AppendNewline()
		ruleBlock(b, &c.Rule, false)
	}
	return string(hclwrite.Format(file.Bytes()))
}

// collectionAttributes are the priority and the action of a new collection.
func collectionAttributes(b *hclwrite.Body, c *repair.NetworkRule) {
	b.SetAttributeValue("priority", cty.NumberIntVal(int64(c.Collection.Priority.V)))
	b.SetAttributeValue("action", cty.StringVal("Allow"))
}

// FirewallRuleBody is the rule of a change in the shape of Resource Manager.
func FirewallRuleBody(c *repair.NetworkRule) any {
	t, protocols := tree{{"name", c.Rule.Name}}, "protocols"
	if c.Group != nil {
		t, protocols = tree{{"ruleType", "NetworkRule"}, {"name", c.Rule.Name}}, "ipProtocols"
	}
	t = t.with("description", c.Rule.Description)
	return append(t, member{protocols, texts(c.Rule.Protocols)}, member{"sourceAddresses", texts(c.Rule.Source)},
		member{"destinationAddresses", texts(c.Rule.Destination)}, member{"destinationPorts", texts(c.Rule.Ports)})
}

// CollectionBody is the new collection of changes of one group or firewall, with
// their rules, in the shape of Resource Manager.
func CollectionBody(changes []*repair.NetworkRule) any {
	first := changes[0]
	rules := []any{}
	for _, c := range changes {
		rules = append(rules, FirewallRuleBody(c))
	}
	p := tree{{"priority", first.Collection.Priority.V}, {"action", tree{{"type", "Allow"}}}, {"rules", rules}}
	if first.Group == nil {
		return tree{{"name", first.Collection.Name}, {"properties", p}}
	}
	return append(tree{{"ruleCollectionType", "FirewallPolicyFilterRuleCollection"}, {"name", first.Collection.Name}}, p...)
}
