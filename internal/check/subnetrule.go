package check

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// finding is what a subnet is found to be, against one rule.
type finding struct {
	verdict result.Verdict
	// found says what there is, in words.
	found string
	// at is the place of what is found; zero: that of the subnet.
	at azure.Position
	// fix says what to change, empty where nothing can be.
	fix     string
	reasons []string
	// blocker is a route that takes packets where they must not go; wholeRoute
	// where it takes every address.
	blocker    *result.Blocker
	wholeRoute bool
}

func met(found string) finding { return finding{verdict: result.Allowed, found: found} }

func unmet(found, fix string, at azure.Position) finding {
	return finding{verdict: result.Blocked, found: found, fix: fix, at: at}
}

func open(reasons ...string) finding {
	return finding{verdict: result.Undecided, found: "not known", reasons: reasons}
}

func notKnown(u *azure.Unknown) finding {
	return open(fmt.Sprintf("%s is not known: %s", u.Name, u.Why))
}

// subnetRule answers one rule about a subnet.
func (a *asker) subnetRule(rule *service.AppliedRule) result.SubnetRule {
	r := rule.Rule
	out := result.SubnetRule{
		ID: r.ID, Purpose: rule.Asks(), Severity: rule.Severity, Capability: capabilityOf(r),
		Consequence: r.ConsequenceText(), Note: r.Note,
	}
	if r.Uncertain != "" {
		out.Note = strings.TrimPrefix(out.Note+"; not certain: "+r.Uncertain, "; ")
	}
	if rule.Subnet != nil {
		out.Subnet = rule.Subnet.Label()
	}
	var f finding
	if len(rule.Open) > 0 {
		f = open(rule.Open...)
	} else {
		f = a.judgeSubnet(rule)
	}
	out.Verdict, out.Found, out.Reasons, out.Fix = f.verdict, f.found, f.reasons, f.fix
	out.Outcome, out.OutcomeReason = ruleOutcome(&out)
	if routes := addedTo(a.binding.Adds(r.ID), "routeTable"); routes != "" && out.Outcome == result.Fail && f.wholeRoute {
		out.Outcome, out.OutcomeReason = result.Warning, addedText(routes)
	}
	if f.verdict == result.Blocked {
		out.BlockedBy = []result.Blocker{f.blockerOf(rule)}
	}
	return out
}

func capabilityOf(r *service.SubnetRule) string {
	if r.Capability == "" {
		return "deployment"
	}
	return r.Capability
}

// blockerOf is what stands against the rule, with its place.
func (f *finding) blockerOf(rule *service.AppliedRule) result.Blocker {
	if f.blocker != nil {
		return *f.blocker
	}
	b := result.Blocker{Kind: string(fabric.KindSubnet), Note: f.found}
	at := f.at
	if rule.Subnet != nil {
		b.Resource = rule.Subnet.Label()
		if at.IsZero() {
			at = rule.Subnet.At
		}
	}
	if !at.IsZero() {
		b.At = &at
	}
	return b
}

// ruleOutcome is what a verdict means, as for rows (decisions 2, 4).
func ruleOutcome(r *result.SubnetRule) (result.Outcome, string) {
	switch {
	case r.Verdict == result.Allowed:
		return result.Pass, ""
	case r.Severity == service.Advice:
		return result.Pass, "advice never counts"
	case r.Severity == service.Optional:
		return result.Warning, "optional: " + cmp.Or(r.Found, strings.Join(r.Reasons, "; "))
	case r.Verdict == result.Undecided:
		return result.UndecidedOutcome, r.Reasons[0]
	case r.Consequence != service.NotStated:
		return result.Fail, r.Consequence
	}
	return result.Fail, "what the service asks of its subnet is not met; the consequence is " + service.NotStated
}

// judgeSubnet compares a subnet with a rule.
func (a *asker) judgeSubnet(rule *service.AppliedRule) finding {
	r, s := rule.Rule, rule.Subnet
	if r.Count > 0 {
		return a.count(r.Count)
	}
	if s.Stub {
		return open(fmt.Sprintf("no input states the subnet %s", s.Name))
	}
	switch {
	case r.Name != "":
		if strings.EqualFold(s.Name, r.Name) {
			return met("it is")
		}
		return unmet("it is called "+s.Name, "", s.At)
	case r.SmallestPrefix > 0:
		return size(s, 1<<(32-r.SmallestPrefix), fmt.Sprintf("/%d", r.SmallestPrefix))
	case r.Addresses != nil:
		need := rule.Needed + service.ReservedAddresses
		return size(s, need, fmt.Sprintf("%d addresses, of which Azure reserves %d", need, service.ReservedAddresses))
	case r.Delegation != "":
		return delegation(s, r.Delegation)
	case r.Dedicated != "":
		return a.dedicated(s, r.Dedicated)
	case r.SecurityGroup != "":
		return attachment("network security group", s.NetworkSecurityGroup, a.groupName(s), r.SecurityGroup, s)
	case r.RouteTable != "":
		return attachment("route table", s.RouteTable, a.tableName(s), r.RouteTable, s)
	case r.NATGateway != "":
		return attachment("NAT gateway", s.NATGateway, s.NATGateway.ID.Name(), r.NATGateway, s)
	case r.Propagation != "":
		return a.propagation(s, r.Propagation)
	}
	return a.route(rule)
}

func (a *asker) count(want int) finding {
	for _, ref := range a.binding.Missing {
		if ref.Unknown != nil {
			return notKnown(ref.Unknown)
		}
	}
	n := len(a.binding.Subnets) + len(a.binding.Missing)
	if n == want {
		return met(fmt.Sprintf("it has %d", n))
	}
	return unmet(fmt.Sprintf("it has %d", n), fmt.Sprintf("give it %d subnets", want), azure.Position{})
}

