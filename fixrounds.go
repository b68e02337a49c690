package wayleave

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// mostRounds bounds how often a changed network is asked what it still lacks.
const mostRounds = 8

// proposal is a change, and the network with it.
type proposal struct {
	// edits in the order in which they can be done one by one.
	edits     []repair.Edit
	unfixable []repair.Unfixable
	// needs are those the edits are for.
	needs []repair.Need
	after *examination
	// smallest says that the number of security rules is proved.
	smallest bool
}

// propose plans a change of one way in rounds: what is there or not there comes first, for
// what the rules of a firewall or a group lack shows only when packets get to
// them; the rules of security groups come last, all at once.
func (n *Network) propose(before *examination, o CheckOptions, keep repair.Keep, way repair.Way) (*proposal, error) {
	p := &proposal{after: before}
	network := n
	for range mostRounds {
		plan := way.Make(p.after.fabric, p.after.needs(), keep)
		p.unfixable, p.smallest = plan.Unfixable, plan.Smallest
		p.add(plan.Needs)
		step, last := plan.Step()
		if len(step) == 0 {
			break
		}
		inventories, err := repair.Apply(network.inventories, step)
		if err != nil {
			return nil, err
		}
		if network, err = n.with(inventories); err != nil {
			return nil, err
		}
		p.edits = append(p.edits, step...)
		if p.after, err = network.examine(o); err != nil {
			return nil, err
		}
		if last {
			break
		}
	}
	repair.Settle(p.edits, network.network)
	slices.SortStableFunc(p.edits, func(a, b repair.Edit) int { return cmp.Compare(a.Phase(), b.Phase()) })
	return p, nil
}

// reexamine asks the network again that the edited files make.
func (n *Network) reexamine(p *proposal, files *edited, o CheckOptions) error {
	inventories, err := n.inventoriesAfter(p.edits, files)
	if err != nil {
		return err
	}
	changed, err := n.with(inventories)
	if err != nil {
		return err
	}
	p.after, err = changed.examine(o)
	return err
}

// add adds the needs of a round that earlier ones did not have.
func (p *proposal) add(needs []repair.Need) {
	for _, n := range needs {
		if !slices.ContainsFunc(p.needs, func(o repair.Need) bool { return o.ID() == n.ID() && o.Subnet() == n.Subnet() }) {
			p.needs = append(p.needs, n)
		}
	}
}

// stillFailing are the rows that fail after the change although it was made for
// them.
func (p *proposal) stillFailing() []result.FixUnfixable {
	var list []result.FixUnfixable
	for _, s := range p.after.answer.Services {
		for _, r := range s.Requirements {
			if r.Outcome != result.Fail || slices.ContainsFunc(p.unfixable, func(u repair.Unfixable) bool { return u.Requirement == r.ID && u.Subnet == r.Subnet }) {
				continue
			}
			var by []string
			for _, b := range r.BlockedBy {
				by = append(by, strings.TrimSpace(b.Kind+" "+cmp.Or(b.Name, b.Note)))
			}
			list = append(list, result.FixUnfixable{Requirement: r.ID, Subnet: r.Subnet, Reason: "it still fails after the change, by " + strings.Join(by, ", ")})
		}
		for _, r := range s.SubnetRules {
			if r.Outcome == result.Fail && !slices.ContainsFunc(p.unfixable, func(u repair.Unfixable) bool { return u.Requirement == r.ID && u.Subnet == r.Subnet }) {
				list = append(list, result.FixUnfixable{Requirement: r.ID, Subnet: r.Subnet, Reason: subnetRuleReason(&r)})
			}
		}
	}
	return list
}

// unproved are the rows that fail before the change and are undecided after it: what
// it does to them is not known, so nothing more was planned for them.
func (p *proposal) unproved(before *examination) []result.FixUnfixable {
	var list []result.FixUnfixable
	for i, s := range p.after.answer.Services {
		for _, r := range s.Requirements {
			if r.Outcome != result.UndecidedOutcome || !slices.ContainsFunc(before.answer.Services[i].Requirements, func(b result.Requirement) bool {
				return b.ID == r.ID && b.Subnet == r.Subnet && b.Outcome == result.Fail
			}) {
				continue
			}
			reason := r.OutcomeReason
			if len(r.Reasons) > 0 {
				reason = r.Reasons[0]
			}
			list = append(list, result.FixUnfixable{Requirement: r.ID, Subnet: r.Subnet, Reason: reason})
		}
	}
	return list
}

// subnetRuleReason says what a subnet is and should be, and who can change it.
func subnetRuleReason(r *result.SubnetRule) string {
	text := fmt.Sprintf("the service asks of its subnet that %s, and %s", r.Purpose, r.Found)
	if r.Fix == "" {
		return text + "; no rule, route or link changes that: it takes another subnet"
	}
	return text + "; " + r.Fix + ": what else that changes is for the owner to say"
}

// missing is all that the needs lack; of a destination that shall see one address
// in the protocols that the rule of a firewall is for.
func (p *proposal) missing() flow.Space {
	var all flow.Space
	for _, n := range p.needs {
		packets := n.Packets()
		if n.SingleIP != nil {
			var list []flow.Cube
			for _, c := range packets.Cubes() {
				c.Protocols = n.SingleIP.Destination.Protocols()
				list = append(list, c)
			}
			packets = flow.SpaceOf(list...)
		}
		all = all.Union(packets)
	}
	return all
}

