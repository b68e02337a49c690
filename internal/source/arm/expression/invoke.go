package expression

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

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
	if n.namespace != "" {
		if f, ok := e.env.Function(n.namespace, n.name); ok {
			return e.defined(n, f)
		}
		return e.unsupported(n)
	}
	f, ok := functionNamed(n.name)
	if !ok {
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

// defined calls a function that the template defines.
func (e *evaluator) defined(n *call, f UserFunction) (*value.Value, error) {
	if len(n.args) != f.Parameters {
		return nil, fail(n, "%s.%s has %d arguments, expected %d", n.namespace, n.name, len(n.args), f.Parameters)
	}
	args := make([]*value.Value, len(n.args))
	for i, a := range n.args {
		v, err := e.eval(a)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	v, err := f.Call(args)
	if err != nil {
		return nil, err
	}
	return v.Moved(e.at), nil
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

// notEvaluated is the result of a call that is not evaluated for its arguments,
// though it is for others.
func (c *invocation) notEvaluated(what string) (*value.Value, error) {
	c.env.Unsupported(what, c.at)
	return c.unknownBecause("the template function " + what + " is not evaluated")
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
