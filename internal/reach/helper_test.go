package reach_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The ends of a query in a few letters: a subnet "v/app", a network interface
// "nic:vma", a tag or the word Internet, "probe", the space "space:v", or
// addresses and prefixes.
func endpoint(t testing.TB, text string) reach.Endpoint {
	t.Helper()
	kind, rest, _ := strings.Cut(text, ":")
	vnet, subnet, isPath := strings.Cut(text, "/")
	switch {
	case kind == "nic":
		return reach.Interface(NICID(rest))
	case kind == "space":
		return reach.Space(VNetID(rest))
	case text == "probe":
		return reach.LoadBalancer()
	case text == "Internet":
		return reach.Internet()
	}
	if s, ok := addressSet(text); ok {
		return reach.Addresses(s)
	}
	if isPath {
		return reach.Subnet(SubnetID(vnet, subnet))
	}
	return reach.Tag(text)
}

func addressSet(text string) (flow.AddressSet, bool) {
	var b flow.AddressSetBuilder
	for _, item := range strings.Split(text, ",") {
		if a, err := netip.ParseAddr(item); err == nil {
			b.Add(flow.AddressOf(a))
		} else if p, err := netip.ParsePrefix(item); err == nil {
			b.AddPrefix(p)
		} else {
			return flow.AddressSet{}, false
		}
	}
	return b.Set(), true
}

// question is one row: "tcp/443" from one end to another; the source port
// follows a colon, "tcp/443:22".
type question struct {
	protocol, from, to string
	managed            bool
}

func (q question) query(t testing.TB) reach.Query {
	t.Helper()
	out := reach.Query{From: endpoint(t, q.from), To: endpoint(t, q.to), SourcePorts: flow.PortRange(49152, 65535), DestinationPorts: flow.AllPorts(), Managed: q.managed}
	name, ports, hasPorts := strings.Cut(q.protocol, "/")
	number, ok := map[string]uint8{"tcp": flow.TCP, "udp": flow.UDP, "icmp": flow.ICMP, "esp": flow.ESP, "ah": flow.AH, "gre": flow.GRE, "icmpv6": flow.ICMPv6, "ipip": 4}[name]
	if !ok {
		t.Fatalf("there is no protocol %q", name)
	}
	out.Protocols = flow.Protocols(number)
	if hasPorts {
		dest, source, hasSource := strings.Cut(ports, ":")
		out.DestinationPorts = portSet(t, dest)
		if hasSource {
			out.SourcePorts = portSet(t, source)
		}
	}
	return out
}

func portSet(t testing.TB, text string) flow.PortSet {
	t.Helper()
	low, high, isRange := strings.Cut(text, "-")
	if !isRange {
		high = low
	}
	a, err1 := strconv.Atoi(low)
	b, err2 := strconv.Atoi(high)
	if err1 != nil || err2 != nil {
		t.Fatalf("%q is not a port", text)
	}
	return flow.PortRange(uint16(a), uint16(b))
}

// compile compiles a network, with the settled assumptions.
func compile(t testing.TB, network *azure.Network, catalogue *servicetag.Catalogue, assume ...string) *fabric.Fabric {
	t.Helper()
	var settings []fabric.Setting
	for _, text := range assume {
		s, err := fabric.ParseAssumption(text)
		if err != nil {
			t.Fatal(err)
		}
		settings = append(settings, s)
	}
	f, list := fabric.Compile(network, catalogue, fabric.Assume(settings...))
	if f == nil {
		t.Fatalf("the network does not compile:\n%v", list)
	}
	return f
}

func explore(t testing.TB, f *fabric.Fabric, q question) reach.Answer {
	t.Helper()
	a, err := reach.Explore(f, q.query(t))
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return a
}

// decider is what gave the verdict, as "name" of the deciding hop: of a
// blocked answer its first blocker, else the first rule that allowed or, with
// no rule, the last hop.
func decider(a reach.Answer) string {
	if blockers := a.Blockers(); len(blockers) > 0 {
		return blockers[0].Name
	}
	if len(a.Parts) == 0 {
		return ""
	}
	trace := a.Parts[0].Trace
	for _, h := range trace {
		if h.Kind == fabric.KindNSGRule || h.Kind == fabric.KindNSGDefaultRule {
			return h.Name
		}
	}
	if len(trace) == 0 {
		return ""
	}
	return trace[len(trace)-1].Name
}

// describe prints an answer for failures.
func describe(a reach.Answer) string {
	var b strings.Builder
	b.WriteString(string(a.Verdict()))
	for _, p := range a.Parts {
		b.WriteString("\n  " + string(p.Verdict) + " " + p.Space.Folded(3))
		for _, h := range p.Trace {
			b.WriteString("\n    " + string(h.Decision) + " by " + string(h.Kind) + " " + h.Name + ": " + h.Note)
		}
		for _, r := range p.Reasons {
			b.WriteString("\n    because " + r)
		}
	}
	return b.String()
}
