package wayleave_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// sqlTags is a file of service tags in which Sql has these prefixes and Other
// the rest.
func sqlTags(t *testing.T, number int, sql, other string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), fmt.Sprintf("ServiceTags_Public_%d.json", number))
	tag := func(name, prefixes string) string {
		return fmt.Sprintf(`{"name": %q, "id": %q, "properties": {"changeNumber": 1, "region": "", "platform": "Azure", "systemService": "",
			"addressPrefixes": ["%s"], "networkFeatures": ["NSG", "UDR", "FW"]}}`, name, name, strings.ReplaceAll(prefixes, " ", `", "`))
	}
	text := fmt.Sprintf(`{"changeNumber": %d, "cloud": "Public", "values": [%s, %s]}`, number, tag("Sql", sql), tag("Storage", other))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// drift is the row sql of the example under two editions of Sql.
func drift(t *testing.T, old, now string) (result.Verdict, []result.Flip) {
	t.Helper()
	n, err := wayleave.Load(wayleave.LoadOptions{
		Paths: []string{"examples/tag-drift/network"}, Tags: sqlTags(t, 2, now, "20.38.0.0/24"), Getenv: noData,
	})
	if err != nil {
		t.Fatal(err)
	}
	options := wayleave.CheckOptions{Services: []string{"logic-apps-ise"}, Subnets: []string{"snet-orders"}}
	c, err := n.CheckAgainst(options, sqlTags(t, 1, old, "20.38.0.0/24"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Services[0].Requirements {
		if r.ID == "sql" {
			return r.Verdict, c.Drift.Flips
		}
	}
	t.Fatal("the table has no row sql")
	return "", nil
}

// The network allows 13.66.0.0/16 on 1433 and denies the rest of the internet
// there; what joins and leaves Sql decides.
func TestVerdictsFlipWithServiceTags(t *testing.T) {
	for _, row := range []struct {
		old, now       string
		before, after  result.Verdict // empty: no flip
		joined, left   string
		whatTheCauseIs string
	}{
		{"13.66.0.0/24", "13.66.0.0/24", "", "", "", "", "nothing changed"},
		{"13.66.0.0/24", "13.66.0.0/24 13.66.7.0/24", "", "", "", "", "the rule allows what joined"},
		{"13.66.0.0/24", "13.66.0.0/24 20.62.58.0/24", "allowed", "partial", "20.62.58.0/24", "", "the rule does not know what joined"},
		{"13.66.0.0/24", "13.66.7.0/24 20.62.58.0/24", "allowed", "partial", "20.62.58.0/24", "", "only what is blocked is a cause"},
		{"13.66.0.0/24 20.62.58.0/24", "13.66.0.0/24", "partial", "allowed", "", "20.62.58.0/24", "what was blocked left"},
		{"20.62.58.0/24", "13.66.0.0/24 20.62.58.0/24", "blocked", "partial", "13.66.0.0/24", "", "what passes joined"},
		{"13.66.0.0/24", "20.62.58.0/24 20.62.59.0/24", "allowed", "blocked", "20.62.58.0/23", "", "the fewest prefixes"},
	} {
		_, flips := drift(t, row.old, row.now)
		if row.after == "" {
			if len(flips) > 0 {
				t.Errorf("%s -> %s: %+v flips, though %s", row.old, row.now, flips[0], row.whatTheCauseIs)
			}
			continue
		}
		if len(flips) != 1 {
			t.Errorf("%s -> %s: %d flips, expected that of sql", row.old, row.now, len(flips))
			continue
		}
		f := flips[0]
		if f.Requirement != "sql" || f.Before != row.before || f.After != row.after {
			t.Errorf("%s -> %s: %s flips from %s to %s", row.old, row.now, f.Requirement, f.Before, f.After)
		}
		if len(f.Causes) != 1 || f.Causes[0].Name != "Sql" || strings.Join(f.Causes[0].Joined, " ") != row.joined || strings.Join(f.Causes[0].Left, " ") != row.left {
			t.Errorf("%s -> %s: causes %+v, expected joined %q, left %q: %s", row.old, row.now, f.Causes, row.joined, row.left, row.whatTheCauseIs)
		}
	}
}

// Without the prefixes that are called the cause nothing flips.
func TestCausesOfDriftAreWhatFlips(t *testing.T) {
	const old = "13.66.0.0/24"
	now := []string{"13.66.0.0/25", "13.66.9.0/24", "20.1.0.0/24", "20.2.0.0/25", "51.4.0.0/16"}
	_, flips := drift(t, old, strings.Join(now, " "))
	if len(flips) != 1 {
		t.Fatalf("%d flips", len(flips))
	}
	var kept []string
	for _, p := range now {
		if !strings.Contains(strings.Join(flips[0].Causes[0].Joined, " "), p) {
			kept = append(kept, p)
		}
	}
	if len(kept) == len(now) {
		t.Fatalf("no cause among %v: %+v", now, flips[0].Causes)
	}
	if _, flips := drift(t, old, strings.Join(kept, " ")); len(flips) > 0 {
		t.Errorf("with %v alone it still flips: %+v", kept, flips)
	}
}

func TestWhatCannotBeComparedIsRefused(t *testing.T) {
	n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{"examples/tag-drift/network"}, Getenv: noData})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.CheckAgainst(wayleave.CheckOptions{}, "old.json"); err == nil || !strings.Contains(err.Error(), "no service-tag data to compare with old.json") {
		t.Errorf("names alone give %v", err)
	}
	if _, err := wayleave.DiffTags(sqlTags(t, 1, "13.66.0.0/24", "20.38.0.0/24"), sqlTags(t, 2, "13.66.0.0/24", "20.38.0.0/24"), "Sqll"); err == nil || !strings.Contains(err.Error(), "neither file has a service tag Sqll") {
		t.Errorf("a tag nobody has gives %v", err)
	}
}
