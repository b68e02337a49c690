package cli

import (
	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave/internal/report"
)

func (p *Program) inspect() *cobra.Command {
	var inputs inputFlags
	var format string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "inspect [PATH...]",
		Short: "what was read, what is unknown, what is not modelled",
		Long: `Inspect takes stock of the inputs: the networks with their subnets and what is
attached to them, how many resources of each kind there are, each counted once
however often the inputs state it, the values that no input tells and who needs
them, and what was read and left alone. Look here first when an answer surprises.

Exit status: 0 the inputs were read, 2 wrong usage, 3 an input could not be read.`,
		Example: `  wayleave inspect plan.json
  wayleave inspect hub.tfstate spokes/ --format json`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			n, err := p.load(paths, &inputs)
			if err != nil {
				return err
			}
			answer, err := n.Inspect()
			if err != nil {
				return err
			}
			if format == "json" {
				return report.JSON(p.stdout, answer)
			}
			p.diagnostics(answer.Diagnostics)
			return report.InspectText(p.stdout, answer, p.style(verbose))
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	flags.StringVar(&format, "format", "text", "text or json")
	flags.BoolVarP(&verbose, "verbose", "v", false, "show every rule and route, and what is folded: many interfaces, long lists")
	return cmd
}
