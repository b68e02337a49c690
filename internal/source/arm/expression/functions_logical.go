package expression

import (
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-logical
var logicalFunctions = []function{
	{"if", 3, 3, choose},
	{"and", 1, -1, func(c *invocation) (*value.Value, error) { return junction(c, false) }},
	{"or", 1, -1, func(c *invocation) (*value.Value, error) { return junction(c, true) }},
	{"not", 1, 1, not},
	{"true", 0, 0, func(c *invocation) (*value.Value, error) { return value.OfBool(true, c.at), nil }},
	{"false", 0, 0, func(c *invocation) (*value.Value, error) { return value.OfBool(false, c.at), nil }},
	{"null", 0, 0, func(c *invocation) (*value.Value, error) { return value.OfNull(c.at), nil }},
	{"bool", 1, 1, toBool},
	{"fail", 1, 1, failing},
}

// choose evaluates only the branch that is taken. With an unknown condition the
// value is known if both branches agree.
func choose(c *invocation) (*value.Value, error) {
	condition, known, err := c.boolArg(0)
	switch {
	case err != nil:
		return nil, err
	case known && condition:
		return c.arg(1)
	case known:
		return c.arg(2)
	}
	yes, err := c.arg(1)
	if err != nil {
		return nil, err
	}
	no, err := c.arg(2)
	if err != nil {
		return nil, err
	}
	if value.Equal(yes, no) == value.Yes {
		return yes, nil
	}
	return c.unknown()
}

// junction is and, or: the deciding value decides whatever else is unknown.
func junction(c *invocation, deciding bool) (*value.Value, error) {
	open := false
	for i := range c.args {
		b, known, err := c.boolArg(i)
		switch {
		case err != nil:
			return nil, err
		case !known:
			open = true
		case b == deciding:
			return value.OfBool(deciding, c.at), nil
		}
	}
	if open {
		return c.unknown()
	}
	return value.OfBool(!deciding, c.at), nil
}

func not(c *invocation) (*value.Value, error) {
	b, known, err := c.boolArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	return value.OfBool(!b, c.at), nil
}

func toBool(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if v.IsUnknown() {
		return c.unknown()
	}
	if text, ok := v.Text(); ok {
		switch strings.ToLower(text) {
		case "true", "1":
			return value.OfBool(true, c.at), nil
		case "false", "0":
			return value.OfBool(false, c.at), nil
		}
	}
	if n, ok := v.Int(); ok {
		return value.OfBool(n != 0, c.at), nil
	}
	if v.Kind() == value.Bool {
		return v, nil
	}
	return nil, c.wrong(0, "true or false")
}

// failing stops the deployment with a message.
func failing(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	return nil, fail(c.call, "the template stops here: %s", v.Render())
}
