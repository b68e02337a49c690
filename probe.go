package wayleave

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
)

// ProbeOptions say which packets to try for real.
type ProbeOptions struct {
	// Check chooses the services whose requirements are tried, where Explain
	// names no ends.
	Check CheckOptions
	// Explain names the packets to try instead.
	Explain ExplainOptions
	// Plan is the network as the lab runs it.
	Plan *lab.Plan
	// Send sends packets and waits so long for answers.
	Send func(shots []lab.Shot, patience time.Duration) ([]lab.Packet, error)
}

// Bounds of one run.
const (
	cornersOfPart = 7
	mostProbes    = 5000
	// How long an answer is waited for, and again where one is missing: a busy
	// machine is slow. An answer ends the wait.
	probePatience, probeAgain = 600 * time.Millisecond, 10 * time.Second
)

// Probe tries packets for real: of each part of the packets asked about that
// fares alike its witness and its corners. It says what the model says of each,
// and what became of it. The error is that of Check, Explain or Send.
func (n *Network) Probe(o ProbeOptions) (*result.Probes, error) {
	t := &trial{network: n, options: o}
	var err error
	if o.Explain.From != "" || o.Explain.To != "" {
		err = t.query()
	} else {
		err = t.requirements()
	}
	if err != nil {
		return nil, err
	}
	if err := t.send(); err != nil {
		return nil, err
	}
	t.answer.Schema, t.answer.Tags = result.ProbesSchema, tagData(n.catalogue)
	return &t.answer, nil
}

// trial is one run of Probe.
type trial struct {
	network *Network
	options ProbeOptions
	fabric  *fabric.Fabric
	answer  result.Probes
	// flights are the probes to send, and what each stands for.
	flights []flight
	at      map[lab.Probe]int
}

// flight is a probe to send with the answers that wait for it.
type flight struct {
	probe lab.Probe
	// allowed is what the model says, seen the source it expects.
	allowed bool
	seen    fabric.Seen
	answers []int
}

// requirements takes samples of every row of every service.
func (t *trial) requirements() error {
	bindings, err := t.network.bindings(t.options.Check)
	if wrong := (*UsageError)(nil); errors.As(err, &wrong) && len(t.options.Check.Services) == 0 {
		wrong.Hints = append([]string{"packets of any flow: wayleave lab probe --from SUBNET --to ADDRESS --port 443"}, wrong.Hints...)
	}
	if err != nil {
		return err
	}
	var mentioned []string
	for _, b := range bindings {
		mentioned = append(mentioned, b.Tags()...)
	}
	if t.fabric, t.answer.Diagnostics, err = t.network.compile(mentioned); err != nil {
		return err
	}
	for _, b := range bindings {
		for _, s := range check.Samples(t.fabric, b, cornersOfPart) {
			q := result.ProbeQuery{Service: b.Profile.Service, Requirement: s.Requirement}
			if s.Subnet != nil {
				q.Subnet = s.Subnet.Label()
			}
			if err := t.add(q, s.Packet, s.Subnet); err != nil {
				return err
			}
		}
	}
	return nil
}

