package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave/internal/lab/keeper"
)

func (p *Program) labExec() *cobra.Command {
	var where labFlags
	cmd := &cobra.Command{
		Use:   "exec PLACE -- COMMAND [ARGUMENT...]",
		Short: "run a program inside a subnet",
		Long: `Exec runs a program on a host of a subnet, on a network interface, or on the
"internet" outside, which owns every public address. It has the network of the lab
and the files of this machine; names are not resolved. It ends with the lab.

Exit status: that of the program, 128 and its number for a signal; 2 if it could
not be run.`,
		Example: `  wayleave lab exec snet-a -- curl -m 5 http://203.0.113.7/
  wayleave lab exec internet -- python3 -m http.server --bind 203.0.113.7 80`,
		RunE: func(cmd *cobra.Command, arguments []string) error {
			if cmd.ArgsLenAtDash() != 1 || len(arguments) < 2 {
				return usage{errors.New("expected a place, -- and a command")}
			}
			place, err := p.place(&where)
			if err != nil {
				return err
			}
			in, ok := p.stdin.(*os.File)
			out, ok2 := p.stdout.(*os.File)
			problems, ok3 := p.stderr.(*os.File)
			if !ok || !ok2 || !ok3 {
				return errors.New("a program needs files as its input and output")
			}
			dir, err := os.Getwd()
			if err != nil {
				return fmt.Errorf("the current folder: %w", err)
			}
			p.status, err = place.Run(keeper.Command{Namespace: arguments[0], Argv: arguments[1:], Env: os.Environ(), Dir: dir}, in, out, problems)
			return err
		},
	}
	where.add(cmd.Flags())
	return cmd
}
