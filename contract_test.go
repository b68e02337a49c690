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

// anyAnswer stands for every exit status but those of wrong usage and of inputs
// that cannot be read.
const anyAnswer = -1

// keepsTheContract runs a command with each of some arguments, and compares its
// exit status with the one that is expected and what it prints as JSON with the
// published schema.
func keepsTheContract(t *testing.T, command string, runs map[string]int) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("schemas/" + command + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for arguments, want := range runs {
		var out, problems bytes.Buffer
		status := cli.New(strings.NewReader(""), &out, &problems, func(string) string { return "" }).
			Main(append([]string{command, "--format", "json"}, strings.Fields(arguments)...))
		if want == anyAnswer && (status == cli.ExitUsage || status == cli.ExitInput) || want != anyAnswer && status != want {
			t.Errorf("%s: status %d, want %d: %s", arguments, status, want, problems.String())
			continue
		}
		value, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Errorf("%s: %v", arguments, err)
			continue
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", arguments, err)
		}
	}
}

// What check prints as JSON keeps the contract, with data and by name, for
// inputs that pass, fail and stay undecided.
func TestCheckKeepsTheContract(t *testing.T) {
	commands := []string{
		"examples/ise-ok", "examples/ise-blocked", "examples/ise-single-ip",
		"examples/ise-single-ip --set egressAddress=203.0.113.11", "examples/ise-single-ip --set destinations=198.51.100.10:22-23,8.8.8.8:443", "examples/ise-blocked --set endpoint=internal --set connectors=sftp,sql",
		"examples/ise-ok/nsgs.json --service logic-apps-ise --subnet snet-cache",
		"examples/ise-ok/vnets.json --allow-none", "examples/ise-ok --strict --service logic-apps-ise@2023-09-27",
		"examples/ise-blocked --project " + suppressing(t),
		"examples/tag-drift/network --tags examples/tag-drift/tags/ServiceTags_Public_20251027.json --against examples/tag-drift/tags/ServiceTags_Public_20251020.json",
	}
	if dir := os.Getenv("WAYLEAVE_CORPUS"); dir != "" {
		for _, plan := range []string{"own__ise-inline.pretty.plan.json", "own__unknown-prefixes.plan.json", "own__rules-update.plan.json", "own__hub-classic.plan.json"} {
			commands = append(commands, filepath.Join(dir, "tfplan", plan)+" --service logic-apps-ise --subnet "+oneSubnet[plan])
		}
	} else {
		t.Log("WAYLEAVE_CORPUS is not set: only the examples are tested")
	}
	runs := map[string]int{}
	for _, command := range commands {
		runs[command] = anyAnswer
	}
	keepsTheContract(t, "check", runs)
}

// suppressing is a project file with a suppression of each state.
func suppressing(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wayleave.yaml")
	text := "suppress:\n"
	for requirement, until := range map[string]string{"sql": "2999-12-31", "aad": "2999-12-31", "app-service-mgmt": "2020-01-01"} {
		text += "- {requirement: " + requirement + ", reason: a test, until: " + until + "}\n"
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

var oneSubnet = map[string]string{
	"own__ise-inline.pretty.plan.json": "snet-compute",
	"own__unknown-prefixes.plan.json":  "azurerm_subnet.fixed",
	"own__rules-update.plan.json":      "azurerm_subnet.environment[3]",
	"own__hub-classic.plan.json":       `azurerm_subnet.ise["compute"]`,
}

// What lint prints as JSON keeps the contract, with findings and without.
func TestLintKeepsTheContract(t *testing.T) {
	keepsTheContract(t, "lint", map[string]int{
		"examples/ise-ok": cli.ExitOK, "examples/ise-blocked --assume defaults": cli.ExitFail,
		"examples/ise-blocked/nsgs.json": cli.ExitOK, "examples/ise-ok/vnets.json": cli.ExitOK,
		"examples/ise-blocked --minimise --tags examples/tags/ServiceTags_Public_excerpt.json": cli.ExitFail, "examples/ise-ok --minimise": cli.ExitOK,
	})
}

// What inspect prints as JSON keeps the contract, and counts what is there.
func TestInspectKeepsTheContract(t *testing.T) {
	paths := []string{"examples/ise-ok", "examples/ise-blocked/nsgs.json", "examples/ise-blocked/ise.json"}
	if dir := os.Getenv("WAYLEAVE_CORPUS"); dir != "" {
		for _, plan := range []string{"own__unknown-prefixes.plan.json", "own__hub-policy.plan.json", "own__hub-classic.tfstate"} {
			paths = append(paths, filepath.Join(dir, "tfplan", plan))
		}
	} else {
		t.Log("WAYLEAVE_CORPUS is not set: only the examples are tested")
	}
	runs := map[string]int{}
	for _, path := range paths {
		runs[path] = cli.ExitOK
	}
	keepsTheContract(t, "inspect", runs)
}

// What egress prints as JSON keeps the contract.
func TestEgressKeepsTheContract(t *testing.T) {
	keepsTheContract(t, "egress", map[string]int{
		"examples/ise-single-ip":                                                    cli.ExitUndecided,
		"examples/ise-single-ip --to 198.51.100.10 --port 22":                       cli.ExitOK,
		"examples/ise-single-ip --to 198.51.100.10 --port 22 --expect 203.0.113.10": cli.ExitOK,
		"examples/ise-single-ip --to 198.51.100.10 --port 22 --expect 203.0.113.11": cli.ExitFail,
		"examples/ise-single-ip --to 198.51.100.10 --port 23":                       cli.ExitFail,
		"examples/ise-single-ip --to 8.8.8.8 --port 443 --expect 203.0.113.10":      cli.ExitFail,
		"examples/ise-ok --from snet-agents --to 8.8.8.8 --protocol icmp":           cli.ExitFail,
		"examples/ise-ok --tags examples/tags/ServiceTags_Public_excerpt.json":      cli.ExitUndecided,
	})
}
