package servicetag

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// T38: AzureCloud.francecentral does not exist, AzureCloud.centralfrance does.
func TestTAG46RegionHasTwoNames(t *testing.T) {
	c := small(t)
	for name, want := range map[string]string{
		"AzureCloud.francecentral": "AzureCloud.centralfrance",
		"AzureCloud.FranceCentral": "AzureCloud.centralfrance",
		"Storage.centralfrance":    "Storage.FranceCentral",
	} {
		_, err := c.Lookup(name)
		unknown, ok := err.(*UnknownError)
		if !ok || !unknown.Misspelt() || !slices.Equal(unknown.Close, []string{want}) {
			t.Errorf("Lookup(%q) gives %#v", name, err)
			continue
		}
		d := unknown.Diagnostic(diagnostic.Position{File: "nsg.json", Line: 2, Column: 3})
		if d.Severity != diagnostic.Error || d.Hint != "did you mean "+want+"?" {
			t.Errorf("got %v, hint %q", d, d.Hint)
		}
	}
}

func TestDecision28MisspellingIsAnError(t *testing.T) {
	c := small(t)
	for name, want := range map[string]string{
		"Storge":                    "Storage",
		"Stroage":                   "Storage",
		"Storagee":                  "Storage",
		"EventHubs":                 "EventHub",
		"AzureActiveDirectroy":      "AzureActiveDirectory",
		"Storage.WestEurop":         "Storage.WestEurope",
		"Storge.WestEurope":         "Storage.WestEurope",
		"StorageWestEurope":         "Storage.WestEurope",
		"AzureConnector":            "AzureConnectors",
		"ApiManagment":              "ApiManagement",
		"Azurecloud.centralfrancee": "AzureCloud.centralfrance",
	} {
		tag, found, ok := c.Resolve(name, SecurityRule, diagnostic.Position{})
		if ok || tag.Name != "" || len(found) != 1 || found[0].Severity != diagnostic.Error || !strings.Contains(found[0].Hint, want) {
			t.Errorf("Resolve(%q) = %+v, %v, %v; expected an error with %s", name, tag, found, ok, want)
		}
	}
}

// A name that can be a tag newer than the data is no misspelling, however near
// it is to another.
func TestDecision28NewerTagIsUndecided(t *testing.T) {
	c := small(t)
	for _, name := range []string{
		"Storage.WestUS3",      // beside Storage.WestUS2
		"Storage.WestUS",       // beside Storage.WestUS2
		"Storage.NorthEurope",  // a region the data lacks
		"Storage.EastEurope",   // beside WestEurope
		"Storage.SouthAtlan",   // a region nobody knows
		"AzureCloud.eastus",    //
		"LogicAppsManagement",  // far from LogicApps
		"AzureMonitor",         //
		"Spl",                  // three letters say nothing
		"ActiveDirectory",      // only similar
		"Connectors",           //
		"DataFactory.WestEuro", //
	} {
		tag, found, ok := c.Resolve(name, SecurityRule, diagnostic.Position{})
		if !ok || !tag.Symbolic || len(found) != 1 || found[0].Severity != diagnostic.Warning {
			t.Errorf("Resolve(%q) = %+v, %v, %v; expected a warning", name, tag, found, ok)
			continue
		}
		if !strings.Contains(found[0].Summary, "2025-10-28") || !strings.Contains(found[0].Hint, "wayleave tags import") {
			t.Errorf("the warning does not name the data and the way out: %v (hint %q)", found[0], found[0].Hint)
		}
	}
	_, found, _ := c.Resolve("ActiveDirectory", SecurityRule, diagnostic.Position{})
	if !strings.Contains(found[0].Hint, "did you mean AzureActiveDirectory?") {
		t.Errorf("got hint %q", found[0].Hint)
	}
}

func TestTAG8AbsentTagIsNeverEmpty(t *testing.T) {
	for _, c := range []*Catalogue{small(t), Symbolic()} {
		if set, ok := c.Addresses("BrandNew"); ok {
			t.Errorf("BrandNew has addresses: %v", set)
		}
	}
	if _, found, ok := small(t).Resolve("Brand_New", Route, diagnostic.Position{}); ok || found[0].Severity != diagnostic.Error {
		t.Errorf("a name that no tag can have: %v", found)
	}
	if _, found, ok := small(t).Resolve("Internet", Route, diagnostic.Position{}); ok || found[0].Severity != diagnostic.Error {
		t.Errorf("a contextual name: %v", found)
	}
}

func TestDecision28WithoutDataEveryNameIsATag(t *testing.T) {
	for _, name := range []string{"Storge", "AzureCloud.francecentral", "BrandNew"} {
		if tag, found, ok := Symbolic().Resolve(name, SecurityRule, diagnostic.Position{}); !ok || !tag.Symbolic || len(found) != 0 {
			t.Errorf("Resolve(%q) = %+v, %v, %v", name, tag, found, ok)
		}
	}
}

// editDistance against its definition, without a table.
func TestEditDistance(t *testing.T) {
	var slow func(a, b string) int
	slow = func(a, b string) int {
		if a == "" || b == "" {
			return len(a) + len(b)
		}
		cost := 1
		if a[0] == b[0] {
			cost = 0
		}
		d := min(slow(a[1:], b)+1, slow(a, b[1:])+1, slow(a[1:], b[1:])+cost)
		if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
			d = min(d, slow(a[2:], b[2:])+1)
		}
		return d
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[abc]{0,5}`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if got, want := editDistance(a, b), slow(a, b); got != want {
			t.Fatalf("%q to %q: got %d, expected %d", a, b, got, want)
		}
	})
}

// What a name in a question may mean: without data what is documented, with data
// what the data has.
func TestSuggest(t *testing.T) {
	for _, row := range []struct{ name, want string }{
		{"Storag", "Storage"}, {"sotrage.westeurope", "Storage.westeurope"}, {"Internt", "Internet"}, {"nonsense", ""}, {"AzureKeyVaults", "AzureKeyVault"},
	} {
		if got := strings.Join(Symbolic().Suggest(row.name, "Internet"), " "); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
	c := catalogue(t, tag{"Storage", "", "API NSG", "52.239.192.0/18"})
	if got := c.Suggest("Storag", "Internet"); len(got) != 1 || got[0] != "Storage" {
		t.Errorf("with data: %v", got)
	}
	if got := c.Suggest("AzureKeyVaults"); len(got) != 0 {
		t.Errorf("a tag that the data does not have: %v", got)
	}
}
