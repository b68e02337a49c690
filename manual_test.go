package wayleave_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/cli"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/recheck"
)

var update = flag.Bool("update", false, "rewrite golden files and transcripts")

// The test program is also the process that holds the lab of the manual.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "lab" && os.Args[2] == "keep" {
		os.Exit(cli.New(os.Stdin, os.Stdout, os.Stderr, os.Getenv).Main(os.Args[1:]))
	}
	os.Setenv("WAYLEAVE_LAB_END_WITH", strconv.Itoa(os.Getpid())) // should nobody end it
	os.Exit(m.Run())
}

// Every console block of the manual is run; what stands below a command is what
// the program prints. Run with -update to rewrite the blocks.
func TestManual(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	runtimeFolder = t.TempDir()
	for _, page := range append(pages, "README.md", "BENCHMARKS.md", "CONTRIBUTING.md") {
		if err := lab.Missing(); err != nil && page == filepath.Join("docs", "lab.md") {
			t.Logf("NOT RUN, the transcripts of %s: %v", page, err)
			continue
		}
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		now, n := rerun(t, page, string(data))
		ran += n
		if now == string(data) {
			continue
		}
		if !*update {
			t.Errorf("%s is out of date; run go test -run Manual -update and read the difference:\n%s", page, firstDifference(string(data), now))
			continue
		}
		if err := os.WriteFile(page, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if ran == 0 {
		t.Error("the manual shows no command at all")
	}
}

// runtimeFolder is where the labs of the manual are kept.
var runtimeFolder string

// rerun replaces the output in console blocks by what the commands print now.
func rerun(t *testing.T, page, text string) (string, int) {
	var out strings.Builder
	inBlock, ran := false, 0
	for line := range strings.Lines(text) {
		trimmed := strings.TrimRight(line, "\n")
		switch {
		case trimmed == "```console":
			inBlock = true
			out.WriteString(line)
		case inBlock && trimmed == "```":
			inBlock = false
			out.WriteString(line)
		case !inBlock:
			out.WriteString(line)
		case strings.HasPrefix(trimmed, "$ "):
			out.WriteString(line)
			out.WriteString(transcript(t, page, strings.TrimPrefix(trimmed, "$ ")))
			ran++
		}
	}
	return out.String(), ran
}

// transcript runs one command line of the manual in this process.
func transcript(t *testing.T, page, command string) string {
	args := strings.Fields(command)
	for i, a := range args {
		if a == "evidence.json" { // one command writes it, the next one reads it
			args[i] = filepath.Join(runtimeFolder, a)
		}
	}
	if args[0] == "wayleave-recheck" {
		var screen bytes.Buffer
		if status := recheck.Main(args[1:], &screen, &screen); status != 0 {
			fmt.Fprintf(&screen, "exit status %d\n", status)
		}
		return screen.String()
	}
	command = strings.Join(args, " ")
	for _, prefix := range []string{"go run ./cmd/wayleave", "wayleave"} {
		if rest, ok := strings.CutPrefix(command, prefix+" "); ok {
			args = strings.Fields(rest)
			return run(t, args)
		}
	}
	t.Fatalf("%s: cannot run %q", page, command)
	return ""
}

func run(t *testing.T, args []string) string {
	t.Helper()
	var screen bytes.Buffer
	data := t.TempDir()
	getenv := func(name string) string {
		switch name {
		case "WAYLEAVE_DATA":
			return data
		case "XDG_RUNTIME_DIR":
			return runtimeFolder
		}
		return ""
	}
	status := cli.New(strings.NewReader(""), &screen, &screen, getenv).Main(args)
	if status != 0 {
		fmt.Fprintf(&screen, "exit status %d\n", status)
	}
	return screen.String()
}

func firstDifference(old, now string) string {
	a, b := strings.Split(old, "\n"), strings.Split(now, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines are now %d", len(a), len(b))
}
