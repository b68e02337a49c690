package amend

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// configuration is Terraform as its files state it, by folder.
type configuration struct {
	modules map[string]*module
	// going are the blocks of routes that the change takes away: nothing new is put
	// behind them. filled are the blocks of tables that get new routes.
	going, filled map[*hclsyntax.Block]bool
}

// module is one folder of .tf files.
type module struct {
	dir   string
	files []*tfFile
	// calls are those of other modules, by name.
	calls map[string]*call
	// callers are the calls of this module.
	callers []*call
}

// call is a module block.
type call struct {
	in    *module
	block *hclsyntax.Block
	// to is nil where the source is not among the files.
	to *module
}

// tfFile is one .tf file.
type tfFile struct {
	index int
	path  string
	data  []byte
	body  *hclsyntax.Body
}

// add parses a file.
func (c *configuration) add(index int, f File) error {
	file, problems := hclsyntax.ParseConfig(f.Data, f.Path, hcl.InitialPos)
	if problems.HasErrors() {
		p := problems.Errs()[0].(*hcl.Diagnostic)
		at := diagnostic.Position{File: f.Path}
		if p.Subject != nil {
			at.Line, at.Column = p.Subject.Start.Line, p.Subject.Start.Column
		}
		return diagnostic.Errorf("terraform-syntax", at, "this is not Terraform: %s", strings.TrimSuffix(strings.ToLower(p.Summary), ".")).
			WithHint("terraform validate names every such place")
	}
	dir := path.Dir(f.Path)
	m := c.modules[dir]
	if m == nil {
		m = &module{dir: dir, calls: map[string]*call{}}
		c.modules[dir] = m
	}
	t := &tfFile{index, f.Path, f.Data, file.Body.(*hclsyntax.Body)}
	m.files = append(m.files, t)
	for _, b := range t.body.Blocks {
		if b.Type == "module" && len(b.Labels) == 1 {
			m.calls[b.Labels[0]] = &call{in: m, block: b}
		}
	}
	return nil
}

// resolveCalls finds the folders that modules call.
func (c *configuration) resolveCalls() {
	for _, m := range c.modules {
		for _, call := range m.calls {
			source, ok := text(call.block.Body.Attributes["source"])
			if !ok || !strings.HasPrefix(source, ".") {
				continue
			}
			if call.to = c.modules[path.Join(m.dir, source)]; call.to != nil {
				call.to.callers = append(call.to.callers, call)
			}
		}
	}
}

// roots are the modules that no other calls.
func (c *configuration) roots() []*module {
	var list []*module
	for _, m := range c.modules {
		if len(m.callers) == 0 {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *module) int { return strings.Compare(a.dir, b.dir) })
	return list
}

// block is a block of a module with the file it stands in.
type block struct {
	*hclsyntax.Block
	file *tfFile
	in   *module
}

// resources are the resource blocks of a type, by file and place.
func (m *module) resources(typ string) []*block {
	var list []*block
	for _, f := range m.files {
		for _, b := range f.body.Blocks {
			if b.Type == "resource" && len(b.Labels) == 2 && b.Labels[0] == typ {
				list = append(list, &block{b, f, m})
			}
		}
	}
	return list
}

func (m *module) resource(typ, name string) *block {
	for _, b := range m.resources(typ) {
		if b.Labels[1] == name {
			return b
		}
	}
	return nil
}

// address is the block as expressions of its module name it.
func (b *block) address() string { return b.Labels[0] + "." + b.Labels[1] }

// looped names the argument by which a block stands for several, if it does.
func looped(b *hclsyntax.Block) string {
	if b.Body.Attributes["for_each"] != nil {
		return "for_each"
	}
	if a := b.Body.Attributes["count"]; a != nil && !atMostOne(a.Expr) {
		return "count"
	}
	return ""
}

// atMostOne recognises a count that only chooses whether there is one.
func atMostOne(e hclsyntax.Expression) bool {
	if p, ok := e.(*hclsyntax.ParenthesesExpr); ok {
		return atMostOne(p.Expression)
	}
	if c, ok := e.(*hclsyntax.ConditionalExpr); ok {
		return atMostOne(c.TrueResult) && atMostOne(c.FalseResult)
	}
	n, ok := number(e)
	return ok && n <= 1
}

// number is the value of a literal number.
func number(e hclsyntax.Expression) (int, bool) {
	v, problems := e.Value(nil)
	if problems.HasErrors() || !v.IsKnown() || v.IsNull() || v.Type().FriendlyName() != "number" {
		return 0, false
	}
	n, _ := v.AsBigFloat().Int64()
	return int(n), true
}

// text is the value of an attribute that is a literal text.
func text(a *hclsyntax.Attribute) (string, bool) {
	if a == nil {
		return "", false
	}
	v, problems := a.Expr.Value(nil)
	if problems.HasErrors() || !v.IsKnown() || v.IsNull() || v.Type().FriendlyName() != "string" {
		return "", false
	}
	return v.AsString(), true
}

// source is the text of an attribute's expression.
func (b *block) source(attribute string) string {
	a := b.Body.Attributes[attribute]
	if a == nil {
		return ""
	}
	return string(a.Expr.Range().SliceBytes(b.file.data))
}
