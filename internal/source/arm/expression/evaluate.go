package expression

import (
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
	// Resource is what the template tells of one of its resources, by symbolic
	// name: an object with id, name, type and apiVersion. ok is false where it
	// has none of that name.
	Resource(of *value.Value) (v *value.Value, ok bool)
	// Function is a function that the template defines; ok is false where it
	// defines none of that name.
	Function(namespace, name string) (f UserFunction, ok bool)
	// Output is an output of a deployment, by the id or symbolic name of the
	// deployment: an object with type and value. ok is false where the template
	// does not tell it.
	Output(of *value.Value, name string) (v *value.Value, ok bool, err error)
	// Unsupported is told the name of a function that is not evaluated.
	Unsupported(name string, at diagnostic.Position)
}

// UserFunction is a function that a template defines.
type UserFunction struct {
	// Parameters is the number of arguments it takes.
	Parameters int
	// Call evaluates it. Its errors are diagnostics that know their place.
	Call func(args []*value.Value) (*value.Value, error)
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

// ownHint goes with a problem of the expression itself.
const ownHint = "correct the expression; az deployment group what-if evaluates it in Azure"

func fail(n Node, format string, args ...any) error {
	return &Problem{Code: "expression", Offset: n.Offset(), Text: fmt.Sprintf(format, args...), Hint: ownHint}
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
