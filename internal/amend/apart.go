package amend

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

// writeApart adds resources. Terraform changes resources at the same time, and
// two rules of one direction never have the same priority: where rules make
// room, each step waits for the one before it.
func (e *edit) writeApart(steps []repair.Edit) string {
	if argument := looped(e.at.Block); argument != "" && e.at.key == "" {
		return fmt.Sprintf("%s has %s, and the plan that tells which one is meant is not given", e.at.address(), argument)
	}
	inTurn := slices.ContainsFunc(steps, func(s repair.Edit) bool { return s.Action == repair.Modify })
	before := ""
	for i := range steps {
		s := &steps[i]
		if s.Action == repair.Modify {
			b, reason := e.apartChild(&s.Was.Resource, fmt.Sprintf("the rule %s of %s has to make room", s.Was.Name, e.at.address()))
			if reason == "" {
				reason = e.setPriority(b.file, b.Body, s)
			}
			if reason == "" && before != "" {
				reason = e.wait(b, before)
			}
			if reason != "" {
				return reason
			}
			before = b.address()
			continue
		}
		label := e.label(s)
		var last []emit.Expression
		if inTurn && before != "" {
			last = append(last, emit.Expression{Name: "depends_on", Text: "[" + before + "]"})
		}
		e.addBlock(e.after, "\n"+emit.Block(s, "resource", []string{e.child, label}, e.order, e.leading, last))
		before = e.child + "." + label
	}
	return ""
}

// apartChild is the resource of a rule or route that has to change; why begins
// the sentence that says there is none.
func (e *edit) apartChild(r *azure.Resource, why string) (*block, string) {
	var found *block
	steps, ok := addressOf(r.Address, e.child)
	for _, b := range e.at.in.resources(e.child) {
		name, known := text(b.Body.Attributes["name"])
		if ok && b.Labels[1] == steps[len(steps)-1].name || !ok && known && strings.EqualFold(name, r.Name) && e.belongs(b) {
			found = b
		}
	}
	switch {
	case found == nil:
		return nil, why + ", and no resource in the files given is it"
	case looped(found.Block) != "":
		return nil, fmt.Sprintf("%s, and it is one of several that %s makes", why, found.address())
	}
	return found, ""
}

// wait makes a resource depend on another one.
func (e *edit) wait(b *block, on string) string {
	a := b.Body.Attributes["depends_on"]
	if a == nil {
		end := b.CloseBraceRange.Start.Byte
		start := lineStart(b.file.data, end)
		e.lists[b.file.index] = append(e.lists[b.file.index], insertion{start, start, "\n  depends_on = [" + on + "]\n"})
		return ""
	}
	list, ok := a.Expr.(*hclsyntax.TupleConsExpr)
	if !ok {
		return fmt.Sprintf("%s has to wait for %s, and its depends_on is no list", b.address(), on)
	}
	end, more := list.Range().End.Byte-1, on
	if n := len(list.Exprs); n > 0 {
		end, more = list.Exprs[n-1].Range().End.Byte, ", "+on
	}
	e.lists[b.file.index] = append(e.lists[b.file.index], insertion{end, end, more})
	return ""
}

// label is the name of a new resource.
func (e *edit) label(s *repair.Edit) string {
	base := strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' {
			return c
		}
		return '_'
	}, nameOf(s))
	if base[0] >= '0' && base[0] <= '9' {
		base = "_" + base
	}
	text := base
	for i := 2; e.labels[text]; i++ {
		text = fmt.Sprintf("%s_%d", base, i)
	}
	e.labels[text] = true
	return text
}
