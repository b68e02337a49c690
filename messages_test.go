package wayleave_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// message is a text that the program shows, as the source has it.
type message struct {
	text string
	at   token.Position
	// role is summary, hint, detail or error.
	role string
	// code of a diagnostic, where the call names it.
	code string
	// failing says that the call makes an error rather than a warning.
	failing bool
	// hinted says that the same statement gives a hint.
	hinted bool
}

// shape is where a function takes the format of a message and the code of a
// diagnostic; -1 where it takes none. One that hints gives every message a hint.
type shape struct {
	format, code int
	hints        bool
}

// source is the code of the product, its printf-like functions by name.
type source struct {
	set    *token.FileSet
	files  map[string]*ast.File
	shapes map[string]map[string]shape
}

// productSource parses what finds problems: no tests, no measuring packages, no
// reports, which print answers.
func productSource(t *testing.T) *source {
	t.Helper()
	s := &source{token.NewFileSet(), map[string]*ast.File{}, map[string]map[string]shape{}}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "tools" || strings.HasPrefix(d.Name(), ".") && d.Name() != "."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"), measuringFolder(path):
			return nil
		}
		f, err := parser.ParseFile(s.set, path, nil, 0)
		s.files[path] = f
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, f := range s.files {
		for _, decl := range f.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok {
				s.note(filepath.Dir(path), d)
			}
		}
	}
	return s
}

func measuringFolder(path string) bool {
	for _, dir := range []string{"internal/flow/bench/", "internal/flow/workload/", "internal/flow/diagram/", "internal/bench/", "internal/plain/", "internal/azure/azuretest/", "internal/lab/", "internal/report/"} {
		if strings.HasPrefix(filepath.ToSlash(path), dir) {
			return true
		}
	}
	return false
}

// note remembers a function that takes a format or a code.
func (s *source) note(folder string, d *ast.FuncDecl) {
	i, found := 0, shape{format: -1, code: -1}
	for _, field := range d.Type.Params.List {
		for _, name := range field.Names {
			if kind, ok := field.Type.(*ast.Ident); ok && kind.Name == "string" {
				switch name.Name {
				case "format":
					found.format = i
				case "code":
					found.code = i
				}
			}
			i++
		}
	}
	if found.format < 0 && found.code < 0 {
		return
	}
	ast.Inspect(d, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && (id.Name == "WithHint" || id.Name == "Hint") && id != d.Name {
			found.hints = true
		}
		return true
	})
	if s.shapes[d.Name.Name] == nil {
		s.shapes[d.Name.Name] = map[string]shape{}
	}
	s.shapes[d.Name.Name][folder] = found
}

// shape finds what a call's function takes: that of its own folder, else that
// of the rooms everybody uses.
func (s *source) shape(folder, qualifier, name string) (shape, bool) {
	if qualifier == "fmt" || qualifier == "errors" {
		return shape{format: 0, code: -1}, qualifier == "fmt" && name == "Errorf" || qualifier == "errors" && name == "New"
	}
	folders := []string{folder, filepath.FromSlash("internal/strict"), filepath.FromSlash("internal/diagnostic")}
	if qualifier == "diagnostic" {
		folders = folders[2:]
	}
	for _, at := range folders {
		if found, ok := s.shapes[name][at]; ok {
			return found, true
		}
	}
	return shape{}, false
}

// literal is the text of a constant; what is put together at run time is %s.
func literal(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			text, err := strconv.Unquote(x.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		left, ok := literal(x.X)
		right, ok2 := literal(x.Y)
		switch {
		case ok && ok2:
			return left + right, true
		case ok:
			return left + "%s", true
		case ok2:
			return "%s" + right, true
		}
	}
	return "", false
}

// messages are all texts of the product that people read when something is
// wrong.
func (s *source) messages() []message {
	var list []message
	for path, f := range s.files {
		folder := filepath.Dir(path)
		if folder == filepath.FromSlash("internal/diagnostic") {
			continue // the constructors themselves
		}
		hinted := hintedCalls(f)
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.CallExpr:
				if m, ok := s.message(folder, x); ok {
					m.hinted = m.hinted || hinted[x]
					list = append(list, m)
				}
			case *ast.CompositeLit:
				list = append(list, s.usageError(x)...)
			}
			return true
		})
	}
	slices.SortFunc(list, func(a, b message) int { return strings.Compare(a.at.String(), b.at.String()) })
	return list
}

// makesErrors are the names, in lower case, of functions that make errors.
var makesErrors = map[string]bool{"errorf": true, "fail": true, "problem": true, "refuse": true}

