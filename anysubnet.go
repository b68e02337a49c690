package wayleave

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// AnySubnet tries one service, which does not exist yet, in every subnet of the
// network, each by itself: which can host it today, which could after which
// edits, and which cannot. Of the options it takes Services, one of them,
// Settings and Strict. Errors are those of Check.
func (n *Network) AnySubnet(o CheckOptions) (*result.AnySubnet, error) {
	bindings, err := n.everywhere(o)
	if err != nil {
		return nil, err
	}
	f, problems, err := n.compile(bindings[0].Tags())
	if err != nil {
		return nil, err
	}
	p := bindings[0].Profile
	answer := &result.AnySubnet{
		Schema: result.AnySubnetSchema, Tags: tagData(n.catalogue), Service: p.Service, Edition: p.Edition, Title: p.Title,
		NotModelled: n.notModelled(), Diagnostics: problems,
	}
	for i := range p.Subnets.Rules {
		answer.Takes = max(answer.Takes, p.Subnets.Rules[i].Count)
	}
	for _, b := range bindings {
		s, assumed := check.Run(f, b)
		if o.Strict {
			check.Strict(&s)
		}
		answer.Parameters = s.Parameters
		answer.Assumptions = joinAssumptions(answer.Assumptions, assumed)
		c := &candidate{network: n, fabric: f, binding: b, strict: o.Strict, because: map[string][]string{}}
		answer.Subnets = append(answer.Subnets, c.examine(&s))
	}
	slices.SortStableFunc(answer.Subnets, func(a, b result.Candidate) int {
		return cmp.Or(cmp.Compare(fitRank[a.Fit], fitRank[b.Fit]), cmp.Compare(len(a.Edits), len(b.Edits)),
			cmp.Compare(len(a.Warnings), len(b.Warnings)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Subnet, b.Subnet))
	})
	return answer, nil
}

var fitRank = map[result.Fit]int{
	result.FitToday: 0, result.FitOneEdit: 1, result.FitEdits: 2, result.FitUndecided: 3, result.FitImpossible: 4,
}

// everywhere binds the one named service to each subnet by itself.
func (n *Network) everywhere(o CheckOptions) ([]*service.Binding, error) {
	if len(o.Subnets) > 0 {
		return nil, &UsageError{Message: "one subnet is named and any is asked for", Hints: []string{"--subnet NAMES, or --any-subnet"}}
	}
	asked, _, set := o.asked(n.project)
	if len(asked) != 1 {
		return nil, &UsageError{Message: fmt.Sprintf("%d services are named, expected one to find a subnet for", len(asked)),
			Hints: []string{"--service SERVICE --any-subnet; wayleave services list"}}
	}
	profile, err := n.services.Find(asked[0].Value)
	if err != nil {
		return nil, blame(asked[0], err, "wayleave services list")
	}
	settings, err := parseSettings(set)
	if err != nil {
		return nil, err
	}
	var bindings []*service.Binding
	for _, s := range n.network.Subnets() {
		b, err := service.Bind(profile, nil, []*azure.Subnet{s}, settings)
		if err != nil {
			return nil, blameSetting(err)
		}
		bindings = append(bindings, b)
	}
	if len(bindings) == 0 {
		return nil, &UsageError{Message: "the input has no subnet", Hints: []string{"add the file that holds the virtual networks: az network vnet list -o json"}}
	}
	return bindings, nil
}

// candidate is one subnet with the service thought into it.
type candidate struct {
	network *Network
	fabric  *fabric.Fabric
	binding *service.Binding
	strict  bool
	out     result.Candidate
	// reasons why rows are open, in order, and which rows.
	reasons []string
	because map[string][]string
}

func (c *candidate) examine(s *result.Service) result.Candidate {
	subnet := c.binding.Subnets[0]
	c.out = result.Candidate{
		Subnet: subnet.Label(), Name: subnet.VirtualNetwork.Name + "/" + subnet.Name, Prefixes: []string{},
		Edits: []result.CandidateEdit{}, Obstacles: []result.Obstacle{}, Open: slices.Concat([]string{}, s.Reasons), Warnings: []string{},
	}
	for _, p := range subnet.Prefixes {
		if known, ok := p.Known(); ok {
			c.out.Prefixes = append(c.out.Prefixes, known.String())
		}
	}
	if owner := service.KeptFor(subnet.Name); owner != "" && !namesSubnet(c.binding.Profile, subnet.Name) {
		c.out.Obstacles = append(c.out.Obstacles, result.Obstacle{
			What: fmt.Sprintf("a subnet called %s is kept for %s", subnet.Name, owner), At: place(subnet.At),
		})
	}
	for i := range s.SubnetRules {
		c.rule(&s.SubnetRules[i])
	}
	failing := map[string]bool{}
	for i := range s.Requirements {
		switch r := &s.Requirements[i]; r.Outcome {
		case result.Fail:
			failing[r.ID] = true
		case result.UndecidedOutcome:
			c.open(r.ID, r.Reasons, r.OutcomeReason)
		case result.Warning:
			c.out.Warnings = append(c.out.Warnings, r.ID+": "+r.OutcomeReason)
		}
	}
	for _, why := range c.reasons {
		c.out.Open = append(c.out.Open, strings.Join(c.because[why], ", ")+": "+why)
	}
	if len(failing) > 0 && len(c.out.Obstacles) == 0 {
		c.repair(failing)
	}
	c.out.Fit = c.fit()
	return c.out
}

