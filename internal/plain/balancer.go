package plain

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// LoadBalancer is the kind of hop of a load balancer.
const LoadBalancer Kind = "loadBalancer"

// frontendIn finds the frontend of a load balancer that has an address of a
// subnet, or nil.
func (a *asking) frontendIn(at place, address netip.Addr) *azure.Frontend {
	for _, l := range a.network.LoadBalancers {
		for _, f := range l.Frontends {
			if f.Subnet.ID == at.subnet.ID && f.PrivateIPAddress.V == address {
				return f
			}
		}
	}
	return nil
}

// frontendWithPublic finds the frontend that has a public address, or nil.
func (a *asking) frontendWithPublic(address netip.Addr) *azure.Frontend {
	for _, l := range a.network.LoadBalancers {
		for _, f := range l.Frontends {
			if ip, ok := a.network.PublicIPAddress(f.PublicIPAddress.ID); ok && ip.IPAddress.V == address {
				return f
			}
		}
	}
	return nil
}

func balancerHop(f *azure.Frontend, d Decision, why string) Hop {
	return Hop{Kind: LoadBalancer, Name: f.Balancer.Name, Resource: f.Balancer.ID, Decision: d, Why: why}
}

// rulesFor lists the rules of a frontend.
func rulesFor(f *azure.Frontend) []*azure.BalancerRule {
	var list []*azure.BalancerRule
	for _, r := range f.Balancer.Rules {
		if f.Balancer.Frontend(r.Frontend) == f {
			list = append(list, r)
		}
	}
	for _, r := range f.Balancer.InboundNATRules {
		if f.Balancer.Frontend(r.Frontend) == f {
			list = append(list, r)
		}
	}
	return list
}

// isForEveryPort reports whether a rule is for every port (HA ports).
func isForEveryPort(r *azure.BalancerRule) bool {
	return r.FrontendPort.V == 0 && r.LastFrontendPort.V == 0
}

// takes reports whether a rule is for a packet to its frontend.
func takes(r *azure.BalancerRule, p Packet) bool {
	last := max(r.FrontendPort.V, r.LastFrontendPort.V)
	port := int(p.DestinationPort)
	if !isForEveryPort(r) && (port < r.FrontendPort.V || port > last) {
		return false
	}
	switch strings.ToLower(r.Protocol.V) {
	case "tcp":
		return p.Protocol == protoTCP
	case "udp":
		return p.Protocol == protoUDP
	}
	return p.Protocol == protoTCP || p.Protocol == protoUDP
}

// balance gives a packet for a frontend to the backends of the rule that is for
// it.
func (a *asking) balance(f *azure.Frontend, p Packet, sender *place) *Answer {
	for _, r := range rulesFor(f) {
		if takes(r, p) {
			return a.shared(f, r, p.Destination, func(a *asking, c *azure.IPConfiguration) *Answer {
				return a.toBackend(f, r, c, p, sender)
			})
		}
	}
	return a.end(unbalanced(f, p))
}

// unbalanced says what becomes of a packet for a frontend if no rule takes it; the
// verdict is Allow where one does.
func unbalanced(f *azure.Frontend, p Packet) (Verdict, Hop) {
	every := false
	for _, r := range rulesFor(f) {
		if takes(r, p) {
			return Allow, Hop{}
		}
		every = every || isForEveryPort(r)
	}
	switch {
	case p.Protocol == protoTCP || p.Protocol == protoUDP:
	case every:
		return Undecided, balancerHop(f, Unknowable, "whether a rule for every port carries more than TCP and UDP is not known")
	case p.Protocol == protoICMP:
		return Undecided, balancerHop(f, Unknowable, "whether the balancer answers pings itself is not known")
	}
	return Deny, Hop{Kind: Translation, Name: f.Balancer.Name, Resource: f.Balancer.ID, Decision: Drops, Why: "no rule of the load balancer is for it"}
}

// backends are the IP configurations behind a rule, in the order of its pools.
func (a *asking) backends(f *azure.Frontend, r *azure.BalancerRule) []*azure.IPConfiguration {
	var refs []azure.Reference
	for _, ref := range r.Pools {
		refs = append(refs, f.Balancer.Pool(ref).Members...)
	}
	if r.Target.IsSet() {
		refs = append(refs, r.Target)
	}
	var list []*azure.IPConfiguration
	for _, ref := range refs {
		c, _ := a.network.IPConfiguration(ref.ID)
		list = append(list, c)
	}
	return list
}

