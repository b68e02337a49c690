package report

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
)

// The schema in testdata is the one OASIS publishes (2.1.0, errata 01).
func validateSARIF(t *testing.T, data []byte) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func printSARIF(t *testing.T, c *result.Check, lines LineOf) ([]byte, sarifLog) {
	t.Helper()
	var out bytes.Buffer
	if err := SARIF(&out, c, lines); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), log
}

func TestSARIFGolden(t *testing.T) {
	c := sample()
	c.Diagnostics = diagnostic.List{diagnostic.Infof("read", diagnostic.Position{File: "a b.json", Line: 3}, "read")}
	data, _ := printSARIF(t, c, nil)
	golden(t, "check.sarif", data)
}

func TestSARIFPassesTheOfficialSchema(t *testing.T) {
	for name, c := range map[string]*result.Check{"every outcome": sample(), "nothing": {}} {
		data, _ := printSARIF(t, c, nil)
		if err := validateSARIF(t, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	data, _ := os.ReadFile("testdata/check.sarif")
	broken := bytes.Replace(data, []byte(`"level": "error"`), []byte(`"level": "fatal"`), 1)
	if bytes.Equal(data, broken) || validateSARIF(t, broken) == nil {
		t.Error("the schema accepts a level that does not exist")
	}
}

func TestSARIFLevelsFollowTheOutcome(t *testing.T) {
	_, log := printSARIF(t, sample(), nil)
	got := map[string]string{}
	for _, r := range log.Runs[0].Results {
		got[r.RuleID] = r.Level
		if rule := log.Runs[0].Tool.Driver.Rules[r.RuleIndex]; rule.ID != r.RuleID || rule.Help.Text == "" {
			t.Errorf("%s points at rule %q with help %q", r.RuleID, rule.ID, rule.Help.Text)
		}
		if len(r.Locations) == 0 || r.Locations[0].Physical == nil {
			t.Errorf("%s has no file: viewers refuse it", r.RuleID)
		}
	}
	for id, want := range map[string]string{"sql": "error", "eventhub-log": "warning", "aad": "warning", "storage": "", "storage-smb": "", "whole": "warning"} {
		if got["logic-apps-ise/"+id] != want {
			t.Errorf("%s has level %q, want %q", id, got["logic-apps-ise/"+id], want)
		}
	}
}

// Decisions 27: our columns count bytes, those of SARIF UTF-16 code units.
func TestSARIFColumnsCountCodeUnits(t *testing.T) {
	for _, row := range []struct {
		line         string
		column, want int
	}{
		{`  "deny"`, 3, 3},
		{`grün "x"`, 7, 6},
		{`€ "x"`, 5, 3},
		{`😀 "x"`, 6, 4},
		{`short`, 6, 6},
		{`short`, 99, 0},
	} {
		c := sample()
		c.Services[0].Requirements[0].BlockedBy[0].At = &diagnostic.Position{File: "n.json", Line: 1, Column: row.column}
		c.Services[0].Requirements = c.Services[0].Requirements[:1]
		_, log := printSARIF(t, c, func(string, int) (string, bool) { return row.line, true })
		region := log.Runs[0].Results[0].Locations[0].Physical.Region
		if region.StartLine != 1 || region.StartColumn != row.want {
			t.Errorf("column %d of %s is %d, want %d", row.column, row.line, region.StartColumn, row.want)
		}
	}
}

func TestSARIFNamesEachBlocker(t *testing.T) {
	c := sample()
	q := &c.Services[0].Requirements[0]
	more := q.BlockedBy[0]
	more.Name, more.At = "deny-too", &diagnostic.Position{File: "spoke.json", Line: 7}
	q.BlockedBy = append(q.BlockedBy, more)
	_, log := printSARIF(t, c, nil)
	related := log.Runs[0].Results[0].Related
	if len(related) != 1 || related[0].Physical.Artifact.URI != "spoke.json" || related[0].Physical.Region.StartLine != 7 {
		t.Errorf("related locations are %+v", related)
	}
}

func TestFileURI(t *testing.T) {
	for file, want := range map[string]string{
		"a b/plan.json": "a%20b/plan.json", "./x.json": "x.json", "/abs/x.json": "file:///abs/x.json",
		"C:/net/x.json": "file:///C:/net/x.json", "odd:name.json": "./odd:name.json", "50%.json": "50%25.json",
	} {
		if got := fileURI(file); got != want {
			t.Errorf("%s is %s, want %s", file, got, want)
		}
	}
}