// compare tells how the network differs after the change; see withoutNew for what
// is added.
func (p *proposal) compare(before *examination) (found *difference.Answer, added []string, err error) {
	found, err = difference.Compare(before.fabric, p.after.fabric, frontendsOf(before.bindings))
	if err != nil {
		return nil, nil, err
	}
	found, added = p.withoutNew(found)
	return found, added, nil
}

// effect is the change and what it does, as data.
func (p *proposal) effect(before *examination, found *difference.Answer) result.FixEffect {
	out := result.FixEffect{
		Changes: []result.FixChange{}, Undecided: differenceResult(found).Undecided,
		Opens: space(found, found.Opened, flow.Space{}), Closes: space(found, found.Closed, flow.Space{}),
		ExtraOpened: space(found, found.Opened, p.missing()), Proof: p.proof(before, found),
	}
	for i, d := range found.Undecided {
		out.Undecided[i].TakenOver = d.Space.SubsetOf(p.takenOver(before.fabric))
	}
	for _, e := range p.edits {
		out.Changes = append(out.Changes, changeOf(&e))
		out.MovesOpenConnections = out.MovesOpenConnections || movesOpen(p.after.fabric.Network(), &e)
	}
	return out
}

// proof compares the network before and after.
func (p *proposal) proof(before *examination, found *difference.Answer) result.FixProof {
	takenOver := p.takenOver(before.fabric)
	out := result.FixProof{
		Before: before.verdicts(), After: p.after.verdicts(),
		NothingElseChanged: found.ClosedSpace().SubsetOf(takenOver),
		Smallest:           p.smallest,
		Subnets:            found.Subnets, Walked: found.Walked,
	}
	for _, s := range p.after.answer.Services {
		for _, r := range s.Requirements {
			if r.Severity == service.Required && r.Verdict == result.Partial && r.Outcome == result.Warning {
				out.Warned++
			}
		}
	}
	for _, d := range found.Undecided {
		// What an added Allow rule leaves open can only be opened by it.
		if (d.Was == string(result.Allowed) || d.Is == string(result.Blocked)) && !d.Space.SubsetOf(takenOver) {
			out.NothingElseChanged = false
		}
	}
	return out
}

// withoutNew leaves out what the addresses of new subnets send and receive, and
// those of a subnet where a firewall stands now and stood not before; it names
// those subnets.
func (p *proposal) withoutNew(a *difference.Answer) (out *difference.Answer, fresh []string) {
	fresh = slices.Clone(a.Added)
	for _, e := range p.edits {
		f, ok := e.After.(*azure.AzureFirewall)
		if !ok || e.Phase() != 0 {
			continue
		}
		for _, c := range f.IPConfigurations {
			if s, ok := p.after.fabric.Network().Subnet(c.Subnet.ID); ok && !slices.Contains(fresh, s.Label()) {
				fresh = append(fresh, s.Label())
			}
		}
	}
	isNew := func(labels []string) bool {
		return len(labels) > 0 && !slices.ContainsFunc(labels, func(l string) bool { return !slices.Contains(fresh, l) })
	}
	changed := func(c difference.Change) bool { return isNew(c.From) || isNew(c.To) }
	copied := *a
	copied.Opened, copied.Closed = slices.DeleteFunc(slices.Clone(a.Opened), changed), slices.DeleteFunc(slices.Clone(a.Closed), changed)
	copied.Undecided = slices.DeleteFunc(slices.Clone(a.Undecided), func(d difference.Doubt) bool { return isNew(d.From) || isNew(d.To) })
	return &copied, fresh
}

// takenOver is what the pattern of one address changes by itself: between a
// subnet and a destination that is led through the firewall, only what the
// firewall's rules admit gets through (decisions 12); and a public address that
// the firewall gets is the firewall's from then on.
func (p *proposal) takenOver(f *fabric.Fabric) flow.Space {
	var all []flow.Cube
	between := func(a, b flow.AddressSet) {
		there := flow.AnyCube()
		there.Source, there.Destination = a, b
		back := there
		back.Source, back.Destination = b, a
		all = append(all, there, back)
	}
	for _, n := range p.needs {
		if n.SingleIP != nil {
			between(f.Addresses(n.Row.Subnet), flow.Prefix(n.SingleIP.Destination.Prefix))
		}
	}
	for _, a := range p.firewallAddresses() {
		between(f.EveryAddress(), flow.Host(a))
	}
	return flow.SpaceOf(all...)
}

// firewallAddresses are the public addresses that firewalls get, as far as they
// are known.
func (p *proposal) firewallAddresses() []netip.Addr {
	var list []netip.Addr
	for _, e := range p.edits {
		f, ok := e.After.(*azure.AzureFirewall)
		if !ok || e.Phase() != 0 {
			continue
		}
		for _, c := range f.IPConfigurations {
			if ip, ok := p.after.fabric.Network().PublicIPAddress(c.PublicIPAddress.ID); ok {
				if a, known := ip.IPAddress.Known(); known {
					list = append(list, a)
				}
			}
		}
	}
	return list
}
