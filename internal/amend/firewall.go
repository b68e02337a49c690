package amend

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

const (
	collectionResource = "azurerm_firewall_network_rule_collection"
	groupResource      = "azurerm_firewall_policy_rule_collection_group"
	collectionBlock    = "network_rule_collection"
)

// networkRules are the changes of steps that are rules of a firewall.
func networkRules(steps []repair.Edit) []*repair.NetworkRule {
	var list []*repair.NetworkRule
	for i := range steps {
		if c, ok := steps[i].Change.(*repair.NetworkRule); ok {
			list = append(list, c)
		}
	}
	return list
}

// byCollection divides rules by the collection that gets them, in order.
func byCollection(rules []*repair.NetworkRule) [][]*repair.NetworkRule {
	var list [][]*repair.NetworkRule
	for _, c := range rules {
		i := slices.IndexFunc(list, func(of []*repair.NetworkRule) bool { return of[0].Collection.ID == c.Collection.ID })
		if i < 0 {
			list, i = append(list, nil), len(list)
		}
		list[i] = append(list[i], c)
	}
	return list
}

// writeRules adds rules of a firewall to the blocks of their collections, and new
// collections to the block of their group, or says why it does not.
func (w *writer) writeRules(rules []*repair.NetworkRule) string {
	for _, of := range byCollection(rules) {
		c := of[0]
		if c.NewGroup || c.NewCollection && c.Group == nil {
			return fmt.Sprintf("the collection %s is new, and no file given tells where it belongs", c.Collection.Name)
		}
		at, reason := w.terraform.rulesOf(c)
		if reason != "" {
			return reason
		}
		if c.NewCollection {
			reason = w.addInner(at, collectionBlock, emit.CollectionBlock(of))
		} else {
			for _, rule := range of {
				if reason == "" {
					reason = w.addInner(at, "rule", emit.FirewallRuleBlock(rule))
				}
			}
		}
		if reason != "" {
			return reason
		}
	}
	return ""
}

// rulesOf is the block that gets a rule or a new collection.
func (c *configuration) rulesOf(rule *repair.NetworkRule) (*block, string) {
	of, typ, attribute, parent := &rule.Collection.Resource, collectionResource, "azure_firewall_name", rule.Firewall.Name
	if rule.Group != nil {
		of, typ, attribute, parent = &rule.Group.Resource, groupResource, "firewall_policy_id", rule.Group.Policy.Name
	}
	at, reason := c.find(of, typ)
	if reason != "" {
		return nil, reason
	}
	_, certain := addressOf(of.Address, typ)
	holder, _ := at.nameIn(attribute)
	switch argument := looped(at.Block); {
	case argument != "":
		return nil, fmt.Sprintf("%s has %s, and a rule in it would be in every one", at.address(), argument)
	case !certain && !strings.EqualFold(holder, parent):
		return nil, fmt.Sprintf("%s does not tell that it belongs to %s; give a plan, whose addresses tell it", at.address(), parent)
	case rule.Group == nil || rule.NewCollection:
		return at.block, ""
	}
	if found := namedBlocks(innerBlocks(at.Body, collectionBlock), rule.Collection.Name); len(found) == 1 {
		return &block{found[0], at.file, at.in}, ""
	}
	return nil, fmt.Sprintf("the collection %s of %s stands in no block of its own", rule.Collection.Name, at.address())
}

// moveCollection gives a rule collection another priority, or says why it does not.
func (w *writer) moveCollection(c *repair.CollectionMove) string {
	at, reason := w.terraform.rulesOf(&repair.NetworkRule{Firewall: c.Firewall, Group: c.Group, Collection: c.Collection})
	if reason != "" {
		return reason
	}
	return w.setAttribute(at, "the collection "+c.Collection.Name, []string{"priority"}, strconv.Itoa(c.Priority))
}

// saysMove tells how the configuration differs from a move; empty if it does not.
func (c *configuration) saysMove(m *repair.CollectionMove) string {
	at, reason := c.rulesOf(&repair.NetworkRule{Firewall: m.Firewall, Group: m.Group, Collection: m.Collection})
	if reason != "" {
		return reason
	}
	if n, ok := number(at.Body.Attributes["priority"].Expr); !ok || n != m.Priority {
		return fmt.Sprintf("the collection %s has another priority", m.Collection.Name)
	}
	return ""
}

