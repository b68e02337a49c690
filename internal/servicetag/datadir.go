package servicetag

import (
	"path/filepath"
	"runtime"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// DataDirEnv names the environment variable that overrides the folder of
// DataDir.
const DataDirEnv = "WAYLEAVE_DATA"

// DataDir returns the folder for the user's imported data, which need not
// exist: the value of WAYLEAVE_DATA, or "wayleave" in the place that the system
// has for the data of a program (on Unix $XDG_DATA_HOME or ~/.local/share, on
// macOS ~/Library/Application Support, on Windows %LOCALAPPDATA%). getenv is
// os.Getenv or a stand-in.
func DataDir(getenv func(string) string) (string, error) {
	return dataDir(runtime.GOOS, getenv)
}

func dataDir(system string, getenv func(string) string) (string, error) {
	if dir := getenv(DataDirEnv); dir != "" {
		return dir, nil
	}
	base, needs := "", "HOME"
	switch system {
	case "windows":
		base, needs = getenv("LOCALAPPDATA"), "LOCALAPPDATA"
	case "darwin", "ios":
		base = under(getenv("HOME"), "Library", "Application Support")
	default:
		// The XDG specification tells programs to ignore a relative path.
		if base = getenv("XDG_DATA_HOME"); !filepath.IsAbs(base) {
			base = under(getenv("HOME"), ".local", "share")
		}
	}
	if base == "" {
		return "", diagnostic.Errorf("no-data-folder", diagnostic.Position{}, "no folder for imported data: %s is not set", needs).
			WithHint("set %s to a folder", DataDirEnv)
	}
	return filepath.Join(base, "wayleave"), nil
}

// under joins parts to a folder, and leaves an unknown folder unknown.
func under(dir string, parts ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}
