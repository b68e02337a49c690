package wayleave_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/cli"
)

// What fix prints as JSON keeps the contract, where everything can be fixed,
// where a rule is kept, and where there is nothing to do.
func TestFixKeepsTheContract(t *testing.T) {
	keepsTheContract(t, "fix", map[string]int{
		"examples/ise-blocked": cli.ExitOK, "examples/ise-ok": cli.ExitOK, "examples/ise-blocked --keep deny-tds": cli.ExitFail,
		"examples/ise-ok --all": cli.ExitOK, "examples/ise-blocked --all": cli.ExitOK,
		"examples/ise-blocked --all --tags examples/tags/ServiceTags_Public_excerpt.json":                              cli.ExitOK,
		"examples/ise-blocked --as bicep":                                                                              cli.ExitOK,
		"examples/terraform --service entra-domain-services --subnet snet-domain --edit":                               cli.ExitOK,
		"examples/terraform --service entra-domain-services --subnet snet-domain --sources testdata/sources/looped.tf": cli.ExitFail,
	})
}
