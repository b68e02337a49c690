package recheck

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/result"
)

// claims are those of an evidence file.
type claims struct {
	inputs  map[string]string // the digest by the path
	changes []document.Value
	rows    []row
	opened  []cell
	closed  []cell
	// undecided are packets of which nothing is claimed.
	undecided []cell
	// senders are what is known of managed services, by the id of their subnet.
	senders map[string]*azure.OwnAddress
	// needGroup are the subnets, by id in lower case, whose frontends let nothing in
	// without a security group.
	needGroup map[string]bool
	// defaults says that the claims hold under the documented defaults alone.
	defaults bool
}

type row struct {
	title    string
	repaired bool
	sender   *azure.OwnAddress
	cells    []cell
	open     []string
}

// cell is a set of packets with one verdict.
type cell struct {
	at                       diagnostic.Position
	protocols                []uint8
	source, destination      []netip.Prefix
	sourcePorts, targetPorts []ports
	verdict                  result.Verdict
	rules                    []string // "group/name", folded
	seen                     []string // addresses; none where nothing is claimed of them
	witness                  plain.Packet
}

type ports struct{ first, last uint16 }

// reader reads an evidence file and keeps its first problem.
type reader struct{ problem error }

func readClaims(path string) (*claims, error) {
	doc, err := document.Load(path, document.Options{})
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if schema, _ := root.Get("schema").String(); schema != result.EvidenceSchema {
		return nil, diagnostic.Errorf("not-evidence", root.Position(), "the file has the schema %q, expected %s", schema, result.EvidenceSchema).
			WithHint("write it with wayleave fix --evidence FILE")
	}
	r := &reader{}
	c := &claims{inputs: map[string]string{}}
	for v := range root.Get("inputs").Elements() {
		c.inputs[r.text(v.Get("path"))] = r.text(v.Get("sha256"))
	}
	for v := range root.Get("changes").Elements() {
		c.changes = append(c.changes, v)
	}
	for v := range root.Get("rows").Elements() {
		x := row{title: strings.TrimSpace(r.text(v.Get("service")) + " " + r.text(v.Get("requirement")))}
		if subnet, ok := v.Get("subnet").String(); ok {
			x.title += " on " + subnet
		}
		x.repaired, _ = v.Get("repaired").Bool()
		x.sender = r.sender(v.Get("sender"))
		x.cells = r.cells(v.Get("cover"))
		for o := range v.Get("open").Elements() {
			x.open = append(x.open, r.text(o))
		}
		c.rows = append(c.rows, x)
	}
	c.opened, c.closed, c.undecided = r.cells(root.Get("opened")), r.cells(root.Get("closed")), r.cells(root.Get("undecided"))
	c.senders = map[string]*azure.OwnAddress{}
	for key, v := range root.Get("senders").Members() {
		c.senders[strings.ToLower(key.String())] = r.sender(v)
	}
	c.needGroup = map[string]bool{}
	for v := range root.Get("needGroup").Elements() {
		c.needGroup[strings.ToLower(r.text(v))] = true
	}
	assume, _ := root.Get("assume").String()
	c.defaults = assume == "defaults"
	return c, r.problem
}

func (r *reader) fail(v document.Value, want string) {
	if r.problem == nil {
		r.problem = v.Mismatch(want)
	}
}

func (r *reader) text(v document.Value) string {
	s, ok := v.String()
	if !ok {
		r.fail(v, "a text")
	}
	return s
}

// sender reads what is known of the own address of a service; nil for any machine.
func (r *reader) sender(v document.Value) *azure.OwnAddress {
	if v.IsZero() {
		return nil
	}
	switch r.text(v) {
	case "own":
		return &azure.OwnAddress{Has: azure.HasOwn}
	case "none":
		return &azure.OwnAddress{Has: azure.HasNone}
	case "unknown":
		return &azure.OwnAddress{Why: "the evidence does not tell"}
	}
	r.fail(v, "own, none or unknown")
	return nil
}

