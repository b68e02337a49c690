package expression

import (
	"math"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-numeric
var numberFunctions = []function{
	{"add", 2, 2, arithmetic}, {"sub", 2, 2, arithmetic}, {"mul", 2, 2, arithmetic},
	{"div", 2, 2, arithmetic}, {"mod", 2, 2, arithmetic},
	{"min", 1, -1, func(c *invocation) (*value.Value, error) {
		return extreme(c, func(a, b int64) bool { return a < b })
	}},
	{"max", 1, -1, func(c *invocation) (*value.Value, error) {
		return extreme(c, func(a, b int64) bool { return a > b })
	}},
	{"int", 1, 1, toInt},
	{"float", 1, 1, toFloat},
}

// arithmetic computes with whole numbers; division cuts off towards zero.
func arithmetic(c *invocation) (*value.Value, error) {
	a, known, err := c.intArg(0)
	if err != nil {
		return nil, err
	}
	b, known1, err := c.intArg(1)
	if err != nil {
		return nil, err
	}
	if !known || !known1 {
		return c.unknown()
	}
	result, ok := int64(0), true
	switch c.function.name {
	case "add":
		result = a + b
		ok = (result > a) == (b > 0)
	case "sub":
		result = a - b
		ok = (result < a) == (b > 0)
	case "mul":
		result = a * b
		ok = a == 0 || result/a == b && !(a == -1 && b == math.MinInt64)
	default:
		if b == 0 {
			return nil, fail(c.args[1], "%s by zero", c.function.name)
		}
		if a == math.MinInt64 && b == -1 {
			ok = false
		} else if c.function.name == "div" {
			result = a / b
		} else {
			result = a % b
		}
	}
	if !ok {
		return nil, fail(c.call, "the result of %s does not fit in 64 bits", c.function.name)
	}
	return value.OfInt(result, c.at), nil
}

// extreme is min and max, of its arguments or of one array.
func extreme(c *invocation, better func(a, b int64) bool) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	if len(args) == 1 && args[0].Kind() == value.Array {
		args = args[0].Elements()
	}
	var best *value.Value
	for _, a := range args {
		if a.IsUnknown() {
			return c.unknown()
		}
		n, ok := a.Int()
		if !ok {
			return nil, fail(c.call, "%s is given %s, expected integers", c.function.name, a.Kind())
		}
		if m, _ := best.Int(); best == nil || better(n, m) {
			best = a
		}
	}
	if best == nil {
		return nil, fail(c.call, "%s is given an empty array", c.function.name)
	}
	return best, nil
}

func toInt(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if v.IsUnknown() {
		return c.unknown()
	}
	if v.Kind() == value.Int {
		return v, nil
	}
	s, ok := v.Text()
	if !ok {
		return nil, c.wrong(0, "a string or an integer")
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return nil, fail(c.args[0], "int is given %q, expected a whole number", s)
	}
	return value.OfInt(n, c.at), nil
}

func toFloat(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if v.IsUnknown() {
		return c.unknown()
	}
	pieces, ok := v.Pieces()
	if !ok || v.Kind() == value.Bool {
		return nil, c.wrong(0, "a string or a number")
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(pieces[0].Text), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fail(c.args[0], "float is given %q, expected a number", pieces[0].Text)
	}
	return value.OfFloat(strconv.FormatFloat(f, 'f', -1, 64), c.at), nil
}
