package servicetag

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

func TestTAG44FeaturesDecideWhereATagMayStand(t *testing.T) {
	c := catalogue(t,
		tag{"Storage", "", "FW UDR NSG API VSE", "52.239.192.0/18"},
		tag{"AzureMonitor", "", "API NSG", "20.0.0.0/24"},
		tag{"AzureActiveDirectory.ServiceEndpoint", "", "null", "20.190.172.0/25"},
		tag{"AzureResourceManager.NorwayEast", "norwaye", "API", "20.0.1.0/24"},
		tag{"AzureCloud", "", "API NSG", "20.0.0.0/16"},
		tag{"AzureCloud.westeurope", "westeurope", "API NSG", "20.0.0.0/24"},
		tag{"Ancient", "", "", "20.0.2.0/24"},
	)
	for _, row := range []struct {
		name              string
		nsg, route, fwall Usability
	}{
		{"Storage", Usable, Usable, Usable},
		{"AzureMonitor", Usable, NotUsable, NotUsable},
		{"AzureActiveDirectory.ServiceEndpoint", NotUsable, NotUsable, NotUsable},
		{"AzureResourceManager.NorwayEast", NotUsable, NotUsable, NotUsable},
		{"AzureCloud", Usable, Unstated, Unstated}, // UNCERTAIN in routes
		{"AzureCloud.westeurope", Usable, Unstated, Unstated},
		{"Ancient", Unstated, Unstated, Unstated},
	} {
		tag, err := c.Lookup(row.name)
		if err != nil {
			t.Fatal(err)
		}
		if a, b, c := tag.Usable(SecurityRule), tag.Usable(Route), tag.Usable(FirewallRule); a != row.nsg || b != row.route || c != row.fwall {
			t.Errorf("%s: got %v %v %v, expected %v %v %v", row.name, a, b, c, row.nsg, row.route, row.fwall)
		}
	}
	for name, want := range map[string]string{"AzureMonitor": "Azure may refuse it", "AzureResourceManager.NorwayEast": "Azure may refuse it"} {
		if _, found, _ := c.Resolve(name, Route, diagnostic.Position{}); len(found) != 1 || !strings.HasPrefix(found[0].Hint, want) {
			t.Errorf("%s in a route: %v", name, found)
		}
	}
	if tag, _ := Symbolic().Lookup("Storage"); tag.Usable(SecurityRule) != Unstated {
		t.Error("a tag without data is said to be usable")
	}
}

// TAG-43: what the API lists is what security rules accept; of other places it
// says nothing.
func TestTAG43AnswerListsWhatRulesAccept(t *testing.T) {
	c, err := Parse("f", []byte(strings.Replace(apiAnswer, "LINK", "null", 1)))
	if err != nil {
		t.Fatal(err)
	}
	tag, _ := c.Lookup("ApiManagement")
	if tag.Usable(SecurityRule) != Usable || tag.Usable(Route) != Unstated {
		t.Errorf("got %v in rules, %v in routes", tag.Usable(SecurityRule), tag.Usable(Route))
	}
}

// T39: LogicApps.WestEurope has no networkFeatures.
func TestTAG44WarnsOfATagThatRulesDoNotTake(t *testing.T) {
	c, at := small(t), diagnostic.Position{File: "nsg.json", Line: 4, Column: 9}
	tag, found, ok := c.Resolve("logicapps.westeurope", SecurityRule, at)
	if !ok || tag.Name != "LogicApps.WestEurope" || len(found) != 1 {
		t.Fatalf("got %+v, %v, %v", tag, found, ok)
	}
	want := "nsg.json:4:9: warning: service tag LogicApps.WestEurope is not listed for use in network security group rules: its networkFeatures do not have NSG [tag-not-usable]"
	if got := found[0]; got.Error() != want || got.Hint != "use the global tag LogicApps" {
		t.Errorf("got  %v (hint %q)\nwant %s", got, got.Hint, want)
	}
	if _, found, ok := c.Resolve("LogicApps", SecurityRule, at); !ok || len(found) != 0 {
		t.Errorf("LogicApps: got %v, %v", found, ok)
	}
}