// open notes what is not known of a row, its reasons or else the one of its
// outcome.
func (c *candidate) open(id string, reasons []string, otherwise string) {
	if len(reasons) == 0 {
		reasons = []string{otherwise}
	}
	for _, why := range reasons {
		if c.because[why] == nil {
			c.reasons = append(c.reasons, why)
		}
		if !slices.Contains(c.because[why], id) {
			c.because[why] = append(c.because[why], id)
		}
	}
}

func (c *candidate) fit() result.Fit {
	switch {
	case len(c.out.Obstacles) > 0:
		return result.FitImpossible
	case len(c.out.Open) > 0:
		return result.FitUndecided
	case len(c.out.Edits) == 0:
		return result.FitToday
	case len(c.out.Edits) == 1:
		return result.FitOneEdit
	}
	return result.FitEdits
}

// rule sorts what the service asks of the subnet into edits and obstacles. The
// number of subnets is another question.
func (c *candidate) rule(r *result.SubnetRule) {
	if r.Subnet == "" {
		return
	}
	at := place(c.binding.Subnets[0].At)
	if len(r.BlockedBy) > 0 {
		at = r.BlockedBy[0].At
	}
	switch r.Outcome {
	case result.Fail:
		if r.Fix == "" {
			c.out.Obstacles = append(c.out.Obstacles, result.Obstacle{Requirement: r.ID, What: r.Purpose + ": " + r.Found, At: at})
			return
		}
		// A delegation lets nothing pass and stops nothing; a security group or a
		// route does.
		c.out.Edits = append(c.out.Edits, result.CandidateEdit{What: r.Fix, Why: []string{r.ID}, At: at, CheckAgain: !strings.Contains(r.Purpose, "delegated")})
	case result.UndecidedOutcome:
		c.open(r.ID, r.Reasons, r.OutcomeReason)
	case result.Warning:
		c.out.Warnings = append(c.out.Warnings, r.ID+": "+r.OutcomeReason)
	}
}

// repair plans the rules and routes that let the failing rows pass, and asks the
// changed network whether they do.
func (c *candidate) repair(failing map[string]bool) {
	var needs []repair.Need
	for _, m := range check.FindMissing(c.fabric, c.binding, func(m *check.Missing) bool { return failing[m.ID()] }) {
		needs = append(needs, repair.Need{Service: c.binding.Profile.Service, Missing: m})
	}
	plan := repair.Make(c.fabric, needs, repair.Keep{})
	for _, u := range plan.Unfixable {
		c.out.Obstacles = append(c.out.Obstacles, result.Obstacle{Requirement: u.Requirement, What: u.Reason})
	}
	if len(plan.Unfixable) > 0 {
		return
	}
	still, err := c.after(plan)
	if err != nil {
		c.out.Obstacles = append(c.out.Obstacles, result.Obstacle{What: err.Error()})
		return
	}
	for id := range failing {
		if still[id] {
			c.out.Obstacles = append(c.out.Obstacles, result.Obstacle{Requirement: id, What: "it still fails with the rules that would let it pass"})
		}
	}
	slices.SortFunc(c.out.Obstacles, func(a, b result.Obstacle) int { return cmp.Compare(a.Requirement, b.Requirement) })
	for i := range plan.Edits {
		change := changeOf(&plan.Edits[i])
		c.out.Edits = append(c.out.Edits, result.CandidateEdit{What: editText(&plan.Edits[i]), Why: change.Why, At: change.At})
	}
}

// after are the rows that fail in the network with the edits.
func (c *candidate) after(plan *repair.Plan) (map[string]bool, error) {
	inventories, err := repair.Apply(c.network.inventories, plan.Edits)
	if err != nil {
		return nil, err
	}
	changed, err := c.network.with(inventories)
	if err != nil {
		return nil, err
	}
	subnet, ok := changed.network.Subnet(c.binding.Subnets[0].ID)
	if !ok {
		return nil, errors.New("the subnet is not in the changed network")
	}
	b := *c.binding
	b.Subnets = []*azure.Subnet{subnet}
	f, _, err := changed.compile(b.Tags())
	if err != nil {
		return nil, err
	}
	s, _ := check.Run(f, &b)
	if c.strict {
		check.Strict(&s)
	}
	failing := map[string]bool{}
	for i := range s.Requirements {
		if s.Requirements[i].Outcome == result.Fail {
			failing[s.Requirements[i].ID] = true
		}
	}
	return failing, nil
}

// editText is a rule or a route with the place where it goes.
func editText(e *repair.Edit) string {
	name := cmp.Or(e.Target().Name, e.Target().Label())
	switch {
	case e.Change != nil:
		return fmt.Sprintf("%s %s: %s", e.Action, name, e.Change.Text())
	case e.Route != nil:
		return fmt.Sprintf("in %s add %s", name, e.Route.Text())
	case e.Was != nil:
		return fmt.Sprintf("in %s move %s from priority %d to %d", name, e.Rule.Name, e.Was.Priority.V, e.Rule.Priority)
	}
	return fmt.Sprintf("in %s add %s %d: %s", name, strings.ToLower(string(e.Rule.Direction)), e.Rule.Priority, e.Rule.Text())
}

// namesSubnet reports whether a profile is about a subnet of this name.
func namesSubnet(p *service.Profile, name string) bool {
	return slices.ContainsFunc(p.Subnets.Rules, func(r service.SubnetRule) bool {
		return strings.EqualFold(r.Name, name) || strings.EqualFold(r.Subnet, name)
	})
}
