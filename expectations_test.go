package wayleave_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/cli"
	"github.com/wayleave/wayleave/internal/document"
	expectations "github.com/wayleave/wayleave/internal/expect"
	"github.com/wayleave/wayleave/internal/result"
)

// noData is an environment without imported service tags.
func noData(string) string { return "" }

func threeTiers(t *testing.T) *wayleave.Network {
	t.Helper()
	n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{"examples/three-tiers"}, Getenv: noData})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func fixtures(t *testing.T, kind string) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/test/" + kind + "/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures of kind %s: %v", kind, err)
	}
	return files
}

// comment is what stands behind a word in the comments of a fixture.
func comment(t *testing.T, file, word string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if text, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "# "+word); ok {
			return strings.TrimPrefix(text, " ")
		}
	}
	t.Fatalf("%s has no line # %s", file, word)
	return ""
}

// A name that two things have is asked for again, and never taken for one of them.
func TestNamesThatSeveralThingsHave(t *testing.T) {
	const id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/%s/providers/Microsoft.Network/"
	nic := func(group, address string) string {
		return fmt.Sprintf(`{"id": "`+id+`networkInterfaces/web", "name": "web", "type": "Microsoft.Network/networkInterfaces", "properties": {"ipConfigurations": [
			{"name": "i", "properties": {"privateIPAddress": %q, "privateIPAllocationMethod": "Static", "subnet": {"id": "`+id+`virtualNetworks/app/subnets/app"}}}]}}`, group, address, "one")
	}
	network := fmt.Sprintf(`{"id": "`+id+`virtualNetworks/app", "name": "app", "type": "Microsoft.Network/virtualNetworks", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
		"subnets": [{"name": "app", "properties": {"addressPrefix": "10.0.0.0/24"}}, {"name": "db", "properties": {"addressPrefix": "10.0.1.0/24"}}]}}`, "one")
	file := filepath.Join(t.TempDir(), "net.json")
	if err := os.WriteFile(file, []byte("["+network+","+nic("one", "10.0.0.4")+","+nic("two", "10.0.0.5")+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{file}, Getenv: noData})
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		"web":        `2 network interfaces are called "web"`,
		"nic:web":    `2 network interfaces are called "web"`,
		"app":        `"app" is a subnet, and a virtual network or service too`,
		"subnet:app": "", "vnet:app": "", "db": "", fmt.Sprintf(id, "two") + "networkInterfaces/web": "",
	} {
		f, problems := expectations.Parse("x.yaml", []byte("tests:\n- {from: '"+from+"', to: 10.0.1.9, expect: allow, reason: x}\n"))
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		_, err := n.Test(f)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("from %s: %v", from, err)
		}
	}
}

