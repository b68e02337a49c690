package wayleave

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// ExplainOptions say which packets to follow.
type ExplainOptions struct {
	// From and To are a subnet (name, network/name or id), a network interface
	// (name or id), an address, a prefix or a service tag; "subnet:", "nic:" and
	// "tag:" before a name say which.
	From, To string
	// Protocol is tcp, udp, icmp, another name that reports have (gre, esp, icmpv6),
	// a number from 0 to 255, or any; several with commas.
	Protocol string
	// Port and SourcePort are lists of ports and ranges: "443,8080-8090".
	// Without SourcePort it is 49152-65535 (decisions 17).
	Port, SourcePort string
	// Host is the name that the client asks for, which application rules of
	// firewalls look at. With it To may be empty: any public address.
	Host string
	// Direction, "inbound" or "outbound", must fit the ends where given.
	Direction string
	// Why asks for the rules before each rule that decides, and what of them does
	// not fit.
	Why bool
}

// DefaultSourcePorts are the source ports of a query that names none.
const DefaultSourcePorts = "49152-65535"

// Explain follows the packets hop by hop, forward and back. The error is a
// *UsageError for a wrong question.
func (n *Network) Explain(o ExplainOptions) (*result.Explain, error) {
	q, space, err := n.query(o)
	if err != nil {
		return nil, err
	}
	f, problems, err := n.compile(nil)
	if err != nil {
		return nil, err
	}
	got, err := reach.Explore(f, q)
	if errors.Is(err, reach.ErrNoPackets) {
		return nil, &UsageError{Message: fmt.Sprintf("there is no packet from %s to %s with these protocols and ports", o.From, o.To)}
	}
	if err != nil {
		return nil, &UsageError{Message: err.Error()}
	}
	answer := &result.Explain{
		Schema: result.ExplainSchema, Tags: tagData(n.catalogue), Verdict: result.Verdict(got.Verdict()),
		NotModelled: n.notModelled(), Diagnostics: problems,
		Query: result.Query{From: o.From, To: space.Destination, Host: q.Host, Direction: o.Direction, Space: space},
	}
	for _, p := range got.Parts {
		part := result.Part{
			Verdict: result.Verdict(p.Verdict), Space: check.Cubes(p.Space.Cubes()), Witness: check.Packet(p.Witness),
			Reasons: p.Reasons, Trace: check.Hops(p.Trace), Reserved: p.Reserved,
		}
		if s := p.Seen; slices.ContainsFunc(p.Trace, func(h reach.Hop) bool { return h.Decision == fabric.Translate && !h.Return }) && s.Kind != fabric.SeenUnknown {
			part.SeenAs = &result.SeenAs{Kind: string(s.Kind), Addresses: s.Addresses}
		}
		if o.Why {
			addWhy(f, part.Trace, p, q.Host)
		}
		for _, h := range p.Blockers {
			part.BlockedBy = append(part.BlockedBy, check.Blocker(h))
		}
		answer.Parts = append(answer.Parts, part)
	}
	for _, a := range got.Assumptions {
		answer.Assumptions = joinAssumptions(answer.Assumptions, []result.Assumption{assumption(a)})
	}
	return answer, nil
}

// addWhy adds to each rule of a way the rules before it, and what of them does not
// fit the packet as it is there: behind a translation another one, and on the way
// back the reply.
func addWhy(f *fabric.Fabric, trace []result.Hop, p reach.Part, host string) {
	packet, back := p.Witness, false
	for i, h := range p.Trace {
		if h.Return && !back {
			packet.Source, packet.Destination = packet.Destination, packet.Source
			packet.SourcePort, packet.DestinationPort = packet.DestinationPort, packet.SourcePort
			back = true
		}
		for _, s := range f.Why(h, packet, host) {
			trace[i].Why = append(trace[i].Why, result.Skipped{Name: s.Name, Priority: s.Priority, At: place(s.At), Misses: append([]string{}, s.Misses...)})
		}
		if !back {
			packet = f.Translated(h, packet)
		}
	}
}

