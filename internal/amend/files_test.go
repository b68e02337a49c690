package amend

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// A file that another program wrote after it was read is not replaced, and
// neither is one beside it that is as it was.
func TestAFileThatChangedMeanwhileIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a.tf"), filepath.Join(dir, "b.tf")
	for _, file := range []string{first, second} {
		if err := os.WriteFile(file, []byte("as it was"), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	changes := []Change{{Path: first, Old: []byte("as it was"), New: []byte("as it is to be")}, {Path: second, Old: []byte("as it was read"), New: []byte("as it is to be")}}
	if list := diagnostic.Of(Save(changes), ""); len(list) != 1 || list[0].Code != "file-changed" || list[0].At.File != second {
		t.Errorf("got %v, want file-changed at b.tf", list)
	}
	if data, err := os.ReadFile(first); err != nil || string(data) != "as it was" {
		t.Errorf("a.tf holds %q %v", data, err)
	}
	changes[1].Old = []byte("as it was")
	if err := Save(changes); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{first, second} {
		data, err := os.ReadFile(file)
		info, _ := os.Stat(file)
		if err != nil || string(data) != "as it is to be" || info.Mode().Perm() != 0o640 {
			t.Errorf("%s holds %q, %v %v", file, data, info.Mode(), err)
		}
	}
}
