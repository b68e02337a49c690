package fabric

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// detection is what the intrusion detection of a firewall may drop after the
// rules have let it through (P-29d).
type detection struct {
	// drops tells whether it drops what a signature matches, or alerts at most.
	drops ternary
	// must and may be left alone.
	must, may []flow.Cube
}

// compileDetection reads the policies of a firewall: the strictest mode counts
// and tiers below Premium have no intrusion detection.
func (f *Fabric) compileDetection(firewall *azure.AzureFirewall, set ruleset) (d detection) {
	if firewall.Tier.Or(azure.FirewallPremium) != azure.FirewallPremium {
		return d
	}
	for _, p := range f.policyLine(firewall) {
		switch may, certain := p.IntrusionDetection.MayDeny(); {
		case may && certain:
			d.drops = yes
		case may && d.drops == no:
			d.drops = maybe
		}
		if p.IntrusionDetection.Bypass == nil {
			continue
		}
		for _, r := range p.IntrusionDetection.Bypass.Rules {
			e := f.compileFirewallRule(r, set, Named{})
			d.must, d.may = append(d.must, e.must...), append(d.may, e.may...)
		}
	}
	return d
}

// MayDetect reports whether the intrusion detection of a firewall looks at some of
// these packets and drops what a signature matches, or may.
func (f *Fabric) MayDetect(firewall *azure.AzureFirewall, packets []flow.Cube) bool {
	d := f.compiled(firewall).detection
	return d.drops != no && !flow.SpaceOf(packets...).Minus(flow.SpaceOf(d.must...)).IsEmpty()
}

// detected divides packets that the rules of a firewall let through by whether its
// intrusion detection drops them. What they hold stands in no question: that no
// signature matches, or that one does, is for the user to say.
func (f *Fabric) detected(g Gate, d detection, o Outcome) []Outcome {
	if o.Effect != Pass || d.drops == no {
		return []Outcome{o}
	}
	asked := flow.SpaceOf(o.Packets...)
	looked := asked.Minus(flow.SpaceOf(d.must...))
	if looked.IsEmpty() {
		return []Outcome{o}
	}
	spared := o
	spared.Packets = asked.Minus(looked).Cubes()
	t := o.Touches
	t.add(Signatures, Signatures.allValues())
	if f.assumptions.Value(Signatures) != "matched" {
		o.Packets, o.Touches = looked.Cubes(), t
		return nonEmpty([]Outcome{spared, o})
	}
	var certain flow.Space
	if d.drops == yes {
		certain = looked.Minus(flow.SpaceOf(d.may...))
	}
	why := fmt.Sprintf("whether the intrusion detection of firewall %s looks at it is not known (P-29d)", g.Firewall.Name)
	stop := firewallHop(g, KindFirewall, Deny, fmt.Sprintf("the intrusion detection of firewall %s drops it, as is assumed", g.Firewall.Name))
	return nonEmpty([]Outcome{spared,
		{Packets: certain.Cubes(), Effect: Stop, Hops: []Hop{stop}, Touches: t},
		{Packets: looked.Minus(certain).Cubes(), Effect: Doubtful, Reasons: []string{why}, Hops: []Hop{firewallHop(g, KindFirewall, Unknown, why)}, Touches: t}})
}