// query takes samples of what the options ask about.
func (t *trial) query() error {
	q, _, err := t.network.query(t.options.Explain)
	if err != nil {
		return err
	}
	if t.fabric, t.answer.Diagnostics, err = t.network.compile(nil); err != nil {
		return err
	}
	got, err := reach.Explore(t.fabric, q)
	if err != nil {
		return &UsageError{Message: err.Error()}
	}
	for _, p := range got.Counted() {
		for _, packet := range check.Corners(p.Witness, p.Space.Cubes(), cornersOfPart) {
			if err := t.add(result.ProbeQuery{From: t.options.Explain.From, To: t.options.Explain.To}, packet, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// add asks the model about one packet and prepares to send it.
func (t *trial) add(q result.ProbeQuery, packet flow.Packet, near *azure.Subnet) error {
	if len(t.answer.Probes) >= mostProbes {
		t.answer.Left++
		return nil
	}
	q.Packet = *check.Packet(packet)
	t.answer.Probes = append(t.answer.Probes, result.Probe{Query: q, Packet: result.NotSent, SeenAs: result.SeenAs{Kind: "none"}})
	i := len(t.answer.Probes) - 1
	r := &t.answer.Probes[i]
	probe, reasons := t.aim(packet, near)
	if len(reasons) > 0 {
		r.Model, r.Reasons = result.Undecided, reasons
		return nil
	}
	part, err := t.model(packet, probe)
	if err != nil {
		return err
	}
	r.Model, r.Reasons = result.Verdict(part.Verdict), part.Reasons
	for _, h := range part.Blockers {
		r.BlockedBy = append(r.BlockedBy, check.Blocker(h))
	}
	limits := t.options.Plan.Limits(probe)
	if (probe.Protocol == lab.TCP || probe.Protocol == lab.UDP) && probe.SourcePort == 0 {
		limits = append(limits, "no program can send from port 0")
	}
	if len(limits) > 0 {
		r.Reasons = append(r.Reasons, limits...)
		return nil
	}
	if t.at == nil {
		t.at = map[lab.Probe]int{}
	}
	k, ok := t.at[probe]
	if !ok {
		k = len(t.flights)
		t.at[probe] = k
		t.flights = append(t.flights, flight{probe: probe, allowed: part.Verdict == reach.Allowed, seen: part.Seen})
	}
	t.flights[k].answers = append(t.flights[k].answers, i)
	return nil
}

// aim turns a packet into a probe from a place or to one, or says why that
// cannot be.
func (t *trial) aim(packet flow.Packet, near *azure.Subnet) (lab.Probe, []string) {
	var reasons []string
	for _, a := range []flow.Address{packet.Source, packet.Destination} {
		if a.IsOpaque() {
			reasons = append(reasons, fmt.Sprintf("the addresses of %s are not known", a.Name()))
		}
	}
	if len(reasons) > 0 {
		return lab.Probe{}, reasons
	}
	p := lab.Probe{
		Protocol: packet.Protocol, Source: packet.Source.Addr(), Destination: packet.Destination.Addr(),
		SourcePort: packet.SourcePort, DestinationPort: packet.DestinationPort,
	}
	if p.Protocol == lab.ICMP {
		p.SourcePort, p.DestinationPort = 0, 0
	}
	switch from, to := t.subnets(p.Source, near), t.subnets(p.Destination, near); {
	case len(from) == 1 && t.options.Plan.IsReserved(from[0], p.Source):
		return p, []string{fmt.Sprintf("nobody has the address %s, which is reserved (FAB-4)", p.Source)}
	case len(from) == 1:
		p.From = from[0]
	case len(from) > 1:
		return p, []string{fmt.Sprintf("several subnets hold %s", p.Source)}
	case t.network.holds(p.Source):
		return p, []string{fmt.Sprintf("no subnet holds %s", p.Source)}
	case len(to) == 1:
		p.To = to[0]
	case len(to) > 1:
		return p, []string{fmt.Sprintf("several subnets hold %s", p.Destination)}
	case t.options.Plan.Inward(p.Destination): // through a NAT rule
	default:
		return p, []string{fmt.Sprintf("no subnet holds %s", p.Source)}
	}
	return p, nil
}

// subnets are those with an address; the one that is near counts alone.
func (t *trial) subnets(a netip.Addr, near *azure.Subnet) []azure.ID {
	var list []azure.ID
	for _, s := range t.network.network.Subnets() {
		for _, p := range s.Prefixes {
			if prefix, ok := p.Known(); ok && prefix.Contains(a) {
				if s == near {
					return []azure.ID{s.ID}
				}
				list = append(list, s.ID)
			}
		}
	}
	return slices.Compact(list)
}

// model is what the engine says of one packet.
func (t *trial) model(packet flow.Packet, p lab.Probe) (reach.Part, error) {
	q := reach.Query{
		Protocols: flow.Protocols(packet.Protocol), SourcePorts: flow.Ports(packet.SourcePort),
		DestinationPorts: flow.Ports(packet.DestinationPort), ByRule: true,
	}
	source, destination := flow.Host(p.Source), flow.Host(p.Destination)
	q.From, q.To = reach.Addresses(source), reach.Addresses(destination)
	switch {
	case p.From != "":
		q.From = reach.SubnetAddresses(p.From, source)
	case p.To != "":
		q.To = reach.SubnetAddresses(p.To, destination)
	}
	answer, err := reach.Explore(t.fabric, q)
	if err != nil {
		return reach.Part{}, err
	}
	for _, a := range answer.Assumptions {
		t.answer.Assumptions = joinAssumptions(t.answer.Assumptions, []result.Assumption{assumption(a)})
	}
	return answer.Parts[0], nil
}

// send sends the probes and compares. What should have been answered and was
// not is sent again with more patience.
func (t *trial) send() error {
	shots := make([]lab.Shot, len(t.flights))
	for i, f := range t.flights {
		var err error
		if shots[i], err = t.options.Plan.Shot(f.probe); err != nil {
			return err
		}
	}
	packets, err := t.options.Send(shots, probePatience)
	if err != nil {
		return err
	}
	var again []lab.Shot
	var which []int
	for i, f := range t.flights {
		if packets[i].Answered != f.allowed {
			again, which = append(again, shots[i]), append(which, i)
		}
	}
	if len(again) > 0 {
		second, err := t.options.Send(again, probeAgain)
		if err != nil {
			return err
		}
		for k, i := range which {
			packets[i] = second[k]
		}
	}
	for i, f := range t.flights {
		for _, k := range f.answers {
			tell(&t.answer.Probes[k], f, packets[i])
		}
	}
	return nil
}

// tell fills in what became of a packet, and whether the model says the same.
func tell(r *result.Probe, f flight, p lab.Packet) {
	r.Arrived = p.Arrived
	switch {
	case p.Answered:
		r.Packet = result.Answered
	case p.Arrived != "":
		r.Packet = result.Arrived
	default:
		r.Packet = result.Lost
	}
	if seen := p.Seen.Addr(); seen.IsValid() {
		r.SeenAs = result.SeenAs{Kind: "public", Addresses: []string{seen.String()}}
		if seen.IsPrivate() {
			r.SeenAs.Kind = "private"
		}
	}
	if r.Model == result.Undecided {
		return
	}
	agree := p.Answered == f.allowed
	if agree && p.Answered {
		if why := otherSource(f, p.Seen.Addr()); why != "" {
			agree = false
			r.Reasons = append(r.Reasons, why)
		}
	}
	r.Agree = &agree
}

// otherSource says that a receiver saw another source than the model expects.
func otherSource(f flight, seen netip.Addr) string {
	expected := f.seen.Addresses
	switch f.seen.Kind {
	case fabric.SeenUnchanged:
		if f.probe.From == "" || seen.IsPrivate() == f.probe.Source.IsPrivate() {
			expected = []string{f.probe.Source.String()}
		}
	case fabric.SeenPublic, fabric.SeenUnpredictable, fabric.SeenPrivate:
	default:
		return ""
	}
	for _, e := range expected {
		p, err := netip.ParsePrefix(e)
		if e == seen.String() || err == nil && p.Contains(seen) || e[0] == '<' {
			return ""
		}
	}
	if len(expected) == 0 {
		return ""
	}
	return fmt.Sprintf("the receiver saw %s, and the model expects %s", seen, f.seen)
}
