package service

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/flow"
)

// common are the parameters of every service: the pattern of one public address
// towards named destinations is the network's and not the service's.
var common = []Parameter{
	{Name: "egress", Values: []string{"single-ip"}, Meaning: "single-ip asks that destinations see one public address that is known beforehand"},
	{Name: "destinations", List: true, Format: "destinations", Meaning: "the destinations of egress=single-ip: addresses or prefixes, each with its ports, as in 198.51.100.10:22, 198.51.100.10:22/tcp for rules without UDP, or sftp.example@198.51.100.10:22 with the name that clients ask for"},
	{Name: "egressAddress", Format: "address", Meaning: "the public address that the destinations expect"},
	{Name: "connector", Values: []string{"ise", "built-in", "multi-tenant"}, Meaning: "where the connector runs that sends to the destinations"},
	{Name: "connections", Format: "number", Meaning: "how many connections to one destination are open at once"},
	{Name: "idle", Format: "number", Meaning: "for how many seconds a connection to a destination may be silent"},
}

// Destination is an address or prefix with ports.
type Destination struct {
	// Text as the user writes it.
	Text string
	// Host is the name that clients ask for, empty where nobody tells.
	Host   string
	Prefix netip.Prefix
	Ports  flow.PortSet
	// Protocol is flow.TCP or flow.UDP where the user names one, else 0.
	Protocol uint8
}

// Needs are the protocols without which the destination is not reached: TCP
// where none is named.
func (d *Destination) Needs() flow.ProtocolSet {
	if d.Protocol == 0 {
		return flow.Protocols(flow.TCP)
	}
	return flow.Protocols(d.Protocol)
}

// Protocols are those that a firewall's rule is for: TCP and UDP where none is
// named, as the seed's page asks.
func (d *Destination) Protocols() flow.ProtocolSet {
	if d.Protocol == 0 {
		return flow.Protocols(flow.TCP, flow.UDP)
	}
	return flow.Protocols(d.Protocol)
}

// ParseDestination reads "198.51.100.10:22", "198.51.100.0/24:22-23" or, in
// IPv6, "[2001:db8::1]:443"; behind it a protocol, "198.51.100.10:22/tcp"; before
// an "@" the name that clients ask for: "sftp.example@198.51.100.10:22".
func ParseDestination(text string) (Destination, error) {
	whole := text
	host, rest, named := strings.Cut(text, "@")
	if named {
		text = rest
	} else {
		host = ""
	}
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return Destination{}, fmt.Errorf("%q names no port; write ADDRESS:PORT, as in 198.51.100.10:22", text)
	}
	prefix, err := parsePrefix(strings.Trim(text[:i], "[]"))
	if err != nil {
		return Destination{}, fmt.Errorf("%q does not begin with an address or prefix; write ADDRESS:PORT, as in 198.51.100.10:22", text)
	}
	numbers, name, limited := strings.Cut(text[i+1:], "/")
	protocol, known := map[string]uint8{"tcp": flow.TCP, "udp": flow.UDP}[strings.ToLower(name)]
	if limited && !known {
		return Destination{}, fmt.Errorf("%q names the protocol %q; expected tcp or udp", text, name)
	}
	ports, err := ParsePorts(numbers)
	if err != nil {
		return Destination{}, fmt.Errorf("%q: %w", text, err)
	}
	if named && (host == "" || strings.ContainsAny(host, " /:*@,")) {
		return Destination{}, fmt.Errorf("%q: before the @ stands no name of a host; write NAME@ADDRESS:PORT", whole)
	}
	return Destination{Text: whole, Host: host, Prefix: prefix, Ports: ports, Protocol: protocol}, nil
}

// EgressFacts are what the user tells of the senders of egress=single-ip: where a
// connector runs, empty if nobody says so, how many connections are open at once
// and how many seconds they may be silent, 0 if nobody says so.
func (b *Binding) EgressFacts() (connector string, connections, idle int) {
	of := func(name string) string {
		if v := b.parameter(name); v != nil && len(v.Values) > 0 {
			return v.Values[0]
		}
		return ""
	}
	connections, _ = strconv.Atoi(of("connections")) // read when it was set
	idle, _ = strconv.Atoi(of("idle"))
	return of("connector"), connections, idle
}

// SingleIP are the destinations that must all see one public address, and which
// if that is set; ok is false where nobody asks for that.
func (b *Binding) SingleIP() (destinations []Destination, address string, ok bool) {
	if v := b.parameter("egress"); v == nil || !v.is("single-ip") {
		return nil, "", false
	}
	for _, text := range b.parameter("destinations").Values {
		d, err := ParseDestination(text)
		if err == nil { // they were read when they were set
			destinations = append(destinations, d)
		}
	}
	if v := b.parameter("egressAddress"); len(v.Values) > 0 {
		address = v.Values[0]
	}
	return destinations, address, true
}
