package cli

import (
	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
)

// tagFlags are the flags of the tag commands.
type tagFlags struct {
	file, cloud, format string
	verbose             bool
}

func (f *tagFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "tags", "", "service-tag `file`; without it the newest imported data is used")
	cmd.Flags().StringVar(&f.cloud, "cloud", "", "cloud of the imported data: Public, USGov, China (default Public)")
	cmd.Flags().StringVar(&f.format, "format", "text", "text or json")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "show what is folded: regional tags, long lists")
}

func (f *tagFlags) options(p *Program) wayleave.TagOptions {
	return wayleave.TagOptions{File: f.file, Cloud: f.cloud, Getenv: p.getenv}
}

func (p *Program) tags() *cobra.Command {
	cmd := &cobra.Command{Use: "tags", Short: "import, list, show, compare and pull service-tag data"}
	cmd.AddCommand(p.tagsImport(), p.tagsList(), p.tagsShow(), p.tagsDiff(), p.tagsPull())
	return cmd
}

func (p *Program) tagsImport() *cobra.Command {
	var flags tagFlags
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "keep a service-tag file for later runs",
		Long: `Import validates a service-tag file (Microsoft's weekly file, or the output of
"az network list-service-tags") and copies it to the data folder, from where
every later run takes the newest. WAYLEAVE_DATA names another folder.`,
		Args: takes("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", flags.format, "text", "json"); err != nil {
				return err
			}
			answer, err := wayleave.ImportTags(args[0], flags.options(p))
			if err != nil {
				return err
			}
			if flags.format == "json" {
				return report.JSON(p.stdout, answer)
			}
			return report.TagImportText(p.stdout, answer, p.style(false))
		},
	}
	cmd.Flags().StringVar(&flags.format, "format", "text", "text or json")
	return cmd
}

func (p *Program) tagsList() *cobra.Command {
	var flags tagFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the imported data and its tags",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", flags.format, "text", "json"); err != nil {
				return err
			}
			answer, err := wayleave.ListTags(flags.options(p))
			if err != nil {
				return err
			}
			if flags.format == "json" {
				return report.JSON(p.stdout, answer)
			}
			return report.TagListText(p.stdout, answer, p.style(flags.verbose))
		},
	}
	flags.add(cmd)
	return cmd
}

func (p *Program) tagsShow() *cobra.Command {
	var flags tagFlags
	cmd := &cobra.Command{
		Use:               "show TAG",
		Short:             "print the addresses of one tag, and which tags share them",
		Example:           "  wayleave tags show Storage.WestEurope",
		Args:              takes("TAG"),
		ValidArgsFunction: p.completeTag,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", flags.format, "text", "json"); err != nil {
				return err
			}
			answer, err := wayleave.ShowTag(args[0], flags.options(p))
			if err != nil {
				return err
			}
			if flags.format == "json" {
				return report.JSON(p.stdout, answer)
			}
			return report.TagText(p.stdout, answer, p.style(flags.verbose))
		},
	}
	flags.add(cmd)
	return cmd
}

func (p *Program) tagsDiff() *cobra.Command {
	var format string
	var names []string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "which tags changed between two files, and by which prefixes",
		Long: `Diff compares two service-tag files of one cloud by the addresses of each tag, not
by how these are cut into prefixes. What a change means for a network:
wayleave check --tags NEW --against OLD.`,
		Example: `  wayleave tags diff ServiceTags_Public_20251021.json ServiceTags_Public_20251028.json
  wayleave tags diff OLD.json NEW.json --tag Storage --tag Sql.WestEurope -v`,
		Args: takes("OLD", "NEW"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			answer, err := wayleave.DiffTags(args[0], args[1], names...)
			if err != nil {
				return err
			}
			if format == "json" {
				return report.JSON(p.stdout, answer)
			}
			return report.TagsDiffText(p.stdout, answer, p.style(verbose))
		},
	}
	cmd.Flags().StringArrayVar(&names, "tag", nil, "only this `tag` (repeatable)")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show what is folded: long lists of prefixes")
	return cmd
}
