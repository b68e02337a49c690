package wayleave_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayleave/wayleave/internal/cli"
)

// What fix prints as JSON keeps the contract, where everything can be fixed,
// where a rule is kept, and where there is nothing to do.
func TestFixKeepsTheContract(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("schemas/fix.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]int{
		"examples/ise-blocked": cli.ExitOK, "examples/ise-ok": cli.ExitOK, "examples/ise-blocked --keep deny-tds": cli.ExitFail,
		"examples/ise-blocked --as bicep":                                                                              cli.ExitOK,
		"examples/terraform --service entra-domain-services --subnet snet-domain --edit":                               cli.ExitOK,
		"examples/terraform --service entra-domain-services --subnet snet-domain --sources testdata/sources/looped.tf": cli.ExitFail,
	} {
		var out, problems bytes.Buffer
		status := cli.New(strings.NewReader(""), &out, &problems, func(string) string { return "" }).
			Main(append([]string{"fix", "--format", "json"}, strings.Fields(command)...))
		if status != want {
			t.Errorf("%s: status %d, want %d: %s", command, status, want, problems.String())
		}
		value, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", command, err)
		}
	}
}
