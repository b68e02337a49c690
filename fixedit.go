package wayleave

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/amend"
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/source"
)

// edited is a change written into the files that state the network.
type edited struct {
	changes []amend.Change
	left    []amend.Left
}

// edit writes a change into the templates among the inputs and into the
// Terraform configuration: that of the given sources, else that in the folders of
// the plans and states.
func (n *Network) edit(edits []repair.Edit, sources []string) (*edited, error) {
	files, err := n.statements(sources)
	if err != nil {
		return nil, inputError(err)
	}
	if len(files) == 0 && len(edits) > 0 {
		return nil, &UsageError{
			Message: "no input is a template and no .tf file is beside them, so there is nothing to edit: what az prints is a copy of what Azure holds",
			Hints:   []string{"name the Terraform configuration: --sources FOLDER", "or take the change as it is: --as az for Azure itself, --as bicep, arm or terraform for your sources"},
		}
	}
	changes, left, err := amend.Write(edits, files)
	if err != nil {
		return nil, inputError(err)
	}
	return &edited{changes, left}, nil
}

// statements are the files that a change can be written into.
func (n *Network) statements(sources []string) ([]amend.File, error) {
	var files []amend.File
	var beside []string
	for _, inv := range n.inventories {
		switch {
		case inv.Source == "" || inv.Source == "-":
		case inv.Rank == azure.RankTemplate:
			data, err := document.ReadFile(inv.Source, document.DefaultMaxBytes)
			if err != nil {
				return nil, err
			}
			files = append(files, amend.File{Path: inv.Source, Data: data})
		case inv.Rank == azure.RankPlan || inv.Rank == azure.RankState:
			beside = append(beside, path.Dir(inv.Source))
		}
	}
	if len(sources) > 0 {
		beside = sources
	}
	configuration, err := source.Configuration(beside)
	if err != nil {
		return nil, err
	}
	for _, f := range configuration {
		if !slices.ContainsFunc(files, func(have amend.File) bool { return have.Path == f.Name }) {
			files = append(files, amend.File{Path: f.Name, Data: f.Data})
		}
	}
	return files, nil
}

// inventoriesAfter are the inputs with the change: templates read again from
// their edited text, and the edits of other inputs applied.
func (n *Network) inventoriesAfter(edits []repair.Edit, e *edited) ([]*azure.Inventory, error) {
	if e == nil {
		return repair.Apply(n.inventories, edits)
	}
	instead := map[string][]byte{}
	for _, c := range e.changes {
		if path.Ext(c.Path) != ".tf" {
			instead[c.Path] = bytes.Clone(c.New)
		}
	}
	if len(instead) == 0 {
		return repair.Apply(n.inventories, edits)
	}
	from := n.reading
	from.Instead = instead
	inventories, found := source.Load(n.paths, from)
	if found.HasErrors() {
		return nil, &InputError{Diagnostics: append(found, readingProblems(inventories)...)}
	}
	rest := slices.DeleteFunc(slices.Clone(edits), func(x repair.Edit) bool {
		_, written := instead[x.Target().At.File]
		return written && !slices.ContainsFunc(e.left, func(l amend.Left) bool {
			return slices.ContainsFunc(l.Edits, func(left repair.Edit) bool { return sameEdit(&left, &x) })
		})
	})
	return repair.Apply(inventories, rest)
}

// sameEdit reports whether two are one edit of a change.
func sameEdit(a, b *repair.Edit) bool {
	return a.Target().ID == b.Target().ID && a.Action == b.Action && a.Change == b.Change && a.Route == b.Route && a.Rule.Name == b.Rule.Name && a.Rule.Direction == b.Rule.Direction
}

// fill states what was written, and what was not.
func (e *edited) fill(answer *result.Fix) {
	for _, c := range e.changes {
		answer.Files = append(answer.Files, result.FixFile{Path: c.Path, Diff: c.Unified()})
	}
	for _, l := range e.left {
		var names []string
		for i := range l.Edits {
			names = append(names, changeOf(&l.Edits[i]).Body.Name)
		}
		answer.NotWritten = append(answer.NotWritten, result.FixNotWritten{Resource: l.Target.Label(), Changes: names, Reason: strings.TrimSuffix(l.Reason, ".")})
	}
}