// message reads a call, if it makes one.
func (s *source) message(folder string, c *ast.CallExpr) (message, bool) {
	qualifier, name := "", ""
	switch f := c.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if id, ok := f.X.(*ast.Ident); ok {
			qualifier = id.Name
		}
	default:
		return message{}, false
	}
	takes, ok := s.shape(folder, qualifier, name)
	if !ok {
		return message{}, false
	}
	m := message{at: s.set.Position(c.Pos()), role: "summary", hinted: takes.hints, failing: makesErrors[strings.ToLower(name)]}
	switch {
	case qualifier == "fmt" || qualifier == "errors":
		m.role = "error"
	case strings.HasSuffix(strings.ToLower(name), "hint"):
		m.role = "hint"
	case name == "WithDetail" || name == "WithRelated":
		m.role = "detail"
	}
	if takes.code >= 0 && takes.code < len(c.Args) {
		m.code, _ = literal(c.Args[takes.code])
	}
	if takes.format >= 0 && takes.format < len(c.Args) {
		m.text, _ = literal(c.Args[takes.format])
	}
	return m, m.text != "" || m.code != ""
}

// usageError reads the texts of a *UsageError.
func (s *source) usageError(x *ast.CompositeLit) []message {
	name := ""
	switch kind := x.Type.(type) {
	case *ast.Ident:
		name = kind.Name
	case *ast.SelectorExpr:
		name = kind.Sel.Name
	}
	if name != "UsageError" {
		return nil
	}
	var list []message
	for _, e := range x.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		value, role := pair.Value, "error"
		if call, ok := value.(*ast.CallExpr); ok && len(call.Args) > 0 {
			value = call.Args[0]
		}
		if text, ok := literal(value); ok {
			list = append(list, message{text: text, role: role, at: s.set.Position(pair.Pos())})
		}
		if hints, ok := pair.Value.(*ast.CompositeLit); ok {
			for _, h := range hints.Elts {
				if text, ok := literal(h); ok {
					list = append(list, message{text: text, role: "hint", at: s.set.Position(h.Pos())})
				}
			}
		}
	}
	return list
}

// hintedCalls are the calls in whose function a hint follows: in the same chain
// of calls, or later on the same variable.
func hintedCalls(f *ast.File) map[*ast.CallExpr]bool {
	hinted := map[*ast.CallExpr]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		body, ok := n.(*ast.FuncDecl)
		if !ok || body.Body == nil {
			return true
		}
		var hints []token.Pos
		ast.Inspect(body.Body, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if sel, ok := c.Fun.(*ast.SelectorExpr); ok && strings.HasSuffix(sel.Sel.Name, "Hint") {
					hints = append(hints, sel.Sel.Pos())
				}
			}
			return true
		})
		ast.Inspect(body.Body, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				hinted[c] = slices.ContainsFunc(hints, func(p token.Pos) bool { return p > c.Pos() })
			}
			return true
		})
		return false
	})
	return hinted
}

var (
	// lowerStart is how a message begins: a lower-case word, a value, a path, a
	// flag, or a name that is never in lower case.
	lowerStart = regexp.MustCompile(`^([a-z%"'$/<-]|[A-Z][A-Za-z]*[A-Z0-9]|[0-9])`)
	properName = regexp.MustCompile(`^(Azure|Terraform|Microsoft|Linux|Bicep|Internet|Markdown|Resource Manager|Storage)\b`)
)

// TestMessagesAreInTheirForm checks every message of the product against the
// section "Messages" of CONTRIBUTING.md.
func TestMessagesAreInTheirForm(t *testing.T) {
	list := productSource(t).messages()
	if len(list) < 400 {
		t.Fatalf("found only %d messages: this test reads the wrong code", len(list))
	}
	for _, m := range list {
		if m.text == "" {
			continue
		}
		complain := func(what string) { t.Errorf("%s: %s %q %s", m.at, m.role, m.text, what) }
		if !lowerStart.MatchString(m.text) && !properName.MatchString(m.text) {
			complain("begins with a capital letter")
		}
		if strings.HasSuffix(m.text, ".") && !strings.HasSuffix(m.text, "...") || strings.HasSuffix(m.text, "!") {
			complain("ends like a sentence of prose")
		}
		if m.role != "detail" && strings.Contains(m.text, "\n") {
			complain("is not one line")
		}
		if strings.Contains(m.text, "  ") {
			complain("has two spaces in a row")
		}
		for _, word := range []string{"please", "sorry", "failed to", "unable to", "illegal", "something went wrong"} {
			if strings.Contains(strings.ToLower(m.text), word) {
				complain("says " + word)
			}
		}
		if m.role == "summary" && m.failing && !m.hinted && !saysWhatToDo(m.text) {
			complain("has no hint and does not say what was expected")
		}
	}
}

// saysWhatToDo reports whether a message names what was expected or what holds.
func saysWhatToDo(text string) bool {
	for _, word := range []string{"expected", "must", "missing", "takes", "at most", "at least", "only", "cannot", "needs", "not one of"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
