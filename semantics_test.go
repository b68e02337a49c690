package wayleave_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// statement is a line of testdata/semantics: what Azure does, or a trap.
type statement struct {
	id string
	// cells are the columns of the page that the line itself fills.
	cells []string
	// see are the statements that say how this one is built.
	see []string
	// notModelled is what a user sees in its place.
	notModelled string
}

// chapter is a heading and the statements below it.
type chapter struct {
	title      string
	statements []statement
}

const semanticsPage = "docs/semantics.md"

// The page about the semantics holds every statement and every trap; where they
// are implemented and tested is taken from the code, by the ids it names.
// Without -update the page may be behind the code, but names nothing in it that
// is not so.
func TestGoldenSemantics(t *testing.T) {
	found := citationsOf(t)
	azureChapters, firewallChapters, traps := chapters(t, "azure.txt"), chapters(t, "firewall.txt"), chapters(t, "traps.txt")
	known := map[string]statement{}
	for _, c := range slices.Concat(azureChapters, firewallChapters, traps) {
		for _, s := range c.statements {
			if _, twice := known[s.id]; twice {
				t.Errorf("testdata/semantics: %s is there twice", s.id)
			}
			known[s.id] = s
		}
	}
	checkNotes(t, known)
	if *update {
		p := page{found: found, known: known}
		p.write(azureChapters, firewallChapters, traps, sources(t))
		if err := os.WriteFile(semanticsPage, []byte(p.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	checkPage(t, found, known)
}

// chapters reads a file of statements.
func chapters(t *testing.T, file string) []chapter {
	t.Helper()
	data, err := os.ReadFile("testdata/semantics/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var list []chapter
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			list = append(list, chapter{title: title})
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) != 5 || len(list) == 0 {
			t.Fatalf("testdata/semantics/%s: %q does not have five columns, or stands above every heading", file, line)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		s := statement{id: cells[0], cells: cells[:4]}
		if ids, ok := strings.CutPrefix(cells[4], "see "); ok {
			s.see = strings.Split(ids, ", ")
		} else if s.notModelled, ok = strings.CutPrefix(cells[4], "not modelled: "); !ok && cells[4] != "" {
			t.Errorf("testdata/semantics/%s: the note of %s is neither \"see\" nor \"not modelled:\"", file, s.id)
		}
		list[len(list)-1].statements = append(list[len(list)-1].statements, s)
	}
	return list
}

// sources are the pages by their keys.
func sources(t *testing.T) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/semantics/sources.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(line, " | "))
		}
	}
	return rows
}

// checkNotes checks what statements refer to: sources, other statements, and the
// diagnostics a user sees.
func checkNotes(t *testing.T, known map[string]statement) {
	t.Helper()
	keys := map[string]bool{}
	for _, row := range sources(t) {
		keys[row[0]] = true
	}
	codes := productSource(t).codes()
	for id, s := range known {
		for _, other := range s.see {
			if len(known[other].see) > 0 || known[other].id == "" {
				t.Errorf("testdata/semantics: %s says see %s, which says nothing itself", id, other)
			}
		}
		if kebab.MatchString(s.notModelled) && strings.Contains(s.notModelled, "-") && !hasCode(codes, s.notModelled) {
			t.Errorf("testdata/semantics: %s is said to give the diagnostic %s, which does not exist", id, s.notModelled)
		}
		if strings.HasPrefix(id, "T") && !strings.HasPrefix(id, "TAG") && !strings.HasPrefix(id, "TWIN") {
			for _, by := range strings.Split(s.cells[3], ", ") {
				if known[by].id == "" {
					t.Errorf("testdata/semantics: %s is by %s, which is no statement", id, by)
				}
			}
			continue
		}
		for _, key := range strings.Split(s.cells[2], ", ") {
			if !keys[key] {
				t.Errorf("testdata/semantics: %s names the source %s, which sources.txt lacks", id, key)
			}
		}
	}
}

func hasCode(codes map[string]string, code string) bool { return codes[code] != "" }

// page is the text of docs/semantics.md.
type page struct {
	strings.Builder
	found citations
	known map[string]statement
}

func (p *page) write(azure, firewall, traps []chapter, sources [][]string) {
	var all []statement
	for _, c := range slices.Concat(azure, firewall) {
		all = append(all, c.statements...)
	}
	var trapList []statement
	for _, c := range traps {
		trapList = append(trapList, c.statements...)
	}
	fmt.Fprintf(p, `# What Wayleave takes Azure to do

Every statement about Azure that verdicts rest on, with how sure it is, where it comes
from, which code implements it and which tests are named after it. The last two columns
are taken from the code: a file counts that names the statement, and a test that is named
after it, or says so in its comment, or has a row that is. `+"`go test . -run GoldenSemantics -update`"+` writes the page anew.

How sure: DOC and API are Microsoft's documentation and its interfaces, DATA is measured
on published tag data, COMM is observed by third parties and definite, UNCERTAIN is a
switch (`+"`wayleave explain --assumptions`"+` lists them): an answer that turns on one is
undecided and names it. What Azure's documents leave open and the project decided is in
[decisions.md](decisions.md).

%s
%s

`, p.count("statements", all), p.count("traps", trapList))
	p.chapters(azure, "how sure, source")
	p.chapters(firewall, "how sure, source")
	fmt.Fprint(p, "# Traps\n\nWhat people get wrong, each with a test.\n\n")
	p.traps(traps)
	fmt.Fprint(p, "# Sources\n\n| key | page | date |\n|---|---|---|\n")
	for _, row := range sources {
		fmt.Fprintf(p, "| %s |\n", strings.Join(row, " | "))
	}
}

