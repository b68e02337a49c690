package report

import (
	"strings"
	"testing"
)

// A name that nobody wrote, the expression of a template, is shown with its
// beginning and its end; one that Azure takes is shown whole.
func TestNamesThatAreExpressionsAreShort(t *testing.T) {
	expression := "{" + strings.Repeat("replace(x, ", 40) + "'afw'), 80)}"
	for name, want := range map[string]string{
		expression: "{replace(x, replace(x, replace(x, replace(x, rep…(x, 'afw'), 80)}",
		"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/" + strings.Repeat("v", 80): strings.Repeat("v", 80),
		`module.hub.azurerm_subnet.this["a/b"]`: `module.hub.azurerm_subnet.this["a/b"]`,
	} {
		if got := shortName(name); got != want {
			t.Errorf("%s is shown as %q, want %q", name, got, want)
		}
	}
}
