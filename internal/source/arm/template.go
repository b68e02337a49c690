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
	return diagnostic.Errorf("template-too-deep", at, "values that ask for each other are nested more than %d deep", maxNesting)
}

func (r *reader) newTemplate(root document.Value, place expression.Place, label string) *template {
	t := &template{
		r: r, label: label, root: root, place: place,
		parameters: map[string]*lazy{}, variables: map[string]*lazy{}, outputs: map[string]*lazy{}, symbols: map[string]*resource{},
	}
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

// parameter is a parameter with its default value, or none.
func (t *template) parameter(name string, declared document.Value) *lazy {
	p := &lazy{what: "parameter " + quoted(name), at: declared.Position()}
	p.eval = func() (*value.Value, error) {
		if otherwise := declared.GetFold("defaultValue"); otherwise.Exists() {
			return (&scope{t: t}).value(otherwise)
		}
		if nullable, _ := declared.GetFold("nullable").Bool(); nullable {
			return value.OfNull(p.at), nil
		}
		return value.NotKnown(t.named("parameters('"+name+"')"), "the template parameter "+quoted(name)+" has no value (give it with --parameters)", p.at), nil
	}
	return p
}

// named makes the name of an unknown of a nested template different from those
// of other templates.
func (t *template) named(name string) string {
	if t.label == "" {
		return name
	}
	return t.label + ":" + name
}

// give sets the value of a parameter; false where the template has none of
// that name. Null counts as not given.
func (t *template) give(name string, eval func() (*value.Value, error)) bool {
	p, ok := t.parameters[fold(name)]
	if !ok {
		return false
	}
	otherwise := p.eval
	p.eval = func() (*value.Value, error) {
		v, err := eval()
		if err == nil && v.IsNull() {
			return otherwise()
		}
		return v, err
	}
	return true
}

// applyParameterFile gives the values of a parameter file. They are literal.
func (r *reader) applyParameterFile(t *template, doc *document.Document) {
	for name, given := range doc.Root().GetFold("parameters").Members() {
		v, secret := given.GetFold("value"), given.GetFold("reference")
		eval := func() (*value.Value, error) { return literal(v), nil }
		if !v.Exists() && secret.Exists() {
			eval = func() (*value.Value, error) {
				return value.NotKnown("parameters('"+name.String()+"')", "the value is a secret of a key vault", secret.Position()), nil
			}
		}
		if !t.give(name.String(), eval) {
			r.report(diagnostic.Infof("unknown-parameter", name.Position(), "the template %s has no parameter %q", r.doc.Name(), name.String()))
			continue
		}
		r.checkAllowed(t, name, v)
	}
}

// checkAllowed refuses a value that the template does not allow, as Azure does.
func (r *reader) checkAllowed(t *template, name document.Key, v document.Value) {
	allowed := t.root.GetFold("parameters").GetFold(name.String()).GetFold("allowedValues")
	if allowed.Kind() != document.Array || v.Kind() == document.Array {
		return
	}
	var names []string
	given := literal(v)
	for a := range allowed.Elements() {
		one := literal(a)
		if value.Equal(one, given) == value.Yes || strings.EqualFold(one.Render(), given.Render()) {
			return
		}
		names = append(names, one.Print())
	}
	r.report(diagnostic.Errorf("parameter-value", v.Position(), "the parameter %q is %s, expected %s", name.String(), given.Print(), strings.Join(names, ", ")).
		WithRelated(allowed.Position(), "the template allows these"))
}

// literal is a JSON value as it stands, without expressions.
func literal(v document.Value) *value.Value {
	at := v.Position()
	switch v.Kind() {
	case document.String:
		s, _ := v.String()
		return value.OfString(s, at)
	case document.Array:
		list := []*value.Value{}
		for e := range v.Elements() {
			list = append(list, literal(e))
		}
		return value.OfArray(list, at)
	case document.Object:
		var members []value.Member
		for name, m := range v.Members() {
			members = append(members, value.Member{Name: name.String(), Value: literal(m)})
		}
		return value.OfObject(members, at)
	}
	return scalar(v)
}

// scalar is null, a boolean or a number.
func scalar(v document.Value) *value.Value {
	at := v.Position()
	if b, ok := v.Bool(); ok {
		return value.OfBool(b, at)
	}
	if n, ok := v.Int(); ok {
		return value.OfInt(n, at)
	}
	if text, ok := v.Number(); ok {
		return value.OfFloat(text, at)
	}
	return value.OfNull(at)
}

func fold(name string) string { return strings.ToLower(name) }

func quoted(name string) string { return `"` + name + `"` }

// idOf is the identity of a resource id.
func idOf(v *value.Value) azure.ID { return azure.MakeID(v.Render()) }
