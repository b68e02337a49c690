package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

// checkFormats are the formats of check and test, as --format and --report name
// them.
var checkFormats = []string{"text", "json", "sarif", "junit", "markdown", "html"}

// reportFlags say where an answer goes and how.
type reportFlags struct {
	// formats are those of the command.
	formats []string
	format  string
	reports []string
	verbose bool
	files   []reportFile
}

type reportFile struct{ format, path string }

func (f *reportFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.format, "format", "text", strings.Join(f.formats, ", "))
	flags.StringArrayVar(&f.reports, "report", nil, "also write a report as `format=file` (repeatable)")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show what is folded: optional rows, long lists")
}

// parse refuses what cannot be written before any work is done.
func (f *reportFlags) parse() error {
	if err := oneOf("format", f.format, f.formats...); err != nil {
		return err
	}
	for _, text := range f.reports {
		format, path, found := strings.Cut(text, "=")
		if !found || path == "" {
			return usage{fmt.Errorf("--report cannot be %q; expected format=file, such as sarif=wayleave.sarif", text)}
		}
		if err := oneOf("report", format, f.formats...); err != nil {
			return err
		}
		if slices.ContainsFunc(f.files, func(have reportFile) bool { return have.path == path }) {
			return usage{fmt.Errorf("two reports go to %s", path)}
		}
		f.files = append(f.files, reportFile{format, path})
	}
	return nil
}

// print writes an answer to the files of its reports, then to stdout.
func (p *Program) print(f *reportFlags, problems diagnostic.List, write func(io.Writer, string, report.Style) error) error {
	for _, file := range f.files {
		var out bytes.Buffer
		if err := write(&out, file.format, report.Style{Verbose: f.verbose}); err != nil {
			return err
		}
		if err := os.WriteFile(file.path, out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	if f.format != "json" && f.format != "sarif" {
		p.diagnostics(problems)
	}
	return write(p.stdout, f.format, p.style(f.verbose))
}

// printCheck writes the reports of check on a network.
func (p *Program) printCheck(n *wayleave.Network, c *result.Check, f *reportFlags) error {
	lines := sourceLines()
	return p.print(f, c.Diagnostics, func(w io.Writer, format string, style report.Style) error {
		if format == "html" {
			inspected, err := n.Inspect()
			if err != nil {
				return err
			}
			return report.HTML(w, c, inspected.Tree)
		}
		return writeCheck(w, c, format, style, lines)
	})
}

func writeCheck(w io.Writer, c *result.Check, format string, style report.Style, lines report.LineOf) error {
	switch format {
	case "json":
		return report.JSON(w, c)
	case "sarif":
		return report.SARIF(w, c, lines)
	case "junit":
		return report.JUnit(w, c)
	case "markdown":
		return report.Markdown(w, c)
	}
	return report.CheckText(w, c, style)
}

// sourceLines reads lines of the inputs, each file once; what is no regular
// file has none.
func sourceLines() report.LineOf {
	files := map[string][]string{}
	return func(file string, line int) (string, bool) {
		lines, known := files[file]
		if !known {
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				if data, err := os.ReadFile(file); err == nil {
					lines = strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
				}
			}
			files[file] = lines
		}
		if line < 1 || line > len(lines) {
			return "", false
		}
		return lines[line-1], true
	}
}
