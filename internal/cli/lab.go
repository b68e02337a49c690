package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/lab/keeper"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

// labFlags say which lab is meant.
type labFlags struct{ name, state string }

func (f *labFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.name, "name", "default", "`name` of the lab, where several run")
	flags.StringVar(&f.state, "state", "", "`folder` where labs are kept (default wayleave in $XDG_RUNTIME_DIR or /run)")
}

func (p *Program) place(f *labFlags) (keeper.Place, error) {
	return keeper.Find(f.name, f.state, p.getenv)
}

func (p *Program) lab() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lab",
		Short: "the same network as real packets on Linux",
		Long: `The lab runs a network as Linux network namespaces with real routes and real
stateful filters, compiled from the same files and sharing nothing with the
analysis. It needs root, or user namespaces, and the programs ip and nft. It
touches nothing of the network of the machine, and when its process ends, however
it ends, nothing of it remains.`,
		Example: `  wayleave lab up .
  wayleave lab probe
  wayleave lab exec snet-a -- curl -m 5 http://203.0.113.7/
  wayleave lab down`,
	}
	cmd.AddCommand(p.labUp(), p.labProbe(), p.labExec(), p.labCapture(), p.labStatus(), p.labDown(), p.labKeep())
	return cmd
}

func (p *Program) labUp() *cobra.Command {
	var inputs inputFlags
	var where labFlags
	cmd := &cobra.Command{
		Use:   "up [PATH...]",
		Short: "run the network of these files",
		Long: `Up runs the network of these files until "lab down". Where the lab runs these
files already and they have changed, the new network takes its place.

Exit status: 0 it runs, 2 wrong usage or no lab can run here, 3 an input could not
be read.`,
		Example: "  wayleave lab up hub.json spoke.json --tags ServiceTags_Public_20251028.json",
		RunE: func(cmd *cobra.Command, paths []string) error {
			place, err := p.place(&where)
			if err != nil {
				return err
			}
			n, err := p.load(paths, &inputs)
			if err != nil {
				return err
			}
			plan, err := n.LabPlan()
			if err != nil {
				return err
			}
			facts := keeper.Facts{Digest: plan.Digest(), Started: p.now(), Inputs: taken(cmd.Flags(), paths)}
			done, err := raise(place, facts, plan)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "lab %s %s\n", place.Name, done)
			return p.printLab(place)
		},
	}
	inputs.add(cmd.Flags())
	where.add(cmd.Flags())
	return cmd
}

// taken are the paths and flags of a command, with absolute paths, for later
// commands to read the same network.
func taken(flags *pflag.FlagSet, paths []string) keeper.Inputs {
	in := keeper.Inputs{Flags: map[string][]string{}}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, path := range paths {
		in.Paths = append(in.Paths, absolute(path))
	}
	flags.Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		if f.Name == "tags" || f.Name == "parameters" || f.Name == "project" && f.Value.String() != "none" {
			for i := range values {
				values[i] = absolute(values[i])
			}
		}
		in.Flags[f.Name] = values
	})
	return in
}

func absolute(path string) string {
	if path == "-" || strings.Contains(path, "://") {
		return path
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// raise starts the lab, in place of one of the same files.
func raise(place keeper.Place, facts keeper.Facts, plan *lab.Plan) (done string, err error) {
	done = "is up"
	switch old, err := place.Status(); {
	case err != nil:
		return "", err
	case old == nil:
	case old.Digest == facts.Digest:
		return "is up already", nil
	case strings.Join(old.Inputs.Paths, "\n") != strings.Join(facts.Inputs.Paths, "\n"):
		return "", &keeper.Error{
			Message: fmt.Sprintf("the lab %s runs another network, of %s", place.Name, strings.Join(old.Inputs.Paths, " ")),
			Hints:   []string{"wayleave lab down, or another --name"},
		}
	default:
		if _, err := place.Down(); err != nil {
			return "", err
		}
		done = "is up, in place of the one before"
	}
	return done, place.Up(facts, plan)
}

// printLab tells what runs.
func (p *Program) printLab(place keeper.Place) error {
	s, err := place.Status()
	if err != nil {
		return err
	}
	if s == nil {
		return errors.New("the lab has ended at once")
	}
	return report.LabText(p.stdout, labResult(place.Name, s))
}

// labResult is the status of a lab as data.
func labResult(name string, s *keeper.Status) *result.Lab {
	r := &result.Lab{Schema: result.LabSchema, Name: name}
	if s == nil {
		return r
	}
	r.Running, r.Inputs, r.Started, r.Links, r.Programs = true, s.Inputs.Paths, s.Started.UTC().Format("2006-01-02T15:04:05Z"), s.Links, s.Programs
	for _, n := range s.Namespaces {
		r.Namespaces = append(r.Namespaces, result.LabNamespace{Name: n.Name, Role: string(n.Role), Devices: n.Devices})
	}
	return r
}

func (p *Program) labStatus() *cobra.Command {
	var where labFlags
	var format string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "what runs, and of which files",
		Long:  "Status tells whether a lab runs and what it holds.\n\nExit status: 0 it runs, 1 it does not, 2 wrong usage.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			place, err := p.place(&where)
			if err != nil {
				return err
			}
			s, err := place.Status()
			if err != nil {
				return err
			}
			if s == nil {
				p.status = ExitFail
			}
			if format == "json" {
				return report.JSON(p.stdout, labResult(place.Name, s))
			}
			if s == nil {
				fmt.Fprintf(p.stdout, "no lab %s is running\n", place.Name)
				return nil
			}
			fmt.Fprintf(p.stdout, "lab %s runs %s\n", place.Name, strings.Join(s.Inputs.Paths, " "))
			return report.LabText(p.stdout, labResult(place.Name, s))
		},
	}
	where.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func (p *Program) labDown() *cobra.Command {
	var where labFlags
	cmd := &cobra.Command{
		Use:   "down",
		Short: "end the lab and everything that runs in it",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			place, err := p.place(&where)
			if err != nil {
				return err
			}
			was, err := place.Down()
			if err != nil {
				return err
			}
			if !was {
				fmt.Fprintf(p.stdout, "no lab %s is running\n", place.Name)
				return nil
			}
			fmt.Fprintf(p.stdout, "lab %s is down\n", place.Name)
			return nil
		},
	}
	where.add(cmd.Flags())
	return cmd
}

// labKeep is the process that holds a lab; "lab up" starts it.
func (p *Program) labKeep() *cobra.Command {
	return &cobra.Command{
		Use:    "keep FOLDER",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return keeper.Keep(arguments[0], os.Stdin, os.NewFile(3, "ready"))
		},
	}
}
