package cli

import (
	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

func (p *Program) explain() *cobra.Command {
	var inputs inputFlags
	var options wayleave.ExplainOptions
	var format string
	var verbose, assumptions bool
	cmd := &cobra.Command{
		Use:   "explain [PATH...]",
		Short: "follow one flow (or a whole flow space) hop by hop, forward and back",
		Long: `Explain carries packets from one end to the other and shows how they split on the
way: through security groups, routes and platform exemptions, and the replies back.
An end is a subnet, a network interface, an address, a prefix or a service tag.

Exit status: 0 allowed, 1 blocked or partial, 2 wrong usage, 3 an input could not
be read, 4 undecided.`,
		Example: `  wayleave explain . --from snet-a --to Storage --protocol tcp --port 443
  wayleave explain plan.json --from Internet --to 10.1.0.4 --protocol tcp --port 22
  wayleave explain . --from snet-a --to 10.1.0.4 --port 22 --why
  wayleave explain --assumptions`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			if options.Direction != "" {
				if err := oneOf("direction", options.Direction, "inbound", "outbound"); err != nil {
					return err
				}
			}
			if assumptions {
				if format == "json" {
					return report.JSON(p.stdout, wayleave.Assumptions())
				}
				return report.AssumptionsText(p.stdout, wayleave.Assumptions(), p.style(verbose))
			}
			n, err := p.load(paths, &inputs)
			if err != nil {
				return err
			}
			answer, err := n.Explain(options)
			if err != nil {
				return err
			}
			p.status = explainStatus(answer.Verdict)
			if format == "json" {
				return report.JSON(p.stdout, answer)
			}
			p.diagnostics(answer.Diagnostics)
			return report.ExplainText(p.stdout, answer, p.style(verbose))
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	flags.StringVar(&options.From, "from", "", "where the packets come from")
	flags.StringVar(&options.To, "to", "", "where they go")
	flags.StringVar(&options.Protocol, "protocol", "tcp", "tcp, udp, icmp, esp, ah, gre, icmpv6, another name that reports print, any or a number; several with commas")
	flags.StringVar(&options.Host, "host", "", "the `name` that the client asks for, where application rules of firewalls decide")
	flags.StringVar(&options.Port, "port", "", "destination `ports`: 443,8080-8090 (default every port)")
	flags.StringVar(&options.SourcePort, "source-port", "", "source `ports` (default "+wayleave.DefaultSourcePorts+")")
	flags.StringVar(&options.Direction, "direction", "", "inbound or outbound, where that is not plain from the ends")
	flags.BoolVar(&options.Why, "why", false, "tell for each rule that decides why the rules before it do not match")
	flags.BoolVar(&assumptions, "assumptions", false, "list the open points that --assume settles")
	flags.StringVar(&format, "format", "text", "text or json")
	flags.BoolVarP(&verbose, "verbose", "v", false, "show what is folded: long lists of addresses")
	register(cmd, map[string]cobra.CompletionFunc{
		"from": p.completeEnds(&inputs), "to": p.completeEnds(&inputs),
		"direction": cobra.FixedCompletions([]string{"inbound", "outbound"}, cobra.ShellCompDirectiveNoFileComp),
		"format":    cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp),
	})
	return cmd
}

// explainStatus is the exit status of decisions 3.
func explainStatus(v result.Verdict) int {
	switch v {
	case result.Allowed:
		return ExitOK
	case result.Undecided:
		return ExitUndecided
	}
	return ExitFail
}
