package wayleave_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// citations are the places that name a statement or trap by its id.
type citations struct {
	// tests are the test functions that do so, in their name, their comment or a
	// text, as "internal/reach.TestTraps"; a table outside of them by its file.
	tests map[string]map[string]bool
	// code is the files that are no tests, in a comment or a text.
	code map[string]map[string]bool
}

// citationsOf reads every Go file of the repository.
func citationsOf(t *testing.T) citations {
	t.Helper()
	c := citations{map[string]map[string]bool{}, map[string]map[string]bool{}}
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != "."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		if strings.HasSuffix(path, "_test.go") {
			c.readTest(path, f)
		} else {
			c.readCode(path, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c citations) readTest(path string, f *ast.File) {
	dir := strings.TrimPrefix(path[:strings.LastIndexByte("/"+path, '/')], "/")
	for _, decl := range f.Decls {
		place := path
		if d, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(d.Name.Name, "Test") {
			place = strings.TrimSuffix(dir, "/") + "." + d.Name.Name
			for _, id := range append(idsOfName(d.Name.Name), idsOfText(toRange.ReplaceAllString(oneLine(d.Doc), ", and to "))...) {
				note(c.tests, id, place)
			}
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				for _, id := range idsOfText(text.Value) {
					note(c.tests, id, place)
				}
			}
			return true
		})
	}
}

func (c citations) readCode(path string, f *ast.File) {
	cite := func(text string) {
		for _, id := range idsOfText(text) {
			note(c.code, id, path)
		}
	}
	for _, group := range f.Comments {
		cite(oneLine(group))
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			cite(text.Value)
		}
		return true
	})
}

func oneLine(comment *ast.CommentGroup) string {
	return strings.Join(strings.Fields(comment.Text()), " ")
}

func note(into map[string]map[string]bool, id, place string) {
	if into[id] == nil {
		into[id] = map[string]bool{}
	}
	into[id][place] = true
}

const families = `ADM|ASG|ASY|FAB|JSON|LIM|META|NSG|NW|PE|PIP|PIPE|PLAT|RT|SUB|TAG|TWIN`

var (
	// a citation in a text: "NSG-19,22", "RT-21 to RT-23", "SUB-1..3"
	citation = regexp.MustCompile(`(?:^|[^A-Z])(` + families + `)-(\d+)((?:, ?\d+\b)*)(?:(?: to (?:` + families + `)-|\.\.)(\d+))?`)
	// firewallID is a statement about firewalls or one of the traps of it.
	firewallID = regexp.MustCompile(`\b[CDFLPRSTU]-\d\d[a-z]?\b`)
	trap       = regexp.MustCompile(`\bT\d{2,3}\b`)
	// toRange is a range in the comment of a test, which may not test all of it.
	toRange   = regexp.MustCompile(` to |\.\.`)
	inName    = regexp.MustCompile(`(` + families + `)(\d+)`)
	trapTests = regexp.MustCompile(`^Test((?:T\d{2,3})+)`)
)

// idsOfText are the ids that a comment or a text names.
func idsOfText(text string) []string {
	var ids []string
	for _, m := range citation.FindAllStringSubmatch(text, -1) {
		numbers := strings.FieldsFunc(m[2]+m[3], func(r rune) bool { return r == ',' || r == ' ' })
		if m[4] != "" {
			numbers = append(numbers, between(numbers[len(numbers)-1], m[4])...)
		}
		for _, number := range numbers {
			ids = append(ids, m[1]+"-"+number)
		}
	}
	return append(append(ids, firewallID.FindAllString(text, -1)...), trap.FindAllString(text, -1)...)
}

// idsOfName are the ids in the name of a test, as TestNSG33 or TestT38T39TagNames.
func idsOfName(name string) []string {
	var ids []string
	for _, m := range inName.FindAllStringSubmatch(name, -1) {
		ids = append(ids, m[1]+"-"+m[2])
	}
	if m := trapTests.FindStringSubmatch(name); m != nil {
		for _, number := range strings.Split(m[1], "T")[1:] {
			ids = append(ids, "T"+number)
		}
	}
	return ids
}
