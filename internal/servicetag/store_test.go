package servicetag

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// edition writes a file of the Public cloud with that change number.
func edition(t *testing.T, cloud, number, name string) string {
	t.Helper()
	data := strings.Replace(string(weekly(cloud, tag{"Sql", "", "NSG", "13.66.136.192/29"})), `"changeNumber": 375`, `"changeNumber": `+number, 1)
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustImport(t *testing.T, s Store, path string) Stored {
	t.Helper()
	kept, _, err := s.Import(path)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestStoreKeepsOneFileACloudAndNumber(t *testing.T) {
	s := NewStore(t.TempDir())
	if all, err := s.List(); err != nil || len(all) != 0 {
		t.Fatalf("an empty store lists %v, %v", all, err)
	}
	if _, ok, err := s.Newest(""); ok || err != nil {
		t.Fatalf("an empty store has newest data: %v, %v", ok, err)
	}
	first := edition(t, "Public", "99", "ServiceTags_Public_20250101.json")
	mustImport(t, s, first)
	mustImport(t, s, edition(t, "Public", "375", "ServiceTags_Public_20251028.json"))
	mustImport(t, s, edition(t, "China", "405", "ServiceTags_China_20260720.json"))
	if _, known, err := s.Import(first); !known || err != nil {
		t.Errorf("a file imported again: known %v, %v", known, err)
	}
	renamed := mustImport(t, s, edition(t, "Public", "375", "copy of (tags).json"))
	if renamed.Source != "copy_of__tags_.json" || !renamed.Date.IsZero() {
		t.Errorf("got %+v", renamed)
	}

	all, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, e := range all {
		got = append(got, e.Cloud+" "+e.ChangeNumber+" "+e.Source)
	}
	want := []string{"China 405 ServiceTags_China_20260720.json", "Public 375 copy_of__tags_.json", "Public 99 ServiceTags_Public_20250101.json"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if files, _ := filepath.Glob(filepath.Join(s.dir, "*", "*")); len(files) != len(want) {
		t.Errorf("the store has left-over files: %q", files)
	}
}

func TestStoreNewest(t *testing.T) {
	s := NewStore(t.TempDir())
	mustImport(t, s, edition(t, "China", "405", "ServiceTags_China_20260720.json"))
	newest := func(cloud string) string {
		e, ok, err := s.Newest(cloud)
		if err != nil || !ok {
			return "none"
		}
		return e.Cloud + " " + e.ChangeNumber
	}
	if got := newest(""); got != "China 405" {
		t.Errorf("the only cloud: got %s", got)
	}
	mustImport(t, s, edition(t, "Public", "99", "a.json"))
	mustImport(t, s, edition(t, "Public", "375", "b.json"))
	mustImport(t, s, edition(t, "AzureGovernment", "240", "c.json"))
	for cloud, want := range map[string]string{"": "Public 375", "public": "Public 375", "AzureCloud": "Public 375", "AzureChinaCloud": "China 405",
		"usgov": "AzureGovernment 240", "AzureGermany": "none"} {
		if got := newest(cloud); got != want {
			t.Errorf("newest of %q: got %s, expected %s", cloud, got, want)
		}
	}
}

func TestStoredDataKnowsItsSource(t *testing.T) {
	s := NewStore(t.TempDir())
	kept := mustImport(t, s, edition(t, "Public", "375", fileName))
	c, err := kept.Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.Source() != fileName || c.Version() != "2025-10-28, change number 375" {
		t.Errorf("got %s, %s", c.Source(), c.Version())
	}
}

func TestStoreRefusesDamagedData(t *testing.T) {
	s := NewStore(t.TempDir())
	path := edition(t, "Public", "375", fileName)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Import(path); diagnosticOf(t, err).At.Line == 0 {
		t.Errorf("got %v", err)
	}
	if all, _ := s.List(); len(all) != 0 {
		t.Errorf("the store has %v", all)
	}
}

func TestStorePassesOverForeignFiles(t *testing.T) {
	s := NewStore(t.TempDir())
	mustImport(t, s, edition(t, "Public", "375", fileName))
	for _, name := range []string{"Public/notes.txt", "Public/import-1.tmp", "Public/x-375.json", "Public/375-", ".hidden/375-a.json"} {
		path := filepath.Join(s.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "Public", "376-folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if all, err := s.List(); err != nil || len(all) != 1 {
		t.Errorf("got %v, %v", all, err)
	}
}

func TestStoreThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err := NewStore(file).Import(edition(t, "Public", "375", fileName))
	if d := diagnosticOf(t, err); d.Code != "unwritable-file" || !strings.Contains(d.Hint, DataDirEnv) {
		t.Errorf("got %v, hint %q", d, d.Hint)
	}
}

func TestDataDir(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the paths below are those of Unix")
	}
	for _, row := range []struct{ system, env, want string }{
		{"linux", "HOME=/home/a", "/home/a/.local/share/wayleave"},
		{"linux", "HOME=/home/a XDG_DATA_HOME=/data", "/data/wayleave"},
		{"linux", "HOME=/home/a XDG_DATA_HOME=relative", "/home/a/.local/share/wayleave"},
		{"freebsd", "HOME=/home/a", "/home/a/.local/share/wayleave"},
		{"darwin", "HOME=/Users/a XDG_DATA_HOME=/data", "/Users/a/Library/Application Support/wayleave"},
		{"windows", "LOCALAPPDATA=/local HOME=/home/a", "/local/wayleave"},
		{"linux", "WAYLEAVE_DATA=/w HOME=/home/a", "/w"},
		{"linux", "", ""},
		{"windows", "HOME=/home/a", ""},
	} {
		env := map[string]string{}
		for _, pair := range strings.Fields(row.env) {
			key, value, _ := strings.Cut(pair, "=")
			env[key] = value
		}
		got, err := dataDir(row.system, func(key string) string { return env[key] })
		if got != row.want || (err == nil) != (row.want != "") {
			t.Errorf("%s %s: got %q, %v; expected %q", row.system, row.env, got, err, row.want)
		}
		if err != nil && diagnostic.Of(err, "")[0].Hint == "" {
			t.Errorf("%s %s: the error does not say what to do", row.system, row.env)
		}
	}
	if got, err := DataDir(func(string) string { return "/w" }); got != "/w" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