func (r *reader) cells(list document.Value) []cell {
	if list.Kind() != document.Array {
		r.fail(list, "a list of cells")
	}
	var out []cell
	for v := range list.Elements() {
		space := v.Get("space")
		c := cell{at: v.Position(), verdict: result.Verdict(r.text(v.Get("verdict")))}
		for p := range space.Get("protocols").Elements() {
			n, ok := p.Int()
			if !ok || n < 0 || n > 255 {
				r.fail(p, "a protocol number")
			}
			c.protocols = append(c.protocols, uint8(n))
		}
		c.source, c.destination = r.prefixes(space.Get("source")), r.prefixes(space.Get("destination"))
		c.sourcePorts, c.targetPorts = r.ports(space.Get("sourcePorts")), r.ports(space.Get("destinationPorts"))
		for x := range v.Get("rules").Elements() {
			c.rules = append(c.rules, ruleKey(r.text(x.Get("group")), r.text(x.Get("name"))))
		}
		for x := range v.Get("seen").Elements() {
			c.seen = append(c.seen, r.text(x))
		}
		c.witness = r.packet(v.Get("witness"))
		if len(c.protocols) == 0 || len(c.source) == 0 || len(c.destination) == 0 {
			r.fail(space, "a space that is not empty")
		}
		out = append(out, c)
	}
	return out
}

func ruleKey(group, name string) string { return strings.ToLower(group + "/" + name) }

func (r *reader) prefixes(list document.Value) []netip.Prefix {
	var out []netip.Prefix
	for v := range list.Elements() {
		p, err := netip.ParsePrefix(r.text(v))
		if err != nil || p != p.Masked() {
			r.fail(v, "a prefix")
			continue
		}
		out = append(out, p)
	}
	return out
}

func (r *reader) ports(list document.Value) []ports {
	if list.IsZero() {
		return []ports{{0, 0}} // a protocol without ports
	}
	var out []ports
	for v := range list.Elements() {
		low, high, ok := strings.Cut(r.text(v), "-")
		first, err1 := strconv.ParseUint(low, 10, 16)
		last, err2 := strconv.ParseUint(high, 10, 16)
		if !ok || err1 != nil || err2 != nil || first > last {
			r.fail(v, "a range of ports")
			continue
		}
		out = append(out, ports{uint16(first), uint16(last)})
	}
	return out
}

// packet reads a witness.
func (r *reader) packet(v document.Value) plain.Packet {
	protocols := map[string]uint8{"icmp": 1, "tcp": 6, "udp": 17, "dccp": 33, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "sctp": 132, "udplite": 136}
	name := r.text(v.Get("protocol"))
	number, ok := protocols[name]
	if !ok {
		n, err := strconv.ParseUint(strings.TrimPrefix(name, "protocol "), 10, 8)
		if err != nil {
			r.fail(v.Get("protocol"), "a protocol")
		}
		number = uint8(n)
	}
	p := plain.Packet{Protocol: number}
	for _, x := range []struct {
		name string
		to   *netip.Addr
	}{{"source", &p.Source}, {"destination", &p.Destination}} {
		a, err := netip.ParseAddr(r.text(v.Get(x.name)))
		if err != nil {
			r.fail(v.Get(x.name), "an address")
		}
		*x.to = a
	}
	for _, x := range []struct {
		name string
		to   *uint16
	}{{"sourcePort", &p.SourcePort}, {"destinationPort", &p.DestinationPort}} {
		if n, ok := v.Get(x.name).Int(); ok && n >= 0 && n <= 65535 {
			*x.to = uint16(n)
		}
	}
	return p
}

// holds reports whether a packet is one of the cell.
func (c *cell) holds(p plain.Packet) bool {
	found := false
	for _, n := range c.protocols {
		found = found || n == p.Protocol
	}
	return found && within(p.Source, c.source) && within(p.Destination, c.destination) && inPorts(p.SourcePort, c.sourcePorts) && inPorts(p.DestinationPort, c.targetPorts)
}

func within(a netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func inPorts(n uint16, list []ports) bool {
	for _, p := range list {
		if p.first <= n && n <= p.last {
			return true
		}
	}
	return false
}
