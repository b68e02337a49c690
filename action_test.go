package wayleave_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/document"
)

// The script of the GitHub Action runs as a runner would run it.
func TestActionChecksAndReports(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: bash is not installed, the action's script is not tested")
	}
	dir := t.TempDir()
	program, summary, sarif := filepath.Join(dir, "wayleave"), filepath.Join(dir, "summary.md"), filepath.Join(dir, "a b.sarif")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/wayleave").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, row := range []struct {
		paths, arguments, says string
		status                 int
	}{
		{"examples/ise-blocked", "", ": BLOCKED", 1},
		{"examples/ise-ok/vnets.json\nexamples/ise-ok/nsgs.json\n", "--service\nlogic-apps-ise\n--subnet\nsnet-compute", ": ALLOWED", 0},
		{"nowhere $(touch " + dir + "/owned)", "", "", 3},
	} {
		os.Remove(summary)
		os.Remove(sarif)
		cmd := exec.Command(bash, "tools/action.sh")
		cmd.Env = append(os.Environ(), "WAYLEAVE="+program, "WAYLEAVE_PATHS="+row.paths, "WAYLEAVE_ARGUMENTS="+row.arguments,
			"WAYLEAVE_SARIF="+sarif, "GITHUB_STEP_SUMMARY="+summary, "WAYLEAVE_DATA="+dir)
		out, err := cmd.CombinedOutput()
		status := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			status = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		text, _ := os.ReadFile(summary)
		if status != row.status || !strings.Contains(string(text), row.says) {
			t.Errorf("%q: status %d, want %d; summary\n%s\n%s", row.paths, status, row.status, text, out)
		}
		if data, _ := os.ReadFile(sarif); row.says != "" && !bytes.Contains(data, []byte(`"version": "2.1.0"`)) {
			t.Errorf("%q: no SARIF", row.paths)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "owned")); err == nil {
		t.Error("an input was evaluated")
	}
}

// An input reaches the shell through the environment alone: an expression within
// a script would be run.
func TestActionPutsNoExpressionIntoAScript(t *testing.T) {
	data, err := os.ReadFile("action.yml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := document.ParseYAML("action.yml", data, document.Options{}); err != nil {
		t.Fatal(err)
	}
	scripts := regexp.MustCompile(`(?m)^\s+run: .*$`).FindAllString(string(data), -1)
	if len(scripts) != 2 {
		t.Fatalf("found scripts %q; this test reads those of one line", scripts)
	}
	for _, s := range scripts {
		if strings.Contains(s, "${{") {
			t.Errorf("%q holds an expression", s)
		}
	}
	for _, input := range []string{"paths", "arguments", "sarif"} {
		if !strings.Contains(string(data), ": ${{ inputs."+input+" }}") {
			t.Errorf("input %s is not used", input)
		}
	}
}