// shared asks about every backend of a rule that may get a flow: of which a
// probe, if there is one, may be let in. What they do not agree on is not known.
func (a *asking) shared(f *azure.Frontend, r *azure.BalancerRule, to netip.Addr, give func(*asking, *azure.IPConfiguration) *Answer) *Answer {
	var answers []*Answer
	var dead *Answer
	alive, members := false, 0
	for _, c := range a.backends(f, r) {
		if c.PrivateIPAddress.V.Is4() != to.Is4() {
			continue
		}
		members++
		probe := a.probe(f, r, c)
		if probe.Verdict == Deny {
			if dead == nil {
				dead = probe
			}
			continue
		}
		alive = alive || probe.Verdict == Allow
		one := a.fork()
		answers = append(answers, give(one, c))
		a.touchAll(one)
	}
	switch {
	case members == 0:
		return a.end(Undecided, balancerHop(f, Unknowable, "nobody is behind the rule"))
	case len(answers) == 0:
		return a.end(Deny, Hop{Kind: Translation, Name: f.Balancer.Name, Resource: f.Balancer.ID, Decision: Drops, Why: "every probe is stopped, by " + dead.Decider.Name})
	case !alive:
		return a.end(Undecided, balancerHop(f, Unknowable, "whether any backend answers its probes is not known"))
	}
	return a.agreed(answers, balancerHop(f, Unknowable, "it depends on which backend gets the flow"))
}

// agreed is the answer of all ways that a packet may go, of which there is at least
// one; where their verdicts differ it is undecided at the hop that chooses, and where
// others see other addresses these are not known.
func (a *asking) agreed(answers []*Answer, chooses Hop) *Answer {
	for _, other := range answers {
		if other.Verdict != answers[0].Verdict {
			return a.end(Undecided, chooses)
		}
		if !other.Seen.alike(answers[0].Seen) {
			answers[0].Seen = Seen{Kind: SeenEither}
		}
	}
	answers[0].Reading = a.reading()
	return answers[0]
}

// fork is a copy that goes another way.
func (a *asking) fork() *asking {
	one := *a
	one.hops, one.doubts = append([]Hop(nil), a.hops...), append([]Hop(nil), a.doubts...)
	return &one
}

func (a *asking) touchAll(other *asking) {
	for _, o := range other.touched {
		a.touch(o)
	}
}

// probe is what becomes of the probes of a rule at a backend: they come from any
// port of the platform.
func (a *asking) probe(f *azure.Frontend, r *azure.BalancerRule, c *azure.IPConfiguration) *Answer {
	if !r.Probe.IsSet() {
		return &Answer{Verdict: Allow}
	}
	at := a.places[c.Subnet.ID]
	from := hostAddress
	if c.PrivateIPAddress.V.Is6() {
		if !a.guarded(at, c.PrivateIPAddress.V) { // NSG-32
			return &Answer{Verdict: Undecided}
		}
		from = probeAddress6
	}
	var all *Answer
	for _, port := range a.portsFrom(0, at, c.PrivateIPAddress.V) {
		one := a.fork()
		one.hops, one.doubts = nil, nil
		p := Packet{Protocol: protoTCP, Source: from, SourcePort: port, Destination: c.PrivateIPAddress.V, DestinationPort: uint16(f.Balancer.Probe(r.Probe).Port.V)}
		answer := one.inbound(at, a.interfaceGroup(at, p.Destination), p)
		a.touchAll(one)
		switch {
		case answer == nil && len(one.doubts) > 0:
			answer = &Answer{Verdict: Undecided}
		case answer == nil:
			answer = &Answer{Verdict: Allow}
		}
		if all != nil && all.Verdict != answer.Verdict {
			return &Answer{Verdict: Undecided}
		}
		if all == nil {
			all = answer
		}
	}
	return all
}

// toBackend gives a packet to one backend: with its address and port. A public
// Standard balancer is closed where no group stands behind it (PIP-1).
func (a *asking) toBackend(f *azure.Frontend, r *azure.BalancerRule, c *azure.IPConfiguration, p Packet, sender *place) *Answer {
	at := a.places[c.Subnet.ID]
	to := c.PrivateIPAddress.V
	guarded := a.guarded(at, to)
	switch {
	case p.Source == to:
		return a.end(Deny, Hop{Kind: Translation, Name: f.Balancer.Name, Resource: f.Balancer.ID, Decision: Drops, Why: "a backend does not answer the flow it sent"})
	case f.Public() && !guarded && !strings.EqualFold(f.Balancer.SKU.V, "Basic"):
		return a.end(Deny, Hop{Kind: Platform, Name: "PIP-1", Resource: f.Balancer.ID, Decision: Drops, Why: "a Standard load balancer is closed without a network security group"})
	}
	given := p
	given.Destination = to
	if r.BackendPort.V != 0 {
		given.DestinationPort = uint16(r.BackendPort.V)
	}
	a.pass(balancerHop(f, Translates, "to "+to.String()))
	if r.FloatingIP.V {
		return a.floated(f, at, p, given, sender)
	}
	return a.admitted(at, given, sender)
}