// The language of expectations, file by file, over examples/three-tiers.
func TestTheLanguageOfExpectations(t *testing.T) {
	n := threeTiers(t)
	for _, file := range fixtures(t, "ok") {
		files, err := wayleave.ReadExpectations(file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		got, err := n.Test(files...)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var outcomes []string
		for _, r := range got.Results {
			outcomes = append(outcomes, string(r.Outcome))
		}
		if want := comment(t, file, "want"); strings.Join(outcomes, " ") != want {
			t.Errorf("%s\ngot  %s\nwant %s", file, strings.Join(outcomes, " "), want)
		}
	}
}

// What is wrong is said with its place and with what to do.
func TestWhatIsWrongWithExpectations(t *testing.T) {
	n := threeTiers(t)
	for _, file := range fixtures(t, "err") {
		files, err := wayleave.ReadExpectations(file)
		if err == nil {
			_, err = n.Test(files...)
		}
		var input *wayleave.InputError
		if !errors.As(err, &input) {
			t.Errorf("%s: %v, expected an input error", file, err)
			continue
		}
		d := input.Diagnostics[0]
		place, message, _ := strings.Cut(comment(t, file, "want"), ": ")
		if want := file + ":" + place; d.At.String() != want || !strings.HasPrefix(d.Summary, message) {
			t.Errorf("%s\ngot  %s: %s\nwant %s: %s", file, d.At, d.Summary, want, message)
		}
		if hint := comment(t, file, "hint"); !strings.Contains(d.Hint, hint) {
			t.Errorf("%s: the hint is %q, expected %q", file, d.Hint, hint)
		}
	}
}

// What is written can be read back, whatever the texts are.
func TestExpectationsAreWrittenAsTheyAreRead(t *testing.T) {
	text := func(values ...string) (list []expectations.Text) {
		for _, v := range values {
			list = append(list, expectations.Text{Value: v})
		}
		return list
	}
	for _, odd := range []string{"a", "no", "null", "443", "a: b", "# x", "- y", "*", "&a", "'", `"`, `\`, "a\tb", "ä", " lead", "trail ", "::1", "10.0.0.0/8", "{", "[a]", "a, b", "%", "@x", "`", "a:", "~", "1e3", "0x1", "?", "|", ">"} {
		list := []expectations.Expectation{{Name: odd, From: text(odd, odd), To: text(odd), Expect: expectations.Deny, Reason: odd}}
		f, problems := expectations.Parse("x.yaml", expectations.Write(list, "a comment"))
		if problems.HasErrors() {
			t.Errorf("%q: %v\n%s", odd, problems, expectations.Write(list))
			continue
		}
		if got := f.Expectations[0]; got.Name != odd || got.From[1].Value != odd || got.To[0].Value != odd || got.Reason != odd {
			t.Errorf("%q is read back as %+v", odd, got)
		}
	}
}

// A first file holds, meets every rule that anything meets, and stays the same.
func TestTheFirstExpectationsHold(t *testing.T) {
	for _, example := range []string{"examples/three-tiers", "examples/ise-ok", "examples/ise-blocked"} {
		n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{example}, Getenv: noData})
		if err != nil {
			t.Fatal(err)
		}
		data, written, _, err := n.FirstExpectations()
		if err != nil || written == 0 {
			t.Fatalf("%s: %d expectations, %v", example, written, err)
		}
		if again, _, _, _ := n.FirstExpectations(); string(again) != string(data) {
			t.Errorf("%s: two first files differ", example)
		}
		f, problems := expectations.Parse("first.yaml", data)
		if problems.HasErrors() {
			t.Fatalf("%s: %v", example, problems)
		}
		got, err := n.Test(f)
		if err != nil {
			t.Fatalf("%s: %v", example, err)
		}
		for _, r := range got.Results {
			if r.Outcome != "pass" {
				t.Errorf("%s: %s is %s", example, r.Name, r.Outcome)
			}
		}
		for _, u := range got.Coverage.Untouched {
			if u.Proposal != nil {
				t.Errorf("%s: %s is untouched, and could be met by %+v", example, u.Name, *u.Proposal)
			}
		}
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// Expectations in the manual are expectations.
func TestExpectationsInTheManual(t *testing.T) {
	found := 0
	for _, page := range []string{"README.md", "docs/test.md"} {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range yamlBlock.FindAllStringSubmatch(string(data), -1) {
			if !strings.HasPrefix(block[1], "tests:") {
				continue
			}
			found++
			if _, problems := expectations.Parse(page, []byte(block[1])); problems.HasErrors() {
				t.Errorf("%s: %v\n%s", page, problems, block[1])
			}
		}
	}
	if found < 2 {
		t.Errorf("the manual shows %d files of expectations", found)
	}
}

// What test prints as JSON keeps the contract, and so do files of expectations.
func TestTestKeepsTheContract(t *testing.T) {
	answers, err := jsonschema.NewCompiler().Compile("schemas/test.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	language, err := jsonschema.NewCompiler().Compile("schemas/expectations.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(fixtures(t, "ok"), "examples/three-tiers/wayleave.test.yaml") {
		var out, problems bytes.Buffer
		status := cli.New(strings.NewReader(""), &out, &problems, noData).
			Main([]string{"test", "--format", "json", "examples/three-tiers", "--expect", file})
		if status == cli.ExitUsage || status == cli.ExitInput {
			t.Fatalf("%s: status %d: %s", file, status, problems.String())
		}
		value, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if err := answers.Validate(value); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if text, ok := yamlValue(t, file); ok {
			if err := language.Validate(text); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	// The schema refuses what stands wrong by itself, whatever the network.
	for _, name := range []string{"unknown-key", "unknown-top", "schema", "expect-word", "no-reason", "no-end", "requirement-and-ends", "subnet-alone", "empty-list", "not-a-list"} {
		text, _ := yamlValue(t, "testdata/test/err/"+name+".yaml")
		if err := language.Validate(text); err == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

// yamlValue is a YAML file as plain values; ok is false for one of comments.
func yamlValue(t *testing.T, file string) (any, bool) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.ParseYAML(file, data, document.Options{})
	if err != nil {
		return nil, false
	}
	return doc.Root().Any(), true
}

// What should be denied passes in part: the rule that lets it through is named,
// with the way of such a packet.
func TestADenialOfARequirementShowsTheWayOfWhatPasses(t *testing.T) {
	n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{"examples/ise-blocked"}, Getenv: noData})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "t.yaml")
	text := "tests:\n- {requirement: app-service-mgmt, subnet: snet-compute, expect: deny, reason: a test}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := wayleave.ReadExpectations(file)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := n.Test(list...)
	if err != nil {
		t.Fatal(err)
	}
	r := answer.Results[0]
	if r.Verdict != result.Partial || r.Outcome != result.Fail || r.Witness == nil || *r.Witness.DestinationPort != 454 {
		t.Errorf("verdict %s, outcome %s, packet %+v; want one to port 454 that passes in part", r.Verdict, r.Outcome, r.Witness)
	}
	if len(r.Trace) == 0 || len(r.Decided) == 0 || r.Decided[0].Decision != "allow" || r.Decided[0].At == nil {
		t.Errorf("the way is %+v, decided by %+v; want the rule that allows, with its place", r.Trace, r.Decided)
	}
}
