package lab_test

import (
	"os"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/lab"
)

// The page about the lab holds the table of the code.
func TestFidelityTableOfTheManual(t *testing.T) {
	const page, begin, end = "../../docs/lab.md", "-run Fidelity -update rewrites it -->\n", "<!-- end of the table -->"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, too := strings.Cut(rest, end)
	if !ok || !too {
		t.Fatalf("%s has no place for the table", page)
	}
	want := before + begin + lab.FidelityTable() + end + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(data) {
		t.Errorf("%s does not hold the table of the code; run go test ./internal/lab -run Fidelity -update", page)
	}
}
