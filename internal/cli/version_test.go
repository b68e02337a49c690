package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestAVersionNamesItsBuild(t *testing.T) {
	built := func(version string, settings ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		for i := 0; i < len(settings); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return info
	}
	const full = "0123456789abcdef0123456789abcdef01234567"
	end := " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	for _, row := range []struct {
		release, commit string
		info            *debug.BuildInfo
		want            string
	}{
		{"", "", nil, "wayleave devel"},
		{"", "", built("(devel)"), "wayleave devel"},
		{"", "", built("v1.2.3"), "wayleave v1.2.3"},
		{"", "", built("(devel)", "vcs.revision", full), "wayleave devel (commit 0123456789ab)"},
		{"", "", built("(devel)", "vcs.revision", full, "vcs.modified", "true"), "wayleave devel (commit 0123456789ab, changed)"},
		{"v1.2.3", full, nil, "wayleave v1.2.3 (commit 0123456789ab)"},
		{"v1.2.3", full, built("(devel)", "vcs.revision", "ffff", "vcs.modified", "true"), "wayleave v1.2.3 (commit 0123456789ab)"},
	} {
		if got := versionText(row.release, row.commit, row.info); got != row.want+end {
			t.Errorf("%+v: %s, want %s", row, got, row.want+end)
		}
	}
}
