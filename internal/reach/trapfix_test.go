package reach_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// unrepaired are the blocked traps that no change of a network mends, each with
// what says why.
var unrepaired = map[string]string{
	"T43 a private address that is not ours":                    "connect what has it with a peering or a gateway",
	"T44 has no route":                                          "connect what has it with a peering or a gateway",
	"T46 the platform's own routes to None":                     "Azure's own route 198.18.0.0/15 drops it",
	"T61 peering is not transitive":                             "peer the two with each other, or lead both ways through an appliance",
	"T63 what an appliance forwards is foreign to the receiver": "peer the two with each other, or lead both ways through an appliance",
	"T65 one side is disconnected":                              "has to be made anew on both sides",
	"T66 what was not synchronised has no route":                "az network vnet peering sync --vnet-name v",
	"T92 GRE is not carried":                                    "carry neither IP-in-IP nor GRE",
	"T93 multicast is not carried":                              "carry neither multicast nor broadcast",
	"T96 nobody answers at the gateway's address":               "nobody can have",
	"T96 nor at the last one":                                   "nobody can have",
}

// For every trap of the catalogue that blocks there is a change after which the
// packets pass; the others are listed, with the reason that fix gives.
func TestEveryBlockedTrapIsRepaired(t *testing.T) {
	repaired, met := 0, map[string]bool{}
	for _, row := range append(append([]trap{}, traps...), peeringTraps...) {
		if row.want != reach.Blocked {
			continue
		}
		t.Run(row.id+" "+row.note, func(t *testing.T) {
			want, listed := unrepaired[row.id+" "+row.note]
			met[row.id+" "+row.note] = true
			why := repairTrap(t, row)
			switch {
			case why == "":
				repaired++
				if listed {
					t.Errorf("it is repaired, and listed as what cannot be")
				}
			case !listed || !strings.Contains(why, want):
				t.Errorf("it is not repaired: %s", why)
			}
		})
	}
	if repaired < 20 {
		t.Errorf("%d traps are repaired", repaired)
	}
	for name := range unrepaired {
		if !met[name] {
			t.Errorf("%s is listed, and no such trap blocks", name)
		}
	}
}

// repairTrap changes the network of a trap until its packets pass, and says why
// where they do not.
func repairTrap(t *testing.T, row trap) string {
	t.Helper()
	list := []*azure.Inventory{Inventory(azure.RankExport, row.net.(interface{ items() []Item }).items()...)}
	for range 4 {
		network, problems := azure.Build(list...)
		if network == nil {
			t.Fatalf("the changed network is not one that Azure takes: %v", problems)
		}
		f := compile(t, network, servicetag.Symbolic(), "defaults")
		a := explore(t, f, row.ask)
		if a.Of(reach.Blocked).IsEmpty() {
			return ""
		}
		plan := repair.Make(f, []repair.Need{needOf(t, row, a)}, repair.Keep{})
		if len(plan.Unfixable) > 0 {
			return plan.Unfixable[0].Reason
		}
		step, _ := plan.Step()
		var err error
		if list, err = repair.Apply(list, step); err != nil {
			t.Fatal(err)
		}
	}
	return "it still fails after four changes"
}

// needOf is what a trap asks as a requirement that fails.
func needOf(t *testing.T, row trap, a reach.Answer) repair.Need {
	t.Helper()
	q := row.ask.query(t)
	far := func(text string) service.Far {
		if text == "probe" {
			return service.Far{Tag: "AzureLoadBalancer"}
		}
		if _, numbers := addressSet(text); numbers || strings.ContainsAny(text, ":/") {
			return service.Far{Is: service.InSubnet}
		}
		return service.Far{Tag: text}
	}
	m := check.Missing{Row: service.Row{
		Requirement: &service.Requirement{ID: "trap"}, Source: far(row.ask.from), Destination: far(row.ask.to),
		Protocols: q.Protocols, SourcePorts: q.SourcePorts, DestinationPorts: q.DestinationPorts,
	}}
	for _, p := range a.Counted() {
		if p.Verdict == reach.Blocked {
			m.Parts = append(m.Parts, check.MissingPart{Packets: p.Space.Cubes(), Blockers: p.Blockers})
		}
	}
	return repair.Need{Service: "trap", Missing: m}
}
