package plain_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The twin is worth nothing if it shares a mistake with what it is compared
// with: beside the resources and the problem type it stands on the standard
// library alone.
func TestSharesNothingWithTheEngine(t *testing.T) {
	allowed := map[string]bool{
		"github.com/wayleave/wayleave/internal/azure":      true,
		"github.com/wayleave/wayleave/internal/diagnostic": true,
		"github.com/wayleave/wayleave/internal/plain":      true,
	}
	for _, pattern := range []string{"*.go", "random/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files match %s: %v", pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range parsed.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && !allowed[path] {
					t.Errorf("%s imports %s", file, path)
				}
			}
		}
	}
}
