package compare

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// pair is one network as both sides read it.
type pair struct {
	network *random.Network
	slow    *plain.Twin
	// open compares the readings of the open points, settled takes the
	// documented defaults.
	open, settled *fabric.Fabric
	// azure is the network that the slow side reads.
	azure *azure.Network
	// under is the reading in words; empty for the documented one.
	under string
}

// change alters what the fast side alone reads, to see whether the comparison
// notices.
type change func(*azure.Network)

// newPair builds both sides. An error means that the description is not a
// network, which happens to cut-down ones only.
func newPair(n *random.Network, alter change) (*pair, error) {
	inventory, err := n.Inventory()
	if err != nil {
		return nil, err
	}
	network, problems := azure.Build(inventory)
	if network == nil {
		return nil, problems.Err()
	}
	for _, d := range problems {
		if d.Code == "subnet-outside" || d.Code == "missing-property" {
			return nil, d // a network that Azure would not hold
		}
	}
	p := &pair{network: n, azure: network}
	if p.slow, err = plain.New(network, n.Tags(), plain.Documented()); err != nil {
		return nil, err
	}
	if alter != nil {
		if inventory, err = n.Inventory(); err != nil { // so that nothing is shared
			return nil, err
		}
		network, _ = azure.Build(inventory)
		alter(network)
	}
	catalogue, err := servicetag.Parse("ServiceTags_Public_20260101.json", n.ServiceTagFile())
	if err != nil {
		return nil, err
	}
	if p.open, problems = fabric.Compile(network, catalogue, fabric.Assume()); p.open == nil {
		return nil, problems.Err()
	}
	defaults, err := fabric.ParseAssumption("defaults")
	if err != nil {
		return nil, err
	}
	p.settled = p.open.Reading(fabric.Assume(defaults))
	return p, nil
}

// query is a question in the words of the fast side.
func query(q plain.Question) reach.Query {
	r := reach.Query{
		Protocols: flow.Protocols(q.Packet.Protocol), SourcePorts: flow.Ports(q.Packet.SourcePort),
		DestinationPorts: flow.Ports(q.Packet.DestinationPort), Managed: q.Managed, NeedsGroup: q.NeedsGroup, Own: q.Own, ByRule: true, BySeen: true, Host: q.Host,
	}
	source, destination := flow.Host(q.Packet.Source), flow.Host(q.Packet.Destination)
	if q.From != "" {
		r.From, r.To = reach.SubnetAddresses(q.From, source), reach.Addresses(destination)
	} else if q.To != "" {
		r.From, r.To = reach.Addresses(source), reach.SubnetAddresses(q.To, destination)
	} else {
		r.From, r.To = reach.Addresses(source), reach.Addresses(destination)
	}
	return r
}

// disagreement is a question of which the two sides do not say the same.
type disagreement struct {
	question plain.Question
	what     string
	fast     reach.Part
	slow     plain.Answer
}

// ask puts a question to both sides, with the open points open or settled, and
// compares the answers: the verdict, the first blocker, the rules passed.
func (p *pair) ask(q plain.Question, open bool) (*disagreement, error) {
	f, slow := p.settled, p.slow.Follow
	if open {
		f, slow = p.open, p.slow.Settled
	}
	d := &disagreement{question: q}
	var err error
	if d.slow, err = slow(q); err != nil {
		return nil, err
	}
	answer, err := reach.Explore(f, query(q))
	if err != nil {
		d.what = "the fast side fails: " + err.Error()
		return d, nil
	}
	if len(answer.Parts) != 1 {
		d.what = fmt.Sprintf("one packet is in %d parts", len(answer.Parts))
		return d, nil
	}
	d.fast = answer.Parts[0]
	if d.what = differ(d.fast, d.slow); d.what == "" {
		d.what = passed(d.fast, d.slow)
	}
	if d.what == "" {
		return nil, nil
	}
	return d, nil
}

var verdicts = map[plain.Verdict]reach.Verdict{plain.Allow: reach.Allowed, plain.Deny: reach.Blocked, plain.Undecided: reach.Undecided}

// passed says in which rules the ways differ that two answers about one packet
// tell: the interpreter's stops at the first blocker, the engine's goes on. Where
// some of the ports or addresses that the packet may get are denied and later all of
// them, the engine says that it depends, and the interpreter tells what becomes of the
// least.
func passed(fast reach.Part, slow plain.Answer) string {
	var ours []reach.Hop
	depends := false
	for _, h := range fast.Trace {
		if depends = dependsOnTranslation(h); depends {
			break
		}
		isRule := h.Kind == fabric.KindNSGRule || h.Kind == fabric.KindNSGDefaultRule
		// A group of which no rule names a platform service has a hop without a rule.
		if isRule && h.Name != "" && h.Decision != fabric.Unknown && !h.Return {
			ours = append(ours, h)
		}
	}
	for _, h := range slow.Hops {
		isRule := h.Kind == plain.NSGRule || h.Kind == plain.NSGDefaultRule
		if !isRule || h.Name == "" || h.Decision == plain.Unknowable || h.Return {
			continue
		}
		if len(ours) == 0 && depends {
			return ""
		}
		if len(ours) == 0 || string(ours[0].Kind) != string(h.Kind) || ours[0].Name != h.Name || ours[0].Resource != h.Resource || string(ours[0].Decision) != string(h.Decision) {
			return fmt.Sprintf("rules passed: %v, %v", ours, h)
		}
		ours = ours[1:]
	}
	return ""
}

