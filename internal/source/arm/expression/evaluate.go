package expression

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// Environment is what an expression may ask of the template around it. Errors
// it returns are diagnostics that know their place.
type Environment interface {
	// Parameter is the value of a template parameter; ok is false where the
	// template declares none of that name.
	Parameter(name string) (v *value.Value, ok bool, err error)
	// Variable is the value of a template variable, likewise.
	Variable(name string) (v *value.Value, ok bool, err error)
	// CopyIndex is the index of a copy loop by its name, of the innermost loop
	// for "".
	CopyIndex(loop string) (index int64, ok bool)
	// Place is where the template is deployed.
	Place() Place
	// Reference is the run-time state of a resource, by its id or symbolic
	// name; ok is false where the template does not tell it. full asks for the
	// whole resource instead of its properties.
	Reference(of *value.Value, full bool) (v *value.Value, ok bool, err error)
	// Output is an output of a deployment, by the id or symbolic name of the
	// deployment: an object with type and value. ok is false where the template
	// does not tell it.
	Output(of *value.Value, name string) (v *value.Value, ok bool, err error)
	// Unsupported is told the name of a function that is not evaluated.
	Unsupported(name string, at diagnostic.Position)
}

// Place is where a template is deployed; each part may be unknown.
type Place struct {
	SubscriptionID *value.Value
	// ResourceGroup is nil where the deployment is of a whole subscription.
	ResourceGroup *value.Value
	// Deployment is the name of the deployment.
	Deployment *value.Value
}

// Budget bounds the work of evaluating one template. It is shared by all
// expressions of the template.
type Budget struct {
	left int
	// given is the number of unique names.
	given int
}

// NewBudget allows so many steps: calls evaluated and elements made.
func NewBudget(steps int) *Budget { return &Budget{left: steps} }

// Spend takes steps off and reports whether any are left.
func (b *Budget) Spend(steps int) bool {
	b.left -= steps
	return b.left >= 0
}

// unique is a name that no other value has.
func (b *Budget) unique(name string) string {
	b.given++
	return name + " #" + strconv.Itoa(b.given)
}

// maxText bounds a text that an expression makes.
const maxText = 1 << 20

// Evaluate computes the value of a parsed expression. at is where its string
// stands; the result has that place unless it is an array or object from
// elsewhere. The error is a *Problem of this expression, or what the
// environment returned.
func Evaluate(n Node, at diagnostic.Position, env Environment, budget *Budget) (*value.Value, error) {
	e := &evaluator{at: at, env: env, budget: budget}
	v, err := e.eval(n)
	if err != nil {
		return nil, err
	}
	return v.Moved(at), nil
}

type evaluator struct {
	at     diagnostic.Position
	env    Environment
	budget *Budget
	// locals are the variables of the lambdas around an expression.
	locals map[string]*value.Value
}

func fail(n Node, format string, args ...any) error {
	return &Problem{Code: "expression", Offset: n.Offset(), Text: fmt.Sprintf(format, args...)}
}

func (e *evaluator) eval(n Node) (*value.Value, error) {
	if !e.budget.Spend(1) {
		return nil, tooMuch(n)
	}
	switch n := n.(type) {
	case *literal:
		if n.isText {
			return value.OfString(n.text, e.at), nil
		}
		return value.OfInt(n.number, e.at), nil
	case *member:
		if v, ok, err := e.output(n); ok || err != nil {
			return v, err
		}
		target, err := e.eval(n.target)
		if err != nil {
			return nil, err
		}
		return e.memberOf(n, target, n.name)
	case *index:
		return e.element(n)
	}
	return e.call(n.(*call))
}

// output answers reference(...).outputs.NAME without the other outputs.
func (e *evaluator) output(n *member) (*value.Value, bool, error) {
	outputs, ok := n.target.(*member)
	if !ok || !strings.EqualFold(outputs.name, "outputs") {
		return nil, false, nil
	}
	from, ok := outputs.target.(*call)
	if !ok || from.namespace != "" || !strings.EqualFold(from.name, "reference") || len(from.args) == 0 {
		return nil, false, nil
	}
	of, err := e.eval(from.args[0])
	if err != nil {
		return nil, false, err
	}
	return e.env.Output(of, n.name)
}

