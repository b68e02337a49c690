package document

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// corpus returns the files of the corpus with one of the extensions.
func corpus(t *testing.T, extensions ...string) []string {
	t.Helper()
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: no real files are read")
	}
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		for _, extension := range extensions {
			if err == nil && !entry.IsDir() && strings.HasSuffix(path, extension) {
				files = append(files, path)
			}
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of %v under WAYLEAVE_CORPUS %s: %v", extensions, root, err)
	}
	return files
}

func TestCorpusJSONIsRead(t *testing.T) {
	for _, file := range corpus(t, ".json", ".tfstate") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse("f", data, Options{Dialect: ARM})
		if err != nil {
			t.Errorf("%s is refused: %v", filepath.Base(file), positioned(t, file, err))
			continue
		}
		// Every scalar decodes and every value has a place.
		for i := range uint32(len(d.tape)) {
			v := Value{doc: d, index: i}
			v.String()
			if at := v.Position(); at.Line < 1 || at.Column < 1 {
				t.Fatalf("%s: %v", file, at)
			}
		}
		if list := d.Root().FoldedDuplicates(); list != nil {
			t.Errorf("%s: %v", filepath.Base(file), list)
		}
	}
}

func TestCorpusTruncatedAnywhereIsExplained(t *testing.T) {
	const samples, budget = 200, 16 << 20 // bytes parsed of one file
	random := rand.New(rand.NewPCG(1, 2))
	for _, file := range corpus(t, ".json") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		end := len(strings.TrimRight(string(data), " \t\r\n"))
		for range min(samples, 1+budget/len(data)) {
			cut := random.IntN(end)
			_, err := Parse("f", data[:cut:cut], Options{Dialect: ARM})
			if err == nil {
				t.Fatalf("%s cut at %d of %d is accepted", file, cut, end)
			}
			positioned(t, file, err)
		}
	}
}

func TestCorpusYAMLIsRead(t *testing.T) {
	for _, file := range corpus(t, ".yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseYAML("f", data, Options{}); err != nil {
			t.Errorf("%s is refused: %v", filepath.Base(file), positioned(t, file, err))
		}
	}
}

// positioned returns the one diagnostic err must be, which must have a line
// unless it is about a file as a whole.
func positioned(t *testing.T, file string, err error) diagnostic.Diagnostic {
	t.Helper()
	var d diagnostic.Diagnostic
	if !errors.As(err, &d) || d.At.File != "f" || d.At.Line == 0 && d.Code != "empty-file" {
		t.Fatalf("%s: %v has no place", file, err)
	}
	return d
}
