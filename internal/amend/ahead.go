package amend

import (
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/repair"
)

// ahead is an error where Terraform has what an edit adds already: the input that
// the edit was made from is older than the file.
func (w *writer) ahead(s *repair.Edit) error {
	if s.Action != repair.Add || w.template(s.Target()) != nil || len(w.terraform.modules) == 0 {
		return nil
	}
	name, found, file := w.terraform.holds(s)
	if len(found) == 0 {
		return nil
	}
	r := found[0].TypeRange.Start
	return diagnostic.Errorf("outdated-input", diagnostic.Position{File: file.path, Line: r.Line, Column: r.Column}, "%s is here already, and the input that the change was made from does not have it", name).
		WithHint("make the plan again, and run the command with it")
}

// holds are the blocks that have the name of what an edit adds, and their file.
func (c *configuration) holds(s *repair.Edit) (name string, found []*hclsyntax.Block, file *tfFile) {
	if rule, ok := s.Change.(*repair.NetworkRule); ok {
		at, reason := c.rulesOf(rule)
		switch {
		case reason != "":
			return "", nil, nil
		case rule.NewCollection:
			return rule.Collection.Name, namedBlocks(innerBlocks(at.Body, collectionBlock), rule.Collection.Name), at.file
		}
		return rule.Rule.Name, namedBlocks(innerBlocks(at.Body, "rule"), rule.Rule.Name), at.file
	}
	if s.Change != nil {
		return "", nil, nil
	}
	e := &edit{kind: ruleKind, labels: map[string]bool{}}
	if s.Route != nil {
		e.kind = routeKind
	}
	var reason string
	if e.at, reason = c.find(s.Target(), e.parent); reason != "" {
		return "", nil, nil
	}
	e.children()
	return nameOf(s), namedBlocks(slices.Concat(e.own, e.apart), nameOf(s)), e.at.file
}
