package wayleave_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/cli"
)

// What is printed as JSON about services, subnets and tags keeps the published
// schemas.
func TestAnswersAboutServicesKeepTheContract(t *testing.T) {
	list, err := wayleave.Services()
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string][]string{
		"services":          {"services list", "services list --profiles examples/profiles"},
		"services-validate": {"services validate examples/profiles"},
		"services-diff": {
			"services diff logic-apps-ise@2019-11-06 logic-apps-ise@2023-09-27", "services diff bastion@2020-02-03 bastion", "services diff aks aks",
			"services diff app-service-environment-v2 app-service-environment-v3",
		},
		"service": {"services show build-agents --profiles examples/profiles"},
		"any-subnet": {
			"check examples/any-subnet --any-subnet --service container-apps", "check examples/any-subnet --any-subnet --service databricks",
			"check examples/any-subnet --any-subnet --service container-apps --set accessibility=internal",
			"check examples/ise-blocked --any-subnet --service logic-apps-ise", "check examples/ise-blocked --any-subnet --service azure-cache-for-redis --strict",
		},
		"tags-diff": {
			"tags diff examples/tag-drift/tags/ServiceTags_Public_20251020.json examples/tag-drift/tags/ServiceTags_Public_20251027.json",
			"tags diff examples/tag-drift/tags/ServiceTags_Public_20251020.json examples/tag-drift/tags/ServiceTags_Public_20251020.json",
		},
	}
	for _, s := range list.Services {
		commands["service"] = append(commands["service"], "services show "+s.Service+"@"+s.Edition)
	}
	for name, lines := range commands {
		schema, err := jsonschema.NewCompiler().Compile("schemas/" + name + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			var out, problems bytes.Buffer
			status := cli.New(strings.NewReader(""), &out, &problems, func(string) string { return "" }).
				Main(append(strings.Fields(line), "--format", "json"))
			if status == cli.ExitUsage || status == cli.ExitInput {
				t.Fatalf("%s: status %d: %s", line, status, problems.String())
			}
			value, err := jsonschema.UnmarshalJSON(&out)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}
