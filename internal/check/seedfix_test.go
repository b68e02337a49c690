package check_test

import (
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// repaired plans a change for what fails, applies it, and gives the fabric of
// the changed network.
func repaired(t *testing.T, inventory *azure.Inventory, tags *servicetag.Catalogue, settings ...string) (before, after *fabric.Fabric, plan *repair.Plan) {
	t.Helper()
	build := func(list ...*azure.Inventory) *fabric.Fabric {
		network, problems := azure.Build(list...)
		if network == nil {
			t.Fatalf("the network is not valid: %v", problems)
		}
		f, problems := fabric.Compile(network, tags, fabric.Assume(), bind(t, network, settings...).Tags()...)
		if f == nil {
			t.Fatal(problems)
		}
		return f
	}
	before = build(inventory)
	var needs []repair.Need
	for _, m := range check.FindMissing(before, bind(t, before.Network(), settings...), nil) {
		needs = append(needs, repair.Need{Service: "logic-apps-ise", Missing: m})
	}
	plan = repair.Make(before, needs, repair.Keep{})
	list, err := repair.Apply([]*azure.Inventory{inventory}, plan.Edits)
	if err != nil {
		t.Fatal(err)
	}
	return before, build(list...), plan
}

// Each row of the page blocked alone: the change makes every required row pass,
// opens the missing packets and what the tag Internet holds beyond the word of
// the row, and closes nothing (decisions 32).
func TestSeedEachBlockedRowIsRepaired(t *testing.T) {
	tags := tagData(t)
	open := environment(t)
	for _, endpoint := range []string{"external", "internal"} {
		setting := "endpoint=" + endpoint
		for _, row := range bind(t, open, setting).Rows() {
			if row.Subnet.Name != "a" || row.Severity != service.Required || endpoint == "internal" && row.Source.Is != service.InNetwork {
				continue // the other rows are the same with both endpoints
			}
			t.Run(endpoint+"/"+row.Requirement.ID, func(t *testing.T) {
				inventory := Inventory(azure.RankExport, environmentItems(denyRule(&row, deniedSpace(&row)))...)
				before, after, plan := repaired(t, inventory, tags, setting)
				if len(plan.Unfixable) > 0 || len(plan.Edits) == 0 {
					t.Fatalf("the plan is %+v", plan)
				}
				answer, _ := check.Run(after, bind(t, after.Network(), setting))
				for _, r := range answer.Requirements {
					if r.Severity == service.Required && r.Outcome != result.Pass {
						t.Errorf("%s on %s is %s after the change: %v %v", r.ID, r.Subnet, r.Outcome, r.BlockedBy, r.Reasons)
					}
				}
				checkOpened(t, before, after, plan)
			})
		}
	}
}

// checkOpened compares what a change opens with what was missing.
func checkOpened(t *testing.T, before, after *fabric.Fabric, plan *repair.Plan) {
	t.Helper()
	managed := map[azure.ID]bool{}
	for _, s := range before.Network().Subnets() {
		managed[s.ID] = true
	}
	d, err := difference.Compare(before, after, difference.Options{Managed: managed})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Closed) > 0 {
		t.Errorf("it closes %v", d.ClosedSpace().Folded(4))
	}
	var missing flow.Space
	usesInternet := false
	for _, n := range plan.Needs {
		missing = missing.Union(n.Packets())
		usesInternet = usesInternet || n.Row.Source.Tag == "Internet" || n.Row.Destination.Tag == "Internet"
	}
	opened := d.OpenedSpace()
	if lacking := missing.Minus(opened).Minus(fromNobody(before)); !lacking.IsEmpty() {
		t.Errorf("still missing is %v", lacking.Folded(4))
	}
	if extra := opened.Minus(missing); !extra.IsEmpty() && !usesInternet {
		t.Errorf("opened beyond what is missing is %v", extra.Folded(4))
	}
}

// fromNobody is the packets from addresses of the network that nobody has.
func fromNobody(f *fabric.Fabric) flow.Space {
	none := flow.AddressSetOf(netip.MustParsePrefix("10.0.0.0/16"))
	for _, s := range f.Network().Subnets() {
		none = none.Minus(f.Addresses(s))
	}
	c := flow.AnyCube()
	c.Source = none
	return flow.SpaceOf(c)
}

// A network with nothing but the default rules lacks most of what comes from
// outside, and one with a Deny before everything lacks all rows.
func TestSeedManyBlockedRowsAreRepairedAtOnce(t *testing.T) {
	for name, rules := range map[string][]Item{
		"closed":       {DenyIn(3000, "*", "*", "*", "*"), DenyOut(3000, "*", "*", "*", "*")},
		"no free slot": {DenyIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "*", "*"), AllowOut(101, "tcp", "*", "*", "1")},
	} {
		t.Run(name, func(t *testing.T) {
			for kind, tags := range map[string]*servicetag.Catalogue{"data": tagData(t), "symbolic": servicetag.Symbolic()} {
				before, after, plan := repaired(t, Inventory(azure.RankExport, environmentItems(rules...)...), tags)
				if len(plan.Unfixable) > 0 {
					t.Fatalf("%s: %+v", kind, plan.Unfixable)
				}
				answer, _ := check.Run(after, bind(t, after.Network()))
				if answer.Outcome == result.Fail || answer.Outcome == result.UndecidedOutcome {
					t.Errorf("%s: the service is %s after the change", kind, answer.Outcome)
				}
				checkOpened(t, before, after, plan)
				t.Logf("%s: %d edits for %d rows", kind, len(plan.Edits), len(plan.Needs))
			}
		})
	}
}
