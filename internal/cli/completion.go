package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
)

// completeCheck lets a shell complete the values of check's flags: services with
// their editions, subnets of the inputs, formats.
func (p *Program) completeCheck(cmd *cobra.Command, inputs *inputFlags) {
	completions := map[string]cobra.CompletionFunc{
		"service": completeServices,
		"subnet": func(_ *cobra.Command, paths []string, typed string) ([]string, cobra.ShellCompDirective) {
			return p.completeSubnets(paths, inputs, typed)
		},
		"format": cobra.FixedCompletions(checkFormats, cobra.ShellCompDirectiveNoFileComp),
		"report": completeReports,
	}
	for flag, complete := range completions {
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // a flag that check does not have
		}
	}
}

func completeServices(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	list, err := wayleave.Services()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, s := range list.Services {
		if s.Default {
			names = append(names, cobra.CompletionWithDesc(s.Service, s.Title))
		}
		names = append(names, cobra.CompletionWithDesc(s.Service+"@"+s.Edition, s.Title))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeSubnets offers the subnets of the inputs typed so far, after the
// commas already there. Inputs that cannot be read offer nothing, and a key press
// never asks Azure or reads standard input.
func (p *Program) completeSubnets(paths []string, inputs *inputFlags, typed string) ([]string, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	for _, path := range paths {
		if path == "-" || strings.Contains(path, "://") {
			return nil, none
		}
	}
	n, err := p.load(paths, inputs)
	if err != nil {
		return nil, none
	}
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	chosen := map[string]bool{}
	for _, name := range splitNames(before) {
		chosen[name] = true
	}
	var names []string
	for _, name := range n.Subnets() {
		if !chosen[name] {
			names = append(names, before+name)
		}
	}
	return names, none
}

// completeReports offers the formats, then files.
func completeReports(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(typed, "=") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var starts []string
	for _, format := range checkFormats {
		starts = append(starts, format+"=")
	}
	return starts, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
