package cli_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wayleave/wayleave/internal/cli"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/lab/keeper"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wayleave": func() {
			program := cli.New(os.Stdin, os.Stdout, os.Stderr, os.Getenv)
			if today, err := time.Parse(time.DateOnly, os.Getenv("TODAY")); err == nil {
				program.WithClock(func() time.Time { return today })
			}
			os.Exit(program.Main(os.Args[1:]))
		},
	})
}

// Each script is a session of a user: commands, exit statuses, output. Run with
// -update to accept what the program prints now.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			env.Defer(func() { endLabs(t, filepath.Join(env.WorkDir, "run", "wayleave")) })
			env.Setenv(keeper.EndWith, strconv.Itoa(os.Getpid())) // should nobody end them
			env.Setenv("WAYLEAVE_DATA", filepath.Join(env.WorkDir, "data"))
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "lab" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			err := lab.Missing()
			if err != nil {
				t.Logf("NOT RUN, what needs a lab: %v", err)
			}
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status,
			"sparse": sparse,
			"nested": nested,
		},
	})
}

// endLabs ends what a script that failed left running.
func endLabs(t *testing.T, state string) {
	labs, _ := os.ReadDir(state)
	for _, l := range labs {
		p, err := keeper.Find(l.Name(), state, os.Getenv)
		if err == nil {
			_, err = p.Down()
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// status runs the program and checks its exit status: `status 3 check x.json`.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N arguments...")
	}
	err := ts.Exec("wayleave", args[1:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("wayleave %s: exit status %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// sparse makes a file of so many bytes that takes no room on the disk, and
// begins with a quote: one endless string.
func sparse(ts *testscript.TestScript, _ bool, args []string) {
	var size int64
	if _, err := fmt.Sscan(args[1], &size); err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	file := ts.MkAbs(args[0])
	ts.Check(os.WriteFile(file, []byte(`"`), 0o644))
	ts.Check(os.Truncate(file, size))
}

// nested makes a file of so many opening brackets.
func nested(ts *testscript.TestScript, _ bool, args []string) {
	var depth int
	if _, err := fmt.Sscan(args[1], &depth); err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat("[", depth)), 0o644))
}
