package wayleave_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/wayleave/wayleave"

// forbidden lists, for each room, what it must not import and why. A path
// that ends in "/..." covers the packages below it. Test files are free.
var forbidden = []struct{ room, imports, why string }{
	{"internal/flow", module + "/...", "packets and sets of them know nothing of ours"},
	{"internal/diagnostic", module + "/...", "the one problem type is below everything"},
	{"internal/document", module + "/internal/azure", "a document does not know Azure"},
	{"internal/azure", module + "/internal/flow", "a resource does not decide about traffic"},
	{"internal/azure", module + "/internal/document", "readers fill the resources, not the other way round"},
	{"internal/azure", module + "/internal/source/...", "readers fill the resources, not the other way round"},
	{"internal/source/...", module + "/internal/flow", "readers do not decide about traffic"},
	{"internal/source/...", module + "/internal/fabric", "readers do not decide about traffic"},
	{"internal/source", module + "/internal/source/live", "whoever reads files does not link the Azure SDK"},
	{"internal/servicetag", module + "/internal/azure", "tag data is independent of resources"},
	{"internal/fabric", module + "/internal/document", "semantics reads no files"},
	{"internal/fabric", module + "/internal/source/...", "semantics reads no files"},
	{"internal/fabric", module + "/internal/reach", "decisions do not know who asks"},
	{"internal/fabric", module + "/internal/service", "decisions do not know services"},
	{"internal/fabric", "os", "semantics reads no files"},
	{"internal/reach", module + "/internal/service", "reach does not know a service"},
	{"internal/reach", module + "/internal/check", "reach does not know a service"},
	{"internal/service", module + "/internal/fabric", "a table does not decide"},
	{"internal/service", module + "/internal/reach", "a table does not decide"},
	{"internal/check", module + "/internal/report", "check does not format"},
	{"internal/project", module + "/internal/azure", "a project file is read before any network"},
	{"internal/check", module + "/internal/source/...", "check reads no files"},
	{"internal/strict", module + "/internal/azure", "keys have no meaning here"},
	{"internal/expect", module + "/internal/report", "expectations do not format"},
	{"internal/expect", module + "/internal/source/...", "expectations are about a network, whatever it was read from"},
	{"internal/cli", module + "/internal/expect", "commands do not compute"},
	{"internal/report", module + "/internal/expect", "a report does not analyse"},
	{"internal/egress", module + "/internal/service", "who sees what does not depend on a profile"},
	{"internal/egress", module + "/internal/report", "egress does not format"},
	{"internal/report", module + "/internal/egress", "a report does not analyse"},
	{"internal/cli", module + "/internal/egress", "commands do not compute"},
	{"internal/emit", module + "/internal/fabric", "a form does not decide"},
	{"internal/cli", module + "/internal/emit", "commands do not compute"},
	{"internal/amend", module + "/internal/fabric", "writing into a file decides nothing"},
	{"internal/amend", module + "/internal/source/...", "what was written is read again by whoever reads inputs"},
	{"internal/cli", module + "/internal/amend", "commands do not compute"},
	{"internal/repair", module + "/internal/report", "a change does not format"},
	{"internal/repair", module + "/internal/source/...", "a change is of inventories, whatever they were read from"},
	{"internal/cli", module + "/internal/repair", "commands do not compute"},
	{"internal/report", module + "/internal/repair", "a report does not analyse"},
	{"internal/difference", module + "/internal/report", "a comparison does not format"},
	{"internal/difference", module + "/internal/service", "a comparison does not know a service"},
	{"internal/difference", module + "/internal/source/...", "a comparison reads no files"},
	{"internal/report", module + "/internal/difference", "a report does not analyse"},
	{"internal/cli", module + "/internal/difference", "commands do not compute"},
	{"internal/lint", module + "/internal/report", "lint does not format"},
	{"internal/lint", module + "/internal/source/...", "lint reads no files"},
	{"internal/inspect", module + "/internal/fabric", "taking stock decides nothing"},
	{"internal/inspect", module + "/internal/report", "inspect does not format"},
	{"internal/inspect", module + "/internal/source/...", "inspect reads no files"},
	{"internal/report", module + "/internal/inspect", "a report does not analyse"},
	{"internal/cli", module + "/internal/inspect", "commands do not compute"},
	{"internal/report", module + "/internal/lint", "a report does not analyse"},
	{"internal/cli", module + "/internal/lint", "commands do not compute"},
	{"internal/report", module + "/internal/fabric", "a report does not analyse"},
	{"internal/report", module + "/internal/reach", "a report does not analyse"},
	{"internal/report", module + "/internal/check", "a report does not analyse"},
	{"internal/report", module + "/internal/azure", "a report does not analyse"},
	{"internal/cli", module + "/internal/fabric", "commands do not compute"},
	{"internal/cli", module + "/internal/reach", "commands do not compute"},
	{"internal/cli", module + "/internal/check", "commands do not compute"},
	{"internal/plain", module + "/internal/flow", "the slow twin shares nothing with the engine"},
	{"internal/plain", module + "/internal/fabric", "the slow twin shares nothing with the engine"},
	{"internal/plain", module + "/internal/reach", "the slow twin shares nothing with the engine"},
	{"internal/plain", module + "/internal/servicetag", "the slow twin reads plain prefix lists"},
	{"internal/recheck", module + "/internal/flow", "evidence is checked without the engine"},
	{"internal/recheck", module + "/internal/fabric", "evidence is checked without the engine"},
	{"internal/recheck", module + "/internal/reach", "evidence is checked without the engine"},
	{"internal/recheck", module + "/internal/check", "evidence is checked without the engine"},
	{"internal/recheck", module + "/internal/repair", "evidence is checked without the engine"},
	{"internal/recheck", module + "/internal/servicetag", "evidence is checked with plain prefix lists"},
	{"cmd/wayleave-recheck", module + "/internal/cli", "it is another program"},
	{"internal/lab/...", module + "/internal/flow", "real packets share nothing with the engine"},
	{"internal/lab/...", module + "/internal/fabric", "real packets share nothing with the engine"},
	{"internal/lab/...", module + "/internal/reach", "real packets share nothing with the engine"},
	{"internal/lab/...", module + "/internal/servicetag", "the lab reads plain prefix lists"},
	{"internal/lab", module + "/internal/lab/keeper", "a plan does not know who runs it"},
	{"cmd/wayleave", module + "/internal/fabric", "main holds no logic"},
}