func tooMuch(n Node) error {
	return &Problem{Code: "template-too-large", Offset: n.Offset(), Text: "the template takes too many steps to evaluate",
		Hint: "lower the counts of its copy loops, or give the deployed resources (az network vnet list)"}
}

func (e *evaluator) memberOf(n Node, target *value.Value, name string) (*value.Value, error) {
	switch target.Kind() {
	case value.Unknown, value.Object:
		if v := target.Get(name); v != nil {
			return v, nil
		}
		return nil, fail(n, "there is no property %q, only %s", name, namesOf(target))
	}
	return nil, fail(n, "%q is taken of %s, expected an object", name, target.Kind())
}

// namesOf lists the members of an object for a message.
func namesOf(object *value.Value) string {
	const most = 8
	var names []string
	for i, m := range object.Members() {
		if i == most {
			names = append(names, "...")
			break
		}
		names = append(names, m.Name)
	}
	if names == nil {
		return "an empty object"
	}
	return strings.Join(names, ", ")
}

func (e *evaluator) element(n *index) (*value.Value, error) {
	target, err := e.eval(n.target)
	if err != nil {
		return nil, err
	}
	key, err := e.eval(n.key)
	if err != nil {
		return nil, err
	}
	if name, ok := key.Text(); ok {
		return e.memberOf(n, target, name)
	}
	if target.IsUnknown() || key.IsUnknown() {
		return value.NotKnown(target.Print()+"["+key.Print()+"]", firstWhy(target, key), e.at), nil
	}
	i, ok := key.Int()
	if !ok || target.Kind() != value.Array {
		return nil, fail(n, "the element %s is taken of %s", key.Print(), target.Kind())
	}
	v := target.Index(int(i))
	if v == nil {
		return nil, fail(n, "there is no element %d in an array of %d", i, len(target.Elements()))
	}
	return v, nil
}

// firstWhy is why the first value of which something is unknown is not known.
func firstWhy(values ...*value.Value) string {
	for _, v := range values {
		switch v.Kind() {
		case value.Unknown:
			return v.Why()
		case value.Array:
			if why := firstWhy(v.Elements()...); why != "" {
				return why
			}
		case value.Object:
			for _, m := range v.Members() {
				if why := firstWhy(m.Value); why != "" {
					return why
				}
			}
		}
	}
	return ""
}

// function is one function of templates.
type function struct {
	// name in Azure's spelling.
	name string
	// least and most arguments; most below 0 is any number.
	least, most int
	eval        func(c *invocation) (*value.Value, error)
}

// invocation is one call of a function. Arguments are evaluated when they are
// asked for, each once.
type invocation struct {
	*evaluator
	*call
	function function
	done     []*value.Value
}

func (e *evaluator) call(n *call) (*value.Value, error) {
	f, ok := functionNamed(n.name)
	if n.namespace != "" || !ok {
		return e.unsupported(n)
	}
	if len(n.args) < f.least || f.most >= 0 && len(n.args) > f.most {
		return nil, fail(n, "%s has %d arguments, expected %s", f.name, len(n.args), expectedArguments(f))
	}
	c := &invocation{evaluator: e, call: n, function: f, done: make([]*value.Value, len(n.args))}
	return f.eval(c)
}

func expectedArguments(f function) string {
	switch {
	case f.most < 0:
		return fmt.Sprintf("at least %d", f.least)
	case f.least == f.most:
		return fmt.Sprint(f.least)
	}
	return fmt.Sprintf("%d to %d", f.least, f.most)
}

