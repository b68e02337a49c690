package wayleave_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// verdictsGolden holds, for every real template and plan with a managed
// service, what check answers without a flag but the service tags. Run with
// -update to rewrite it, and read the difference with the page of the service at
// hand.
const verdictsGolden = "testdata/corpus-verdicts.golden"

func TestCorpusVerdicts(t *testing.T) {
	dir := corpus(t)
	tags, err := filepath.Glob(filepath.Join(dir, "servicetags", "*Public_20251028.json"))
	if err != nil || len(tags) != 1 {
		t.Fatalf("service tags: %v %v", tags, err)
	}
	var files []string
	for _, pattern := range []string{"arm/*.json", "tfplan/*.json"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	var out strings.Builder
	for _, file := range files {
		n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{file}, Tags: tags[0], Getenv: func(string) string { return "" }})
		if err != nil {
			continue // what cannot be read is another test's
		}
		answer, err := n.Check(wayleave.CheckOptions{AllowNone: true})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		name, _ := filepath.Rel(dir, file)
		for i := range answer.Services {
			verdictLines(&out, fmt.Sprintf("%s %d", filepath.ToSlash(name), i+1), &answer.Services[i])
		}
	}
	goldenText(t, verdictsGolden, out.String())
}

// verdictLines are the verdict of a service and what does not pass, by kind of
// blocker: results, and no word of the input.
func verdictLines(w *strings.Builder, name string, s *result.Service) {
	fmt.Fprintf(w, "%s\n  %s@%s %s, %s", name, s.Service, s.Edition, s.Verdict, s.Outcome)
	if len(s.Reasons) > 0 {
		fmt.Fprintf(w, ", %d reasons about the service", len(s.Reasons))
	}
	w.WriteByte('\n')
	lines := map[string]bool{}
	for _, r := range s.SubnetRules {
		if r.Outcome != result.Pass {
			lines[fmt.Sprintf("  %s %s %s", r.Outcome, r.ID, r.Verdict)] = true
		}
	}
	for _, r := range s.Requirements {
		if r.Outcome != result.Pass {
			lines[fmt.Sprintf("  %s %s %s%s", r.Outcome, r.ID, r.Verdict, blockerKinds(r.BlockedBy))] = true
		}
	}
	var sorted []string
	for line := range lines {
		sorted = append(sorted, line)
	}
	slices.SortFunc(sorted, func(a, b string) int { return cmp.Compare(a, b) })
	for _, line := range sorted {
		fmt.Fprintln(w, line)
	}
}

func blockerKinds(list []result.Blocker) string {
	var kinds []string
	for _, b := range list {
		if !slices.Contains(kinds, b.Kind) {
			kinds = append(kinds, b.Kind)
		}
	}
	slices.Sort(kinds)
	if len(kinds) == 0 {
		return ""
	}
	return " by " + strings.Join(kinds, ", ")
}