func assumption(a fabric.Assumption) result.Assumption {
	return result.Assumption{Name: a.Name, Value: a.Value, Label: string(a.Label), Reason: a.Reason}
}

// query reads the options.
func (n *Network) query(o ExplainOptions) (reach.Query, result.Cube, error) {
	var q reach.Query
	var fromInside, toInside bool
	var err error
	if q.From, fromInside, err = n.endpoint("--from", o.From); err != nil {
		return q, result.Cube{}, err
	}
	if q.Host, err = hostName(o.Host); err != nil {
		return q, result.Cube{}, err
	}
	if q.Host != "" && o.To == "" {
		o.To = "Internet"
	}
	if q.To, toInside, err = n.endpoint("--to", o.To); err != nil {
		return q, result.Cube{}, err
	}
	switch {
	case strings.EqualFold(o.Direction, "inbound") && !toInside:
		return q, result.Cube{}, &UsageError{Message: fmt.Sprintf("an inbound flow ends in the network, and %s is outside", o.To)}
	case strings.EqualFold(o.Direction, "outbound") && !fromInside:
		return q, result.Cube{}, &UsageError{Message: fmt.Sprintf("an outbound flow begins in the network, and %s is outside", o.From)}
	}
	if q.Protocols, err = parseProtocols("--protocol", o.Protocol); err != nil {
		return q, result.Cube{}, err
	}
	if q.DestinationPorts, err = parsePorts("--port", o.Port, "*"); err != nil {
		return q, result.Cube{}, err
	}
	if q.SourcePorts, err = parsePorts("--source-port", o.SourcePort, DefaultSourcePorts); err != nil {
		return q, result.Cube{}, err
	}
	if !q.Protocols.Overlaps(flow.PortProtocols()) && o.Port != "" {
		return q, result.Cube{}, &UsageError{Message: fmt.Sprintf("%s has no ports", q.Protocols), Hints: []string{"leave --port out"}}
	}
	q.ByRule = true
	return q, result.Cube{
		Protocol: q.Protocols.String(), Source: o.From, SourcePort: q.SourcePorts.String(),
		Destination: o.To, DestinationPort: q.DestinationPorts.String(),
	}, nil
}

// hostName checks the name that a client asks for.
func hostName(text string) (string, error) {
	for label := range strings.SplitSeq(text, ".") {
		if text != "" && (label == "" || strings.ContainsAny(label, " /:*@,")) {
			return "", &UsageError{Message: fmt.Sprintf("--host %q is no name of a host", text), Hints: []string{"write it as the client does: --host sftp.example.com"}}
		}
	}
	return text, nil
}

// endpoint finds what a user calls an end, label being what messages call it;
// inside says that it is a place of the network.
func (n *Network) endpoint(label, text string) (e reach.Endpoint, inside bool, err error) {
	if text == "" {
		return e, false, &UsageError{Message: label + " is missing", Hints: []string{"name a subnet, a network interface, an address, a prefix or a service tag"}}
	}
	kind, name, ok := strings.Cut(text, ":")
	if !ok || strings.Contains(name, ":") { // an IPv6 address has more colons
		kind, name = "", text
	}
	if kind == "" {
		if p, err := netip.ParsePrefix(name); err == nil {
			if p.Addr().Is4In6() && p.Bits() >= 96 {
				p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
			}
			return reach.Addresses(flow.Prefix(p.Masked())), n.holds(p.Addr()), nil
		}
		if ip, err := netip.ParseAddr(name); err == nil {
			ip = ip.Unmap()
			return reach.Addresses(flow.Host(ip)), n.holds(ip), nil
		}
	}
	if kind == "" || kind == "subnet" {
		s, err := service.FindSubnet(n.network, name)
		if err == nil {
			return reach.Subnet(s.ID), true, nil
		}
		if kind != "" || strings.Contains(err.Error(), "subnets are called") {
			return e, false, &UsageError{Message: err.Error()}
		}
	}
	if kind == "" || kind == "nic" {
		switch found := n.networkInterfaces(name); {
		case len(found) == 1:
			return reach.Interface(found[0].ID), true, nil
		case len(found) > 1:
			return e, false, &UsageError{
				Message: fmt.Sprintf("%d network interfaces are called %q", len(found), name), Hints: []string{"name one by its id: " + found[0].Label()},
			}
		}
	}
	if kind == "" || kind == "tag" {
		if e, ok := n.tag(name, kind != ""); ok {
			return e, false, nil
		}
	}
	var hints []string
	if close := n.catalogue.Suggest(name, "Internet", "AzureLoadBalancer"); len(close) > 0 && (kind == "" || kind == "tag") {
		hints = append(hints, "did you mean "+strings.Join(close, " or ")+"?")
	}
	return e, false, &UsageError{
		Message: fmt.Sprintf("%s %q is no subnet, network interface, address or service tag of this network", label, text),
		Hints:   append(hints, "subnets: "+service.SubnetNames(n.network.Subnets())),
	}
}

