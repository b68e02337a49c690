package check

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// Packet is a packet as data. An opaque address, which stands for any address
// of a tag or of an unknown value, is told by its name (decisions 27).
func Packet(p flow.Packet) *result.Packet {
	out := &result.Packet{Protocol: flow.ProtocolName(p.Protocol)}
	if p.Source.IsOpaque() {
		out.SourceTag = p.Source.Name()
	} else {
		out.Source = p.Source.String()
	}
	if p.Destination.IsOpaque() {
		out.DestinationTag = p.Destination.Name()
	} else {
		out.Destination = p.Destination.String()
	}
	if flow.HasPorts(p.Protocol) {
		out.SourcePort, out.DestinationPort = &p.SourcePort, &p.DestinationPort
	}
	return out
}

// Cubes are products of packets as data, in order.
func Cubes(list []flow.Cube) []result.Cube {
	out := []result.Cube{}
	for _, c := range list {
		cube := result.Cube{Protocol: c.Protocols.String(), Source: c.Source.String(), Destination: c.Destination.String()}
		if c.Protocols.Overlaps(flow.PortProtocols()) {
			cube.SourcePort, cube.DestinationPort = c.SourcePorts.String(), c.DestinationPorts.String()
		}
		out = append(out, cube)
	}
	return out
}

// Blocker is a hop that stops packets as data.
func Blocker(h reach.Hop) result.Blocker {
	b := result.Blocker{
		Kind: string(h.Kind), Resource: cmp.Or(h.Address, string(h.Resource)), Name: h.Name, Priority: h.Priority, Note: h.Note,
	}
	if !h.At.IsZero() {
		at := h.At
		b.At = &at
	}
	if h.Remedy != "" {
		b.Remedies = strings.Split(h.Remedy, "\n")
	}
	return b
}

// Hops is a way as data.
func Hops(list []reach.Hop) []result.Hop {
	out := []result.Hop{}
	for _, h := range list {
		leg := "forward"
		if h.Return {
			leg = "return"
		}
		out = append(out, result.Hop{Blocker: Blocker(h), Decision: string(h.Decision), Leg: leg})
	}
	return out
}

// needs prints the row as the page has it.
func needs(row *service.Row) result.Cube {
	source, destination := row.Source.Text, row.Destination.Text
	return result.Cube{
		Protocol: row.Protocols.String(), Source: source, SourcePort: row.SourcePorts.String(),
		Destination: destination, DestinationPort: row.DestinationPorts.String(),
	}
}

func parameters(b *service.Binding) map[string]string {
	values := map[string]string{}
	for _, v := range b.Parameters {
		switch {
		case v.Unknown != nil:
			values[v.Parameter.Name] = "unknown: " + v.Unknown.Name
		case len(v.Values) > 0:
			values[v.Parameter.Name] = strings.Join(v.Values, ",")
		}
	}
	return values
}

func sourceText(p *service.Profile) string {
	s, _ := p.Source("")
	return s.Title + ", " + s.Date
}

// subnetAdvice compares the subnets with what other editions ask of them; it
// never counts (decisions 30).
func subnetAdvice(b *service.Binding) []string {
	var list []string
	from := ""
	if s, ok := b.Profile.Source(b.Profile.Subnets.From); ok {
		from = " (" + s.Title + ", " + s.Date + ")"
	}
	advice := b.Profile.Subnets.Advice
	if n := len(b.Subnets) + len(b.Missing); advice.Count > 0 && n != advice.Count {
		list = append(list, fmt.Sprintf("the service has %d of %d subnets%s", n, advice.Count, from))
	}
	for _, s := range b.Subnets {
		if bits, ok := longestIPv4(s); ok && advice.SmallestPrefix > 0 && bits > advice.SmallestPrefix {
			list = append(list, fmt.Sprintf("subnet %s is a /%d, smaller than /%d%s", s.Name, bits, advice.SmallestPrefix, from))
		}
	}
	return list
}

// longestIPv4 is the prefix length of the largest IPv4 prefix of a subnet.
func longestIPv4(s *azure.Subnet) (bits int, ok bool) {
	for _, v := range s.Prefixes {
		if p, known := v.Known(); known && p.Addr().Is4() && (!ok || p.Bits() < bits) {
			bits, ok = p.Bits(), true
		}
	}
	return bits, ok
}

// Prefixes are addresses as data: prefixes, then the names of addresses that
// nobody knows.
func Prefixes(s flow.AddressSet) result.Prefixes {
	all := func(yield func([]byte) bool) {
		var text []byte
		for p := range s.Prefixes() {
			if text = p.AppendTo(text[:0]); !yield(text) {
				return
			}
		}
		for _, name := range s.Opaques() {
			if !yield([]byte(name)) {
				return
			}
		}
	}
	return result.PrefixesOf(all, func() int {
		n := len(s.Opaques())
		for range s.Prefixes() {
			n++
		}
		return n
	})
}
