package reach_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
	"pgregory.net/rapid"
)

// draft is a small random network, every field of which may be unknown.
type draft struct {
	rules          [][7]string // direction, access, priority, protocol, source, destination, ports
	routes         [][2]string
	subnets        [2]string
	interfaceRules bool
}

var (
	places   = []string{"*", "VirtualNetwork", "Internet", "10.1.1.0/24", "10.1.2.0/25", "10.0.0.0/8", "0.0.0.0/0", "20.0.0.0/8", "Storage", "AzureCloud", "AzureLoadBalancer", "10.2.0.0/16"}
	hops     = []string{"None", "Internet", "VnetLocal", "10.1.9.4", "10.1.9.77"}
	prefixes = []string{"0.0.0.0/0", "10.1.2.0/24", "10.0.0.0/8", "20.0.0.0/8", "10.1.1.0/25", "Storage"}
)

func draftNetwork(t *rapid.T) draft {
	var d draft
	for i := range rapid.IntRange(0, 5).Draw(t, "rules") {
		d.rules = append(d.rules, [7]string{
			rapid.SampledFrom([]string{"Inbound", "Outbound"}).Draw(t, "direction"),
			rapid.SampledFrom([]string{"Allow", "Deny"}).Draw(t, "access"),
			fmt.Sprint(100 + i*rapid.IntRange(1, 50).Draw(t, "gap")*10 + i),
			rapid.SampledFrom([]string{"*", "Tcp", "Udp", "Icmp"}).Draw(t, "protocol"),
			rapid.SampledFrom(places).Draw(t, "source"),
			rapid.SampledFrom(places).Draw(t, "destination"),
			rapid.SampledFrom([]string{"*", "443", "0-1023", "22,8000-8100"}).Draw(t, "ports"),
		})
	}
	used := map[string]bool{}
	for range rapid.IntRange(0, 3).Draw(t, "routes") {
		r := [2]string{rapid.SampledFrom(prefixes).Draw(t, "prefix"), rapid.SampledFrom(hops).Draw(t, "hop")}
		if !used[r[0]] {
			used[r[0]] = true
			d.routes = append(d.routes, r)
		}
	}
	d.subnets = [2]string{"10.1.1.0/24", "10.1.2.0/24"}
	d.interfaceRules = rapid.Bool().Draw(t, "interface rules")
	return d
}

// veiled is the draft with some fields made unknown.
func (d draft) veiled(t *rapid.T) draft {
	veil := func(text, name string) string {
		if rapid.IntRange(0, 5).Draw(t, "veil") == 0 {
			return "?" + name
		}
		return text
	}
	out := d
	out.rules = slices.Clone(d.rules)
	for i, r := range out.rules {
		for k := range r {
			r[k] = veil(r[k], fmt.Sprintf("rule%d.%d", i, k))
		}
		out.rules[i] = r
	}
	out.routes = slices.Clone(d.routes)
	for i, r := range out.routes {
		r[0] = veil(r[0], fmt.Sprintf("route%d", i))
		if strings.Contains(r[1], ".") {
			r[1] = veil(r[1], fmt.Sprintf("hop%d", i))
		}
		out.routes[i] = r
	}
	return out
}

func (d draft) items() []Item {
	var list []Item
	for i, r := range d.rules {
		list = append(list, Rule(r[0], r[1], r[2], r[3], r[4], r[5], r[6], Named(fmt.Sprintf("r%d", i))))
	}
	var routes []Item
	for _, r := range d.routes {
		routes = append(routes, Route(r[0], r[1]))
	}
	app := []Item{NSG("g", list...), Routes("rt", routes...)}
	if d.interfaceRules {
		app = append(app, NIC("n", "10.1.1.9", NSG("own", list...)))
	}
	return []Item{
		VNet("v", "10.1.0.0/16", Subnet("app", d.subnets[0], app...), Subnet("db", d.subnets[1]),
			Subnet("nva", "10.1.9.0/24", NIC("nva", "10.1.9.4", Forwarding())), Peer("w")),
		VNet("w", "10.2.0.0/16", Subnet("far", "10.2.1.0/24"), Peer("v")),
	}
}

