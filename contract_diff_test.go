package wayleave_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayleave/wayleave/internal/cli"
)

// What diff prints as JSON keeps the contract, for networks that differ and for
// equal ones.
func TestDiffKeepsTheContract(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("schemas/diff.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]int{
		"examples/ise-blocked examples/ise-ok": cli.ExitFail, "examples/ise-ok examples/ise-blocked --assume defaults": cli.ExitFail,
		"examples/ise-ok examples/ise-ok": cli.ExitOK, "examples/ise-ok/vnets.json examples/ise-ok": cli.ExitUndecided,
	}
	if dir := os.Getenv("WAYLEAVE_CORPUS"); dir != "" {
		commands[filepath.Join(dir, "tfplan", "own__rules-update.plan.json")] = cli.ExitFail
	} else {
		t.Log("WAYLEAVE_CORPUS is not set: only the examples are tested")
	}
	for command, want := range commands {
		var out, problems bytes.Buffer
		status := cli.New(strings.NewReader(""), &out, &problems, func(string) string { return "" }).
			Main(append([]string{"diff", "--format", "json"}, strings.Fields(command)...))
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
