package wayleave_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
)

// words are the kinds of resources in the words of the corpus manifest.
var words = []struct {
	word string
	of   func(*result.InspectCounts) int
}{
	{"vnet", func(c *result.InspectCounts) int { return c.VirtualNetworks }},
	{"subnet", func(c *result.InspectCounts) int { return c.Subnets }},
	{"peering", func(c *result.InspectCounts) int { return c.Peerings }},
	{"nsg", func(c *result.InspectCounts) int { return c.NetworkSecurityGroups }},
	{"rule", func(c *result.InspectCounts) int { return c.SecurityRules }},
	{"rt", func(c *result.InspectCounts) int { return c.RouteTables }},
	{"route", func(c *result.InspectCounts) int { return c.Routes }},
	{"nic", func(c *result.InspectCounts) int { return c.NetworkInterfaces }},
	{"asg", func(c *result.InspectCounts) int { return c.ApplicationSecurityGroups }},
	{"pip", func(c *result.InspectCounts) int { return c.PublicIPAddresses }},
	{"nat", func(c *result.InspectCounts) int { return c.NATGateways }},
	{"fw", func(c *result.InspectCounts) int { return c.Firewalls }},
	{"fwpol", func(c *result.InspectCounts) int { return c.FirewallPolicies }},
	{"rcg", func(c *result.InspectCounts) int { return c.RuleCollectionGroups }},
	{"fwcoll", func(c *result.InspectCounts) int { return c.RuleCollections }},
	{"fwrule", func(c *result.InspectCounts) int { return c.FirewallRules }},
	{"ipgroup", func(c *result.InspectCounts) int { return c.IPGroups }},
	{"pe", func(c *result.InspectCounts) int { return c.PrivateEndpoints }},
	{"service", func(c *result.InspectCounts) int { return c.Services }},
}

// Every file of the corpus loads with the counts of the golden file, or is
// refused with messages that have a place. Where the manifest of the corpus
// states another count, the golden file shows both: it counts what stands in a
// template, not what its conditions and loops make of that, and a child that is
// stated inline and apart twice.
func TestCorpusInputs(t *testing.T) {
	stated := manifestCounts(t)
	var lines []string
	types := map[string]bool{}
	for _, name := range corpusFiles(t) {
		n, err := wayleave.Load(wayleave.LoadOptions{
			Paths: []string{filepath.Join(corpus(t), name)}, Getenv: func(string) string { return "" },
		})
		var wrong *wayleave.InputError
		switch {
		case errors.As(err, &wrong):
			lines = append(lines, name+": refused: "+refusal(t, name, wrong.Diagnostics))
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			answer, err := n.Inspect()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			lines = append(lines, name+":"+countLine(&answer.Counts, stated[name]))
			for _, x := range answer.NotModelled {
				if x.Type != azure.TypeNetworkInterface { // one that Azure lists and no input states
					types[strings.ToLower(x.Type)] = true
				}
			}
		}
	}
	golden(t, "testdata/corpus-counts.golden", lines)
	onlyShrinks(t, "testdata/corpus-not-modelled.golden", slices.Sorted(maps.Keys(types)))
}

// corpusFiles are the inputs, by path from the corpus.
func corpusFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, dir := range []string{"arm", "az", "batfish", "nsg-csv", "tfplan"} {
		entries, err := fs.Glob(os.DirFS(corpus(t)), dir+"/*.*")
		if err != nil || len(entries) == 0 {
			t.Fatalf("no file in %s: %v", dir, err)
		}
		for _, name := range entries {
			if !strings.HasSuffix(name, ".md") {
				names = append(names, name)
			}
		}
	}
	return names
}

// refusal lists the errors by code; each has a place in the file.
func refusal(t *testing.T, name string, list diagnostic.List) string {
	t.Helper()
	codes := map[string]int{}
	for _, d := range list {
		if d.Severity != diagnostic.Error {
			continue
		}
		codes[d.Code]++
		if d.At.Line == 0 || !strings.HasSuffix(d.At.File, name) {
			t.Errorf("%s: %v has no place", name, d)
		}
	}
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		parts = append(parts, fmt.Sprintf("%d %s", codes[code], code))
	}
	return strings.Join(parts, ", ")
}

func countLine(c *result.InspectCounts, stated map[string]int) string {
	var line strings.Builder
	for _, w := range words {
		got := w.of(c)
		want, ok := stated[w.word]
		switch {
		case ok && want != got:
			fmt.Fprintf(&line, " %d %s (manifest %d)", got, w.word, want)
		case got > 0:
			fmt.Fprintf(&line, " %d %s", got, w.word)
		}
	}
	if line.Len() == 0 {
		return " nothing of a network"
	}
	return line.String()
}

var statedCount = regexp.MustCompile(`(\d+) (\w+)`)

// manifestCounts are what the manifest states of its files.
func manifestCounts(t *testing.T) map[string]map[string]int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus(t), "MANIFEST.md"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]map[string]int{}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(line, "|")
		if len(cells) < 9 {
			continue
		}
		counts := map[string]int{}
		for _, m := range statedCount.FindAllStringSubmatch(cells[7], -1) {
			if slices.ContainsFunc(words, func(w struct {
				word string
				of   func(*result.InspectCounts) int
			}) bool {
				return w.word == m[2]
			}) {
				counts[m[2]], _ = strconv.Atoi(m[1])
			}
		}
		files[strings.Trim(cells[1], " `")] = counts
	}
	if len(files) < 100 {
		t.Fatalf("the manifest lists %d files", len(files))
	}
	return files
}

// golden compares lines with a file.
func golden(t *testing.T, file string, lines []string) {
	t.Helper()
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(data), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("%s: run with -update if this is right (-want +got)\n%s", file, diff)
	}
}

// onlyShrinks compares lines with a file that may lose lines and never gains
// any.
func onlyShrinks(t *testing.T, file string, lines []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	allowed := strings.Split(strings.TrimSpace(string(data)), "\n")
	for _, line := range lines {
		if !slices.Contains(allowed, line) {
			t.Errorf("%s is not modelled and not in %s, which may only shrink", line, file)
		}
	}
	golden(t, file, slices.DeleteFunc(lines, func(line string) bool { return !slices.Contains(allowed, line) }))
}
