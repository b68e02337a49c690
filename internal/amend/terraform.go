package amend

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

// kind is how the provider calls a parent and its children.
type kind struct {
	parent, child string
	// list is the block of a child within its parent.
	list string
	// of is the attribute by which a child of its own names its parent.
	of string
}

var (
	ruleKind  = kind{"azurerm_network_security_group", "azurerm_network_security_rule", "security_rule", "network_security_group_name"}
	routeKind = kind{"azurerm_route_table", "azurerm_route", "route", "route_table_name"}
)

// edit writes the steps of one group or table.
type edit struct {
	kind
	at *place
	// own are the children in blocks of the parent, apart those that are
	// resources.
	own, apart []*hclsyntax.Block
	// going are those of them that the change takes away.
	going  map[*hclsyntax.Block]bool
	inline bool
	// labels that are used up, lower case.
	labels map[string]bool
	// order is that of the attributes of a neighbour.
	order []string
	// leading holds the attributes that name the parent.
	leading []emit.Expression
	lists   map[int][]insertion
	// after is where the next resource goes.
	after position
}

// position is a place in a file.
type position struct {
	file   *tfFile
	offset int
}

// write writes the steps, or says why it does not.
func (c *configuration) write(steps []repair.Edit) (map[int][]insertion, string) {
	e := &edit{kind: ruleKind, going: c.going, lists: map[int][]insertion{}, labels: map[string]bool{}}
	if steps[0].Table != nil {
		e.kind = routeKind
	}
	var reason string
	if e.at, reason = c.find(steps[0].Target(), e.parent); reason != "" {
		return nil, reason
	}
	e.children()
	if e.inline {
		reason = e.writeInline(steps)
	} else {
		reason = e.writeApart(steps)
	}
	if reason != "" {
		return nil, reason
	}
	c.filled[e.at.Block] = true
	return e.lists, ""
}

// children finds what the parent has, and where.
func (e *edit) children() {
	p := e.at
	e.own = innerBlocks(p.Body, e.list)
	e.inline = p.Body.Attributes[e.list] != nil || len(e.own) > 0
	e.after = position{p.file, p.Range().End.Byte}
	e.leading = []emit.Expression{
		{Name: "resource_group_name", Text: p.address() + p.key + ".resource_group_name"},
		{Name: e.of, Text: p.address() + p.key + ".name"},
	}
	for _, b := range p.in.resources(e.child) {
		e.labels[b.Labels[1]] = true
		if !e.belongs(b) {
			continue
		}
		e.apart = append(e.apart, b.Block)
		if !e.going[b.Block] {
			e.after = position{b.file, b.Range().End.Byte}
		}
		e.order = attributeOrder(b.Body)
		if looped(b.Block) == "" {
			e.leading[0].Text, e.leading[1].Text = b.source("resource_group_name"), b.source(e.of)
		}
	}
}

// belongs reports whether a child names this parent.
func (e *edit) belongs(b *block) bool {
	source := b.source(e.of)
	rest, ok := strings.CutPrefix(source, e.at.address()+e.at.key)
	if ok && (rest == ".name" || e.at.key == "" && strings.HasPrefix(rest, "[")) {
		return true
	}
	name, known := text(e.at.Body.Attributes["name"])
	literal, ok := text(b.Body.Attributes[e.of])
	return known && ok && strings.EqualFold(name, literal)
}

// attributeOrder are the names of the attributes of a body as they stand.
func attributeOrder(body *hclsyntax.Body) []string {
	var list []*hclsyntax.Attribute
	for _, a := range body.Attributes {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *hclsyntax.Attribute) int { return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte) })
	var names []string
	for _, a := range list {
		names = append(names, a.Name)
	}
	return names
}

// writeInline adds blocks to the parent, which Azure gets as one.
func (e *edit) writeInline(steps []repair.Edit) string {
	p := e.at
	if argument := looped(p.Block); argument != "" {
		return fmt.Sprintf("%s has %s, and a block in it would be in every one", p.address(), argument)
	}
	if p.Body.Attributes[e.list] != nil {
		return fmt.Sprintf("%s states %s as one value, not in blocks", p.address(), e.list)
	}
	for _, b := range e.own {
		if b.Type == e.list {
			e.order = attributeOrder(b.Body)
		}
	}
	for i := range steps {
		s := &steps[i]
		if s.Action == repair.Modify {
			b, reason := e.ownRule(s.Was)
			if reason == "" {
				reason = e.setPriority(p.file, b.Body, s)
			}
			if reason != "" {
				return reason
			}
			continue
		}
		text := emit.Block(s, e.list, nil, e.order, nil, nil)
		e.addBlock(e.behindOwn(), gap(e.own)+indented(text, indentation(p.file.data, e.own[0].Range().Start.Byte)))
	}
	return ""
}

// behindOwn is where the next block of the parent goes: behind the last one that
// stays, else before all of them.
func (e *edit) behindOwn() position {
	for _, b := range slices.Backward(e.own) {
		if !e.going[b] {
			return position{e.at.file, b.Range().End.Byte}
		}
	}
	data := e.at.file.data
	first := linesOf(&block{e.own[0], e.at.file, e.at.in}).start
	return position{e.at.file, lineStart(data, first-1)}
}

// nameOf is the name of the rule or route of a step.
func nameOf(s *repair.Edit) string {
	if s.Route != nil {
		return s.Route.Name
	}
	return s.Rule.Name
}

// addBlock puts a block on lines of its own, after the line of a position.
func (e *edit) addBlock(at position, text string) {
	end := lineEnd(at.file.data, at.offset)
	e.lists[at.file.index] = append(e.lists[at.file.index], insertion{end, end, "\n" + strings.TrimSuffix(text, "\n")})
}

// ownRule is the block of a rule within its group.
func (e *edit) ownRule(r *azure.SecurityRule) (*hclsyntax.Block, string) {
	if found := namedBlocks(e.own, r.Name); len(found) > 0 {
		return found[0], ""
	}
	return nil, fmt.Sprintf("the rule %s of %s has to make room and is in no block of its own", r.Name, e.at.address())
}

// setPriority replaces the priority of a rule.
func (e *edit) setPriority(file *tfFile, body *hclsyntax.Body, s *repair.Edit) string {
	a := body.Attributes["priority"]
	if a == nil {
		return fmt.Sprintf("the rule %s has to make room and has no priority in its block", s.Rule.Name)
	}
	if n, ok := number(a.Expr); !ok || n != s.Was.Priority.V {
		return fmt.Sprintf("the rule %s has to make room, and its priority is no number in the file", s.Rule.Name)
	}
	r := a.Expr.Range()
	e.lists[file.index] = append(e.lists[file.index], insertion{r.Start.Byte, r.End.Byte, strconv.Itoa(s.Rule.Priority)})
	return ""
}