func (d draft) build(t *rapid.T) *azure.Network {
	network, list := Build(d.items()...)
	if network == nil {
		t.Skip("not a valid network: ", list)
	}
	return network
}

var (
	insides  = []string{"v/app", "v/db", "w/far", "nic:nva", "10.1.1.9", "10.1.0.0/16", "space:v"}
	outsides = []string{"Internet", "8.8.8.8", "Storage", "20.1.2.3", "10.0.0.0/8", "probe", "203.0.113.9"}
)

func draftQuestion(t *rapid.T) question {
	q := question{managed: rapid.Bool().Draw(t, "managed")}
	q.protocol = rapid.SampledFrom([]string{"tcp/443", "tcp/0-65535", "udp/53", "icmp", "tcp/8000", "esp"}).Draw(t, "asked protocol")
	q.from = rapid.SampledFrom(append(slices.Clone(insides), outsides...)).Draw(t, "from")
	if slices.Contains(outsides, q.from) {
		q.to = rapid.SampledFrom([]string{"v/app", "v/db"}).Draw(t, "to")
	} else {
		q.to = rapid.SampledFrom(append(slices.Clone(insides), outsides[:5]...)).Draw(t, "to")
	}
	return q
}

// Parts are disjoint and together are what was asked.
func TestPartsPartitionTheQuery(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := draftNetwork(rt)
		if rapid.Bool().Draw(rt, "veiled") {
			d = d.veiled(rt)
		}
		f := compile(t, d.build(rt), servicetag.Symbolic())
		query := draftQuestion(rt).query(t)
		query.ByRule = rapid.Bool().Draw(rt, "by rule")
		a, err := reach.Explore(f, query)
		if err != nil {
			rt.Skip(err)
		}
		var all flow.Space
		for i, p := range a.Parts {
			if p.Space.IsEmpty() {
				rt.Fatalf("part %d is empty", i)
			}
			if both := all.Intersect(p.Space); !both.IsEmpty() {
				rt.Fatalf("part %d meets those before it in %v", i, both)
			}
			all = all.Union(p.Space)
			if !p.Space.Contains(p.Witness) {
				rt.Fatalf("the witness %v is not in part %d", p.Witness, i)
			}
			if (p.Verdict == reach.Blocked) != (len(p.Blockers) > 0) || (p.Verdict == reach.Undecided) != (len(p.Reasons) > 0) {
				rt.Fatalf("part %d is %s with blockers %v and reasons %v", i, p.Verdict, p.Blockers, p.Reasons)
			}
		}
		if !all.Equal(a.Packets) {
			rt.Fatalf("the parts lack %v and exceed by %v", a.Packets.Minus(all), all.Minus(a.Packets))
		}
	})
}

// Dividing by rule divides parts and changes nothing else.
func TestByRuleRefines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := compile(t, draftNetwork(rt).veiled(rt).build(rt), servicetag.Symbolic())
		query := draftQuestion(rt).query(t)
		coarse, err := reach.Explore(f, query)
		if err != nil {
			rt.Skip(err)
		}
		query.ByRule = true
		fine, err := reach.Explore(f, query)
		if err != nil {
			rt.Fatal(err)
		}
		for _, v := range []reach.Verdict{reach.Allowed, reach.Blocked, reach.Undecided} {
			if !fine.Of(v).Equal(coarse.Of(v)) {
				rt.Fatalf("%s by rule is %v, else %v", v, fine.Of(v), coarse.Of(v))
			}
		}
	})
}

// What is certain while something is unknown stays so whatever it turns out to
// be.
func TestCertaintyOutlivesTheUnknown(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := draftNetwork(rt)
		known := compile(t, d.build(rt), servicetag.Symbolic())
		veiled := compile(t, d.veiled(rt).build(rt), servicetag.Symbolic())
		query := draftQuestion(rt).query(t)
		before, err := reach.Explore(veiled, query)
		if err != nil {
			rt.Skip(err)
		}
		after, err := reach.Explore(known, query)
		if err != nil {
			rt.Fatal(err)
		}
		for _, pair := range [][2]reach.Verdict{{reach.Allowed, reach.Blocked}, {reach.Blocked, reach.Allowed}, {reach.Allowed, reach.Undecided}, {reach.Blocked, reach.Undecided}} {
			both := before.Of(pair[0]).Intersect(after.Of(pair[1]))
			if w, ok := both.Witness(flow.Preference{}); ok {
				p, _ := before.Find(w)
				q, _ := after.Find(w)
				rt.Fatalf("%v was %s\n%+v\nand is %s\n%+v", w, pair[0], p.Trace, pair[1], q.Trace)
			}
		}
	})
}

