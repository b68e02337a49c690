package wayleave_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/result"
)

// iseSubnets are the subnets of the integration service environment.
var iseSubnets = []string{"snet-compute", "snet-connectors", "snet-gateway", "snet-cache"}

// packets sends real packets from the subnets to the server of the pattern and
// says how they fared, by subnet; each must fare as the model says.
func packets(t *testing.T, n *wayleave.Network) map[string]string {
	t.Helper()
	plan, err := n.LabPlan()
	if err != nil {
		t.Fatal(err)
	}
	r, err := lab.Start(plan)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fared := map[string]string{}
	for _, from := range iseSubnets {
		answer, err := n.Probe(wayleave.ProbeOptions{
			Explain: wayleave.ExplainOptions{From: from, To: "198.51.100.10", Port: "22", Protocol: "tcp"}, Plan: plan, Send: r.Send,
		})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, p := range answer.Probes {
			if p.Agree == nil || !*p.Agree {
				t.Errorf("%s: the packet does not fare as the model says: %+v", from, p)
			}
			text := string(p.Packet)
			if p.Packet == result.Answered {
				text = "answered, seen as " + strings.Join(p.SeenAs.Addresses, ",")
			}
			all = append(all, text)
		}
		slices.Sort(all)
		fared[from] = strings.Join(slices.Compact(all), "; ")
	}
	return fared
}

// The pattern is built step by step, in the lab: after each step real packets fare
// as egress and check say. The page about the lab has the table of it.
func TestSingleIPStepByStepInTheLab(t *testing.T) {
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no packet is sent: %v", err)
	}
	if testing.Short() {
		t.Skip("NOT RUN under -short: 32 probes in 8 labs")
	}
	const pool, own = "answered, seen as 192.0.0.16", "answered, seen as 203.0.113.10"
	want := map[string][]string{ // of the first subnet, and of the others
		"without the pattern":            {pool, pool},
		"a firewall":                     {pool, pool},
		"a route table":                  {pool, pool},
		"a route":                        {pool, pool},
		"the route table on one subnet":  {"lost", pool},
		"the route table on all subnets": {"lost", "lost"},
		"a rule collection":              {"lost", "lost"},
		"a rule":                         {own, own},
	}
	var table strings.Builder
	table.WriteString("| after | `egress` | `check` | packets of snet-compute | packets of the other three subnets |\n|---|---|---|---|---|\n")
	p, steps := patternSteps(t)
	for _, step := range steps {
		step.do()
		n := p.network(t)
		fared := packets(t, n)
		for i, subnet := range iseSubnets {
			if w := want[step.name][min(i, 1)]; fared[subnet] != w {
				t.Errorf("%s: packets of %s are %s, want %s", step.name, subnet, fared[subnet], w)
			}
		}
		if outcome, _ := patternRows(t, n); (outcome == result.Pass) != (fared[iseSubnets[0]] == own) {
			t.Errorf("%s: check says %s, and packets of %s are %s", step.name, outcome, iseSubnets[0], fared[iseSubnets[0]])
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", step.name, step.seen, step.outcome, fared[iseSubnets[0]], fared[iseSubnets[1]])
	}
	if !t.Failed() {
		onPage(t, "docs/lab.md", "<!-- steps; go test . -run StepByStepInTheLab -update rewrites it -->\n", "<!-- end of the steps -->", table.String())
	}
}

// Packets to a firewall's own addresses fare as the model says of its NAT rules.
func TestPacketsIntoAFirewallFareAsTheModelSays(t *testing.T) {
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no packet is sent: %v", err)
	}
	p := readPattern(t)
	in := func(name, to, port string) any {
		return object("name", name, "protocols", list("TCP"), "sourceAddresses", list("*"), "destinationAddresses", list(to), "destinationPorts", list(port), "translatedAddress", "10.10.0.4", "translatedPort", "443")
	}
	p.firewall()["natRuleCollections"] = list(object("name", "in", "id", provider+"azureFirewalls/fw-integration/natRuleCollections/in", "priority", 100, "action", object("type", "Dnat"),
		"rules", list(in("public", "203.0.113.10", "8443"), in("private", "10.10.2.4", "9443"))))
	n := p.network(t)
	plan, err := n.LabPlan()
	if err != nil {
		t.Fatal(err)
	}
	r, err := lab.Start(plan)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range []struct{ from, to, port, want string }{
		{"20.1.1.1", "203.0.113.10", "8443", "answered by 10.10.0.4's host"},
		{"20.1.1.1", "203.0.113.10", "8444", "lost"},
		{"snet-gateway", "10.10.2.4", "9443", "answered by 10.10.0.4's host"},
		{"snet-gateway", "10.10.2.4", "8443", "lost"},
	} {
		answer, err := n.Probe(wayleave.ProbeOptions{Explain: wayleave.ExplainOptions{From: c.from, To: c.to, Port: c.port, Protocol: "tcp"}, Plan: plan, Send: r.Send})
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Probes) == 0 {
			t.Errorf("%s -> %s:%s: no packet is sent", c.from, c.to, c.port)
		}
		for _, probe := range answer.Probes {
			fared := string(probe.Packet)
			if probe.Packet == result.Answered && probe.Arrived == "subnet vnet-integration/snet-compute" && probe.SeenAs.Kind == "private" {
				fared = "answered by 10.10.0.4's host"
			}
			if fared != c.want || probe.Agree == nil || !*probe.Agree {
				t.Errorf("%s -> %s:%s: %s, want %s; %+v", c.from, c.to, c.port, fared, c.want, probe)
			}
		}
	}
}

// onPage compares what stands between two lines of a page, or rewrites it.
func onPage(t *testing.T, page, begin, end, want string) {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, too := strings.Cut(rest, end)
	if !ok || !too {
		t.Fatalf("%s has no place between %q and %q", page, begin, end)
	}
	text := before + begin + want + end + after
	if *update {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if text != string(data) {
		t.Errorf("%s does not hold\n%s\nrun this test with -update", page, want)
	}
}
