package wayleave_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
)

// The pages of docs/services are written from the profiles: one for each service
// with its default edition, and an index. Run with -update to write them anew.
func TestServicePagesAreCurrent(t *testing.T) {
	list, err := wayleave.Services()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	var index strings.Builder
	index.WriteString(`# Services

The services that the program knows, written from their profiles by
` + "`wayleave services show SERVICE --format markdown`" + `; [profiles](../profiles.md) says how
to add your own.

| service | title | edition | other editions |
|---|---|---|---|
`)
	for _, s := range list.Services {
		if !s.Default {
			continue
		}
		var others []string
		for _, o := range list.Services {
			if o.Service == s.Service && !o.Default {
				others = append(others, o.Edition)
			}
		}
		fmt.Fprintf(&index, "| [%s](%s.md) | %s | %s | %s |\n", s.Service, s.Service, s.Title, s.Edition, strings.Join(others, ", "))
		table, err := wayleave.ServiceTable(s.Service)
		if err != nil {
			t.Fatal(err)
		}
		var page strings.Builder
		if err := report.ServiceMarkdown(&page, table); err != nil {
			t.Fatal(err)
		}
		for _, o := range others {
			d, err := wayleave.DiffServices(s.Service+"@"+o, s.Service)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&page, "\n## Edition %s\n\n", o)
			fmt.Fprintf(&page, "`wayleave services diff %s@%s %s` shows the %d rows and rules that differ.\n", s.Service, o, s.Service, len(d.Added)+len(d.Removed)+len(d.Changed))
		}
		pages[s.Service+".md"] = page.String()
	}
	pages["README.md"] = index.String()
	for name, page := range pages {
		goldenText(t, filepath.Join("docs", "services", name), page)
	}
	files, err := os.ReadDir("docs/services")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := pages[f.Name()]; !ok {
			t.Errorf("docs/services/%s is of no service", f.Name())
		}
	}
	if len(pages) < 26 || !slices.ContainsFunc(files, func(e os.DirEntry) bool { return e.Name() == "logic-apps-ise.md" }) {
		t.Errorf("there are %d pages", len(pages))
	}
}

// goldenText compares a text with a file, or writes it with -update.
func goldenText(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is out of date; run with -update and read the difference: %s", file, firstDifference(string(want), got))
	}
}
