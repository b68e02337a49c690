package service

import (
	"fmt"
	"strings"
	"testing"
)

// What two editions of a row differ in, each change of the tiny profile with
// what is said of it.
func TestEditionsAreComparedRowByRow(t *testing.T) {
	old, problems := Parse("old.yaml", []byte(tiny))
	if old == nil {
		t.Fatal(problems)
	}
	const subnets = "subnets: {rules: [{id: size, smallestPrefix: 27}]}\n"
	for what, row := range map[string]struct{ from, to, want string }{
		"nothing":              {"title: Tiny", "title: Large", "same 1"},
		"a note":               {"    capability:", "    note: new\n    capability:", "same 1"},
		"ports":                {`["1433"]`, `["1433", "11000"]`, "~out destination ports: 1433 -> 1433, 11000"},
		"severity":             {"    capability:", "    severity: advice\n    capability:", "~out severity: required -> advice"},
		"default protocols":    {"    protocols: [tcp]\n", "", "!"},
		"another row":          {"- id: out", "- id: away", "+away -out"},
		"a row renamed":        {"- id: out", "- id: away\n    sameAs: [out]", "same 1"},
		"renamed, and changed": {"- id: out\n    row: \"1\"", "- id: away\n    sameAs: [out]\n    row: \"2\"", "~out>away row: 1 -> 2"},
		"a rule":               {"requirements:", subnets + "requirements:", "+size same 1"},
		"once, not a subnet":   {"    capability:", "    perSubnet: false\n    capability:", "~out once for the service:  -> yes"},
	} {
		now, problems := Parse("new.yaml", []byte(strings.Replace(tiny, row.from, row.to, 1)))
		if now == nil {
			if row.want != "!" {
				t.Errorf("%s: %v", what, problems)
			}
			continue
		}
		if got := differencesText(Compare(old, now)); got != row.want {
			t.Errorf("%s: %q, want %q", what, got, row.want)
		}
		if back := Compare(now, old); len(back.Added) != len(Compare(old, now).Removed) {
			t.Errorf("%s: the other way round adds %v", what, back.Added)
		}
	}
}

// What was a rule about the subnet can have become a row of the same id, and a rule
// can be about one subnet alone.
func TestRulesAreComparedWithWhatHasTheirID(t *testing.T) {
	profile := func(text string) *Profile {
		p, problems := Parse("x.yaml", []byte(text))
		if p == nil {
			t.Fatal(problems)
		}
		return p
	}
	const rule = "subnets: {rules: [{id: away, smallestPrefix: 27}]}\n"
	withRule := profile(strings.Replace(tiny, "requirements:", rule+"requirements:", 1))
	d := Compare(withRule, profile(strings.Replace(tiny, "- id: out", "- id: away", 1)))
	if len(d.Changed) != 1 || d.Changed[0].ID != "away" || len(d.Removed) != 1 {
		t.Errorf("got %s", differencesText(d))
	}
	limited := profile(strings.Replace(tiny, "requirements:", strings.Replace(rule, "27", "27, subnet: a", 1)+"requirements:", 1))
	if got := differencesText(Compare(withRule, limited)); got != "~away subnet:  -> a same 1" {
		t.Errorf("got %s", got)
	}
}

// Several rows of the old page have become one.
func TestRowsThatWereJoinedAreNotLost(t *testing.T) {
	d := Compare(builtinProfile(t, "logic-apps-ise@2019-11-06"), builtinProfile(t, "logic-apps-ise@2023-09-27"))
	text := differencesText(d)
	for _, want := range []string{"~la-comm-in>la-in-443 ", "~storage ", "destination ports: 80, 443 -> 80, 443, 445", "~vnet-in "} {
		if !strings.Contains(text+" ", want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	for _, gone := range d.Removed {
		if gone.ID == "la-run-history" || gone.ID == "apim-mgmt" {
			t.Errorf("%s is part of another row now", gone.ID)
		}
	}
}

func differencesText(d Differences) string {
	var parts []string
	for _, c := range d.Changed {
		id := c.ID
		if c.OldID != "" {
			id = c.OldID + ">" + c.ID
		}
		var fields []string
		for _, f := range c.Fields {
			fields = append(fields, fmt.Sprintf("%s: %s -> %s", f.Name, f.Old, f.New))
		}
		parts = append(parts, "~"+id+" "+strings.Join(fields, "; "))
	}
	for _, a := range d.Added {
		parts = append(parts, "+"+a.ID)
	}
	for _, r := range d.Removed {
		parts = append(parts, "-"+r.ID)
	}
	if d.Same > 0 {
		parts = append(parts, fmt.Sprintf("same %d", d.Same))
	}
	return strings.Join(parts, " ")
}
