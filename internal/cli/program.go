// Package cli is the command line: flags in, exit status out, one file a
// command. It computes nothing; package wayleave answers and package report
// prints.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/lab/keeper"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/source/live"
)

// Exit statuses; scripts depend on them.
const (
	// ExitOK: everything needed is allowed.
	ExitOK = 0
	// ExitFail: something fails.
	ExitFail = 1
	// ExitUsage: the command line is wrong.
	ExitUsage = 2
	// ExitInput: an input could not be read or is invalid.
	ExitInput = 3
	// ExitUndecided: nothing fails but something is undecided.
	ExitUndecided = 4
)

// Program is one run of the command line with everything it touches.
type Program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	connect        connect
	now            func() time.Time
	status         int
}

// New makes a program over the given streams and environment.
func New(stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) *Program {
	return &Program{stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv, connect: live.Connect, now: time.Now}
}

// WithClock makes the program take the time of its run from a function.
func (p *Program) WithClock(now func() time.Time) *Program {
	p.now = now
	return p
}

// Main runs the arguments (without the program's name) and returns the exit
// status.
func (p *Program) Main(args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	if err := root.Execute(); err != nil {
		return p.fail(err)
	}
	return p.status
}

// Root is the tree of commands, for whoever documents it.
func (p *Program) Root() *cobra.Command { return p.root() }

func (p *Program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "wayleave",
		Short: "will this managed service work in that Azure virtual network?",
		Long: `Wayleave tells whether a managed service will work in an Azure virtual network;
if not, which rule, route or firewall blocks it and what then stops working.
It reads Terraform plans, ARM templates and az output, and decides for every
packet, not for samples.

  wayleave check plan.json
  wayleave check vnets.json nsgs.json --service logic-apps-ise --subnet a,b,c,d
  wayleave explain . --from snet-a --to Storage --protocol tcp --port 443`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	info, _ := debug.ReadBuildInfo()
	root.Version = versionText(release, commit, info)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage{err} })
	root.AddCommand(p.check(), p.explain(), p.egress(), p.test(), p.lint(), p.inspect(), p.tags(), p.services(), p.pull(), p.version())
	root.AddCommand(p.lab())
	root.AddCommand(p.fix(), p.diff())
	return root
}

// usage is an error of the command line itself.
type usage struct{ error }

func (u usage) Unwrap() error { return u.error }

// fail prints an error and tells its exit status.
func (p *Program) fail(err error) int {
	var input *wayleave.InputError
	if errors.As(err, &input) {
		p.diagnostics(input.Diagnostics)
		return ExitInput
	}
	var wrong *wayleave.UsageError
	if errors.As(err, &wrong) {
		fmt.Fprintf(p.stderr, "wayleave: error: %s\n", wrong.Message)
		for _, hint := range wrong.Hints {
			fmt.Fprintf(p.stderr, "wayleave: hint: %s\n", hint)
		}
		return ExitUsage
	}
	fmt.Fprintf(p.stderr, "wayleave: error: %s\n", err)
	var lab *keeper.Error
	if errors.As(err, &lab) {
		for _, hint := range lab.Hints {
			fmt.Fprintf(p.stderr, "wayleave: hint: %s\n", hint)
		}
	}
	var u usage
	if errors.As(err, &u) || strings.HasPrefix(err.Error(), "unknown command") {
		fmt.Fprintln(p.stderr, "wayleave: hint: wayleave --help lists commands and flags")
	}
	return ExitUsage
}

// diagnostics prints problems of the inputs on stderr.
func (p *Program) diagnostics(list diagnostic.List) {
	for _, d := range list {
		diagnostic.Format(p.stderr, d)
	}
}

// style says how to print on stdout: colour only on a terminal, NO_COLOR
// honoured, FORCE_COLOR for the rest.
func (p *Program) style(verbose bool) report.Style {
	s := report.Style{Verbose: verbose}
	if f, ok := p.stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.Color = true
	}
	if p.getenv("FORCE_COLOR") != "" {
		s.Color = true
	}
	if p.getenv("NO_COLOR") != "" {
		s.Color = false
	}
	return s
}

// takes refuses arguments that are more or fewer than those named.
func takes(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		got := "nothing"
		if len(args) > 0 {
			got = strings.Join(args, " ")
		}
		return &wayleave.UsageError{Message: fmt.Sprintf("%s takes %s; got %s", cmd.CommandPath(), strings.Join(names, " and "), got), Hints: []string{cmd.UseLine()}}
	}
}

// takesSome refuses to have no argument.
func takesSome(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return nil
		}
		return takes(name)(cmd, args)
	}
}

// oneOf refuses a flag value that is not in the list.
func oneOf(flag, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return usage{fmt.Errorf("--%s cannot be %q; expected one of %s", flag, value, strings.Join(allowed, ", "))}
}
