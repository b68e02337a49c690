package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release and commit are stamped by tools/release.sh; without them the build's
// own record counts.
var release, commit string

func (p *Program) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version of this program",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(p.stdout, cmd.Root().Version)
			return err
		},
	}
}

// versionText names a build: the version, the commit where it is known, and
// what it was made with and for.
func versionText(release, commit string, info *debug.BuildInfo) string {
	version, changed := "devel", ""
	if info != nil {
		if own := info.Main.Version; own != "" && own != "(devel)" {
			version = own
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				commit = cmp.Or(commit, s.Value)
			case "vcs.modified":
				if s.Value == "true" && release == "" {
					changed = ", changed"
				}
			}
		}
	}
	text := "wayleave " + cmp.Or(release, version)
	if commit != "" {
		text += fmt.Sprintf(" (commit %.12s%s)", commit, changed)
	}
	return text + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}
