package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

func (p *Program) test() *cobra.Command {
	var inputs inputFlags
	var files []string
	var start bool
	reports := reportFlags{formats: checkFormats}
	cmd := &cobra.Command{
		Use:   "test [PATH...]",
		Short: "accept/deny expectations kept beside the code",
		Long: `Test compares the network with what people expect of it, kept in a file
` + wayleave.ExpectationsName + ` beside the inputs: which packets must pass and which must not, and
why. An expectation that fails names the deciding line. Rules and routes that no
expectation and no managed service speaks of are listed, with expectations for the
next ones. docs/test.md tells how to write the file.

Exit status: 0 all hold, 1 one fails, 2 wrong usage, 3 an input could not be read,
4 none fails but one is undecided.`,
		Example: `  wayleave test plan.json
  wayleave test hub.json spoke.json --expect policy/network.yaml --report junit=out.xml
  wayleave test . --init`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if err := reports.parse(); err != nil {
				return err
			}
			if len(paths) == 0 {
				paths = []string{"."}
			}
			n, err := p.load(paths, &inputs)
			if err != nil {
				return err
			}
			if start {
				return p.startTest(n, paths, files)
			}
			if len(files) == 0 {
				if files = wayleave.FindExpectations(paths); len(files) == 0 {
					return &wayleave.UsageError{
						Message: "there is no " + wayleave.ExpectationsName + " beside the inputs",
						Hints:   []string{"wayleave test PATH --init writes a first one", "--expect FILE names one that stands elsewhere"},
					}
				}
			}
			expectations, err := wayleave.ReadExpectations(files...)
			if err != nil {
				return err
			}
			answer, err := n.Test(expectations...)
			if err != nil {
				return err
			}
			p.status = testStatus(answer)
			return p.print(&reports, answer.Diagnostics, func(w io.Writer, format string, style report.Style) error {
				switch format {
				case "json":
					return report.JSON(w, answer)
				case "junit":
					return report.TestJUnit(w, answer)
				case "markdown":
					return report.TestMarkdown(w, answer)
				case "sarif":
					return report.TestSARIF(w, answer, sourceLines())
				case "html":
					return report.TestHTML(w, answer)
				}
				return report.TestText(w, answer, style)
			})
		},
	}
	flags := cmd.Flags()
	inputs.add(flags)
	flags.StringArrayVar(&files, "expect", nil, "`file` of expectations (repeatable; default the "+wayleave.ExpectationsName+" beside the inputs)")
	flags.BoolVar(&start, "init", false, "write a first file from what holds today, to --expect or beside the inputs")
	reports.add(flags)
	register(cmd, map[string]cobra.CompletionFunc{
		"format": cobra.FixedCompletions(reports.formats, cobra.ShellCompDirectiveNoFileComp),
		"report": completeReports(reports.formats),
	})
	return cmd
}

// startTest writes a first file of expectations; it never replaces one.
func (p *Program) startTest(n *wayleave.Network, paths, files []string) error {
	if len(files) > 1 {
		return usage{fmt.Errorf("--init writes one file, and --expect names %d", len(files))}
	}
	file := filepath.Join(".", wayleave.ExpectationsName)
	if info, err := os.Stat(paths[0]); err == nil {
		file = filepath.Join(paths[0], wayleave.ExpectationsName)
		if !info.IsDir() {
			file = filepath.Join(filepath.Dir(paths[0]), wayleave.ExpectationsName)
		}
	}
	if len(files) == 1 {
		file = cmp.Or(files[0], file)
	}
	if _, err := os.Stat(file); err == nil {
		return &wayleave.UsageError{
			Message: filepath.ToSlash(file) + " exists, and --init never replaces a file",
			Hints:   []string{"wayleave test proposes what to add to it", "--expect FILE writes elsewhere"},
		}
	}
	data, written, skipped, err := n.FirstExpectations()
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return &wayleave.InputError{Diagnostics: diagnostic.List{
			diagnostic.Errorf("unwritable-file", diagnostic.Position{File: filepath.ToSlash(file)}, "cannot write: %v", err),
		}}
	}
	return report.TestStarted(p.stdout, filepath.ToSlash(file), written, skipped)
}

// testStatus is the exit status of a test.
func testStatus(t *result.Test) int {
	status := ExitOK
	for _, r := range t.Results {
		switch r.Outcome {
		case result.Fail:
			return ExitFail
		case result.UndecidedOutcome:
			status = ExitUndecided
		}
	}
	return status
}
