package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

// Every rule, route and subnet of every real input stands where it says: the
// text there is an object that has its name, or an expression for it.
func TestCorpusEveryResourceIsAtItsPlace(t *testing.T) {
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the real inputs are not read")
	}
	checked := 0
	for _, dir := range []string{"arm", "az", "batfish", "nsg-csv", "tfplan"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no file in %s: %v", dir, err)
		}
		for _, file := range files {
			inventories, _ := Load([]string{file}, Options{})
			if n, _ := azure.Build(inventories...); n != nil {
				checked += checkPlaces(t, file, n)
			}
		}
	}
	if checked < 2000 {
		t.Errorf("only %d resources were looked up", checked)
	}
}

func checkPlaces(t *testing.T, file string, n *azure.Network) int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := places{lines: strings.SplitAfter(strings.TrimPrefix(string(data), "\ufeff"), "\n")}
	p.offsets = make([]int, len(p.lines))
	for i := 1; i < len(p.lines); i++ {
		p.offsets[i] = p.offsets[i-1] + len(p.lines[i-1])
	}
	p.text = strings.Join(p.lines, "")
	checked := 0
	check := func(r *azure.Resource) {
		checked++
		if found := p.at(r.At); !names(found, r.Name) {
			t.Errorf("%s:%d:%d: %s %q stands at %.60q", filepath.Base(file), r.At.Line, r.At.Column, r.Type, r.Name, found)
		}
	}
	for _, s := range n.Subnets() {
		if !s.Stub {
			check(&s.Resource)
		}
	}
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			check(&r.Resource)
		}
	}
	for _, table := range n.RouteTables {
		for _, r := range table.Routes {
			check(&r.Resource)
		}
	}
	return checked
}

// places finds the text at a position.
type places struct {
	text    string
	lines   []string
	offsets []int
}

// at is the value that begins at a position: an object to its closing brace,
// anything else to the next comma.
func (p places) at(at azure.Position) string {
	if at.Line < 1 || at.Line > len(p.lines) || at.Column > len(p.lines[at.Line-1]) {
		return ""
	}
	text := p.text[p.offsets[at.Line-1]+at.Column-1:]
	if !strings.HasPrefix(text, "{") {
		return text[:max(0, strings.IndexAny(text, ",\n"))]
	}
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return text[:i+1]
			}
		}
	}
	return ""
}

// names reports whether a text has a name as a whole value, the end of an id or
// a path, or a field of a row, or an expression that may give it.
func names(text, name string) bool {
	lower, name := strings.ToLower(text), strings.ToLower(name)
	for _, form := range []string{`"` + name + `"`, "/" + name + `"`, "/" + name + "'", `'` + name + `'`} {
		if strings.Contains(lower, form) {
			return true
		}
	}
	return lower == name || strings.HasPrefix(lower, `"[`) || strings.Contains(lower, `"name": "[`) || strings.Contains(lower, `"name":"[`)
}
