package wayleave_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/wayleave/wayleave/internal/cli"
)

// The schema of files of appliances accepts the example, which stands in its folder
// beside the network, and refuses what is no such file.
func TestAppliancesKeepTheirSchema(t *testing.T) {
	language, err := jsonschema.NewCompiler().Compile("schemas/appliances.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, _ := yamlValue(t, "examples/inputs/appliance/appliances.yaml")
	if err := language.Validate(value); err != nil {
		t.Error(err)
	}
	if other, _ := yamlValue(t, "examples/three-tiers/wayleave.test.yaml"); language.Validate(other) == nil {
		t.Error("the schema accepts expectations")
	}
	for port, want := range map[string]int{"1433": cli.ExitOK, "22": cli.ExitFail} {
		var out, problems bytes.Buffer
		status := cli.New(strings.NewReader(""), &out, &problems, noData).
			Main([]string{"explain", "examples/inputs/appliance", "--from", "snet-app", "--to", "snet-db", "--protocol", "tcp", "--port", port})
		if status != want {
			t.Errorf("port %s: status %d, want %d: %s%s", port, status, want, out.String(), problems.String())
		}
	}
}
