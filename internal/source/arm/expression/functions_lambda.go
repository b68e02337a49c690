package expression

import (
	"maps"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-lambda
var lambdaFunctions = []function{
	{"map", 2, 2, mapElements},
	{"filter", 2, 2, filter},
	{"reduce", 3, 3, reduce},
	{"mapValues", 2, 2, mapValues},
	{"toObject", 2, 3, toObject},
	{"groupBy", 2, 3, groupBy},
	{"sort", 2, 2, sorted},
	{"lambdaVariables", 1, 1, lambdaVariable},
}

// lambda is lambda('a', 'b', BODY): a function of its variables.
type lambda struct {
	variables []string
	body      Node
}

// isLambda tells a call of lambda, which has a value only where it is applied.
func isLambda(n Node) bool {
	c, ok := n.(*call)
	return ok && c.namespace == "" && strings.EqualFold(c.name, "lambda")
}

// lambdaArg is an argument as a lambda of at most so many variables.
func (c *invocation) lambdaArg(i, most int) (lambda, error) {
	if !isLambda(c.args[i]) {
		return lambda{}, fail(c.args[i], "argument %d of %s is no lambda", i+1, c.function.name)
	}
	args := c.args[i].(*call).args
	if len(args) < 1 || len(args)-1 > most {
		return lambda{}, fail(c.args[i], "the lambda of %s has %d arguments, expected at most %d variables and a body", c.function.name, len(args), most)
	}
	l := lambda{body: args[len(args)-1]}
	for _, a := range args[:len(args)-1] {
		name, ok := a.(*literal)
		if !ok || !name.isText {
			return lambda{}, fail(a, "the variable of a lambda is no text")
		}
		l.variables = append(l.variables, strings.ToLower(name.text))
	}
	return l, nil
}

// apply evaluates the body with values for the variables, of which a lambda may
// leave out the last ones.
func (c *invocation) apply(l lambda, values ...*value.Value) (*value.Value, error) {
	inner := *c.evaluator
	inner.locals = maps.Clone(c.locals)
	if inner.locals == nil {
		inner.locals = map[string]*value.Value{}
	}
	for i, name := range l.variables {
		inner.locals[name] = values[i]
	}
	return inner.eval(l.body)
}

func lambdaVariable(c *invocation) (*value.Value, error) {
	name, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	v, ok := c.locals[strings.ToLower(name)]
	if !known || !ok {
		return nil, fail(c.args[0], "there is no lambda variable %q here", name)
	}
	return v, nil
}

// over is the array that a lambda is applied to; nil where it is not known.
func (c *invocation) over() ([]*value.Value, error) {
	v, err := c.arg(0)
	if err != nil || v.IsUnknown() {
		return nil, err
	}
	if v.Kind() != value.Array {
		return nil, c.wrong(0, "an array")
	}
	return append([]*value.Value{}, v.Elements()...), nil
}

func mapElements(c *invocation) (*value.Value, error) {
	l, err := c.lambdaArg(1, 2)
	if err != nil {
		return nil, err
	}
	list, err := c.over()
	if err != nil {
		return nil, err
	}
	if list == nil {
		return c.notApplied(c.done[0].Why())
	}
	for i, e := range list {
		if list[i], err = c.apply(l, e, value.OfInt(int64(i), c.at)); err != nil {
			return nil, err
		}
	}
	return c.madeArray(list)
}

func filter(c *invocation) (*value.Value, error) {
	l, err := c.lambdaArg(1, 2)
	if err != nil {
		return nil, err
	}
	list, err := c.over()
	if err != nil {
		return nil, err
	}
	if list == nil {
		return c.notApplied(c.done[0].Why())
	}
	kept := []*value.Value{}
	for i, e := range list {
		v, err := c.apply(l, e, value.OfInt(int64(i), c.at))
		if err != nil {
			return nil, err
		}
		if v.IsUnknown() {
			return c.notApplied(v.Why())
		}
		keep, ok := v.Bool()
		if !ok {
			return nil, fail(c.args[1], "the lambda of filter gives %s, expected a boolean", v.Kind())
		}
		if keep {
			kept = append(kept, e)
		}
	}
	return c.madeArray(kept)
}

func reduce(c *invocation) (*value.Value, error) {
	l, err := c.lambdaArg(2, 3)
	if err != nil {
		return nil, err
	}
	list, err := c.over()
	if err != nil {
		return nil, err
	}
	if list == nil {
		return c.notApplied(c.done[0].Why())
	}
	sum, err := c.arg(1)
	for i, e := range list {
		if err == nil {
			sum, err = c.apply(l, sum, e, value.OfInt(int64(i), c.at))
		}
	}
	return sum, err
}

func mapValues(c *invocation) (*value.Value, error) {
	l, err := c.lambdaArg(1, 1)
	if err != nil {
		return nil, err
	}
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if v.IsUnknown() {
		return c.notApplied(v.Why())
	}
	if v.Kind() != value.Object {
		return nil, c.wrong(0, "an object")
	}
	var members []value.Member
	for _, m := range v.Members() {
		changed, err := c.apply(l, m.Value)
		if err != nil {
			return nil, err
		}
		members = append(members, value.Member{Name: m.Name, Value: changed})
	}
	return value.OfObject(members, c.at), nil
}

// toObject makes an object of an array: a name for each element, and the
// element or what the second lambda makes of it. Of two elements of one name
// the later one counts.
func toObject(c *invocation) (*value.Value, error) {
	return c.named(func(_, v *value.Value) *value.Value { return v })
}

// groupBy makes an object of an array: for each name that the lambda gives, the
// array of the elements with this name.
func groupBy(c *invocation) (*value.Value, error) {
	return c.named(func(have, v *value.Value) *value.Value {
		return value.OfArray(append(have.Elements()[:len(have.Elements()):len(have.Elements())], v), c.at)
	})
}

// named makes an object of an array, with a lambda for the names and perhaps
// one for the values. add joins a value to what the name has already.
func (c *invocation) named(add func(have, v *value.Value) *value.Value) (*value.Value, error) {
	name, err := c.lambdaArg(1, 2)
	if err != nil {
		return nil, err
	}
	of := lambda{}
	if len(c.args) == 3 {
		if of, err = c.lambdaArg(2, 2); err != nil {
			return nil, err
		}
	}
	list, err := c.over()
	if err != nil {
		return nil, err
	}
	if list == nil {
		return c.notApplied(c.done[0].Why())
	}
	var members []value.Member
	at := map[string]int{}
	for i, e := range list {
		index := value.OfInt(int64(i), c.at)
		key, err := c.apply(name, e, index)
		if err != nil {
			return nil, err
		}
		text, ok := key.Text()
		if key.IsUnknown() {
			return c.notApplied(key.Why())
		}
		if !ok {
			return nil, fail(c.args[1], "the name of a member is %s, expected a string", key.Kind())
		}
		if of.body != nil {
			if e, err = c.apply(of, e, index); err != nil {
				return nil, err
			}
		}
		n, have := at[strings.ToLower(text)]
		if !have {
			n = len(members)
			at[strings.ToLower(text)] = n
			members = append(members, value.Member{Name: text})
		}
		members[n].Value = add(members[n].Value, e)
	}
	return value.OfObject(members, c.at), nil
}

// sorted puts the elements in order by a lambda that tells whether one comes
// before another. Where two different elements come neither before the other,
// their order is not defined.
func sorted(c *invocation) (*value.Value, error) {
	l, err := c.lambdaArg(1, 2)
	if err != nil {
		return nil, err
	}
	if len(l.variables) != 2 {
		return nil, fail(c.args[1], "the lambda of sort has %d variables, expected 2", len(l.variables))
	}
	list, err := c.over()
	if err != nil {
		return nil, err
	}
	if list == nil {
		return c.notApplied(c.done[0].Why())
	}
	s := sorting{c: c, by: l}
	slices.SortStableFunc(list, s.compare)
	switch {
	case s.err != nil:
		return nil, s.err
	case s.why != "":
		return c.notApplied(s.why)
	}
	return c.madeArray(list)
}

// sorting is a comparison that may fail or not be known.
type sorting struct {
	c   *invocation
	by  lambda
	err error
	why string
}

func (s *sorting) compare(a, b *value.Value) int {
	switch {
	case s.before(a, b):
		return -1
	case s.before(b, a):
		return 1
	}
	if s.why == "" && value.Equal(a, b) != value.Yes {
		s.why = "sort has no order for two of its elements"
	}
	return 0
}

func (s *sorting) before(a, b *value.Value) bool {
	if s.err != nil || s.why != "" {
		return false
	}
	v, err := s.c.apply(s.by, a, b)
	if err != nil {
		s.err = err
		return false
	}
	if v.IsUnknown() {
		s.why = v.Why()
		return false
	}
	yes, ok := v.Bool()
	if !ok {
		s.err = fail(s.c.args[1], "the lambda of sort gives %s, expected a boolean", v.Kind())
	}
	return yes
}
