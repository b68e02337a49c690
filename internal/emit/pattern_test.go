package emit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// network is the example of the single-IP pattern, as files by name.
type network map[string]any

func wholePattern(t *testing.T) network {
	t.Helper()
	n := network{}
	for _, name := range []string{"ise.json", "nsgs.json", "vnets.json", "firewalls.json", "route-tables.json", "public-ips.json"} {
		data, err := os.ReadFile(filepath.Join("../../examples/ise-single-ip", name))
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		n[name] = v
	}
	delete(n["route-tables.json"].([]any)[0].(object), "subnets")
	return n
}

func (n network) subnets() []any     { return n["vnets.json"].([]any)[0].(object)["subnets"].([]any) }
func (n network) firewall() object   { return n["firewalls.json"].([]any)[0].(object) }
func (n network) routeTable() object { return n["route-tables.json"].([]any)[0].(object) }
func (n network) collection() object {
	return n.firewall()["networkRuleCollections"].([]any)[0].(object)
}
func (n network) detach(subnets ...int) {
	for _, i := range subnets {
		delete(n.subnets()[i].(object), "routeTable")
	}
}

func (n network) documents(t *testing.T, more ...wayleave.Document) []wayleave.Document {
	t.Helper()
	for name, v := range n {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		more = append(more, wayleave.Document{Name: name, Data: data})
	}
	slices.SortFunc(more, func(a, b wayleave.Document) int { return strings.Compare(a.Name, b.Name) })
	return more
}