// nameIn is the name of the resource that an attribute leads to: by a reference to
// a block that has it, or in its literal text; false where neither tells it.
func (b *block) nameIn(attribute string) (string, bool) {
	if literal, ok := text(b.Body.Attributes[attribute]); ok {
		return literal[strings.LastIndexByte(literal, '/')+1:], true
	}
	parts := strings.Split(b.source(attribute), ".")
	if len(parts) != 3 || parts[2] != "name" && parts[2] != "id" || b.in.resource(parts[0], parts[1]) == nil {
		return "", false
	}
	return text(b.in.resource(parts[0], parts[1]).Body.Attributes["name"])
}

// addInner adds a block to another: behind the last one of its type, else at the
// end.
func (w *writer) addInner(at *block, typ, text string) string {
	label := at.Type
	if len(at.Labels) == 2 {
		label = at.address()
	}
	own := innerBlocks(at.Body, typ)
	if at.Body.Attributes[typ] != nil {
		return fmt.Sprintf("%s states %s as one value, not in blocks", label, typ)
	}
	if at.TypeRange.Start.Line == at.CloseBraceRange.Start.Line {
		return fmt.Sprintf("%s stands on one line", label)
	}
	data := at.file.data
	var end int
	text = strings.TrimSuffix(text, "\n")
	if len(own) > 0 {
		last := own[len(own)-1].Range()
		end, text = lineEnd(data, last.End.Byte), gap(own)+indented(text, indentation(data, last.Start.Byte))
	} else {
		end = lineEnd(data, lineStart(data, lineStart(data, at.CloseBraceRange.Start.Byte)-1))
		text = "\n" + indented(text, indentation(data, at.TypeRange.Start.Byte)+"  ")
	}
	w.splices[at.file.index] = append(w.splices[at.file.index], insertion{end, end, "\n" + text})
	return ""
}

// innerBlocks are the blocks of a type in a body, those that dynamic makes among
// them.
func innerBlocks(body *hclsyntax.Body, typ string) []*hclsyntax.Block {
	var list []*hclsyntax.Block
	for _, b := range body.Blocks {
		if b.Type == typ || b.Type == "dynamic" && len(b.Labels) == 1 && b.Labels[0] == typ {
			list = append(list, b)
		}
	}
	return list
}

// namedBlocks are those whose literal name is a given one, in whatever case.
func namedBlocks(list []*hclsyntax.Block, name string) []*hclsyntax.Block {
	return slices.DeleteFunc(slices.Clone(list), func(b *hclsyntax.Block) bool {
		own, ok := text(b.Body.Attributes["name"])
		return !ok || b.Type == "dynamic" || !strings.EqualFold(own, name)
	})
}

// gap is the empty line that stands between blocks, or nothing where none does.
func gap(own []*hclsyntax.Block) string {
	if n := len(own); n > 1 && own[n-2].Range().End.Line+1 == own[n-1].Range().Start.Line {
		return ""
	}
	return "\n"
}

// saysRule tells how the configuration differs from a rule of a firewall; empty if
// it does not.
func (c *configuration) saysRule(rule *repair.NetworkRule) string {
	existing := *rule
	existing.NewCollection = false
	at, reason := c.rulesOf(&existing)
	if reason != "" {
		return reason
	}
	found := namedBlocks(innerBlocks(at.Body, "rule"), rule.Rule.Name)
	if len(found) != 1 {
		return fmt.Sprintf("%d blocks have the name %s", len(found), rule.Rule.Name)
	}
	if rule.NewCollection {
		priority, ok := number(at.Body.Attributes["priority"].Expr)
		if action, _ := text(at.Body.Attributes["action"]); !ok || priority != rule.Collection.Priority.V || action != "Allow" {
			return fmt.Sprintf("the collection %s has another priority or action", rule.Collection.Name)
		}
	}
	body, want := found[0].Body, rule.Rule
	want.Description = ""
	got := repair.FirewallRule{
		Name: rule.Rule.Name, Protocols: literals(body, "protocols"), Source: literals(body, "source_addresses"),
		Destination: literals(body, "destination_addresses"), Ports: literals(body, "destination_ports"),
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("it reads %s", got.Text())
	}
	return ""
}
