package wayleave_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/document"
)

// pipelineStep is the step of the template for Azure Pipelines that checks.
func pipelineStep(t *testing.T) (script string, env map[string]string) {
	t.Helper()
	const file = "pipelines/check.yml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.ParseYAML(file, data, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env = map[string]string{}
	for step := range doc.Root().Get("steps").Elements() {
		text, ok := step.Get("bash").String()
		if !ok {
			continue
		}
		if strings.Contains(text, "${{") || strings.Contains(text, "$(") {
			t.Errorf("an expression stands in a script, where it would be run: %s", text)
		}
		if name, _ := step.Get("displayName").String(); name != "wayleave" {
			continue
		}
		script = text
		for key, value := range step.Get("env").Members() {
			env[key.String()], _ = value.String()
		}
	}
	if script == "" {
		t.Fatal("no step is called wayleave")
	}
	return script, env
}

// The step of the template runs as an agent would run it.
func TestThePipelineStepChecksAndReports(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: bash is not installed, the pipeline's script is not tested")
	}
	script, env := pipelineStep(t)
	dir := t.TempDir()
	program := filepath.Join(dir, "wayleave")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/wayleave").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i, row := range []struct {
		paths, arguments, test string
		status                 int
		reports                []string
	}{
		{"examples/ise-ok", "", "false", 0, []string{"check.xml", "check.html", "check.md"}},
		{"examples/ise-blocked\n", "--strict", "false", 1, []string{"check.xml"}},
		{"examples/three-tiers", "--allow-none", "true", 1, []string{"check.xml", "test.xml"}},
		{"examples/ise-ok/vnets.json\nexamples/ise-ok/nsgs.json", "--service\nlogic-apps-ise\n--subnet\nsnet-compute", "false", 0, []string{"check.xml"}},
		{"$(touch " + dir + "/owned)", "", "false", 3, nil},
	} {
		out := filepath.Join(dir, "out "+string(rune('a'+i)))
		given := map[string]string{
			"WAYLEAVE": program, "WAYLEAVE_OUT": out, "WAYLEAVE_PATHS": row.paths, "WAYLEAVE_ARGUMENTS": row.arguments, "WAYLEAVE_TEST": row.test,
		}
		for name := range env {
			if _, ok := given[name]; !ok {
				t.Errorf("the step takes %s, which this test does not give", name)
			}
		}
		cmd := exec.Command(bash, "-c", script)
		cmd.Env = append(os.Environ(), "WAYLEAVE_DATA="+dir)
		for name, value := range given {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		text, err := cmd.CombinedOutput()
		status := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			status = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if status != row.status {
			t.Errorf("%q: status %d, want %d\n%s", row.paths, status, row.status, text)
		}
		for _, name := range row.reports {
			if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
				t.Errorf("%q: no report %s", row.paths, name)
			}
		}
		if len(row.reports) > 0 && !strings.Contains(string(text), "##vso[task.uploadsummary]"+out+"/check.md") {
			t.Errorf("%q: no summary\n%s", row.paths, text)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "owned")); err == nil {
		t.Error("a parameter was evaluated")
	}
}
