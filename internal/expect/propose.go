package expect

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Proposer finds expectations that hold today.
type Proposer struct {
	Fabric   *fabric.Fabric
	Coverage *Coverage
	// SourcePorts are those of a query that names none.
	SourcePorts flow.PortSet
}

// Proposed is an expectation with the hops its packets meet.
type Proposed struct {
	expectation Expectation
	touched     []reach.Hop
}

func (p *Proposed) data() *result.Proposal {
	e := p.expectation
	return &result.Proposal{
		From: texts(e.From), To: texts(e.To), Protocol: e.Protocol.Value, Port: e.Port.Value,
		Expect: string(e.Expect), Reason: e.Reason,
	}
}

// question is a candidate: packets and what a user would call them.
type question struct {
	from, to  place
	protocols flow.ProtocolSet
	ports     flow.PortSet
	words     [2]string // protocol and port as a file states them
	hit       flow.Packet
}

// propose finds an expectation whose packets a rule decides about, or says why
// there is none. It takes the packets the rule speaks of; where these fare in
// more than one way, those of one port; and else a single one of them.
func (p *Proposer) propose(r *rule) (*Proposed, string) {
	if r.firewall != nil && r.firewall.Kind == azure.ApplicationRule {
		return nil, "they decide about names, which an expectation does not state"
	}
	undecided := false
	var hits []question
	for _, q := range p.questions(r) {
		got, hit, ok := p.ask(q, r)
		if !ok {
			continue
		}
		if found := p.settled(q, r, got); found != nil {
			return found, ""
		}
		undecided = undecided || hit.Verdict == reach.Undecided
		q.hit = hit.Witness
		hits = append(hits, q)
	}
	for _, narrower := range []func(question) []question{onePort, onePacket} {
		for _, hit := range hits {
			for _, q := range narrower(hit) {
				if got, _, ok := p.ask(q, r); ok {
					if found := p.settled(q, r, got); found != nil {
						return found, ""
					}
				}
			}
		}
	}
	if undecided {
		return nil, "what becomes of their packets is undecided"
	}
	return nil, "no packet was found that they decide about (wayleave lint may say why)"
}

// ask answers a candidate; hit is the part that the rule decides about, a
// decided one where there is one.
func (p *Proposer) ask(q question, r *rule) (got reach.Answer, hit reach.Part, ok bool) {
	got, err := reach.Explore(p.Fabric, reach.Query{
		From: q.from.end, To: q.to.end, Protocols: q.protocols, DestinationPorts: q.ports, SourcePorts: p.SourcePorts, ByRule: true,
	})
	if err != nil {
		return got, hit, false
	}
	for _, part := range got.Counted() {
		if !part.Reserved && slices.ContainsFunc(part.Trace, r.decides) && (!ok || hit.Verdict == reach.Undecided) {
			hit, ok = part, true
		}
	}
	return got, hit, ok
}

func (r *rule) decides(h reach.Hop) bool { return r.id == ruleID{h.Resource, h.Name, h.At} }

// settled makes an expectation of an answer that is the same for every packet.
func (p *Proposer) settled(q question, r *rule, got reach.Answer) *Proposed {
	e := Expectation{
		From: []Text{{Value: q.from.name}}, To: []Text{{Value: q.to.name}},
		Protocol: Text{Value: q.words[0]}, Port: Text{Value: q.words[1]},
		Reason: r.Name + " of " + short(r.Resource) + " decides this today",
	}
	switch got.Verdict() {
	case reach.Allowed:
		e.Expect = Allow
	case reach.Blocked:
		e.Expect = Deny
	default:
		return nil
	}
	e.Name = e.title()
	found := &Proposed{expectation: e}
	for _, part := range got.Counted() {
		found.touched = append(found.touched, part.Trace...)
	}
	return found
}

// onePort narrows a candidate to tcp and a port that people look for, or to
// protocol and port of the packet it was seen with.
func onePort(q question) []question {
	var list []question
	for _, port := range []uint16{22, 3389, 443} {
		if q.protocols.Contains(flow.TCP) && q.ports.Contains(port) {
			list = append(list, q.narrow(flow.TCP, port))
		}
	}
	return append(list, q.narrow(q.hit.Protocol, q.hit.DestinationPort))
}

// onePacket narrows a candidate to the ends of the packet it was seen with.
func onePacket(q question) []question {
	q.from, q.to = point(q.from, q.hit.Source), point(q.to, q.hit.Destination)
	return []question{q.narrow(q.hit.Protocol, q.hit.DestinationPort)}
}

