package wayleave

import (
	"slices"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/amend"
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// FixOptions say what to repair.
type FixOptions struct {
	// CheckOptions choose the services as for Check.
	CheckOptions
	// Keep names security rules that are deliberate and never overridden, as
	// "rule" or "group/rule"; rules whose description holds "wayleave:keep" are
	// too.
	Keep []string
	// All asks for the other ways to the same end too, each with its price.
	All bool
	// As writes the change as "az", "arm", "bicep" or "terraform" too; empty for
	// none.
	As string
	// Edit writes the change into the templates among the inputs and into the
	// Terraform configuration, as unified diffs; with Write into the files too.
	Edit, Write bool
	// Sources are the folders or files of the Terraform configuration; empty means
	// those of the plans and states.
	Sources []string
	// Evidence asks for what the answer claims in a form that another program can
	// check.
	Evidence bool
}

// FixForms are the forms that FixOptions.As takes.
func FixForms() []string { return slices.Clone(emit.Formats) }

// Fix finds the change with the fewest rules that lets every failing required
// row pass, and proves what it opens. Rows that the project file suppresses are
// left alone. Errors are those of Check.
func (n *Network) Fix(o FixOptions) (*result.Fix, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	keep := repair.Keep{Names: o.Keep}
	if err := keep.Check(n.network); err != nil {
		return nil, &UsageError{Message: "--keep: " + err.Error(), Hints: []string{"name a rule, or group/rule"}}
	}
	before, err := n.examine(o.CheckOptions)
	if err != nil {
		return nil, err
	}
	plan, err := n.propose(before, o.CheckOptions, keep, repair.Exact)
	if err != nil {
		return nil, err
	}
	var files *edited
	if o.Edit || o.Write {
		if files, err = n.edit(plan.edits, o.Sources); err != nil {
			return nil, err
		}
		if err = n.reexamine(plan, files, o.CheckOptions); err != nil {
			return nil, err
		}
	}
	found, added, err := plan.compare(before)
	if err != nil {
		return nil, err
	}
	answer := &result.Fix{
		Schema: result.FixSchema, Tags: before.answer.Tags, Diagnostics: before.answer.Diagnostics,
		Unfixable: []result.FixUnfixable{}, FixEffect: plan.effect(before, found), Added: added,
	}
	for _, u := range plan.unfixable {
		answer.Unfixable = append(answer.Unfixable, unfixable(u))
	}
	answer.Unfixable = append(answer.Unfixable, plan.stillFailing()...)
	if o.All {
		if answer.Alternatives, err = n.alternatives(before, plan, o.CheckOptions, keep); err != nil {
			return nil, err
		}
	}
	answer.Undetermined, answer.Unproved = plan.after.undetermined(), plan.unproved(before)
	if o.As != "" && len(plan.edits) > 0 {
		var code strings.Builder
		if err := emit.Write(&code, o.As, plan.edits, n.statesChildren); err != nil {
			return nil, &UsageError{Message: err.Error()}
		}
		answer.As, answer.Code = o.As, code.String()
		if o.As == "arm" || o.As == "bicep" {
			answer.Restated = emit.Restated(plan.edits)
		}
	}
	if files != nil {
		files.fill(answer)
	}
	if o.Evidence {
		if answer.Evidence, err = n.evidence(plan, found, answer.Changes); err != nil {
			return nil, err
		}
	}
	if o.Write {
		if err := amend.Save(files.changes); err != nil {
			return nil, inputError(err)
		}
		answer.Written = true
	}
	return answer, nil
}

// with is the network that other statements of the same inputs make.
func (n *Network) with(inventories []*azure.Inventory) (*Network, error) {
	network, list := azure.Build(inventories...)
	if network == nil {
		return nil, &InputError{Diagnostics: list}
	}
	n.services.Tell(network)
	changed := *n
	changed.network, changed.inventories, changed.diagnostics = network, inventories, list
	return &changed, nil
}

// examination is a network with the answer of check.
type examination struct {
	fabric   *fabric.Fabric
	bindings []*service.Binding
	answer   *result.Check
}

// examine checks the network.
func (n *Network) examine(o CheckOptions) (*examination, error) {
	answer, of, err := n.check(o)
	if err != nil {
		return nil, err
	}
	return &examination{of.fabric, of.bindings, answer}, nil
}

// needs are the required rows that fail and are not suppressed. Only those are
// asked once more, for the packets they lack.
func (x *examination) needs() []repair.Need {
	var list []repair.Need
	for i, b := range x.bindings {
		type row struct{ id, subnet string }
		fails := map[row]bool{}
		for _, r := range x.answer.Services[i].Requirements {
			if r.Outcome == result.Fail {
				fails[row{r.ID, r.Subnet}] = true
			}
		}
		for _, m := range check.FindMissing(x.fabric, b, func(m *check.Missing) bool { return fails[row{m.ID(), m.Subnet()}] }) {
			list = append(list, repair.Need{Service: b.Profile.Service, Missing: m})
		}
		list = append(list, x.unequipped(i)...)
	}
	return list
}

// unequipped are the subnets of a service that lack what they have to have.
func (x *examination) unequipped(at int) []repair.Need {
	var list []repair.Need
	b := x.bindings[at]
	for _, rule := range b.Rules() {
		if rule.Subnet == nil || !repair.Changes(rule.Rule) {
			continue
		}
		if slices.ContainsFunc(x.answer.Services[at].SubnetRules, func(r result.SubnetRule) bool {
			return r.ID == rule.Rule.ID && r.Subnet == rule.Subnet.Label() && r.Outcome == result.Fail
		}) {
			row := service.Row{Requirement: &service.Requirement{ID: rule.Rule.ID}, Subnet: rule.Subnet}
			list = append(list, repair.Need{Service: b.Profile.Service, Missing: check.Missing{Row: row}, SubnetRule: rule.Rule})
		}
	}
	return list
}

// verdicts counts the required rows.
func (x *examination) verdicts() map[result.Verdict]int {
	count := map[result.Verdict]int{result.Allowed: 0, result.Blocked: 0, result.Partial: 0, result.Undecided: 0}
	for _, s := range x.answer.Services {
		for _, r := range s.Requirements {
			if r.Severity == service.Required {
				count[r.Verdict]++
			}
		}
	}
	return count
}

// undetermined reports whether a service or a row is undecided.
func (x *examination) undetermined() bool {
	return slices.ContainsFunc(x.answer.Services, func(s result.Service) bool {
		return len(s.Reasons) > 0 || slices.ContainsFunc(s.Requirements, func(r result.Requirement) bool { return r.Outcome == result.UndecidedOutcome })
	})
}

// space is what changes hold beyond a known set.
func space(a *difference.Answer, list []difference.Change, known flow.Space) result.FixSpace {
	out := result.FixSpace{Space: []result.Cube{}, Summary: []string{}}
	var all flow.Space
	for _, c := range difference.ByEndpoints(list) {
		rest := c.Space.Minus(known)
		if rest.IsEmpty() {
			continue
		}
		all = all.Union(rest)
		out.Summary = append(out.Summary, a.Lines(c.From, c.To, rest, foldedItems)...)
	}
	out.Space, out.Count = check.Cubes(all.Cubes()), all.Count().String()
	return out
}

func unfixable(u repair.Unfixable) result.FixUnfixable {
	out := result.FixUnfixable{Requirement: u.Requirement, Subnet: u.Subnet, Reason: u.Reason}
	for _, r := range u.Conflicts {
		out.Conflicts = append(out.Conflicts, result.Blocker{Kind: string(fabric.KindNSGRule), Resource: r.Group.Label(), Name: r.Name, Priority: r.Priority.V, At: place(r.At), Note: string(r.Direction.V)})
	}
	if r := u.ConflictAt; r != nil {
		out.Conflicts = append(out.Conflicts, result.Blocker{Kind: string(fabric.KindFirewallRule), Resource: r.Label(), Name: r.Name, At: place(r.At)})
	}
	if len(out.Conflicts) > 0 {
		out.Conflict = &out.Conflicts[0]
	}
	return out
}

// changeOf is an edit as data.
func changeOf(e *repair.Edit) result.FixChange {
	c := result.FixChange{Action: string(e.Action), Resource: e.Target().Label(), Why: e.Why, At: place(e.Target().At)}
	if e.Change != nil {
		c.Type, c.Summary = e.Target().Type, e.Change.Text()
		c.Body.Name, c.Body.Properties = emit.ChangeBody(e)
		return c
	}
	if r := e.Route; r != nil {
		c.Type, c.Summary = azure.TypeRoute, r.Text()
		c.Body = result.FixBody{Name: r.Name, Properties: emit.RouteProperties(r)}
		return c
	}
	r := &e.Rule
	c.Type, c.Summary, c.Direction, c.Priority = azure.TypeSecurityRule, r.Text(), string(r.Direction), r.Priority
	c.Body = result.FixBody{Name: r.Name, Properties: emit.Properties(r)}
	if e.Was != nil {
		c.At = place(e.Was.At)
	}
	if e.Action == repair.Modify {
		c.Was = e.Was.Priority.V
	}
	return c
}

// statesChildren reports whether a group or table of a Terraform plan has its
// rules or routes in blocks of its own.
func (n *Network) statesChildren(of *azure.Resource) bool {
	if !strings.Contains(of.Address, "azurerm_network_security_group.") && !strings.Contains(of.Address, "azurerm_route_table.") {
		return false
	}
	return slices.ContainsFunc(n.inventories, func(inv *azure.Inventory) bool {
		return slices.ContainsFunc(inv.NetworkSecurityGroups, func(g *azure.NetworkSecurityGroup) bool {
			return g.ID == of.ID && g.Rules != nil
		}) || slices.ContainsFunc(inv.RouteTables, func(t *azure.RouteTable) bool { return t.ID == of.ID && t.Routes != nil })
	})
}
