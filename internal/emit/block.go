package emit

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/wayleave/wayleave/internal/repair"
)

// Expression is an attribute of Terraform with the text of its value.
type Expression struct{ Name, Text string }

// Block is the rule or route of an edit as a block of Terraform, formatted, with
// a line break at its end. first and last are attributes around those of the
// edit; order is the order of attributes to follow, where singular and plural
// are one, and others come in the order of this package.
func Block(e *repair.Edit, kind string, labels, order []string, first, last []Expression) string {
	file := hclwrite.NewEmptyFile()
	own := hclwrite.NewEmptyFile()
	if e.Route != nil {
		(&changeHCL{}).routeBlock(own.Body(), e.Route)
	} else {
		attributes(own.Body(), &e.Rule)
	}
	list := append(slices.Clone(first), written(own.Bytes())...)
	at := func(x Expression) int {
		if i := slices.IndexFunc(order, func(name string) bool { return singular(name) == singular(x.Name) }); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(list, func(a, b Expression) int { return cmp.Compare(at(a), at(b)) })
	body := file.Body().AppendNewBlock(kind, labels).Body()
	for _, x := range append(list, last...) {
		body.SetAttributeRaw(x.Name, hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(x.Text)}})
	}
	return string(hclwrite.Format(file.Bytes()))
}

// written are the attributes of a text that this package wrote, in its order.
func written(text []byte) []Expression {
	file, problems := hclsyntax.ParseConfig(text, "", hcl.InitialPos)
	if problems.HasErrors() {
		panic("emit: attributes that are none: " + problems.Error())
	}
	found := slices.SortedFunc(maps.Values(file.Body.(*hclsyntax.Body).Attributes), func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte)
	})
	var list []Expression
	for _, a := range found {
		list = append(list, Expression{a.Name, string(a.Expr.Range().SliceBytes(text))})
	}
	return list
}

// singular names an attribute and the list in its place alike.
func singular(name string) string {
	for _, x := range [][2]string{{"_prefixes", "_prefix"}, {"_ranges", "_range"}} {
		if stem, ok := strings.CutSuffix(name, x[0]); ok {
			return stem + x[1]
		}
	}
	return name
}