// exclusive lists libraries that one room alone may import.
var exclusive = []struct{ library, room string }{
	{"github.com/go-json-experiment/json", "internal/document"},
	{"github.com/go-json-experiment/json/jsontext", "internal/document"},
	{"github.com/tailscale/hujson", "internal/document"},
	{"go.yaml.in/yaml/v4", "internal/document"},
	{"encoding/json", "internal/document"},
	{"github.com/spf13/cobra", "internal/cli"},
	{"github.com/hashicorp/hcl/v2/hclwrite", "internal/emit"},
	{"github.com/spf13/cobra/doc", "internal/cli/manpages"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Dir        string
	GoFiles    []string
}

// packages lists the packages of the module without their test files.
func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Dir,GoFiles", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// covers reports whether a pattern names the package.
func covers(pattern, path string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == prefix || strings.HasPrefix(path, prefix+"/")
	}
	return path == pattern
}

func TestForbiddenImports(t *testing.T) {
	list := packages(t)
	for _, rule := range forbidden {
		room := module + "/" + rule.room
		known := false
		for _, p := range list {
			if !covers(room, p.ImportPath) {
				continue
			}
			known = true
			for _, imported := range p.Imports {
				if covers(rule.imports, imported) {
					t.Errorf("%s imports %s: %s", p.ImportPath, imported, rule.why)
				}
			}
		}
		if !known {
			t.Errorf("the rule for %s covers no package: delete it or correct it", rule.room)
		}
	}
}

// measuring are packages that only tests and benchmarks use.
func measuring(path string) bool {
	return strings.HasPrefix(path, module+"/internal/flow/bench") || strings.HasPrefix(path, module+"/internal/flow/workload") ||
		strings.HasPrefix(path, module+"/internal/bench") || strings.HasPrefix(path, module+"/internal/plain/")
}

func TestLibrariesOfOneRoom(t *testing.T) {
	for _, p := range packages(t) {
		for _, rule := range exclusive {
			if p.ImportPath != module+"/"+rule.room && !measuring(p.ImportPath) && slices.Contains(p.Imports, rule.library) {
				t.Errorf("%s imports %s, which only %s may", p.ImportPath, rule.library, rule.room)
			}
		}
	}
}

// What needs Linux says so elsewhere, where the rest works.
func TestBuildsOnOtherSystems(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN under -short: it compiles everything again")
	}
	for _, system := range []string{"darwin", "windows"} {
		cmd := exec.Command("go", "build", "-o", t.TempDir(), "./cmd/wayleave")
		cmd.Env = append(cmd.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", system, err, out)
		}
	}
}

func TestModuleFileIsTidy(t *testing.T) {
	if out, err := exec.Command("go", "mod", "tidy", "-diff").CombinedOutput(); err != nil {
		t.Errorf("go mod tidy would change go.mod or go.sum:\n%s", out)
	}
}

func TestVet(t *testing.T) {
	if out, err := exec.Command("go", "vet", "./...").CombinedOutput(); err != nil {
		t.Errorf("go vet: %s", out)
	}
}

func TestFormatting(t *testing.T) {
	out, err := exec.Command("gofmt", "-l", ".").CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("gofmt would change: %s %v", out, err)
	}
}

// Every exported identifier has a doc comment, and every package one too.
func TestDocComments(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".") {
			return filepath.SkipDir
		}
		if d.IsDir() {
			checkDocs(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkDocs(t *testing.T, dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	packageDoc, sources := false, 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		sources++
		f, err := parser.ParseFile(set, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		packageDoc = packageDoc || f.Doc != nil
		for _, decl := range f.Decls {
			undocumented(decl, func(name *ast.Ident) {
				t.Errorf("%s: exported %s has no doc comment", set.Position(name.Pos()), name.Name)
			})
		}
	}
	if sources > 0 && !packageDoc {
		t.Errorf("package in %s has no package comment", dir)
	}
}

// undocumented reports the exported names of a declaration without a comment
// of their own or of their group.
func undocumented(decl ast.Decl, report func(*ast.Ident)) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			report(d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					report(s.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						report(name)
					}
				}
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	kind := d.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if generic, ok := kind.(*ast.IndexExpr); ok {
		kind = generic.X
	}
	name, ok := kind.(*ast.Ident)
	return !ok || name.IsExported()
}