// holds reports whether a virtual network of the input holds the address.
func (n *Network) holds(ip netip.Addr) bool {
	for _, v := range n.network.VirtualNetworks {
		for _, p := range v.AddressSpace {
			if prefix, ok := p.Known(); ok && prefix.Contains(ip) {
				return true
			}
		}
	}
	return false
}

// networkInterfaces are those of a name; an id names one.
func (n *Network) networkInterfaces(name string) []*azure.NetworkInterface {
	var found []*azure.NetworkInterface
	for _, nic := range n.network.NetworkInterfaces {
		switch {
		case nic.ID == azure.MakeID(name):
			return []*azure.NetworkInterface{nic}
		case strings.EqualFold(nic.Name, name) || strings.EqualFold(nic.Address, name):
			found = append(found, nic)
		}
	}
	return found
}

// tag finds a service tag. Without data every well-formed name could be one,
// so a name that is neither documented nor marked as a tag is not.
func (n *Network) tag(name string, marked bool) (reach.Endpoint, bool) {
	switch canonical, _ := servicetag.Contextual(name); canonical {
	case "Internet":
		return reach.Internet(), true
	case "AzureLoadBalancer":
		return reach.LoadBalancer(), true
	}
	tag, err := n.catalogue.Lookup(name)
	if err != nil || tag.Symbolic && !marked && !servicetag.Documented(name) {
		return reach.Endpoint{}, false
	}
	return reach.Tag(tag.Name), true
}

// parseProtocols reads the names by which reports call protocols, and numbers.
func parseProtocols(label, text string) (flow.ProtocolSet, error) {
	var set flow.ProtocolSet
	for item := range strings.SplitSeq(strings.ToLower(text), ",") {
		item = strings.TrimSpace(item)
		if item == "any" || item == "*" {
			set = flow.AllProtocols()
			continue
		}
		protocol, ok := flow.ProtocolNamed(item)
		if number, err := strconv.ParseUint(item, 10, 8); err == nil {
			protocol, ok = uint8(number), true
		}
		if !ok {
			return set, &UsageError{Message: fmt.Sprintf("%s cannot be %q; expected %s, any or a number from 0 to 255", label, item, strings.Join(flow.ProtocolNames(), ", "))}
		}
		set = set.Union(flow.Protocols(protocol))
	}
	return set, nil
}

func parsePorts(label, text, otherwise string) (flow.PortSet, error) {
	if text == "" {
		text = otherwise
	}
	set, err := service.ParsePorts(text)
	if err != nil {
		return set, &UsageError{Message: label + ": " + err.Error()}
	}
	return set, nil
}

// Assumptions lists the open points of Azure's behaviour that --assume settles,
// with their defaults.
func Assumptions() *result.Assumptions {
	list := &result.Assumptions{Schema: result.AssumptionsSchema}
	for _, d := range fabric.All() {
		list.Assumptions = append(list.Assumptions, result.AssumptionDefinition{
			Name: d.Name, Label: string(d.Label), Default: d.Default(), Values: d.Values, Reason: d.Reason, Source: d.Source,
		})
	}
	return list
}
