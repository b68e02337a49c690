package document

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata")

// fixtures returns the input files of a folder of testdata.
func fixtures(t *testing.T, folder string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join("testdata", folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var inputs []string
	for _, file := range all {
		if !strings.HasSuffix(file, ".out") {
			inputs = append(inputs, file)
		}
	}
	if len(inputs) == 0 {
		t.Fatalf("testdata/%s has no files", folder)
	}
	return inputs
}

// parseFixture reads a file in the way its name asks for: *.arm.json in the ARM
// dialect, *.yaml as YAML, everything else as strict JSON.
func parseFixture(t *testing.T, file string) (*Document, error) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(file)
	switch {
	case strings.HasSuffix(name, ".arm.json"):
		return Parse(name, data, Options{Dialect: ARM})
	case strings.HasSuffix(name, ".yaml"):
		return ParseYAML(name, data, Options{})
	}
	return Parse(name, data, Options{})
}

func TestGoodFilesParse(t *testing.T) {
	for _, file := range fixtures(t, "ok") {
		if _, err := parseFixture(t, file); err != nil {
			t.Error(err)
		}
	}
}

func TestBadFilesAreExplained(t *testing.T) {
	for _, file := range fixtures(t, "err") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			d, err := parseFixture(t, file)
			if err == nil {
				t.Fatalf("accepted: %v", d.Root().Any())
			}
			var got bytes.Buffer
			for _, each := range diagnostic.Of(err, "") {
				if err := diagnostic.Format(&got, each); err != nil {
					t.Fatal(err)
				}
			}
			compareGolden(t, file+".out", got.Bytes())
		})
	}
}

func compareGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run the test with -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}