func load(t *testing.T, documents []wayleave.Document) *wayleave.Network {
	t.Helper()
	n, err := wayleave.Load(wayleave.LoadOptions{Documents: documents, Tags: "../../examples/tags/ServiceTags_Public_excerpt.json", Assume: []string{"defaults"}, Profiles: []string{"testdata/senders.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var asked = wayleave.CheckOptions{Services: []string{"logic-apps-ise"}, Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22"}}

// askedOf is what a step is asked: from the bare network all rows of the page, from
// the others one row of a service in the same subnets, which is quicker and plans
// the same change.
func askedOf(step string) wayleave.CheckOptions {
	if step == steps[len(steps)-1].name {
		return asked
	}
	return wayleave.CheckOptions{Services: []string{"senders"}, Subnets: []string{"snet-compute", "snet-connectors", "snet-gateway", "snet-cache"}, Settings: asked.Settings}
}

// The steps of the page, taken back one after the other: what there is before
// each of them.
var steps = []struct {
	name string
	// undo takes the step back.
	undo func(n network)
	// lacks are the types of what the change then makes, in its order.
	lacks string
}{
	{"the whole pattern", func(network) {}, ""},
	{"no rule", func(n network) { n.collection()["rules"] = []any{} }, "rule"},
	{"no rule collection", func(n network) { n.firewall()["networkRuleCollections"] = []any{} }, "rule"},
	{"the route table on one subnet", func(n network) { n.detach(1, 2, 3) }, "rule association association association"},
	{"the route table on no subnet", func(n network) { n.detach(0) }, "rule association association association association"},
	{"no route", func(n network) { n.routeTable()["routes"] = []any{} }, "rule route association association association association"},
	{"no route table", func(n network) { delete(n, "route-tables.json") }, "table rule route association association association association"},
	{"a stopped firewall", func(n network) { n.firewall()["ipConfigurations"] = []any{} }, "firewall table rule route association association association association"},
	{"no firewall", func(n network) { delete(n, "firewalls.json") }, "firewall table rule route association association association association"},
	{"no public address", func(n network) { delete(n, "public-ips.json") }, "address firewall table rule route association association association association"},
	{"no subnet for a firewall", func(n network) {
		v := n["vnets.json"].([]any)[0].(object)
		v["subnets"] = n.subnets()[:5]
	}, "subnet address firewall table rule route association association association association"},
}

// kinds name the types of changes.
var kinds = map[string]string{
	"Microsoft.Network/virtualNetworks/subnets": "subnet", "Microsoft.Network/publicIPAddresses": "address", "Microsoft.Network/azureFirewalls": "firewall",
	"Microsoft.Network/routeTables": "table", "Microsoft.Network/routeTables/routes": "route",
}

func made(f *result.Fix) string {
	var list []string
	for _, c := range f.Changes {
		kind := kinds[c.Type]
		switch {
		case kind == "subnet" && c.Action == "modify":
			kind = "association"
		case kind == "firewall" && strings.Contains(c.Summary, "(collection "):
			kind = "rule"
		}
		list = append(list, kind)
	}
	return strings.Join(list, " ")
}

// From the network without the pattern, and from every step on the way to it,
// the change makes what is missing and nothing else, in every language; read
// back by the readers of this program beside the files it was made for, the
// network meets every row of the page (C-01 to C-10, C-17).
func TestSingleIPIsProducedFromEveryStep(t *testing.T) {
	n := wholePattern(t)
	for _, step := range steps {
		step.undo(n)
		t.Run(step.name, func(t *testing.T) {
			before, asked := load(t, n.documents(t)), askedOf(step.name)
			for _, form := range forms(step.name) {
				f, err := before.Fix(wayleave.FixOptions{CheckOptions: asked, As: form})
				if err != nil {
					t.Fatal(err)
				}
				if len(f.Unfixable) > 0 || made(f) != step.lacks {
					t.Fatalf("%s: the change is %q, want %q; cannot fix %v", form, made(f), step.lacks, f.Unfixable)
				}
				if !f.Proof.NothingElseChanged || f.Proof.After[result.Blocked]+f.Proof.After[result.Undecided] > 0 {
					t.Errorf("%s: the proof is %+v", form, f.Proof)
				}
				if f.Code == "" || form == "az" && strings.Contains(step.name, "stopped") {
					continue
				}
				meets(t, form, n, f, asked)
			}
		})
	}
}

// forms are the languages, of which a short run tries all from the bare network
// and one from some steps.
func forms(step string) []string {
	all := []string{"az", "arm", "bicep", "terraform"}
	switch {
	case !testing.Short() || step == steps[len(steps)-1].name:
		return all
	case step == "no rule":
		return all[1:2]
	case step == "the route table on one subnet":
		return all[2:3]
	case step == "a stopped firewall":
		return all[3:]
	}
	return nil
}

// meets reads a change beside the files it is for.
func meets(t *testing.T, form string, n network, f *result.Fix, asked wayleave.CheckOptions) {
	t.Helper()
	if form == "az" || form == "terraform" {
		for _, c := range f.Changes {
			if c.Action == "modify" && form == "az" || strings.Contains(f.Code, "# Add to") || !strings.Contains(f.Code, "firewall create") && form == "az" {
				return // one setting of a resource that exists: the other tests read those
			}
		}
	}
	after := load(t, n.documents(t, wayleave.Document{Name: "fix.json", Data: document(t, form, f.Code)}))
	c, err := after.Check(asked)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[result.Verdict]int{}
	for _, s := range c.Services {
		for _, r := range s.Requirements {
			if r.Severity == "required" {
				counts[r.Verdict]++
			}
			if r.Outcome == result.Fail || r.Outcome == result.UndecidedOutcome {
				t.Errorf("%s: %s on %s is %s: %v\n%s", form, r.ID, r.Subnet, r.Outcome, r.Reasons, f.Code)
				return
			}
		}
	}
	for v, want := range f.Proof.After {
		if counts[v] != want {
			t.Errorf("%s: read back, %d rows are %s, and %d of the changed network", form, counts[v], v, want)
		}
	}
}

// A route that takes the destination nowhere is led through the firewall, once,
// although a row about the internet is blocked by it too (C-04).
func TestRouteToNoneIsLedThroughTheFirewall(t *testing.T) {
	n := wholePattern(t)
	route := n.routeTable()["routes"].([]any)[0].(object)
	route["nextHopType"] = "None"
	delete(route, "nextHopIpAddress")
	f, err := load(t, n.documents(t)).Fix(wayleave.FixOptions{CheckOptions: asked})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Changes) != 1 || len(f.Unfixable) > 0 || f.Changes[0].Summary != "route 198.51.100.10/32 to VirtualAppliance 10.10.2.4, was to None" {
		t.Errorf("the change is %+v, cannot fix %v", f.Changes, f.Unfixable)
	}
}
