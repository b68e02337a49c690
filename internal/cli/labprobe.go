package cli

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/lab/keeper"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

func (p *Program) labProbe() *cobra.Command {
	var inputs inputFlags
	var where labFlags
	var options wayleave.ProbeOptions
	var subnets []string
	var format string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "probe [PATH...]",
		Short: "send real packets and compare them with the model",
		Long: `Probe sends packets through the lab that runs: of every requirement of the
services, or of any flow, those at the corners of each part that fares alike. It
prints what the model says beside what became of the packet, and the source
address that its receiver saw. Without PATH it reads the files the lab was started
from. It forgets the flows of programs that run in the lab.

Exit status: 0 packets and model agree, 1 they differ, 2 wrong usage, 3 an input
could not be read, 4 no packet could be compared.`,
		Example: `  wayleave lab probe
  wayleave lab probe --service logic-apps-ise --subnet a,b,c,d
  wayleave lab probe --from snet-a --to Storage --protocol tcp --port 443`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			place, err := p.place(&where)
			if err != nil {
				return err
			}
			for _, list := range subnets {
				options.Check.Subnets = append(options.Check.Subnets, splitNames(list)...)
			}
			n, plan, err := p.running(place, cmd.Flags(), paths, &inputs)
			if err != nil {
				return err
			}
			options.Plan, options.Check.Now = plan, p.now()
			options.Send = func(shots []lab.Shot, patience time.Duration) ([]lab.Packet, error) {
				return place.Probe(shots, patience)
			}
			answer, err := n.Probe(options)
			if err != nil {
				return err
			}
			p.status = probeStatus(answer)
			if format == "json" {
				return report.JSON(p.stdout, answer)
			}
			return report.ProbeText(p.stdout, answer, p.style(verbose))
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	where.add(flags)
	flags.StringVar(&options.Explain.From, "from", "", "where the packets come from: subnet, interface, address, prefix or tag")
	flags.StringVar(&options.Explain.To, "to", "", "where they go")
	flags.StringVar(&options.Explain.Protocol, "protocol", "tcp", "tcp, udp, icmp or any; several with commas")
	flags.StringVar(&options.Explain.Port, "port", "", "destination `ports`: 443,8080-8090 (default every port)")
	flags.StringVar(&options.Explain.SourcePort, "source-port", "", "source `ports` (default "+wayleave.DefaultSourcePorts+")")
	flags.StringArrayVar(&options.Check.Services, "service", nil, "try the requirements of this `service[@edition]` (repeatable)")
	flags.StringArrayVar(&subnets, "subnet", nil, "`subnets` of a service that does not exist yet; several with commas")
	flags.StringArrayVar(&options.Check.Settings, "set", nil, "parameter of a profile as `[service.]name=value` (repeatable)")
	flags.StringVar(&format, "format", "text", "text or json")
	flags.BoolVarP(&verbose, "verbose", "v", false, "print every packet")
	register(cmd, map[string]cobra.CompletionFunc{
		"from": p.completeEnds(&inputs), "to": p.completeEnds(&inputs),
		"service": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return completeServices(inputs.profiles)
		},
		"subnet": func(_ *cobra.Command, paths []string, typed string) ([]string, cobra.ShellCompDirective) {
			return p.completeSubnets(paths, &inputs, typed)
		},
	})
	return cmd
}

// running reads the network that a lab runs, by its own paths and flags where
// none are given, and refuses another one.
func (p *Program) running(place keeper.Place, flags *pflag.FlagSet, paths []string, inputs *inputFlags) (*wayleave.Network, *lab.Plan, error) {
	s, err := place.Status()
	if err != nil {
		return nil, nil, err
	}
	if s == nil {
		return nil, nil, place.None()
	}
	if len(paths) == 0 {
		paths = s.Inputs.Paths
	}
	for name, values := range s.Inputs.Flags {
		if f := flags.Lookup(name); f == nil || f.Changed || name == "state" || name == "name" {
			continue
		}
		for _, v := range values {
			if err := flags.Set(name, v); err != nil {
				return nil, nil, err
			}
		}
	}
	n, err := p.load(paths, inputs)
	if err != nil {
		return nil, nil, err
	}
	plan, err := n.LabPlan()
	if err != nil {
		return nil, nil, err
	}
	if plan.Digest() != s.Digest {
		return nil, nil, &keeper.Error{Message: "the lab runs another network than these files describe now", Hints: []string{"wayleave lab up, with the same paths and flags"}}
	}
	return n, plan, nil
}

func probeStatus(r *result.Probes) int {
	compared := false
	for _, x := range r.Probes {
		if x.Agree != nil {
			compared = true
			if !*x.Agree {
				return ExitFail
			}
		}
	}
	if !compared {
		return ExitUndecided
	}
	return ExitOK
}
