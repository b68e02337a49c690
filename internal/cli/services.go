package cli

import (
	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
)

func (p *Program) services() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "services",
		Short: "list and show service profiles",
	}
	cmd.AddCommand(p.servicesList(), p.servicesShow())
	return cmd
}

func (p *Program) servicesList() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the services and editions this program knows",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			list, err := wayleave.Services()
			if err != nil {
				return err
			}
			if format == "json" {
				return report.JSON(p.stdout, list)
			}
			return report.ServicesText(p.stdout, list, p.style(false))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func (p *Program) servicesShow() *cobra.Command {
	var format string
	var verbose bool
	cmd := &cobra.Command{
		Use:               "show SERVICE[@EDITION]",
		Short:             "print the table of one service as its documentation has it",
		Example:           "  wayleave services show logic-apps-ise@2019-11-06",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeService,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			table, err := wayleave.ServiceTable(args[0])
			if err != nil {
				return err
			}
			if format == "json" {
				return report.JSON(p.stdout, table)
			}
			return report.ServiceTableText(p.stdout, table, p.style(verbose))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show optional rows and advice too")
	return cmd
}
