package cli

import (
	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

func (p *Program) egress() *cobra.Command {
	var inputs inputFlags
	var options wayleave.EgressOptions
	var from []string
	var format string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "egress [PATH...]",
		Short: "which public address will each destination see from this subnet?",
		Long: `Egress divides all destinations, or those of --to, by the way that packets from the
subnets take and by the source address the destination sees: through routes,
firewalls with their rules and address translation, NAT gateways and public IP
addresses. An address is predictable only where that is proved. Of all destinations
a blocked part names what blocks first, and what else blocks one of its packets;
--to names all that does.

Exit status: 0, or 4 if a part is undecided. With --to it is that of explain: 1
where something is blocked. With --expect it is 1 where something is seen as
another address. 2 wrong usage, 3 an input could not be read.`,
		Example: `  wayleave egress plan.json --from snet-a --from snet-b
  wayleave egress . --from '*'
  wayleave egress . --to 198.51.100.10 --port 22 --expect 203.0.113.10`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			for _, list := range from {
				options.From = append(options.From, splitNames(list)...)
			}
			n, err := p.load(paths, &inputs)
			if err != nil {
				return err
			}
			answer, err := n.Egress(options)
			if err != nil {
				return err
			}
			p.status = egressStatus(answer)
			if format == "json" {
				return report.JSON(p.stdout, answer)
			}
			p.diagnostics(answer.Diagnostics)
			return report.EgressText(p.stdout, answer, p.style(verbose))
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	flags.StringArrayVar(&from, "from", nil, "`subnets` that send (repeatable, or with commas; '*' for all; default those of the managed services in the input)")
	flags.StringVar(&options.To, "to", "", "where they send (default every destination)")
	flags.StringVar(&options.Protocol, "protocol", "tcp", "tcp, udp, icmp, esp, ah, gre, icmpv6, another name that reports print, any or a number; several with commas")
	flags.StringVar(&options.Host, "host", "", "the `name` that the client asks for, where application rules of firewalls decide")
	flags.StringVar(&options.Port, "port", "", "destination `ports`: 443,8080-8090 (default every port)")
	flags.StringVar(&options.Expect, "expect", "", "the public `address` that everything outside must see")
	flags.StringVar(&format, "format", "text", "text or json")
	flags.BoolVarP(&verbose, "verbose", "v", false, "show what is folded: long lists, and what goes nowhere")
	register(cmd, map[string]cobra.CompletionFunc{
		"from": func(_ *cobra.Command, paths []string, typed string) ([]string, cobra.ShellCompDirective) {
			return p.completeSubnets(paths, &inputs, typed)
		},
		"to":     p.completeEnds(&inputs),
		"format": cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp),
	})
	return cmd
}

// egressStatus is the exit status of decisions 3.
func egressStatus(e *result.Egress) int {
	switch {
	case e.Outcome == result.Fail:
		return ExitFail
	case e.Outcome == result.UndecidedOutcome:
		return ExitUndecided
	case e.Outcome == result.Pass:
		return ExitOK
	case e.To != "":
		return explainStatus(e.Verdict)
	}
	for i := range e.Parts {
		if e.Parts[i].Verdict == result.Undecided {
			return ExitUndecided
		}
	}
	return ExitOK
}
