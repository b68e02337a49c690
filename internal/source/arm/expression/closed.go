package expression

import (
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// notApplied is the result of a lambda over what is not known. Its name is the
// call with values for everything that the lambda takes from around it, so that
// the same call over the same unknown is the same value; where they cannot be
// told, the result is like no other.
func (c *invocation) notApplied(why string) (*value.Value, error) {
	printed := make([]string, len(c.args))
	for i, a := range c.args {
		if isLambda(a) {
			text, ok := c.closed(a, nil)
			if !ok {
				return value.NotKnown(c.budget.unique(Text(c.call)), why, c.at), nil
			}
			printed[i] = text
			continue
		}
		v, err := c.arg(i)
		if err != nil {
			return nil, err
		}
		printed[i] = v.Print()
	}
	return value.NotKnown(nameOf(c.function.name, printed), why, c.at), nil
}

// closed is an expression as text in which everything that does not depend on
// the bound lambda variables is replaced by its value.
func (e *evaluator) closed(n Node, bound []string) (string, bool) {
	if !isLambda(n) && !mentions(n, bound) {
		v, err := e.eval(n)
		if err != nil {
			return "", false
		}
		return v.Print(), true
	}
	switch n := n.(type) {
	case *call:
		if isLambda(n) {
			bound = append(bound[:len(bound):len(bound)], variablesOf(n)...)
		}
		parts := make([]string, len(n.args))
		for i, a := range n.args {
			text, ok := e.closed(a, bound)
			if !ok {
				return "", false
			}
			parts[i] = text
		}
		return nameOf(spelling(n), parts), true
	case *member:
		target, ok := e.closed(n.target, bound)
		return target + "." + strings.ToLower(n.name), ok
	case *index:
		target, ok := e.closed(n.target, bound)
		key, known := e.closed(n.key, bound)
		return target + "[" + key + "]", ok && known
	}
	return "", false
}

// spelling is the name of a function in one spelling.
func spelling(n *call) string {
	if n.namespace != "" {
		return strings.ToLower(n.namespace + "." + n.name)
	}
	if f, ok := functionNamed(n.name); ok {
		return f.name
	}
	return strings.ToLower(n.name)
}

// mentions reports whether an expression asks for one of the variables, or has
// a lambda of its own.
func mentions(n Node, bound []string) bool {
	switch n := n.(type) {
	case *call:
		if isLambda(n) {
			return true
		}
		if n.namespace == "" && strings.EqualFold(n.name, "lambdaVariables") && len(n.args) == 1 {
			name, ok := n.args[0].(*literal)
			if !ok || !name.isText {
				return true
			}
			for _, b := range bound {
				if strings.EqualFold(b, name.text) {
					return true
				}
			}
			return false
		}
		for _, a := range n.args {
			if mentions(a, bound) {
				return true
			}
		}
	case *member:
		return mentions(n.target, bound)
	case *index:
		return mentions(n.target, bound) || mentions(n.key, bound)
	}
	return false
}

// variablesOf are the variables of a lambda.
func variablesOf(l *call) []string {
	var names []string
	for _, a := range l.args[:max(0, len(l.args)-1)] {
		if name, ok := a.(*literal); ok {
			names = append(names, name.text)
		}
	}
	return names
}
