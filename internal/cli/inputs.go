package cli

import (
	"github.com/spf13/pflag"

	"github.com/wayleave/wayleave"
)

// inputFlags are the flags of every command that reads a network.
type inputFlags struct {
	tags, cloud string
	assume      []string
	parameters  []string
	before      bool
}

func (f *inputFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.tags, "tags", "", "service-tag `file`; without it the newest imported data is used")
	flags.StringVar(&f.cloud, "cloud", "", "cloud of the imported service-tag data: Public, USGov, China (default Public)")
	flags.StringArrayVar(&f.assume, "assume", nil, "settle an open point as `name=value`, or \"defaults\" for all (repeatable)")
	flags.BoolVar(&f.before, "before", false, "read Terraform plans as the network before their apply")
	flags.StringArrayVar(&f.parameters, "parameters", nil, "parameter `file` for ARM templates (repeatable)")
}

// load reads the network that the paths describe; no path is the current
// folder (decisions 19). Warnings go to stderr.
func (p *Program) load(paths []string, f *inputFlags) (*wayleave.Network, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	files, snapshots, err := p.takeSnapshots(paths, f.cloud)
	if err != nil {
		return nil, err
	}
	return wayleave.Load(wayleave.LoadOptions{
		Paths:      files,
		Documents:  snapshots,
		Stdin:      p.stdin,
		Tags:       f.tags,
		Cloud:      f.cloud,
		Assume:     f.assume,
		Parameters: f.parameters,
		Before:     f.before,
		Getenv:     p.getenv,
	})
}
