package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

func (p *Program) check() *cobra.Command {
	var inputs inputFlags
	var options wayleave.CheckOptions
	var subnets []string
	var against string
	var anySubnet bool
	reports := reportFlags{formats: checkFormats}
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "do the managed services in these files have the access they need?",
		Long: `Check finds the managed services in the input and tells for each of them which
of its requirements are met, what blocks the others and what then stops working.
A service that does not exist yet is named with --service and --subnet; with
--any-subnet every subnet of the input is tried, and ranked.
Flags may stand in a file wayleave.yaml beside the inputs; flags given win.

Exit status: 0 everything needed is allowed, 1 something fails, 2 wrong usage,
3 an input could not be read, 4 nothing fails but something is undecided.`,
		Example: `  wayleave check plan.json
  wayleave check hub.json spoke.json --tags ServiceTags_Public_20251028.json
  wayleave check plan.json --tags NEW.json --against OLD.json
  wayleave check . --service logic-apps-ise --subnet a,b,c,d --set endpoint=internal
  wayleave check . --service sql-managed-instance --any-subnet`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if err := reports.parse(); err != nil {
				return err
			}
			for _, list := range subnets {
				options.Subnets = append(options.Subnets, splitNames(list)...)
			}
			if against != "" {
				inputs.against = []string{against}
			}
			n, err := p.load(paths, &inputs)
			if err != nil {
				return err
			}
			if anySubnet {
				return p.findSubnet(n, options, against, &reports)
			}
			options.Now = p.now()
			answer, err := checkOrCompare(n, options, against)
			if err != nil {
				return err
			}
			p.status = checkStatus(answer)
			return p.printCheck(n, answer, &reports)
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	flags.StringArrayVar(&options.Services, "service", nil, "check this `service[@edition]` (repeatable)")
	flags.StringArrayVar(&subnets, "subnet", nil, "`subnets` of the service that does not exist yet, by name, network/name or id; several with commas")
	flags.StringArrayVar(&options.Settings, "set", nil, "parameter of a profile as `[service.]name=value` (repeatable)")
	flags.BoolVar(&options.Strict, "strict", false, "turn warnings into failures")
	flags.BoolVar(&options.AllowNone, "allow-none", false, "an input without managed services is fine")
	flags.BoolVar(&anySubnet, "any-subnet", false, "rank all subnets as places for the one --service that does not exist yet")
	flags.StringVar(&against, "against", "", "also tell which verdicts flip against this older service-tag `file`")
	reports.add(flags)
	p.completeCheck(cmd, &inputs)
	return cmd
}

func checkOrCompare(n *wayleave.Network, o wayleave.CheckOptions, against string) (*result.Check, error) {
	if against == "" {
		return n.Check(o)
	}
	return n.CheckAgainst(o, against)
}

// splitNames splits a list of names at its commas. A Terraform address can hold
// commas between quotes: azurerm_subnet.a["x,y"].
func splitNames(list string) []string {
	var names []string
	quoted, start := false, 0
	for i, r := range list + "," {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && (!quoted || i == len(list)):
			if name := strings.TrimSpace(list[start:i]); name != "" {
				names = append(names, name)
			}
			start = i + 1
		}
	}
	return names
}

// checkStatus is the exit status of decisions 3.
func checkStatus(c *result.Check) int {
	worst := result.Pass
	for _, s := range c.Services {
		if s.Outcome.Worse(worst) {
			worst = s.Outcome
		}
	}
	switch worst {
	case result.Fail:
		return ExitFail
	case result.UndecidedOutcome:
		return ExitUndecided
	}
	return ExitOK
}