// size compares the number of IPv4 addresses of a subnet with what is needed.
func size(s *azure.Subnet, need int, text string) finding {
	have := 0
	var unknown *azure.Unknown
	for _, v := range s.Prefixes {
		switch p, known := v.Known(); {
		case !known:
			unknown = v.Unknown
		case p.Addr().Is4():
			have = max(have, 1<<(32-p.Bits()))
		}
	}
	switch {
	case have >= need:
		return met(fmt.Sprintf("it has %d addresses", have))
	case unknown != nil:
		return notKnown(unknown)
	case have == 0:
		return open(fmt.Sprintf("the input states no IPv4 prefix of the subnet %s", s.Name))
	}
	return unmet(fmt.Sprintf("it has %d addresses and needs %s", have, text), "", s.Prefixes[0].At)
}

func delegation(s *azure.Subnet, want string) finding {
	var names []string
	for _, d := range s.Delegations {
		name, known := d.Known()
		if !known {
			return notKnown(d.Unknown)
		}
		if strings.EqualFold(name, want) {
			return met("it is")
		}
		names = append(names, name)
	}
	switch {
	case len(names) == 0 && want == "none":
		return met("it is not delegated")
	case len(names) == 0:
		return unmet("it is not delegated", fmt.Sprintf("delegate %s to %s", s.Name, want), s.At)
	case want == "none":
		return unmet("it is delegated to "+strings.Join(names, ", "), fmt.Sprintf("remove the delegation of %s", s.Name), s.Delegations[0].At)
	}
	return unmet("it is delegated to "+strings.Join(names, ", "),
		fmt.Sprintf("delegate %s to %s in place of %s", s.Name, want, strings.Join(names, ", ")), s.Delegations[0].At)
}

// attachment compares what is attached to a subnet with what must or must not
// be.
func attachment(what string, ref azure.Reference, name, presence string, s *azure.Subnet) finding {
	required := presence == "required"
	switch {
	case ref.Unknown != nil:
		return notKnown(ref.Unknown)
	case ref.IsSet() && required:
		return met("there is " + name)
	case !ref.IsSet() && !required:
		return met("there is none")
	case required:
		return unmet("there is none", fmt.Sprintf("attach a %s to %s", what, s.Name), s.At)
	}
	return unmet("there is "+name, fmt.Sprintf("take the %s %s off %s", what, name, s.Name), ref.At)
}

func (a *asker) groupName(s *azure.Subnet) string {
	if g, ok := a.fabric.Network().NetworkSecurityGroup(s.NetworkSecurityGroup.ID); ok && g.Name != "" {
		return g.Name
	}
	return s.NetworkSecurityGroup.ID.Name()
}

func (a *asker) tableName(s *azure.Subnet) string {
	if t, ok := a.fabric.Network().RouteTable(s.RouteTable.ID); ok && t.Name != "" {
		return t.Name
	}
	return s.RouteTable.ID.Name()
}

// propagation tells whether the subnet takes the routes that gateways learn
// (RT-12).
func (a *asker) propagation(s *azure.Subnet, presence string) finding {
	required := presence == "required"
	if s.RouteTable.Unknown != nil {
		return notKnown(s.RouteTable.Unknown)
	}
	table, ok := a.fabric.Network().RouteTable(s.RouteTable.ID)
	if s.RouteTable.IsSet() && !ok {
		return open(fmt.Sprintf("no input states the route table %s", s.RouteTable.ID.Name()))
	}
	disabled := azure.Value[bool]{}
	if ok {
		disabled = table.DisableBGPRoutePropagation
	}
	if disabled.Unknown != nil {
		return notKnown(disabled.Unknown)
	}
	switch off := disabled.Or(false); {
	case required && off:
		return unmet("it is off in "+table.Name, "turn propagation of gateway routes on in "+table.Name, disabled.At)
	case !required && !off:
		return unmet("it is on", "attach a route table that turns propagation of gateway routes off", s.RouteTable.At)
	}
	return met("it is so")
}

// dedicated looks for what else stands in a subnet: what certainly does decides,
// what may do leaves it open.
func (a *asker) dedicated(s *azure.Subnet, how string) finding {
	var doubts []string
	in := func(label string, ref azure.Reference) bool {
		if ref.Unknown != nil {
			doubts = append(doubts, fmt.Sprintf("the subnet of %s is not known: %s: %s", label, ref.Unknown.Name, ref.Unknown.Why))
		}
		return ref.ID == s.ID
	}
	network := a.fabric.Network()
	for _, other := range service.Instances(network) {
		if b := a.binding.Resource; b != nil && b.ID == other.ID || how == "service" && a.binding.Profile.IsInstance(other) {
			continue
		}
		for _, ref := range other.Subnets {
			if in(other.Label(), ref) {
				return unmet(fmt.Sprintf("%s stands in it", other.Label()), "", other.At)
			}
		}
	}
	for _, e := range network.PrivateEndpoints {
		if in(e.Label(), e.Subnet) {
			return unmet(fmt.Sprintf("the private endpoint %s is in it", e.Label()), "", e.At)
		}
	}
	for _, nic := range network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			if !in(nic.Label(), c.Subnet) {
				continue
			}
			if a.binding.Resource != nil && nic.Rank != azure.RankPlan && nic.Rank != azure.RankTemplate {
				return open(fmt.Sprintf("the network interface %s is in it, and the input does not tell whether it belongs to the service", nic.Label()))
			}
			return unmet(fmt.Sprintf("the network interface %s is in it", nic.Label()), "", nic.At)
		}
	}
	if len(doubts) > 0 {
		return open(compact(doubts)...)
	}
	return met("nothing else that the input states is in it")
}
