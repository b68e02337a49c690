package arm

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/expression"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// scope is where an expression stands: a template, and the copy loops around
// it. It is the environment of expressions.
type scope struct {
	t *template
	// loops from the outermost to the innermost.
	loops []loop
	// arguments are the parameters within a function that the template defines;
	// nil elsewhere.
	arguments map[string]*value.Value
}

// loop is one iteration of a copy loop.
type loop struct {
	name  string
	index int64
	// ofResource tells the loop of a resource from that of a property: only the
	// first is meant by copyIndex() without a name.
	ofResource bool
}

func (s *scope) inside(l loop) *scope {
	loops := make([]loop, len(s.loops), len(s.loops)+1)
	copy(loops, s.loops)
	return &scope{t: s.t, loops: append(loops, l), arguments: s.arguments}
}

// Parameter is a parameter of the template, or within a function one of the
// function.
func (s *scope) Parameter(name string) (*value.Value, bool, error) {
	if s.arguments != nil {
		v, ok := s.arguments[fold(name)]
		return v, ok, nil
	}
	return s.ask(s.t.parameters, name)
}

// Variable is a variable of the template.
func (s *scope) Variable(name string) (*value.Value, bool, error) {
	return s.ask(s.t.variables, name)
}

func (s *scope) ask(values map[string]*lazy, name string) (*value.Value, bool, error) {
	l, ok := values[fold(name)]
	if !ok {
		return nil, false, nil
	}
	v, err := l.get(s.t.r)
	return v, true, err
}

// CopyIndex is the index of a loop around the expression.
func (s *scope) CopyIndex(name string) (int64, bool) {
	for i := len(s.loops) - 1; i >= 0; i-- {
		l := s.loops[i]
		if name == "" && l.ofResource || name != "" && strings.EqualFold(l.name, name) {
			return l.index, true
		}
	}
	if name == "" && len(s.loops) > 0 {
		return s.loops[len(s.loops)-1].index, true
	}
	return 0, false
}

// Place is where the template is deployed.
func (s *scope) Place() expression.Place { return s.t.place }

// Reference names the state of a resource by the id of the resource, in
// whatever way the expression names it.
func (s *scope) Reference(of *value.Value, full bool) (*value.Value, bool, error) {
	target := s.t.find(of)
	if target == nil && strings.Contains(strings.ToLower(of.Render()), "/providers/") {
		return nil, false, nil
	}
	if target == nil {
		// A name means something in this template alone.
		return value.NotKnown(s.t.named("reference("+of.Print()+")"), "known only after deployment", of.At), true, nil
	}
	name := "reference(" + target.id.Print() + ")"
	if full {
		name = "reference(" + target.id.Print() + ", 'Full')"
	}
	return value.NotKnown(name, "known only after deployment", of.At), true, nil
}

// Resource is what the template tells of a resource by symbolic name.
func (s *scope) Resource(of *value.Value) (*value.Value, bool) {
	text, _ := of.Text()
	res, ok := s.t.symbols[fold(text)]
	if !ok {
		return nil, false
	}
	at := res.node.Position()
	version, _ := res.node.GetFold("apiVersion").String()
	return value.OfObject([]value.Member{
		{Name: "id", Value: res.id}, {Name: "name", Value: res.name}, {Name: "type", Value: value.OfString(res.typ, at)},
		{Name: "apiVersion", Value: value.OfString(version, at)},
	}, at), true
}

// Output is an output of a deployment with an inline template.
func (s *scope) Output(of *value.Value, name string) (*value.Value, bool, error) {
	target := s.t.find(of)
	if target == nil {
		return nil, false, nil
	}
	if err := s.t.r.enter(target); err != nil {
		return nil, false, err
	}
	d, ok := s.t.r.deployments[target.key]
	if !ok {
		return nil, false, nil
	}
	l, ok := d.t.outputs[fold(name)]
	if !ok {
		return nil, false, nil
	}
	v, err := l.get(s.t.r)
	return v, err == nil, err
}

// Unsupported notes a function that is not evaluated.
func (s *scope) Unsupported(name string, at diagnostic.Position) {
	noted := s.t.r.unsupported
	if first, ok := noted[name]; !ok || at.Compare(first) < 0 {
		noted[name] = at
	}
}

