package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wayleave/wayleave"
)

// completeCheck lets a shell complete the values of check's flags: services with
// their editions, subnets of the inputs, formats.
func (p *Program) completeCheck(cmd *cobra.Command, inputs *inputFlags) {
	register(cmd, map[string]cobra.CompletionFunc{
		"service": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return completeServices(inputs.profiles)
		},
		"subnet": func(_ *cobra.Command, paths []string, typed string) ([]string, cobra.ShellCompDirective) {
			return p.completeSubnets(paths, inputs, typed)
		},
		"format": cobra.FixedCompletions(checkFormats, cobra.ShellCompDirectiveNoFileComp),
		"report": completeReports(checkFormats),
	})
}

// completeServices offers services and editions, those of the user's profiles
// too.
func completeServices(profiles []string) ([]string, cobra.ShellCompDirective) {
	list, err := wayleave.Services(profiles...)
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
// commas already there. Inputs that cannot be read offer nothing.
func (p *Program) completeSubnets(paths []string, inputs *inputFlags, typed string) ([]string, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	if remote(paths) {
		return nil, none
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

// completeEnds offers the places that a flow can begin and end at: the subnets of
// the inputs typed so far, and service tags.
func (p *Program) completeEnds(inputs *inputFlags) cobra.CompletionFunc {
	return func(_ *cobra.Command, paths []string, _ string) ([]string, cobra.ShellCompDirective) {
		var ends []string
		if !remote(paths) {
			if n, err := p.load(paths, inputs); err == nil {
				ends = n.Subnets()
			}
		}
		ends = append(ends, "Internet", "AzureLoadBalancer")
		return append(ends, p.tagNames()...), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeTag offers the tags of the data in use for the first argument.
func (p *Program) completeTag(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return p.tagNames(), cobra.ShellCompDirectiveNoFileComp
}

func (p *Program) tagNames() []string {
	list, err := wayleave.ListTags(wayleave.TagOptions{Getenv: p.getenv})
	if err != nil {
		return nil
	}
	var names []string
	for _, t := range list.List {
		names = append(names, t.Name)
	}
	return names
}

// completeServiceNames offers services for the first so many arguments.
func completeServiceNames(f *answerFlags, most int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeServices(f.profiles)
	}
}

// remote reports whether a path is read from elsewhere than the disk; a key
// press never asks Azure or reads standard input.
func remote(paths []string) bool {
	for _, path := range paths {
		if path == "-" || strings.Contains(path, "://") {
			return true
		}
	}
	return false
}

// register completes the values of flags.
func register(cmd *cobra.Command, completions map[string]cobra.CompletionFunc) {
	for flag, complete := range completions {
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // a flag that the command does not have
		}
	}
}

// completeReports offers the formats, then files.
func completeReports(formats []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(typed, "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var starts []string
		for _, format := range formats {
			starts = append(starts, format+"=")
		}
		return starts, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
