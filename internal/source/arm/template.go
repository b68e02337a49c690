package arm

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/expression"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// template is one template with parameters and variables of its own: that of
// the file, or one nested in inner scope.
type template struct {
	r *reader
	// label tells unknowns of a nested template from those of others; empty for
	// the template of the file.
	label      string
	root       document.Value
	place      expression.Place
	parameters map[string]*lazy
	variables  map[string]*lazy
	outputs    map[string]*lazy
	// functions that the template defines, as namespace.name.
	functions map[string]document.Value
	// resources is the number of resources, copies counted.
	resources int
	// symbols are the resources by symbolic name; those of a loop as name[0].
	symbols map[string]*resource
}

// lazy is a value that is evaluated when it is first asked for.
type lazy struct {
	// what it is, for people: variable "a".
	what string
	at   diagnostic.Position
	eval func() (*value.Value, error)

	started, done bool
	value         *value.Value
	err           error
}

// get evaluates a value once. A value that asks for itself is an error, as is
// one that asks for others too many times in a row.
func (l *lazy) get(r *reader) (*value.Value, error) {
	if l.done {
		return l.value, l.err
	}
	if l.started {
		return nil, diagnostic.Errorf("cyclic-value", l.at, "the %s asks for itself", l.what).
			WithHint("follow its expressions until it comes up again, and break the circle there")
	}
	l.started = true
	if r.depth++; r.depth > maxNesting {
		l.err = tooDeep(l.at)
	} else {
		l.value, l.err = l.eval()
	}
	r.depth--
	l.done = true
	return l.value, l.err
}

func tooDeep(at diagnostic.Position) diagnostic.Diagnostic {
	return diagnostic.Errorf("template-too-deep", at, "values that ask for each other are nested more than %d deep", maxNesting).
		WithHint("give the deployed resources instead (az network vnet list)")
}

func (r *reader) newTemplate(root document.Value, place expression.Place, label string) *template {
	t := &template{
		r: r, label: label, root: root, place: place,
		parameters: map[string]*lazy{}, variables: map[string]*lazy{}, outputs: map[string]*lazy{}, symbols: map[string]*resource{},
		functions: definedFunctions(root),
	}
	r.checkLimits(root)
	s := &scope{t: t}
	for name, declared := range root.GetFold("parameters").Members() {
		t.parameters[fold(name.String())] = t.parameter(name.String(), declared)
	}
	for name, v := range root.GetFold("variables").Members() {
		if name.EqualFold("copy") && v.Kind() == document.Array {
			t.variableLoops(s, v)
			continue
		}
		t.variables[fold(name.String())] = &lazy{
			what: "variable " + quoted(name.String()), at: name.Position(),
			eval: func() (*value.Value, error) { return s.value(v) },
		}
	}
	for name, v := range root.GetFold("outputs").Members() {
		t.outputs[fold(name.String())] = &lazy{
			what: "output " + quoted(name.String()), at: name.Position(),
			eval: func() (*value.Value, error) { return t.output(s, v) },
		}
	}
	return t
}

// output is an output as reference() shows it: its type and its value, which a
// loop may make.
func (t *template) output(s *scope, v document.Value) (*value.Value, error) {
	evaluate := func() (*value.Value, error) { return s.value(v.GetFold("value")) }
	if loop := v.GetFold("copy"); loop.Exists() {
		evaluate = func() (*value.Value, error) { return s.loop(loop) }
	}
	evaluated, err := evaluate()
	if err != nil {
		return nil, err
	}
	typ, _ := v.GetFold("type").String()
	return value.OfObject([]value.Member{
		{Name: "type", Value: value.OfString(typ, v.Position())}, {Name: "value", Value: evaluated},
	}, v.Position()), nil
}

// variableLoops makes the variables of variables.copy.
func (t *template) variableLoops(s *scope, loops document.Value) {
	for loop := range loops.Elements() {
		name, _ := loop.GetFold("name").String()
		t.variables[fold(name)] = &lazy{
			what: "variable " + quoted(name), at: loop.Position(),
			eval: func() (*value.Value, error) { return s.loop(loop) },
		}
	}
}

// named makes the name of an unknown of a nested template different from those
// of other templates.
func (t *template) named(name string) string {
	if t.label == "" {
		return name
	}
	return t.label + ":" + name
}

func fold(name string) string { return strings.ToLower(name) }

func quoted(name string) string { return `"` + name + `"` }

// idOf is the identity of a resource id.
func idOf(v *value.Value) azure.ID { return azure.MakeID(v.Render()) }
