package plain

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
)

// throughAdmin asks the security admin rules of a place, which come before its
// groups (ADM-1). An answer ends the packet; always tells that no group is asked
// (ADM-2), or may not be where doubt is set.
func (a *asking) throughAdmin(at place, d azure.Direction, p Packet) (answer *Answer, always bool, doubt *Hop) {
	first := a.firstAdmin(at, d, p)
	if a.given(AdminRulesIdle) || len(first) == 0 || p.Protocol == protoICMPv6 {
		return nil, false, nil
	}
	has := map[azure.AdminAccess]*azure.AdminRule{}
	for _, r := range first {
		has[r.Access.V] = r
	}
	hop := adminHop(first[0])
	unsure := hop
	unsure.Decision, unsure.Why = Unknowable, "which of the rules of one priority comes first is not known (ADM-3)"
	if deny := has[azure.AdminDeny]; deny != nil {
		switch {
		case d == azure.Outbound && a.mayBeLicensing(at, p):
			unsure.Why = "whether this goes to a licensing server is not known (PLAT-4)"
			a.doubt(unsure)
		case len(has) > 1:
			a.doubt(unsure)
		default:
			return a.end(Deny, hop), false, nil
		}
	} else {
		a.pass(hop)
	}
	switch {
	case has[azure.AdminAlwaysAllow] == nil:
		return nil, false, nil
	case len(has) > 1:
		return nil, false, &unsure
	}
	return nil, true, nil
}

// firstAdmin are the rules that match a packet and have the smallest priority of
// those that do: several only where they are of different collections (ADM-3).
func (a *asking) firstAdmin(at place, d azure.Direction, p Packet) []*azure.AdminRule {
	var first []*azure.AdminRule
	for _, applied := range at.subnet.AdminRules { // by priority
		r := applied.Rule
		if r.Direction.V != d || !a.matches(r.Match, at, p) {
			continue
		}
		if len(first) > 0 && first[0].Priority.V != r.Priority.V {
			break
		}
		first = append(first, r)
	}
	return first
}

func adminHop(r *azure.AdminRule) Hop {
	hop := Hop{Kind: AdminRule, Name: r.Name, Resource: r.Collection.ID, Decision: Allows}
	if r.Access.V == azure.AdminDeny {
		hop.Decision = Denies
	}
	return hop
}

// throughGroups asks the groups of a place, in order. Where it is not known
// whether an admin rule lets the packet past them, what they deny is not known.
func (a *asking) throughGroups(groups []*azure.NetworkSecurityGroup, d azure.Direction, at place, p Packet, doubt *Hop) *Answer {
	for _, group := range groups {
		if doubt == nil {
			if answer := a.throughGroup(group, d, at, p); answer != nil {
				return answer
			}
			continue
		}
		one := *a
		one.hops, one.doubts = nil, nil
		answer := one.throughGroup(group, d, at, p)
		for _, o := range one.touched {
			a.touch(o)
		}
		switch {
		case answer != nil:
			a.doubt(*doubt)
		default:
			for _, h := range one.hops {
				if h.Decision == Unknowable {
					a.doubt(h)
				} else {
					a.pass(h)
				}
			}
		}
	}
	return nil
}

// refuseAdmin refuses admin rules of which not everything is known.
func (t *Twin) refuseAdmin(subnet *azure.Subnet) error {
	for _, applied := range subnet.AdminRules {
		r := applied.Rule
		_, hasDirection := r.Direction.Known()
		_, hasAccess := r.Access.Known()
		_, hasPriority := r.Priority.Known()
		_, hasProtocol := r.Match.Protocol.Known()
		if applied.Doubt != nil || !hasDirection || !hasAccess || !hasPriority || !hasProtocol {
			return fmt.Errorf("admin rule %s: not everything of it is known", r.Name)
		}
		for term := range r.Match.AddressTerms() {
			if err := t.refuseTerm(term); err != nil {
				return fmt.Errorf("admin rule %s: %w", r.Name, err)
			}
		}
	}
	return nil
}
