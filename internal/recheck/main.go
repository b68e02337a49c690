package recheck

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Exit statuses of Main.
const (
	exitHolds = iota
	exitFalse
	exitUsage
	exitUnreadable
)

const usage = `usage: wayleave-recheck [--tags FILE] [--parameters FILE] [--budget N] [--seed N] EVIDENCE PATH...

Checks what wayleave fix --evidence wrote, with the interpreter of one packet. PATHs are
the inputs of the network before the change.

Exit status: 0 every claim holds, 1 a claim is false, 2 wrong usage, 3 a file could not
be read or the network is beyond the interpreter.
`

// Main is the program, with its arguments and its exit status.
func Main(args []string, stdout, stderr io.Writer) int {
	var o Options
	flags := flag.NewFlagSet("wayleave-recheck", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.Tags, "tags", "", "")
	flags.IntVar(&o.Budget, "budget", 0, "")
	flags.Uint64Var(&o.Seed, "seed", 1, "")
	flags.Func("parameters", "", func(s string) error { o.Parameters = append(o.Parameters, s); return nil })
	if err := flags.Parse(args); err != nil || flags.NArg() < 2 {
		fmt.Fprint(stderr, usage)
		if err != nil && err != flag.ErrHelp {
			fmt.Fprintf(stderr, "\nwayleave-recheck: %v\n", err)
		}
		return exitUsage
	}
	o.Evidence, o.Paths = flags.Arg(0), flags.Args()[1:]
	report, err := Run(o)
	if err != nil {
		for _, d := range diagnostic.Of(err, "unreadable-file") {
			fmt.Fprintln(stderr, strings.TrimRight(d.Error(), "\n"))
		}
		return exitUnreadable
	}
	report.Text(stdout)
	if len(report.False) > 0 {
		return exitFalse
	}
	return exitHolds
}
