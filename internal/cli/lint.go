package cli

import (
	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
)

// lintFormats are those of lint.
var lintFormats = []string{"text", "json", "sarif"}

func (p *Program) lint() *cobra.Command {
	var inputs inputFlags
	var options wayleave.LintOptions
	var format string
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "shadowed, redundant and conflicting rules; traps",
		Long: `Lint finds rules that do nothing and settings that do something other than they
say. Each finding names the lines to blame and a packet that shows it, and holds
for certain; what could not be looked at is listed.

With --minimise each security group of which everything is known is also printed with the
fewest rules that were found to decide every packet alike, and as the steps that lead there.

Exit status: 0 no finding, 1 a finding, 2 wrong usage, 3 an input could not be read.`,
		Example: `  wayleave lint plan.json
  wayleave lint vnets.json nsgs.json --format json
  wayleave lint . --minimise --tags ServiceTags_Public_20251028.json`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if err := oneOf("format", format, lintFormats...); err != nil {
				return err
			}
			n, err := p.load(paths, &inputs)
			if err != nil {
				return err
			}
			answer, err := n.Lint(options)
			if err != nil {
				return err
			}
			if len(answer.Findings) > 0 {
				p.status = ExitFail
			}
			switch format {
			case "json":
				return report.JSON(p.stdout, answer)
			case "sarif":
				return report.LintSARIF(p.stdout, answer, sourceLines())
			}
			p.diagnostics(answer.Diagnostics)
			return report.LintText(p.stdout, answer, p.style(false))
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	flags.BoolVar(&options.Minimise, "minimise", false, "also print security groups with fewer rules that decide every packet alike")
	flags.StringVar(&format, "format", "text", "text, json or sarif")
	register(cmd, map[string]cobra.CompletionFunc{"format": cobra.FixedCompletions(lintFormats, cobra.ShellCompDirectiveNoFileComp)})
	return cmd
}
