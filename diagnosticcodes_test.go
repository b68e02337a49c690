package wayleave_test

import (
	"go/ast"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// codes are those of the diagnostics that the product can make.
func (s *source) codes() map[string]string {
	found := map[string]string{}
	for _, m := range s.messages() {
		if m.code != "" {
			found[m.code] = m.at.String()
		}
	}
	for _, f := range s.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.KeyValueExpr:
				if name, ok := x.Key.(*ast.Ident); ok && name.Name == "Code" {
					if text, ok := literal(x.Value); ok {
						found[text] = s.set.Position(x.Pos()).String()
					}
				}
			case *ast.ValueSpec: // const code = "..."
				for i, name := range x.Names {
					if name.Name == "code" && i < len(x.Values) {
						if text, ok := literal(x.Values[i]); ok {
							found[text] = s.set.Position(x.Pos()).String()
						}
					}
				}
			}
			return true
		})
	}
	return found
}

// known reports whether a diagnostic can have the code; some codes end in the
// kind of a file.
func known(codes map[string]string, code string) bool {
	for have := range codes {
		if prefix, put := strings.CutSuffix(have, "%s"); have == code || put && strings.HasPrefix(code, prefix) {
			return true
		}
	}
	return false
}

// Every code has an entry in docs/diagnostics.md, or in docs/lint.md for what
// lint finds, with an example to avoid and one to prefer; and no entry is of a
// code that does not exist.
func TestEveryDiagnosticCodeIsDocumented(t *testing.T) {
	codes := productSource(t).codes()
	entries := map[string]bool{}
	for _, page := range []string{"docs/diagnostics.md", "docs/lint.md"} {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, entry := range strings.Split(string(data), "\n## ")[1:] {
			title, text, _ := strings.Cut(entry, "\n")
			code := strings.Trim(title, "`")
			if !kebab.MatchString(code) {
				continue // a section of the page
			}
			entries[code] = true
			order = append(order, code)
			if !known(codes, code) {
				t.Errorf("%s has an entry for %s, which no diagnostic has", page, code)
			}
			if page == "docs/diagnostics.md" && (!strings.Contains(text, "\n* avoid: ") || !strings.Contains(text, "\n* prefer: ")) {
				t.Errorf("%s: the entry for %s lacks what to avoid, or what to prefer", page, code)
			}
		}
		if page == "docs/diagnostics.md" && !slices.IsSorted(order) {
			t.Errorf("%s is not sorted: %q", page, order)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		if prefix, put := strings.CutSuffix(code, "%s"); put { // one code for each kind of file
			if !slices.ContainsFunc(slices.Collect(maps.Keys(entries)), func(e string) bool { return strings.HasPrefix(e, prefix) }) {
				t.Errorf("%s: no code %s... has an entry in docs/diagnostics.md", codes[code], prefix)
			}
			continue
		}
		if !kebab.MatchString(code) {
			t.Errorf("%s: the code %q is not in kebab-case", codes[code], code)
		}
		if !entries[code] {
			t.Errorf("%s: the code %s has no entry in docs/diagnostics.md; add, in its place in the alphabet:\n\n## `%s`\n\nWhat it means.\n\n* avoid: `...`\n* prefer: `...`", codes[code], code, code)
		}
	}
}
