package wayleave_test

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every statement and trap that testdata/statements.txt lists is tested: a test
// function or a row (a text in a test) is named after its id.
func TestStatementsAreTested(t *testing.T) {
	listed := statementIDs(t)
	cited := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			return cite(path, cited)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range listed {
		if !cited[id] {
			t.Errorf("no test is named after %s", id)
		}
	}
}

// cite notes the ids in the names of a file's test functions and in its texts.
func cite(path string, cited map[string]bool) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if strings.HasPrefix(n.Name.Name, "Test") {
				note(n.Name.Name, cited)
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				note(n.Value, cited)
			}
		}
		return true
	})
	return nil
}

var (
	citation = regexp.MustCompile(`(NSG|TAG|PLAT|ASG|FAB)-?(\d+)((?:, ?\d+)*)`)
	// firewallID is a statement about firewalls or one of the traps of it.
	firewallID = regexp.MustCompile(`\b[TCSFPR]-\d\d`)
	trap       = regexp.MustCompile(`\bT\d{2,3}\b`)
	trapTests  = regexp.MustCompile(`^Test((?:T\d{2,3})+)`)
)

// note notes the ids in a text: "NSG-19,22" names two, and so does a test
// function TestT38T39TagNames.
func note(text string, cited map[string]bool) {
	for _, m := range citation.FindAllStringSubmatch(text, -1) {
		for _, number := range strings.FieldsFunc(m[2]+m[3], func(r rune) bool { return r == ',' || r == ' ' }) {
			cited[m[1]+"-"+number] = true
		}
	}
	for _, id := range firewallID.FindAllString(text, -1) {
		cited[id] = true
	}
	for _, id := range trap.FindAllString(text, -1) {
		cited[id] = true
	}
	if m := trapTests.FindStringSubmatch(text); m != nil {
		for _, number := range strings.Split(m[1], "T")[1:] {
			cited["T"+number] = true
		}
	}
}

// statementIDs are the ids of the list: a family and its numbers a line, "3-7"
// for all from 3 to 7.
func statementIDs(t *testing.T) []string {
	file, err := os.Open("testdata/statements.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var ids []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		family, numbers, ok := strings.Cut(lines.Text(), " ")
		if !ok || family == "#" {
			continue
		}
		for _, item := range strings.Fields(numbers) {
			from, to, isRange := strings.Cut(item, "-")
			if !isRange {
				to = from
			}
			lo, err1 := strconv.Atoi(from)
			hi, err2 := strconv.Atoi(to)
			if err1 != nil || err2 != nil || lo > hi {
				t.Fatalf("testdata/statements.txt: %q is no number and no range", item)
			}
			for n := lo; n <= hi; n++ {
				if of, ok := strings.CutPrefix(family, "fw-"); ok {
					ids = append(ids, fmt.Sprintf("%s-%02d", of, n))
				} else if family == "T" {
					ids = append(ids, fmt.Sprintf("T%02d", n))
				} else {
					ids = append(ids, fmt.Sprintf("%s-%d", family, n))
				}
			}
		}
	}
	if len(ids) < 100 {
		t.Fatalf("testdata/statements.txt lists %d ids, want at least 100", len(ids))
	}
	return ids
}