// Two runs print the same.
func TestAnswersAreDeterministic(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := draftNetwork(rt).veiled(rt)
		ask := draftQuestion(rt)
		var texts [2]string
		for i := range texts {
			a, err := reach.Explore(compile(t, d.build(rt), servicetag.Symbolic()), ask.query(t))
			if err != nil {
				rt.Skip(err)
			}
			texts[i] = describe(a) + fmt.Sprint(a.Assumptions, a.Blockers())
		}
		if texts[0] != texts[1] {
			rt.Fatalf("first\n%s\nthen\n%s", texts[0], texts[1])
		}
	})
}

// What is certain of a subnet whose prefix is not known stays so for every
// address of the prefix it turns out to have.
func TestCertaintyOutlivesUnknownPrefixes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := draftNetwork(rt)
		later := d
		later.subnets = [2]string{"?a.prefix", "?b.prefix"}
		later.interfaceRules = false
		d.interfaceRules = false
		// The same unknown values stand in some rules and routes.
		rename := strings.NewReplacer("10.1.1.0/24", "?a.prefix", "10.1.2.0/24", "?b.prefix")
		later.rules, later.routes = slices.Clone(d.rules), slices.Clone(d.routes)
		for i := range later.rules {
			later.rules[i][4], later.rules[i][5] = rename.Replace(later.rules[i][4]), rename.Replace(later.rules[i][5])
		}
		for i := range later.routes {
			later.routes[i][0] = rename.Replace(later.routes[i][0])
		}
		ask := question{
			protocol: rapid.SampledFrom([]string{"tcp/443", "udp/53", "tcp/8000"}).Draw(rt, "protocol"),
			from:     rapid.SampledFrom([]string{"v/app", "v/db", "w/far", "Internet"}).Draw(rt, "from"),
			to:       rapid.SampledFrom([]string{"v/app", "v/db"}).Draw(rt, "to"), managed: true,
		}
		before := explore(t, compile(t, later.build(rt), servicetag.Symbolic()), ask)
		after := explore(t, compile(t, d.build(rt), servicetag.Symbolic()), ask)
		if v := before.Verdict(); (v == reach.Allowed || v == reach.Blocked) && after.Verdict() != v {
			rt.Fatalf("it was %s\nand is %s", describe(before), describe(after))
		}
	})
}

// What is certain without tag data stays so with any.
func TestCertaintyOutlivesMissingTagData(t *testing.T) {
	data := smallCatalogue(t)
	rapid.Check(t, func(rt *rapid.T) {
		network := draftNetwork(rt).build(rt)
		ask := draftQuestion(rt)
		for _, end := range []*string{&ask.from, &ask.to} {
			if *end == "Internet" || *end == "Storage" {
				*end = rapid.SampledFrom([]string{"52.239.191.5", "20.190.130.1", "8.8.8.8", "13.83.72.0/24"}).Draw(rt, "instead")
			}
		}
		before, err := reach.Explore(compile(t, network, servicetag.Symbolic()), ask.query(t))
		if err != nil {
			rt.Skip(err)
		}
		after, err := reach.Explore(compile(t, network, data), ask.query(t))
		if err != nil {
			rt.Fatal(err)
		}
		for _, v := range []reach.Verdict{reach.Allowed, reach.Blocked} {
			if w, ok := before.Of(v).Minus(after.Of(v)).Witness(flow.Preference{}); ok {
				p, _ := before.Find(w)
				q, _ := after.Find(w)
				rt.Fatalf("%v was %s\n%+v\nand is %s\n%+v", w, v, p.Trace, q.Verdict, q.Trace)
			}
		}
	})
}