func (q question) narrow(protocol uint8, port uint16) question {
	q.protocols, q.ports = flow.Protocols(protocol), flow.AllPorts()
	q.words = [2]string{flow.ProtocolName(protocol), ""}
	if _, numbered := strings.CutPrefix(q.words[0], "protocol "); numbered {
		q.words[0] = strconv.Itoa(int(protocol))
	}
	if flow.HasPorts(protocol) {
		q.ports = flow.Ports(port)
		q.words[1] = q.ports.String()
	}
	return q
}

// point is one address as an end; an opaque one stays the end it belongs to.
func point(of place, a flow.Address) place {
	if a.IsOpaque() {
		return of
	}
	return place{name: a.String(), end: reach.Addresses(flow.Points(a)), vnet: of.vnet}
}

// questions are the candidates of a rule, the most telling first.
func (p *Proposer) questions(r *rule) []question {
	if r.route != nil {
		return p.routeQuestions(r.route)
	}
	if r.firewall != nil {
		return p.firewallQuestions(r.firewall)
	}
	protocols, word, ok := protocolOf(r.security)
	ports, portWord, known := portsOf(r.security.DestinationPorts)
	if !ok || !known {
		return nil
	}
	if ports.IsAll() {
		portWord = ""
	}
	var list []question
	for _, near := range p.Coverage.places(r.security.Group) {
		side := r.security.Destination
		if r.security.Direction.V == azure.Inbound {
			side = r.security.Source
		}
		for _, far := range p.far(side, near) {
			q := question{from: near, to: far, protocols: protocols, ports: ports, words: [2]string{word, portWord}}
			if r.security.Direction.V == azure.Inbound {
				q.from, q.to = far, near
			}
			if !q.protocols.Overlaps(flow.PortProtocols()) {
				q.words[1] = ""
			}
			list = append(list, q)
		}
	}
	return list
}

func (p *Proposer) routeQuestions(r *azure.Route) []question {
	var list []question
	for _, near := range p.Coverage.routed(r.Table) {
		for _, far := range p.far(azure.NewSide(r.Destination), near) {
			list = append(list, question{from: near, to: far, protocols: flow.Protocols(flow.TCP), ports: flow.Ports(443), words: [2]string{"tcp", "443"}})
		}
	}
	return list
}

// firewallQuestions are from the subnets whose addresses a rule of a firewall
// names, to what it names.
func (p *Proposer) firewallQuestions(r *azure.FirewallRule) []question {
	ports, word, known := portsOf(r.DestinationPorts)
	protocol, ok := firewallProtocol(r)
	if !known || !ok {
		return nil
	}
	words := [2]string{flow.ProtocolName(protocol), word}
	if !flow.HasPorts(protocol) {
		ports, words[1] = flow.AllPorts(), ""
	}
	var list []question
	for _, s := range p.Coverage.network.Subnets() {
		if !p.sends(s, r.Source) {
			continue
		}
		near := p.Coverage.subnet(s)
		for _, t := range r.Destination.Terms {
			for _, far := range p.named(t, near) {
				list = append(list, question{from: near, to: far, protocols: flow.Protocols(protocol), ports: ports, words: words})
			}
		}
		if len(list) >= maxQuestions {
			break
		}
	}
	return list
}

// firewallProtocol is the protocol to ask a firewall's rule about: TCP where it is for
// that, else the one it names.
func firewallProtocol(r *azure.FirewallRule) (protocol uint8, ok bool) {
	named := map[azure.FirewallProtocol]uint8{azure.FirewallTCP: flow.TCP, azure.FirewallAny: flow.TCP, azure.FirewallUDP: flow.UDP, azure.FirewallICMP: flow.ICMP}
	for _, v := range r.Protocols {
		name, known := v.Known()
		if n, ok := named[name]; known && ok {
			if n == flow.TCP {
				return n, true
			}
			protocol = n
		}
	}
	return protocol, protocol != 0
}

// maxQuestions bounds how many candidates a rule of a firewall gets: each costs
// a question.
const maxQuestions = 12

// sends reports whether a source of a firewall's rule has addresses of a subnet.
func (p *Proposer) sends(s *azure.Subnet, side azure.FirewallSide) bool {
	own := p.Fabric.Addresses(s)
	for _, t := range side.Terms {
		if t.Kind == azure.FirewallAnyAddress || t.Kind == azure.FirewallRange && own.Overlaps(flow.Range(t.First, t.Last)) {
			return true
		}
	}
	return false
}