// unsupported is a function that is not evaluated: its value is unknown, and
// the same for the same arguments.
func (e *evaluator) unsupported(n *call) (*value.Value, error) {
	name := n.name
	if n.namespace != "" {
		name = n.namespace + "." + name
	}
	e.env.Unsupported(name, e.at)
	why := "the template function " + name + " is not evaluated"
	args := make([]string, len(n.args))
	for i, a := range n.args {
		if isLambda(a) {
			args[i] = e.budget.unique(Text(a))
			continue
		}
		v, err := e.eval(a)
		if isOwn(err) {
			// An argument of a kind that only this function understands.
			args[i] = e.budget.unique(Text(a))
			continue
		}
		if err != nil {
			return nil, err
		}
		args[i] = v.Print()
	}
	return value.NotKnown(nameOf(strings.ToLower(name), args), why, e.at), nil
}

// isOwn tells a problem of this expression from one of the template.
func isOwn(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code != "template-too-large"
}

// arg is the value of an argument.
func (c *invocation) arg(i int) (*value.Value, error) {
	if c.done[i] == nil {
		v, err := c.eval(c.args[i])
		if err != nil {
			return nil, err
		}
		c.done[i] = v
	}
	return c.done[i], nil
}

// all are the values of all arguments.
func (c *invocation) all() ([]*value.Value, error) {
	for i := range c.args {
		if _, err := c.arg(i); err != nil {
			return nil, err
		}
	}
	return c.done, nil
}

// unknown is the result of a function whose arguments are not known. All
// arguments that are evaluated make its name.
func (c *invocation) unknown() (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	return c.unknownBecause(firstWhy(args...))
}

func (c *invocation) unknownBecause(why string) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	printed := make([]string, len(args))
	for i, a := range args {
		printed[i] = a.Print()
	}
	return value.NotKnown(nameOf(c.function.name, printed), why, c.at), nil
}

// longestName bounds the name of an unknown value: what is longer is cut and
// told apart by a hash.
const longestName = 2000

// nameOf is the name of the unknown result of a call.
func nameOf(function string, args []string) string {
	name := function + "(" + strings.Join(args, ", ") + ")"
	if len(name) <= longestName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:longestName/10] + "... #" + hex.EncodeToString(sum[:8])
}

// wrong reports an argument of a wrong kind.
func (c *invocation) wrong(i int, expected string) error {
	return fail(c.args[i], "argument %d of %s is %s, expected %s", i+1, c.function.name, c.done[i].Kind(), expected)
}

// text is an argument as a known text. known is false where it is unknown.
func (c *invocation) textArg(i int) (s string, known bool, err error) {
	v, err := c.arg(i)
	if err != nil || v.IsUnknown() {
		return "", false, err
	}
	s, ok := v.Text()
	if !ok {
		return "", false, c.wrong(i, "a string")
	}
	return s, true, nil
}

// intArg is an argument as a known whole number, likewise.
func (c *invocation) intArg(i int) (n int64, known bool, err error) {
	v, err := c.arg(i)
	if err != nil || v.IsUnknown() {
		return 0, false, err
	}
	n, ok := v.Int()
	if !ok {
		return 0, false, c.wrong(i, "an integer")
	}
	return n, true, nil
}

// boolArg is an argument as a known boolean, likewise.
func (c *invocation) boolArg(i int) (b, known bool, err error) {
	v, err := c.arg(i)
	if err != nil || v.IsUnknown() {
		return false, false, err
	}
	b, ok := v.Bool()
	if !ok {
		return false, false, c.wrong(i, "a boolean")
	}
	return b, true, nil
}

// made checks a text that a function has put together.
func (c *invocation) made(v *value.Value) (*value.Value, error) {
	size := 0
	pieces, _ := v.Pieces()
	for _, p := range pieces {
		size += len(p.Text)
	}
	if size > maxText || !c.budget.Spend(size/256) {
		return nil, tooMuch(c.call)
	}
	return v, nil
}

// madeArray checks an array that a function has put together.
func (c *invocation) madeArray(list []*value.Value) (*value.Value, error) {
	if !c.budget.Spend(len(list)) {
		return nil, tooMuch(c.call)
	}
	return value.OfArray(list, c.at), nil
}
