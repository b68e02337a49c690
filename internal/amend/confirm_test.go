package amend

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/repair"
)

// A change that the written text does not state, or states otherwise, is an error.
func TestWhatTheFileDoesNotStateIsNotConfirmed(t *testing.T) {
	const allow = "  security_rule {\n    name     = \"allow\"\n    priority = 100\n  }\n"
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "nsg", Type: azure.TypeNetworkSecurityGroup, Name: "nsg"}}
	rule := repair.Rule{Name: "allow", Priority: 100, Complete: true}
	moved := repair.Rule{Name: "allow", Priority: 101}
	for _, row := range []struct {
		name, text string
		edit       repair.Edit
		confirmed  bool
	}{
		{"as it was meant", allow, repair.Edit{Action: repair.Add, Group: group, Rule: rule}, true},
		{"nothing", "", repair.Edit{Action: repair.Add, Group: group, Rule: rule}, false},
		{"twice", allow + allow, repair.Edit{Action: repair.Add, Group: group, Rule: rule}, false},
		{"more than was meant", strings.Replace(allow, "100\n", "100\n    source_address_prefix = \"*\"\n", 1), repair.Edit{Action: repair.Add, Group: group, Rule: rule}, false},
		{"a rule that did not move", allow, repair.Edit{Action: repair.Modify, Group: group, Rule: moved}, false},
	} {
		w, err := newWriter([]File{{Path: "main.tf", Data: []byte("resource \"azurerm_network_security_group\" \"a\" {\n  name = \"nsg\"\n" + row.text + "}\n")}})
		if err != nil {
			t.Fatal(err)
		}
		err = w.confirm([]repair.Edit{row.edit}, nil)
		if list := diagnostic.Of(err, ""); row.confirmed != (err == nil) || err != nil && list[0].Code != "not-confirmed" {
			t.Errorf("%s: got %v", row.name, err)
		}
	}
}
