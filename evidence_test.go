package wayleave_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/cli"
	"github.com/wayleave/wayleave/internal/recheck"
)

// small is a network of one subnet with the tags that its service names.
var small = proved{"examples/terraform", "examples/tags/ServiceTags_Public_domain.json", []string{"--service", "entra-domain-services", "--subnet", "snet-domain"}}

// proved is a network that fix gives evidence for.
type proved struct {
	folder, tags string
	flags        []string
}

// evidence runs fix and returns what --evidence wrote.
func (p proved) evidence(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "evidence.json")
	var screen bytes.Buffer
	args := append([]string{"fix", p.folder, "--tags", p.tags, "--evidence", file}, p.flags...)
	if status := cli.New(strings.NewReader(""), &screen, &screen, func(string) string { return "" }).Main(args); status != cli.ExitOK {
		t.Fatalf("fix ends with %d: %s", status, screen.String())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// rechecked is what the other program says of evidence.
func (p proved) rechecked(t *testing.T, evidence string) *recheck.Report {
	t.Helper()
	file := filepath.Join(t.TempDir(), "evidence.json")
	if err := os.WriteFile(file, []byte(evidence), 0o644); err != nil {
		t.Fatal(err)
	}
	report, err := recheck.Run(recheck.Options{Evidence: file, Tags: p.tags, Paths: []string{p.folder}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// The evidence of fix holds for a program that shares no code with the engine,
// in every class of packets; and nothing in it can be changed unnoticed.
func TestEvidenceIsRechecked(t *testing.T) {
	evidence := small.evidence(t)
	report := small.rechecked(t, evidence)
	if len(report.False) > 0 || report.Rows != 8 || report.Exact != report.Cells || report.Packets < 500 || report.Unchanged < 10 {
		t.Fatalf("%+v", report)
	}
	opened := strings.Index(evidence, `"opened": [`)
	for name, change := range map[string][2]string{
		"a verdict":          {`"verdict": "allowed"`, `"verdict": "blocked"`},
		"a wider cell":       {`"10.20.1.4/30"`, `"10.20.1.0/29"`},
		"another rule":       {`"name": "AllowInternetOutBound"`, `"name": "ldaps"`},
		"another priority":   {`"access": "Allow"`, `"access": "Deny"`},
		"other ports":        {`"destinationPortRange": "5986"`, `"destinationPortRange": "5985-5986"`},
		"another witness":    {`"destinationPort": 5986`, `"destinationPort": 5987`},
		"no opened packets":  {evidence[opened:], `"opened": [], "closed": [], "undecided": []}`},
		"a row that passed":  {`"repaired": false`, `"repaired": true`},
		"a row without cell": {evidence[strings.Index(evidence, `"cover": [`):opened], `"cover": []}],`},
		"another input":      {`"sha256": "`, `"sha256": "0`},
	} {
		t.Run(name, func(t *testing.T) {
			at := strings.LastIndex(evidence, change[0])
			if at < 0 {
				t.Fatalf("the evidence has no %s", change[0])
			}
			if report := small.rechecked(t, evidence[:at]+change[1]+evidence[at+len(change[0]):]); len(report.False) == 0 {
				t.Error("nobody noticed")
			}
		})
	}
}

// So it is of an integration service environment, whose 92 rows name the
// internet and the tags of the whole cloud.
func TestEvidenceOfAnEnvironment(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN under -short: it asks the interpreter about some hundred thousand packets")
	}
	environment := proved{"examples/ise-blocked", "examples/tags/ServiceTags_Public_excerpt.json", nil}
	if report := environment.rechecked(t, environment.evidence(t)); len(report.False) > 0 || report.Rows != 92 || report.Packets < 100_000 {
		t.Errorf("%+v", report)
	}
}

// A network that is not that of the evidence is told, by its digest, and where
// somebody made the digest fit too, by what becomes of its packets.
func TestEvidenceIsOfItsNetwork(t *testing.T) {
	evidence := small.evidence(t)
	other := small
	other.folder = t.TempDir()
	old, err := os.ReadFile("examples/terraform/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	now := bytes.ReplaceAll(old, []byte(`"priority": 100`), []byte(`"priority": 120`))
	now = bytes.ReplaceAll(now, []byte(`"direction": "Inbound"`), []byte(`"direction": "Outbound"`))
	now = bytes.ReplaceAll(now, []byte(`"access": "Allow"`), []byte(`"access": "Deny"`))
	now = bytes.ReplaceAll(now, []byte(`"10.30.0.0/16"`), []byte(`"*"`))
	now = bytes.ReplaceAll(now, []byte(`"destination_port_range": "636"`), []byte(`"destination_port_range": "443"`))
	if err := os.WriteFile(filepath.Join(other.folder, "plan.json"), now, 0o644); err != nil {
		t.Fatal(err)
	}
	if report := other.rechecked(t, evidence); len(report.False) == 0 || !strings.Contains(report.False[0], "its content has another digest") {
		t.Errorf("the digest: %v", report.False)
	}
	fitting := strings.Replace(evidence, digest(old), digest(now), 1)
	if report := other.rechecked(t, fitting); len(report.False) == 0 || strings.Contains(report.False[0], "digest") {
		t.Errorf("the packets: %v", report.False)
	}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// The program that checks evidence links nothing of the engine.
func TestRecheckIsIndependent(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./cmd/wayleave-recheck").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []string{"flow", "fabric", "reach", "check", "repair", "emit", "amend", "difference", "service", "servicetag", "report", "cli"} {
		for line := range strings.Lines(string(out)) {
			if path := strings.TrimSpace(line); path == module+"/internal/"+room || strings.HasPrefix(path, module+"/internal/"+room+"/") {
				t.Errorf("it links %s", path)
			}
		}
	}
	if !strings.Contains(string(out), module+"/internal/plain\n") {
		t.Error("it does not link the interpreter")
	}
}
