package amend

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/repair"
)

// A change that the written text does not state is an error: here nothing was
// written at all.
func TestWhatTheFileDoesNotStateIsNotConfirmed(t *testing.T) {
	w, err := newWriter([]File{{Path: "main.tf", Data: []byte("resource \"azurerm_network_security_group\" \"a\" {\n  name = \"nsg\"\n}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "nsg", Name: "nsg"}}
	err = w.confirm([]repair.Edit{{Action: repair.Add, Group: group, Rule: repair.Rule{Name: "allow"}}}, nil)
	if list := diagnostic.Of(err, ""); len(list) != 1 || list[0].Code != "not-confirmed" {
		t.Errorf("got %v", err)
	}
}