// count says how many are tested.
func (p *page) count(what string, list []statement) string {
	tested, not, open := 0, 0, 0
	for _, s := range list {
		switch _, tests := p.places(s); {
		case len(tests) > 0:
			tested++
		case p.notModelled(s) != "":
			not++
		default:
			open++
		}
	}
	return fmt.Sprintf("Of %d %s %d are tested, %d are not modelled, %d are not yet tested by name.", len(list), what, tested, not, open)
}

func (p *page) chapters(list []chapter, column string) {
	for _, c := range list {
		fmt.Fprintf(p, "## %s\n\n| id | what Azure does | %s | implemented | tested |\n|---|---|---|---|---|\n", c.title, column)
		for _, s := range c.statements {
			fmt.Fprintf(p, "| %s | %s | %s; %s | %s |\n", s.id, s.cells[3], s.cells[1], s.cells[2], p.status(s, true))
		}
		fmt.Fprintln(p)
	}
}

func (p *page) traps(list []chapter) {
	for _, c := range list {
		fmt.Fprintf(p, "## Traps: %s\n\n| id | setting | expected | by | tested |\n|---|---|---|---|---|\n", strings.ToLower(c.title[:1])+c.title[1:])
		for _, s := range c.statements {
			fmt.Fprintf(p, "| %s | %s | %s | %s | %s |\n", s.id, s.cells[1], s.cells[2], s.cells[3], p.status(s, false))
		}
		fmt.Fprintln(p)
	}
}

// places are the files that implement a statement and the tests of it, those
// of what it refers to included.
func (p *page) places(s statement) (code, tests []string) {
	codeSet, testSet := map[string]bool{}, map[string]bool{}
	for _, id := range append([]string{s.id}, s.see...) {
		maps.Copy(codeSet, p.found.code[id])
		maps.Copy(testSet, p.found.tests[id])
	}
	return slices.Sorted(maps.Keys(codeSet)), slices.Sorted(maps.Keys(testSet))
}

// notModelled is what a user sees in place of a statement, or of one that it
// refers to.
func (p *page) notModelled(s statement) string {
	for _, id := range append([]string{s.id}, s.see...) {
		if why := p.known[id].notModelled; why != "" {
			return why
		}
	}
	return ""
}

// status is the last columns of a row.
func (p *page) status(s statement, withCode bool) string {
	code, tests := p.places(s)
	if why := p.notModelled(s); why != "" && len(tests) == 0 {
		if kebab.MatchString(why) && strings.Contains(why, "-") {
			why = "diagnostic `" + why + "`"
		}
		if withCode {
			return "not modelled | " + why
		}
		return "not modelled: " + why
	}
	tested := some(tests)
	if tested == "" {
		tested = "not yet tested"
	}
	if !withCode {
		return tested
	}
	implemented := some(code)
	if len(s.see) > 0 {
		implemented = strings.TrimSuffix("as "+strings.Join(s.see, ", ")+": "+implemented, ": ")
	}
	if implemented == "" {
		implemented = "no file names it"
	}
	return implemented + " | " + tested
}

// some shows up to three places.
func some(places []string) string {
	const most = 3
	var shown []string
	for _, place := range places[:min(len(places), most)] {
		shown = append(shown, "`"+strings.TrimPrefix(place, "internal/")+"`")
	}
	text := strings.Join(shown, ", ")
	if more := len(places) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

var place = regexp.MustCompile("`([^` ]+)`")

// checkPage checks that the page tells every statement as it is, and that every
// file and test it names exists and names the statement.
func checkPage(t *testing.T, found citations, known map[string]statement) {
	t.Helper()
	data, err := os.ReadFile(semanticsPage)
	if err != nil {
		t.Fatal(err)
	}
	const again = "; run go test . -run GoldenSemantics -update"
	rows := map[string][]string{}
	for _, line := range strings.Split(string(data), "\n") {
		if cells := strings.Split(strings.Trim(line, "| "), " | "); len(cells) == 5 {
			rows[cells[0]] = cells
		}
	}
	for id, s := range known {
		cells := rows[id]
		if cells == nil || !slices.Contains(cells, s.cells[2]) && !slices.Contains(cells, s.cells[3]) {
			t.Errorf("%s does not hold %s as testdata/semantics has it%s", semanticsPage, id, again)
			continue
		}
		if strings.Contains(cells[3]+cells[4], "not modelled") {
			continue // its code is what a user sees
		}
		all := map[string]bool{}
		for _, id := range append([]string{id}, s.see...) {
			for _, of := range []map[string]map[string]bool{found.tests, found.code} {
				for p := range of[id] {
					all[strings.TrimPrefix(p, "internal/")] = true
				}
			}
		}
		for _, m := range place.FindAllStringSubmatch(strings.Join(cells[3:], " "), -1) {
			if !all[m[1]] {
				t.Errorf("%s says that %s names %s, which is not so%s", semanticsPage, path.Base(m[1]), id, again)
			}
		}
	}
}
