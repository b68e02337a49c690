package cli

import (
	"cmp"

	"github.com/spf13/pflag"

	"github.com/wayleave/wayleave"
)

// inputFlags are the flags of every command that reads a network.
type inputFlags struct {
	tags, cloud string
	project     string
	assume      []string
	parameters  []string
	profiles    []string
	before      bool
	// against are service-tag files that a command uses beside tags.
	against []string
}

func (f *inputFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.tags, "tags", "", "service-tag `file`; without it the newest imported data is used")
	flags.StringVar(&f.cloud, "cloud", "", "cloud of the imported service-tag data: Public, USGov, China (default Public)")
	flags.StringArrayVar(&f.assume, "assume", nil, "settle an open point as `name=value`, or \"defaults\" for all (repeatable)")
	flags.BoolVar(&f.before, "before", false, "read Terraform plans as the network before their apply")
	flags.StringVar(&f.project, "project", "", "project `file`, or none (default the wayleave.yaml beside the inputs)")
	flags.StringArrayVar(&f.parameters, "parameters", nil, "parameter `file` for ARM templates (repeatable)")
	addProfiles(flags, &f.profiles)
}

// addProfiles adds the flag that names profiles of the user.
func addProfiles(flags *pflag.FlagSet, profiles *[]string) {
	flags.StringArrayVar(profiles, "profiles", nil, "`file or folder` of your own service profiles (repeatable)")
}

// read reads the project file that goes with the paths; nil where there is none.
func (f *inputFlags) read(paths []string) (*wayleave.Project, error) {
	switch f.project {
	case "":
		return wayleave.FindProject(paths)
	case "none":
		return nil, nil
	}
	return wayleave.ReadProject(f.project)
}

// load reads the network that the paths describe; no path is the current
// folder (decisions 19).
func (p *Program) load(paths []string, f *inputFlags) (*wayleave.Network, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	project, err := f.read(paths)
	if err != nil {
		return nil, err
	}
	cloud := f.cloud
	if project != nil {
		cloud = cmp.Or(cloud, project.Cloud.Value)
	}
	files, snapshots, err := p.takeSnapshots(paths, cloud)
	if err != nil {
		return nil, err
	}
	return wayleave.Load(wayleave.LoadOptions{
		Paths:      files,
		Documents:  snapshots,
		Stdin:      p.stdin,
		Tags:       f.tags,
		TagFiles:   f.against,
		Cloud:      f.cloud,
		Assume:     f.assume,
		Parameters: f.parameters,
		Profiles:   f.profiles,
		Before:     f.before,
		Project:    project,
		Getenv:     p.getenv,
	})
}