// dependsOnTranslation reports whether a hop says that a rule lets some of the ports or
// addresses pass that a translation may give.
func dependsOnTranslation(h reach.Hop) bool {
	return h.Decision == fabric.Unknown && strings.HasPrefix(h.Note, "it depends on which ")
}

// differ says in what two answers about one packet differ; nothing if they do
// not.
func differ(fast reach.Part, slow plain.Answer) string {
	if fast.Verdict != verdicts[slow.Verdict] {
		if boundedByType(fast) {
			return ""
		}
		return "verdict"
	}
	if fast.Verdict == reach.Allowed && seen(fast) != seenBy(slow) {
		return fmt.Sprintf("seen: %s, %s", seen(fast), seenBy(slow))
	}
	if fast.Verdict == reach.Blocked {
		given := slices.ContainsFunc(fast.Trace, dependsOnTranslation) && (slow.Decider.Kind == plain.NSGRule || slow.Decider.Kind == plain.NSGDefaultRule)
		if first := fast.Blockers[0]; !sameHop(first, slow.Decider) && !given {
			return fmt.Sprintf("first blocker: %+v, %v", first, slow.Decider)
		}
	}
	if fast.Verdict == reach.Undecided {
		for _, a := range fast.TurnsOn {
			if !slices.Contains(slow.TurnsOn, a.Name) {
				return "turns on " + a.Name
			}
		}
		if (len(fast.TurnsOn) == 0) != (len(slow.TurnsOn) == 0) {
			return fmt.Sprintf("turns on %v, %v", fast.TurnsOn, slow.TurnsOn)
		}
	}
	return ""
}

// boundedByType reports whether a part is undecided only because sets of
// packets have no ICMP types: where rules name several types, the engine knows
// bounds, while the interpreter asks about type after type (NSG-17).
func boundedByType(fast reach.Part) bool {
	return fast.Verdict == reach.Undecided && fast.Witness.Protocol == flow.ICMP &&
		len(fast.TurnsOn) == 1 && fast.TurnsOn[0].Name == fabric.ICMPPorts.String()
}

// seen is the source address that the other end sees, in one line; nothing where
// no firewall is on the way or the address stays.
func seen(fast reach.Part) string {
	return strings.TrimSpace(string(fast.Seen.Kind) + " " + strings.Join(fast.Seen.Addresses, " "))
}

func seenBy(slow plain.Answer) string {
	if s := slow.Seen; s.Kind != plain.SeenPrivate || s.Translated {
		return strings.TrimSpace(string(s.Kind) + " " + strings.Join(s.Addresses, " "))
	}
	return ""
}

// sameHop reports whether two hops name the same decision. A route that drops
// is of kind route whoever made it, and on the way back only the kind counts.
func sameHop(fast reach.Hop, slow plain.Hop) bool {
	if slow.Kind == plain.ReturnPath {
		return fast.Return && fast.Kind == fabric.KindReturnPath
	}
	kind := string(slow.Kind)
	if slow.Kind == plain.SystemRoute {
		kind = string(plain.UserRoute)
	}
	if string(fast.Kind) != kind {
		return false
	}
	switch slow.Kind {
	case plain.NSGRule, plain.NSGDefaultRule, plain.AdminRule, plain.UserRoute, plain.PeeringLink:
		return fast.Name == slow.Name && fast.Resource == slow.Resource
	case plain.SystemRoute:
		return strings.HasPrefix(slow.Name, fast.Name+" ")
	case plain.Platform:
		return fast.Name == slow.Name
	}
	return true
}

// kind is the beginning of what differs, without the names that change when a
// network is cut down.
func (d *disagreement) kind() string {
	kind, _, _ := strings.Cut(d.what, ":")
	return kind
}

// String tells everything that is needed to see the disagreement.
func (d *disagreement) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%+v\nfast: %s", d.what, d.question, d.fast.Verdict)
	for _, r := range d.fast.Reasons {
		fmt.Fprintf(&b, "; %s", r)
	}
	for _, h := range d.fast.Trace {
		fmt.Fprintf(&b, "\n  %s %s of %s: %s (%s) return=%v", h.Kind, h.Name, h.Resource, h.Decision, h.Note, h.Return)
	}
	fmt.Fprintf(&b, "\nslow: %s", d.slow)
	return b.String()
}

func must(text string) netip.Prefix { return netip.MustParsePrefix(text) }
