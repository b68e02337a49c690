package wayleave_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
		{"examples/three-tiers", "--allow-none", "true", 1, []string{"check.xml", "test.xml", "test.html"}},
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

// The handler of the task runs as an agent would run it: inputs in the
// environment, commands to the agent on standard output.
func TestThePipelineTaskChecksAndReports(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("SKIPPED: node is not installed, the handler of the task for Azure Pipelines is not tested")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "wayleave")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/wayleave").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i, row := range []struct {
		inputs  map[string]string
		says    []string
		reports []string
	}{
		{map[string]string{"paths": "examples/ise-ok"}, []string{"##vso[task.complete result=Succeeded;]", "##vso[artifact.upload containerfolder=wayleave;artifactname=wayleave;]"}, []string{"check.xml", "check.html", "check.md"}},
		{map[string]string{"paths": "examples/ise-blocked\n", "arguments": "--strict", "artifact": ""}, []string{"##vso[task.complete result=Failed;]something fails"}, []string{"check.xml"}},
		{map[string]string{"paths": "examples/three-tiers", "arguments": "--allow-none", "test": "true"}, []string{"##vso[task.complete result=Failed;]", "check.xml,"}, []string{"check.xml", "test.xml", "test.html"}},
		{map[string]string{"paths": "$(touch " + dir + "/owned)\n`touch " + dir + "/owned`"}, []string{"##vso[task.complete result=Failed;]an input could not be read"}, nil},
		{map[string]string{"paths": "examples/ise-ok", "program": filepath.Join(dir, "absent")}, []string{"##vso[task.logissue type=error;]cannot run", "install wayleave in a step before"}, nil},
	} {
		temp := filepath.Join(dir, "temp "+string(rune('a'+i)))
		cmd := exec.Command(node, "tasks/wayleave/run.js")
		cmd.Env = append(os.Environ(), "WAYLEAVE_DATA="+dir, "AGENT_TEMPDIRECTORY="+temp)
		if row.inputs["program"] == "" {
			cmd.Env = append(cmd.Env, "INPUT_PROGRAM="+program)
		}
		for name, value := range row.inputs {
			cmd.Env = append(cmd.Env, "INPUT_"+strings.ToUpper(name)+"="+value)
		}
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", row.inputs, err, text)
		}
		for _, want := range row.says {
			if !strings.Contains(string(text), want) {
				t.Errorf("%v: lacks %q\n%s", row.inputs, want, text)
			}
		}
		for _, name := range row.reports {
			if info, err := os.Stat(filepath.Join(temp, "wayleave-out", name)); err != nil || info.Size() == 0 {
				t.Errorf("%v: no report %s", row.inputs, name)
			}
		}
		if artifact, given := row.inputs["artifact"]; given && artifact == "" && strings.Contains(string(text), "artifact.upload") {
			t.Errorf("%v: an artifact is kept", row.inputs)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "owned")); err == nil {
		t.Error("an input was evaluated")
	}
}

// The inputs of the task are those that its handler reads.
func TestThePipelineTaskNamesItsInputs(t *testing.T) {
	data, err := os.ReadFile("tasks/wayleave/task.json")
	if err != nil {
		t.Fatal(err)
	}
	handler, err := os.ReadFile("tasks/wayleave/run.js")
	if err != nil {
		t.Fatal(err)
	}
	var task struct {
		FriendlyName string
		Inputs       []struct{ Name string }
		Execution    map[string]struct{ Target string }
	}
	if err := json.Unmarshal(data, &task); err != nil {
		t.Fatal(err)
	}
	if n := len(task.FriendlyName); n == 0 || n > 40 {
		t.Errorf("the friendly name has %d letters; the registry of extensions takes 1 to 40", n)
	}
	for _, in := range task.Inputs {
		if !strings.Contains(string(handler), "input('"+in.Name+"'") {
			t.Errorf("the handler does not read the input %s", in.Name)
		}
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`input\('(\w+)'`).FindAllStringSubmatch(string(handler), -1) {
		names[m[1]] = true
	}
	if len(names) != len(task.Inputs) {
		t.Errorf("the handler reads %v, the task has %d inputs", names, len(task.Inputs))
	}
	for name, e := range task.Execution {
		if _, err := os.Stat(filepath.Join("tasks/wayleave", e.Target)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
