package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

func (p *Program) diff() *cobra.Command {
	var inputs inputFlags
	var format string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "what a change opens and closes, exactly",
		Long: `Diff compares two networks packet by packet: what is blocked in OLD and allowed in
NEW, what is allowed in OLD and blocked in NEW, between which endpoints, and which
rules and routes cause it. Where nothing differs, that holds for every packet.

OLD and NEW are a file or a folder each. A single Terraform plan is compared with
the network before its apply. Subnets are matched by id, then by name.

Exit status: 0 no difference, 1 a difference, 2 wrong usage, 3 an input could not be
read, 4 none is known but something is undecided.`,
		Example: `  wayleave diff before/ after/
  wayleave diff plan.json
  wayleave diff main.json branch.json --format markdown`,
		Args: func(_ *cobra.Command, paths []string) error {
			if len(paths) < 1 || len(paths) > 2 {
				return usage{fmt.Errorf("diff takes OLD and NEW, or one Terraform plan; got %d paths", len(paths))}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, paths []string) error {
			if err := oneOf("format", format, "text", "json", "markdown"); err != nil {
				return err
			}
			old, now, err := p.loadTwo(paths, inputs)
			if err != nil {
				return err
			}
			answer, err := wayleave.Diff(old, now)
			if err != nil {
				return err
			}
			p.status = diffStatus(answer)
			switch format {
			case "json":
				return report.JSON(p.stdout, answer)
			case "markdown":
				return report.DiffMarkdown(p.stdout, answer)
			}
			p.diagnostics(answer.Diagnostics)
			return report.DiffText(p.stdout, answer, p.style(verbose))
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	flags.StringVar(&format, "format", "text", "text, json or markdown")
	flags.BoolVarP(&verbose, "verbose", "v", false, "show what is folded")
	register(cmd, map[string]cobra.CompletionFunc{
		"format": cobra.FixedCompletions([]string{"text", "json", "markdown"}, cobra.ShellCompDirectiveNoFileComp),
	})
	return cmd
}

// loadTwo reads both networks; one path is a plan, before and after its apply.
func (p *Program) loadTwo(paths []string, f inputFlags) (old, now *wayleave.Network, err error) {
	if now, err = p.load(paths[len(paths)-1:], &f); err != nil {
		return nil, nil, err
	}
	if len(paths) == 1 {
		if !now.Planned() {
			return nil, nil, usage{fmt.Errorf("%s is no Terraform plan, so there is no network before it; name OLD and NEW", paths[0])}
		}
		f.before = true
	}
	old, err = p.load(paths[:1], &f)
	return old, now, err
}

func diffStatus(d *result.Diff) int {
	switch {
	case len(d.Opened)+len(d.Closed) > 0:
		return ExitFail
	case !d.Equal:
		return ExitUndecided
	}
	return ExitOK
}
