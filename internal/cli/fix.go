package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

func (p *Program) fix() *cobra.Command {
	var inputs inputFlags
	var options wayleave.FixOptions
	var subnets []string
	var format, evidence string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "fix [PATH...]",
		Short: "the smallest safe change, with proof",
		Long: `Fix finds the fewest security rules and routes that let every failing required row
of the managed services pass. The change opens the missing packets and nothing else; the
changed network is checked again and compared with the old one packet by packet.

Rules named with --keep, and those whose description holds "wayleave:keep", are
deliberate: where one of them denies what a requirement needs, both are named.

With --all the other ways to the same end are shown too, each with its price: what it opens
beyond what is missing, what it leaves blocked, what it closes.

With --edit the change is written into your own files and printed as a unified diff: the
templates among the inputs, and the Terraform configuration beside a plan, or of --sources.
Comments and layout stay. --write changes the files.

With --as the change is written as az commands, as a template to deploy
incrementally, as Bicep or as Terraform, in an order without a gap.

Exit status: 0 nothing to do or a complete change, 1 something cannot be fixed, 2
wrong usage, 3 an input could not be read, 4 something is undecided.`,
		Example: `  wayleave fix plan.json
  wayleave fix vnets.json nsgs.json --service logic-apps-ise --subnet a,b,c,d
  wayleave fix . --keep nsg-data/deny-tds
  wayleave fix plan.json --all
  wayleave fix plan.json --edit
  wayleave fix plan.json --sources ./network --write
  wayleave fix plan.json --as terraform > fix.tf`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			if options.As != "" {
				if err := oneOf("as", options.As, wayleave.FixForms()...); err != nil {
					return err
				}
			}
			if err := p.checkEdit(&options); err != nil {
				return err
			}
			for _, list := range subnets {
				options.Subnets = append(options.Subnets, splitNames(list)...)
			}
			n, err := p.load(paths, &inputs)
			if err != nil {
				return err
			}
			options.Now, options.Evidence = p.now(), evidence != ""
			answer, err := n.Fix(options)
			if err != nil {
				return err
			}
			if evidence != "" {
				if err := writeEvidence(evidence, answer.Evidence); err != nil {
					return err
				}
			}
			p.status = fixStatus(answer)
			if format == "json" {
				return report.JSON(p.stdout, answer)
			}
			p.diagnostics(answer.Diagnostics)
			if options.As != "" || options.Edit { // the code or the diff alone on stdout, to be piped
				report.FixCode(p.stdout, answer)
				return report.FixText(p.stderr, answer, report.Style{Verbose: verbose})
			}
			return report.FixText(p.stdout, answer, p.style(verbose))
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	flags.StringArrayVar(&options.Services, "service", nil, "repair for this `service[@edition]` (repeatable)")
	flags.StringArrayVar(&subnets, "subnet", nil, "`subnets` of the service that does not exist yet, by name, network/name or id; several with commas")
	flags.StringArrayVar(&options.Settings, "set", nil, "parameter of a profile as `[service.]name=value` (repeatable)")
	flags.StringArrayVar(&options.Keep, "keep", nil, "never override this `rule` or group/rule (repeatable)")
	flags.BoolVar(&options.All, "all", false, "also show the other ways to the same end, each with its price")
	flags.StringVar(&options.As, "as", "", "write the change as `form`: az, arm, bicep or terraform; the proof goes to standard error")
	flags.BoolVar(&options.Edit, "edit", false, "write the change into the files that state the network, as a unified diff; the proof goes to standard error")
	flags.BoolVar(&options.Write, "write", false, "write it to the files themselves")
	flags.StringArrayVar(&options.Sources, "sources", nil, "`folder` or file of the Terraform configuration to edit (repeatable; default beside the plan)")
	flags.StringVar(&evidence, "evidence", "", "also write what is claimed, cell by cell, to a `file` that wayleave-recheck checks")
	flags.StringVar(&format, "format", "text", "text or json")
	flags.BoolVarP(&verbose, "verbose", "v", false, "show what is folded")
	register(cmd, map[string]cobra.CompletionFunc{
		"service": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return completeServices(inputs.profiles)
		},
		"subnet": func(_ *cobra.Command, paths []string, typed string) ([]string, cobra.ShellCompDirective) {
			return p.completeSubnets(paths, &inputs, typed)
		},
		"as":     cobra.FixedCompletions(wayleave.FixForms(), cobra.ShellCompDirectiveNoFileComp),
		"format": cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp),
	})
	return cmd
}

// checkEdit refuses flags that contradict each other, and lets those that need
// an edit ask for one.
func (p *Program) checkEdit(o *wayleave.FixOptions) error {
	if o.As != "" && (o.Edit || o.Write || len(o.Sources) > 0) {
		return usage{errors.New("--as writes the change apart, --edit, --write and --sources into files that are there; expected one of them")}
	}
	o.Edit = o.Edit || len(o.Sources) > 0 && !o.Write
	return nil
}

// fixStatus is the exit status of decisions 3.
func fixStatus(f *result.Fix) int {
	switch {
	case len(f.Unfixable) > 0 || len(f.NotWritten) > 0:
		return ExitFail
	case f.Undetermined:
		return ExitUndecided
	}
	return ExitOK
}

// writeEvidence writes the evidence of a change.
func writeEvidence(file string, e *result.Evidence) error {
	var out bytes.Buffer
	if err := report.JSON(&out, e); err != nil {
		return err
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		return &wayleave.InputError{Diagnostics: diagnostic.List{
			diagnostic.Errorf("unwritable-file", diagnostic.Position{File: filepath.ToSlash(file)}, "cannot write: %v", err).WithHint("name a file in a folder that is there"),
		}}
	}
	return nil
}