// floated is what becomes of a packet that a backend gets with a floating IP: which
// address rules compare, the backend's or the frontend's, is not known (NSG-28). A
// floating IP leaves the port as it is; what one does that is to change it is not known.
func (a *asking) floated(f *azure.Frontend, at place, sent, given Packet, sender *place) *Answer {
	unsure := balancerHop(f, Unknowable, "which address groups compare with a floating IP is not known (NSG-28)")
	if sent.DestinationPort != given.DestinationPort {
		return a.end(Undecided, unsure)
	}
	var answers []*Answer
	for _, compared := range []Packet{given, sent} {
		one := a.fork()
		answer := one.inbound(at, a.interfaceGroup(at, given.Destination), compared)
		if answer == nil {
			one.pass(Hop{Kind: SubnetPlace, Name: at.subnet.Name, Resource: at.subnet.ID, Decision: Delivers})
			answer = one.back(at, given.reply(), sender)
		}
		answers = append(answers, answer)
		a.touchAll(one)
	}
	return a.agreed(answers, unsure)
}

// throughBalancer brings a packet to an appliance behind an internal load
// balancer that a route names: only a rule for every port carries what is for
// others, and of that TCP and UDP for certain.
func (a *asking) throughBalancer(f *azure.Frontend, sender *place, p Packet) *Answer {
	for _, r := range rulesFor(f) {
		if !isForEveryPort(r) || !strings.EqualFold(r.Protocol.V, "all") {
			continue
		}
		if p.Protocol != protoTCP && p.Protocol != protoUDP {
			break
		}
		return a.shared(f, r, f.PrivateIPAddress.V, func(a *asking, c *azure.IPConfiguration) *Answer {
			a.pass(balancerHop(f, Forwards, "to "+c.PrivateIPAddress.V.String()))
			return a.throughAppliance(&relaying{at: a.places[c.Subnet.ID], address: c.PrivateIPAddress.V, nextHop: f.PrivateIPAddress.V,
				shared: len(a.backends(f, r)) > 1, sender: sender, client: p.Source}, p)
		})
	}
	return a.end(Undecided, balancerHop(f, Unknowable, "whether the balancer carries what is for others is not known"))
}

// refuseBalancer returns an error for what the twin does not follow of a load
// balancer.
func (t *Twin) refuseBalancer(l *azure.LoadBalancer) error {
	if l.Open != nil {
		return fmt.Errorf("not all its rules are known")
	}
	for _, f := range l.Frontends {
		_, private := f.PrivateIPAddress.Known()
		if !private && !f.PublicIPAddress.IsSet() || f.PublicIPPrefix.IsSet() {
			return fmt.Errorf("the address of frontend %s is not known", f.Name)
		}
	}
	for _, p := range l.BackendPools {
		if len(p.Addresses) > 0 {
			return fmt.Errorf("pool %s is defined by address", p.Name)
		}
		for _, ref := range p.Members {
			if err := resolves(ref, t.network.IPConfiguration); err != nil {
				return err
			}
		}
	}
	for _, r := range append(append([]*azure.BalancerRule(nil), l.Rules...), l.InboundNATRules...) {
		_, protocol := r.Protocol.Known()
		_, front := r.FrontendPort.Known()
		_, back := r.BackendPort.Known()
		if !protocol || !front || !back || r.FloatingIP.Unknown != nil || r.DisableOutboundSNAT.Unknown != nil || r.LastFrontendPort.V > r.FrontendPort.V {
			return fmt.Errorf("what rule %s is for is not known", r.Name)
		}
		if l.Frontend(r.Frontend) == nil || r.Probe.IsSet() && (l.Probe(r.Probe) == nil || l.Probe(r.Probe).Port.V == 0) {
			return fmt.Errorf("a part of rule %s is not known", r.Name)
		}
		for _, ref := range r.Pools {
			if l.Pool(ref) == nil {
				return fmt.Errorf("a pool of rule %s is not known", r.Name)
			}
		}
		if err := resolves(r.Target, t.network.IPConfiguration); err != nil {
			return err
		}
	}
	for _, r := range l.OutboundRules {
		_, protocol := r.Protocol.Known()
		if !protocol || l.Pool(r.Pool) == nil || slices.ContainsFunc(r.Frontends, func(f azure.Reference) bool { return l.Frontend(f) == nil }) {
			return fmt.Errorf("a part of outbound rule %s is not known", r.Name)
		}
	}
	if _, ok := l.SKU.Known(); !ok {
		return fmt.Errorf("whether it is Standard is not known")
	}
	return nil
}