// value evaluates a JSON value: expressions in strings and names, and copy
// loops of properties.
func (s *scope) value(v document.Value) (*value.Value, error) {
	r := s.t.r
	if !r.budget.Spend(1) {
		return nil, tooLarge(v.Position())
	}
	switch v.Kind() {
	case document.String:
		return s.text(v)
	case document.Array:
		list := []*value.Value{}
		for e := range v.Elements() {
			one, err := s.value(e)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		return value.OfArray(list, v.Position()), nil
	case document.Object:
		return s.object(v)
	}
	return value.Scalar(v), nil
}

func tooLarge(at diagnostic.Position) diagnostic.Diagnostic {
	return diagnostic.Errorf("template-too-large", at, "the template takes too many steps to evaluate").
		WithHint("lower the counts of its copy loops, or give the deployed resources (az network vnet list)")
}

// text evaluates a string, which may be an expression.
func (s *scope) text(v document.Value) (*value.Value, error) {
	r := s.t.r
	text, _ := v.String()
	body, isExpression := expression.Of(text)
	if !isExpression {
		return value.OfString(body, v.Position()), nil
	}
	n, ok := r.parsed[body]
	if !ok {
		var problem *expression.Problem
		if n, problem = expression.Parse(body, 1); problem != nil {
			return nil, r.problemAt(v, problem)
		}
		r.parsed[body] = n
	}
	evaluated, err := expression.Evaluate(n, v.Position(), s, r.budget)
	if err != nil {
		return nil, r.problemAt(v, err)
	}
	return evaluated, nil
}

func (s *scope) object(v document.Value) (*value.Value, error) {
	var members []value.Member
	for key, m := range v.Members() {
		if key.EqualFold("copy") && isLoops(m) {
			for l := range m.Elements() {
				list, err := s.loop(l)
				if err != nil {
					return nil, err
				}
				name, _ := l.GetFold("name").String()
				members = append(members, value.Member{Name: name, Value: list})
			}
			continue
		}
		one, err := s.value(m)
		if err != nil {
			return nil, err
		}
		members = append(members, value.Member{Name: s.name(key), Value: one})
	}
	return value.OfObject(members, v.Position()), nil
}

// name is the name of a member, which may be an expression. One that is not
// known, or no name, stays as it is written.
func (s *scope) name(key document.Key) string {
	text := key.String()
	body, isExpression := expression.Of(text)
	if !isExpression {
		return body
	}
	n, problem := expression.Parse(body, 1)
	if problem != nil {
		return text
	}
	v, err := expression.Evaluate(n, key.Position(), s, s.t.r.budget)
	if err != nil {
		return text
	}
	return v.Render()
}

// isLoops tells the loops of properties from a property that is named copy.
func isLoops(v document.Value) bool {
	if v.Kind() != document.Array {
		return false
	}
	for l := range v.Elements() {
		if !l.GetFold("name").Exists() || !l.GetFold("count").Exists() || !l.GetFold("input").Exists() {
			return false
		}
	}
	return v.Len() > 0
}

// loop evaluates the loop of a property or variable to an array.
func (s *scope) loop(l document.Value) (*value.Value, error) {
	name, _ := l.GetFold("name").String()
	count, open, err := s.count(l)
	if err != nil {
		return nil, err
	}
	if open != nil {
		return value.NotKnown("copy "+name+" of "+open.Name(), open.Why(), l.Position()), nil
	}
	list := []*value.Value{}
	for i := range count {
		one, err := s.inside(loop{name: name, index: i}).value(l.GetFold("input"))
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return value.OfArray(list, l.Position()), nil
}

// count is the number of iterations of a loop; open is not nil when it is not
// known.
func (s *scope) count(l document.Value) (count int64, open *value.Value, err error) {
	given := l.GetFold("count")
	v, err := s.value(given)
	if err != nil {
		return 0, nil, err
	}
	if v.IsUnknown() {
		return 0, v, nil
	}
	n, ok := v.Int()
	if !ok || n < 0 || n > maxCopies {
		return 0, nil, diagnostic.Errorf("copy-count", given.Position(), "the count of a copy loop is %s, expected a number from 0 to %d", v.Print(), maxCopies)
	}
	return n, nil, nil
}
