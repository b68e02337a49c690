package arm

import (
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/expression"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// definedFunctions lists the functions that a template defines.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/user-defined-functions,
// read 2026-11.
func definedFunctions(root document.Value) map[string]document.Value {
	defined := map[string]document.Value{}
	for namespace := range root.GetFold("functions").Elements() {
		name, _ := namespace.GetFold("namespace").String()
		for member, f := range namespace.GetFold("members").Members() {
			defined[fold(name+"."+member.String())] = f
		}
	}
	return defined
}

// Function is a function that the template defines. Its expressions see its own
// parameters instead of those of the template.
func (s *scope) Function(namespace, name string) (expression.UserFunction, bool) {
	f, ok := s.t.functions[fold(namespace+"."+name)]
	if !ok {
		return expression.UserFunction{}, false
	}
	parameters := f.GetFold("parameters")
	call := func(args []*value.Value) (*value.Value, error) {
		r := s.t.r
		if r.depth++; r.depth > maxNesting {
			return nil, tooDeep(f.Position())
		}
		defer func() { r.depth-- }()
		inner := &scope{t: s.t, arguments: map[string]*value.Value{}}
		for i, v := range args {
			parameter, _ := parameters.Index(i).GetFold("name").String()
			inner.arguments[fold(parameter)] = v
		}
		return inner.value(f.GetFold("output").GetFold("value"))
	}
	return expression.UserFunction{Parameters: parameters.Len(), Call: call}, true
}
