package terraform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wayleave/wayleave/internal/document"
)

// BenchmarkRead reads the largest plan of the corpus: 1,521 resources in 2.3 MB.
func BenchmarkRead(b *testing.B) {
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		b.Skip("WAYLEAVE_CORPUS is not set: there is no plan to read")
	}
	data, err := os.ReadFile(filepath.Join(root, "tfplan", "own__spokes-big.plan.json"))
	if err != nil {
		b.Fatal(err)
	}
	doc, err := document.Parse("plan.json", data, document.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Read(doc, Options{})
	}
}
