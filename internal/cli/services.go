package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
)

func (p *Program) services() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "services",
		Short: "list, show, compare and validate service profiles",
	}
	cmd.AddCommand(p.servicesList(), p.servicesShow(), p.servicesDiff(), p.servicesValidate())
	return cmd
}

// answerFlags are those of a command about services.
type answerFlags struct {
	format   string
	profiles []string
}

func (f *answerFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "format", "text", "text or json")
	register(cmd, map[string]cobra.CompletionFunc{"format": cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp)})
}

// answer writes an answer as JSON, or as text by the given function.
func (p *Program) answer(f *answerFlags, value any, text func(io.Writer) error) error {
	if f.format == "json" {
		return report.JSON(p.stdout, value)
	}
	return text(p.stdout)
}

func (p *Program) servicesList() *cobra.Command {
	var f answerFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the services and editions this program knows",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", f.format, "text", "json"); err != nil {
				return err
			}
			list, err := wayleave.Services(f.profiles...)
			if err != nil {
				return err
			}
			return p.answer(&f, list, func(w io.Writer) error { return report.ServicesText(w, list, p.style(false)) })
		},
	}
	f.add(cmd)
	addProfiles(cmd.Flags(), &f.profiles)
	return cmd
}

func (p *Program) servicesShow() *cobra.Command {
	var f answerFlags
	var verbose bool
	cmd := &cobra.Command{
		Use:   "show SERVICE[@EDITION]",
		Short: "print the table of one service as its documentation has it",
		Long: `Show prints what a service needs as its documentation has it: the table of
packets, what it asks of its subnets and routes, what must not be attached, the
names a firewall must let through, what it writes itself, where its sources
contradict each other, and which pages all that comes from.`,
		Example: `  wayleave services show logic-apps-ise@2019-11-06
  wayleave services show sql-managed-instance --verbose`,
		Args:              takes("SERVICE"),
		ValidArgsFunction: completeServiceNames(&f, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", f.format, "text", "json", "markdown"); err != nil {
				return err
			}
			table, err := wayleave.ServiceTable(args[0], f.profiles...)
			if err != nil {
				return err
			}
			if f.format == "markdown" {
				return report.ServiceMarkdown(p.stdout, table)
			}
			return p.answer(&f, table, func(w io.Writer) error { return report.ServiceTableText(w, table, p.style(verbose)) })
		},
	}
	f.add(cmd)
	addProfiles(cmd.Flags(), &f.profiles)
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show optional rows, advice and notes too")
	return cmd
}

func (p *Program) servicesDiff() *cobra.Command {
	var f answerFlags
	cmd := &cobra.Command{
		Use:   "diff SERVICE[@EDITION] SERVICE[@EDITION]",
		Short: "tell how two editions of a table, or two services, differ",
		Long: `Diff tells which rows and which rules about subnets one edition adds to another,
takes out and changes. Rows that a page has renamed are compared with each other.`,
		Example:           "  wayleave services diff logic-apps-ise@2019-11-06 logic-apps-ise@2023-09-27",
		Args:              takes("SERVICE", "another"),
		ValidArgsFunction: completeServiceNames(&f, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", f.format, "text", "json"); err != nil {
				return err
			}
			d, err := wayleave.DiffServices(args[0], args[1], f.profiles...)
			if err != nil {
				return err
			}
			return p.answer(&f, d, func(w io.Writer) error { return report.ServiceDiffText(w, d, p.style(false)) })
		},
	}
	f.add(cmd)
	addProfiles(cmd.Flags(), &f.profiles)
	return cmd
}

func (p *Program) servicesValidate() *cobra.Command {
	var f answerFlags
	cmd := &cobra.Command{
		Use:   "validate FILE|FOLDER...",
		Short: "check service profiles of your own, strictly",
		Long: `Validate reads service profiles and reports every unknown key, unknown word and
inconsistent row with its line. schemas/profile.schema.json describes the form;
an editor that knows it helps while writing. Profiles that are valid can be used
with --profiles.`,
		Example: "  wayleave services validate profiles/",
		Args:    takesSome("a file or folder"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", f.format, "text", "json"); err != nil {
				return err
			}
			answer, err := wayleave.ValidateProfiles(args...)
			if err != nil {
				return err
			}
			if f.format == "text" {
				p.diagnostics(answer.Diagnostics)
			}
			return p.answer(&f, answer, func(w io.Writer) error { return report.ServiceValidateText(w, answer, p.style(false)) })
		},
	}
	f.add(cmd)
	return cmd
}