// named are the ends that a term of a firewall's rule speaks of.
func (p *Proposer) named(t azure.FirewallTerm, near place) []place {
	switch t.Kind {
	case azure.FirewallAnyAddress:
		return append([]place{{name: "Internet", end: reach.Internet()}}, p.neighbours(near)...)
	case azure.FirewallRange:
		if t.First == t.Last {
			return []place{{name: t.First.String(), end: reach.Addresses(flow.Host(t.First))}}
		}
		for prefix := range flow.Range(t.First, t.Last).Prefixes() {
			return []place{p.prefix(prefix)}
		}
	case azure.FirewallTag:
		return p.tag(t.Name, near)
	}
	return nil
}

// far are the ends that the terms of a rule speak of.
func (p *Proposer) far(side azure.Side, near place) []place {
	var list []place
	for _, t := range side.Terms() {
		switch {
		case t.Kind == azure.AnyAddress || t.Kind == azure.PrefixAddress && t.Prefix.Bits() == 0:
			list = append(list, place{name: "Internet", end: reach.Internet()})
			list = append(list, p.neighbours(near)...)
		case t.Kind == azure.PrefixAddress:
			list = append(list, p.prefix(t.Prefix))
		case t.Kind == azure.TagAddress:
			list = append(list, p.tag(t.Tag, near)...)
		case t.Kind == azure.GroupAddress:
			list = append(list, p.members(t.Group.ID)...)
		}
	}
	return list
}

// prefix is a prefix as an end: the subnet that has it, where there is one.
func (p *Proposer) prefix(prefix netip.Prefix) place {
	for _, s := range p.Coverage.network.Subnets() {
		for _, own := range s.Prefixes {
			if known, ok := own.Known(); ok && known == prefix {
				return p.Coverage.subnet(s)
			}
		}
	}
	at := place{name: prefix.String(), end: reach.Addresses(flow.Prefix(prefix))}
	if prefix.IsSingleIP() {
		at.name = prefix.Addr().String()
	}
	return at
}

// tag is a service tag; of those whose meaning depends on the place, ends that
// are among its addresses.
func (p *Proposer) tag(name string, near place) []place {
	switch canonical, contextual := servicetag.Contextual(name); {
	case canonical == "Internet":
		return []place{{name: "Internet", end: reach.Internet()}}
	case canonical == "AzureLoadBalancer":
		return []place{{name: canonical, end: reach.LoadBalancer()}}
	case contextual:
		return p.neighbours(near)
	}
	if servicetag.Documented(name) {
		return []place{{name: name, end: reach.Tag(name)}}
	}
	return []place{{name: "tag:" + name, end: reach.Tag(name)}}
}

// neighbours are the other subnets of a network, then those of its peers and
// itself.
func (p *Proposer) neighbours(near place) []place {
	var same, others []place
	for _, s := range p.Coverage.network.Subnets() {
		switch at := p.Coverage.subnet(s); {
		case at.name == near.name:
			others = append(others, at)
		case at.vnet == near.vnet:
			same = append(same, at)
		default:
			others = append([]place{at}, others...)
		}
	}
	const most = 4 // each costs a question
	return append(same[:min(len(same), most)], others[:min(len(others), most)]...)
}

// members are the interfaces of an application security group.
func (p *Proposer) members(group azure.ID) []place {
	var list []place
	for _, c := range p.Coverage.network.Members(group) {
		list = append(list, place{name: "nic:" + c.Interface.Name, end: reach.Interface(c.Interface.ID)})
	}
	return list
}

func protocolOf(r *azure.SecurityRule) (set flow.ProtocolSet, word string, ok bool) {
	protocol, known := r.Protocol.Known()
	if !known {
		return set, "", false
	}
	if n, named := protocol.Number(); named {
		return flow.Protocols(n), strings.ToLower(string(protocol)), true
	}
	if all, _, ok := portsOf(r.DestinationPorts); ok && !all.IsAll() {
		return flow.PortProtocols(), "tcp,udp", true
	}
	return flow.AllProtocols(), "any", true
}

func portsOf(p azure.Ports) (set flow.PortSet, word string, ok bool) {
	for _, t := range p.Terms {
		if t.Unknown != nil {
			return set, "", false
		}
		set = set.Union(flow.PortRange(t.First, t.Last))
	}
	return set, strings.ReplaceAll(set.String(), " ", ""), len(p.Terms) > 0
}

func short(label string) string { return label[strings.LastIndexByte(label, '/')+1:] }
