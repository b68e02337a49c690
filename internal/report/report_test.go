package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
)

var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and read the difference\ngot:\n%s", name, got)
	}
}

func port(p uint16) *uint16 { return &p }

const nsgID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/nsg-a"

// sample has a row of every outcome, on one and on several subnets.
func sample() *result.Check {
	deny := result.Blocker{Kind: "nsgRule", Resource: nsgID, Name: "deny-tds", Priority: 200, Note: "Outbound", At: &diagnostic.Position{File: "nsgs.json", Line: 41, Column: 9}}
	sql := result.Requirement{
		ID: "sql", Row: "14", Purpose: "Azure SQL dependency", Direction: "outbound", Subnet: "/s/subnets/a",
		Needs:   result.Cube{Protocol: "tcp, udp", Source: "VirtualNetwork", SourcePort: "*", Destination: "SQL", DestinationPort: "1433"},
		Verdict: result.Blocked, Severity: "required", Outcome: result.Fail, OutcomeReason: "blocked",
		Consequence: notStated, Capability: "storage", BlockedBy: []result.Blocker{deny},
		Witness: &result.Packet{Protocol: "tcp", Source: "10.0.0.4", SourcePort: port(49152), DestinationTag: "Sql", DestinationPort: port(1433)},
		Fix:     "in nsg-a allow outbound tcp, udp 1433 to SQL before priority 200 (deny-tds)",
	}
	other := sql
	other.Subnet = "/s/subnets/b"
	deploy := sql
	deploy.ID, deploy.Purpose, deploy.Direction, deploy.Capability = "connector-deploy", "Connector deployment", "inbound", "deployment"
	deploy.Consequence = "ISE deployments fail"
	deploy.Needs = result.Cube{Protocol: "tcp, udp", Source: "AzureConnectors", Destination: "VirtualNetwork", DestinationPort: "454"}
	deploy.Verdict = result.Partial
	deploy.BlockedBy = []result.Blocker{{Kind: "returnPath", Resource: "/x/routeTables/rt", Name: "default", Note: "nobody owns the next hop 10.0.9.9"}}
	deploy.AllowedWitness = &result.Packet{Protocol: "tcp", Source: "2001:db8::1", SourcePort: port(50000), Destination: "2001:db8::2", DestinationPort: port(454)}
	udp := sql
	udp.ID, udp.Outcome, udp.OutcomeReason, udp.Capability = "eventhub-log", result.Warning, "the page asks for both", "monitoring"
	open := sql
	open.ID, open.Purpose, open.Verdict, open.Outcome, open.BlockedBy, open.Fix = "aad", "Azure Active Directory", result.Undecided, result.UndecidedOutcome, nil, ""
	open.Capability, open.UndecidedWitness = "identity", sql.Witness
	open.Reasons = []string{"no input states " + nsgID, "the addresses of AzureActiveDirectory are not known"}
	optional := sql
	optional.ID, optional.Purpose, optional.Severity, optional.Outcome, optional.Capability = "redis-page-in-8500", "Redis page", "optional", result.Warning, "health"
	met := sql
	met.ID, met.Purpose, met.Verdict, met.Outcome, met.BlockedBy = "storage", "Azure Storage dependency", result.Allowed, result.Pass, nil
	advice := sql
	advice.ID, advice.Purpose, advice.Severity, advice.Outcome = "storage-smb", "Azure Storage dependency, file share", "advice", result.Pass
	resource := "/x/integrationServiceEnvironments/ise-orders"
	return &result.Check{
		Schema: result.CheckSchema,
		Services: []result.Service{{
			Service: "logic-apps-ise", Edition: "2019-11-06", Title: "ISE", Resource: &resource, Subnets: []string{"/s/subnets/a", "/s/subnets/b"},
			Parameters: map[string]string{"endpoint": "external"}, Verdict: result.Blocked, Outcome: result.Fail,
			Reasons:      []string{"no input states the subnet /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/c"},
			Requirements: []result.Requirement{sql, other, deploy, udp, open, optional, met, advice},
			Advice:       []string{"the service has 2 of 4 subnets"},
		}},
		Tags:        &result.Tags{Cloud: "Public", ChangeNumber: "375", Source: "ServiceTags_Public_20251028.json"},
		Assumptions: []result.Assumption{{Name: "receiverExists", Value: "true", Reason: "somebody is there"}},
		NotModelled: []result.NotModelled{{Type: "Microsoft.Network/azureFirewalls", Count: 1, Effect: "what passes it is not known"}},
	}
}

func TestCheckTextGolden(t *testing.T) {
	for name, style := range map[string]Style{"check.txt": {}, "check-verbose.txt": {Verbose: true}, "check-color.txt": {Color: true}} {
		var out bytes.Buffer
		if err := CheckText(&out, sample(), style); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.Bytes())
	}
}

func TestColourStandsOnlyWhereAskedFor(t *testing.T) {
	var plain, coloured bytes.Buffer
	if err := CheckText(&plain, sample(), Style{}); err != nil {
		t.Fatal(err)
	}
	if err := CheckText(&coloured, sample(), Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b[") {
		t.Error("escape sequences without colour")
	}
	if !strings.Contains(coloured.String(), "\x1b[31mFAIL\x1b[0m") {
		t.Error("a failure is not red")
	}
}

// Lists are never null, an absent resource is.
func TestJSONGolden(t *testing.T) {
	c := sample()
	c.Services[0].Requirements = c.Services[0].Requirements[:1]
	var out bytes.Buffer
	if err := JSON(&out, c); err != nil {
		t.Fatal(err)
	}
	golden(t, "check.json", out.Bytes())
	out.Reset()
	if err := JSON(&out, &result.Check{Services: []result.Service{{}}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"tags": null`, `"resource": null`, `"requirements": []`, `"diagnostics": []`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
}

func TestShortIDs(t *testing.T) {
	for text, want := range map[string]string{
		"no input states /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a, sorry": "no input states v/a, sorry",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/rt addressPrefixes":                     "rt addressPrefixes",
		"azurerm_subnet.a is not known": "azurerm_subnet.a is not known",
		"/subscriptions/s":              "/subscriptions/s",
	} {
		if got := shortIDs(text); got != want {
			t.Errorf("shortIDs(%q) is %q, want %q", text, got, want)
		}
	}
}

// A subnet is called by its name, and by its address where two have one name or
// none is known.
func TestSubnetsAreCalledByTheirNames(t *testing.T) {
	s := &result.Service{
		Subnets:     []string{`azurerm_subnet.this["a/b"]`, "azurerm_subnet.x[0]", "azurerm_subnet.x[1]", "/s/subnets/d"},
		SubnetNames: []string{"snet-a", "snet-x", "snet-x", "d"},
	}
	want := []string{"snet-a", "azurerm_subnet.x[0]", "azurerm_subnet.x[1]", "d"}
	if got := names(s); !slices.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
	s.SubnetNames = nil
	want = []string{`azurerm_subnet.this["a/b"]`, "azurerm_subnet.x[0]", "azurerm_subnet.x[1]", "d"}
	if got := names(s); !slices.Equal(got, want) {
		t.Errorf("without names want %v, got %v", want, got)
	}
}
