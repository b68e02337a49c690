package amend

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

// File is a text that may state what is changed: a .tf file or a template.
type File struct {
	// Path is the file as the user names it, with "/" between folders.
	Path string
	Data []byte
}

// Change is a file with the change written into it.
type Change struct {
	Path     string
	Old, New []byte
	// insertions make New of Old.
	insertions []insertion
}

// Left are edits of one group or table that no file takes.
type Left struct {
	Target *azure.Resource
	Edits  []repair.Edit
	// Reason is a sentence without its full stop.
	Reason string
}

// Write writes edits into the files that state what is edited. Changes are in
// the order of the files, what is left in the order of the edits. What is
// written in Terraform is read back and says what was meant; a template is for
// its reader to read again. The error is a diagnostic about a file that cannot
// be read.
func Write(edits []repair.Edit, files []File) ([]Change, []Left, error) {
	w, err := newWriter(files)
	if err != nil {
		return nil, nil, err
	}
	var left []Left
	var done []repair.Edit
	apart, rest := w.apart(edits)
	w.terraform.going = w.terraform.leaving(rest)
	for i := range rest {
		if err := w.ahead(&rest[i]); err != nil {
			return nil, nil, err
		}
	}
	if len(apart) > 0 {
		if reason := w.writeResources(apart); reason != "" {
			for steps := range byTarget(emit.Ordered(apart)) {
				left = append(left, Left{steps[0].Target(), steps, reason})
			}
		}
	}
	for steps := range byTarget(emit.Ordered(rest)) {
		if reason := w.write(steps); reason != "" {
			left = append(left, Left{steps[0].Target(), steps, reason})
		} else if w.template(steps[0].Target()) == nil {
			done = append(done, steps...)
		}
	}
	w.takeRoutes()
	for _, t := range w.templates {
		w.splices[t.index] = t.insertions()
	}
	var changes []Change
	for i, f := range files {
		if list := w.splices[i]; len(list) > 0 {
			now, made := splice(f.Data, list)
			changes = append(changes, Change{f.Path, f.Data, now, made})
		}
	}
	return changes, left, w.confirm(done, changes)
}

// apart are the edits that new resources of Terraform state; none where no
// Terraform is given. What is for a resource of a template is among the rest.
func (w *writer) apart(edits []repair.Edit) (apart, rest []repair.Edit) {
	if len(w.terraform.modules) == 0 {
		return nil, edits
	}
	own, rest := emit.Apart(edits, w.inline)
	for _, e := range own {
		if w.template(e.Target()) != nil {
			rest = append(rest, e)
		} else {
			apart = append(apart, e)
		}
	}
	return apart, rest
}

// writer collects what is to be spliced into the files.
type writer struct {
	terraform *configuration
	templates []*template
	// splices by the index of the file.
	splices map[int][]insertion
	gone    []goneRoute
}

func newWriter(files []File) (*writer, error) {
	w := &writer{terraform: &configuration{modules: map[string]*module{}, filled: map[*hclsyntax.Block]bool{}}, splices: map[int][]insertion{}}
	for i, f := range files {
		if filepath.Ext(f.Path) == ".tf" {
			if err := w.terraform.add(i, f); err != nil {
				return nil, err
			}
			continue
		}
		doc, err := document.Parse(f.Path, bytes.Clone(f.Data), document.Options{Dialect: document.ARM})
		if err != nil {
			return nil, err
		}
		w.templates = append(w.templates, newTemplate(i, f, doc))
	}
	w.terraform.resolveCalls()
	return w, nil
}

// write writes the steps of one group or table, or says why it does not.
func (w *writer) write(steps []repair.Edit) string {
	t := w.template(steps[0].Target())
	switch {
	case slices.ContainsFunc(steps, func(e repair.Edit) bool { return e.Action == repair.Remove && e.Change == nil }):
		return "the removal of a rule is not written into files"
	case t != nil && steps[0].Change != nil:
		return t.writeChanges(steps)
	case steps[0].Change == nil && slices.ContainsFunc(steps, func(e repair.Edit) bool { return leadsToUnknown(e.Route) }):
		return unknownNextHop
	case t != nil:
		return t.write(steps)
	case len(w.terraform.modules) == 0:
		return "no file given states it in Terraform or as a template"
	case steps[0].Change != nil:
		return w.writeChanges(steps)
	}
	list, reason := w.terraform.write(steps)
	for i, more := range list {
		w.splices[i] = append(w.splices[i], more...)
	}
	return reason
}

// writeChanges writes changes of existing resources into Terraform, all or none.
func (w *writer) writeChanges(steps []repair.Edit) string {
	before, gone := maps.Clone(w.splices), w.gone
	reason := w.writeRules(networkRules(steps))
	for i := range steps {
		if reason != "" {
			break
		}
		switch c := steps[i].Change.(type) {
		case *repair.NetworkRule: // above, by collection
		case *repair.CollectionMove:
			reason = w.moveCollection(c)
		case *repair.RouteChange:
			reason = w.writeRouteChange(c)
		case *repair.RouteRemoval:
			reason = w.removeRoute(c)
		case *repair.AddressRemoval:
			reason = w.removeAddress(c)
		case *repair.Detachment:
			reason = w.detach(c)
		case *repair.Delegation:
			reason = w.delegate(c)
		default:
			if s, ok := settingOf(c); ok {
				reason = w.writeSetting(s)
			} else {
				reason = "a change of this kind is not written into files"
			}
		}
	}
	if reason != "" {
		w.splices, w.gone = before, gone
	}
	return reason
}

// template is the template that states a group or table; nil if none does.
func (w *writer) template(r *azure.Resource) *template {
	for _, t := range w.templates {
		if r.At.File == t.path {
			return t
		}
	}
	return nil
}

// byTarget yields runs of steps of one group or table, those that change what is
// there apart from those that add to it.
func byTarget(steps []repair.Edit) func(func([]repair.Edit) bool) {
	return func(yield func([]repair.Edit) bool) {
		for len(steps) > 0 {
			id, change := steps[0].Target().ID, steps[0].Change != nil
			end := slices.IndexFunc(steps, func(e repair.Edit) bool { return e.Target().ID != id || (e.Change != nil) != change })
			if end < 0 {
				end = len(steps)
			}
			if !yield(steps[:end:end]) {
				return
			}
			steps = steps[end:]
		}
	}
}
