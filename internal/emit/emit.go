package emit

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// Formats are the names of the forms, in order of display.
var Formats = []string{"az", "arm", "bicep", "terraform"}

// Write writes a change in one of the Formats. inline tells of a group or table
// whether its rules or routes stand in its own statement, where Terraform cannot
// mix them with those that are resources of their own. The error is a sentence for people.
func Write(w io.Writer, format string, edits []repair.Edit, inline func(*azure.Resource) bool) error {
	steps := Ordered(edits)
	var text string
	var err error
	if i := slices.IndexFunc(steps, func(e repair.Edit) bool { return e.Action == repair.Remove && e.Change == nil }); i >= 0 {
		return fmt.Errorf("the removal of rule %s of %s is not written in any form; remove it by hand", steps[i].Rule.Name, steps[i].Group.Label())
	}
	switch format {
	case "az":
		text, err = commands(steps)
	case "arm":
		text, err = template(steps)
	case "bicep":
		text, err = bicep(steps)
	case "terraform":
		text, err = terraform(steps, inline)
	default:
		err = fmt.Errorf("there is no form %q; expected one of %s", format, strings.Join(Formats, ", "))
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// Ordered are the steps of a change in their phases, within those group by group:
// what makes room from the last priority on, then what is added; tables alike.
func Ordered(edits []repair.Edit) []repair.Edit {
	steps := slices.Clone(edits)
	slices.SortStableFunc(steps, func(a, b repair.Edit) int {
		if c := cmp.Compare(a.Phase(), b.Phase()); c != 0 || a.Change != nil || b.Change != nil {
			return c
		}
		if c := cmp.Compare(a.Target().ID, b.Target().ID); c != 0 {
			return c
		}
		if a.Action != b.Action {
			return -cmp.Compare(a.Action, b.Action) // modify before add
		}
		if a.Action == repair.Modify {
			return cmp.Compare(b.Rule.Priority, a.Rule.Priority)
		}
		return cmp.Or(cmp.Compare(a.Rule.Direction, b.Rule.Direction), cmp.Compare(a.Rule.Priority, b.Rule.Priority))
	})
	return steps
}

// place is where a group or a table is, as far as its id tells.
type place struct {
	subscription, resourceGroup, name string
}

// groups are the resource groups that a change is in, as far as they are known,
// each once in order; names fold case.
func groups(steps []repair.Edit) []place {
	var list []place
	for i := range steps {
		p := placeOf(steps[i].Target())
		if p.resourceGroup != "" && !slices.ContainsFunc(list, p.beside) {
			list = append(list, p)
		}
	}
	return list
}

// beside reports whether two are in one resource group.
func (p place) beside(o place) bool {
	return strings.EqualFold(p.subscription, o.subscription) && strings.EqualFold(p.resourceGroup, o.resourceGroup)
}

func placeOf(r *azure.Resource) place {
	p := place{name: r.Name}
	p.subscription, p.resourceGroup = r.Scope()
	return p
}

// child is the type and the name of what an edit writes.
func child(e *repair.Edit) (typ, name string) {
	if e.Route != nil {
		return azure.TypeRoute, e.Route.Name
	}
	return azure.TypeSecurityRule, e.Rule.Name
}

// complete reports an error for a rule that cannot be written whole.
func complete(e *repair.Edit) error {
	if e.Action == repair.Modify && !e.Rule.Complete {
		return fmt.Errorf("the rule %s of %s makes room and holds values that the input does not tell; use --as az, which changes its priority alone", e.Rule.Name, e.Group.Name)
	}
	return nil
}
