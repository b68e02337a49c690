package expression

import (
	"cmp"
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-comparison
var comparisonFunctions = []function{
	{"equals", 2, 2, equals},
	{"less", 2, 2, func(c *invocation) (*value.Value, error) { return compare(c, func(n int) bool { return n < 0 }) }},
	{"lessOrEquals", 2, 2, func(c *invocation) (*value.Value, error) { return compare(c, func(n int) bool { return n <= 0 }) }},
	{"greater", 2, 2, func(c *invocation) (*value.Value, error) { return compare(c, func(n int) bool { return n > 0 }) }},
	{"greaterOrEquals", 2, 2, func(c *invocation) (*value.Value, error) { return compare(c, func(n int) bool { return n >= 0 }) }},
	{"coalesce", 1, -1, coalesce},
}

func equals(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	switch value.Equal(args[0], args[1]) {
	case value.Yes:
		return value.OfBool(true, c.at), nil
	case value.No:
		return value.OfBool(false, c.at), nil
	}
	return c.unknown()
}

func compare(c *invocation, holds func(int) bool) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	a, b := args[0], args[1]
	if a.IsUnknown() || b.IsUnknown() {
		return c.unknown()
	}
	if n, ok := a.Int(); ok {
		if m, ok := b.Int(); ok {
			return value.OfBool(holds(cmp.Compare(n, m)), c.at), nil
		}
		return nil, c.wrong(1, "an integer like the first")
	}
	s, ok := a.Text()
	if !ok {
		return nil, c.wrong(0, "an integer or a string")
	}
	t, ok := b.Text()
	if !ok {
		return nil, c.wrong(1, "a string like the first")
	}
	order, ok := compareTexts(s, t)
	if !ok {
		return c.notEvaluated(c.function.name + " of " + a.Print() + " and " + b.Print())
	}
	return value.OfBool(holds(order), c.at), nil
}

// compareTexts orders texts as a dictionary does: letter case counts only
// between texts that are the same without it, and then "a" comes before "A".
// ok is false for texts with other characters than letters and digits of ASCII,
// whose order depends on the culture.
func compareTexts(s, t string) (order int, ok bool) {
	if s == t {
		return 0, true
	}
	for _, text := range []string{s, t} {
		for i := range len(text) {
			if c := text[i] | 0x20; !isDigit(text[i]) && (c < 'a' || c > 'z') {
				return 0, false
			}
		}
	}
	if order := strings.Compare(strings.ToLower(s), strings.ToLower(t)); order != 0 {
		return order, true
	}
	return -strings.Compare(s, t), true
}

// coalesce is the first argument that is not null. An unknown argument may be
// null, unless nothing else remains.
func coalesce(c *invocation) (*value.Value, error) {
	for i := range c.args {
		v, err := c.arg(i)
		switch {
		case err != nil:
			return nil, err
		case v.IsUnknown() && i < len(c.args)-1:
			return c.unknown()
		case !v.IsNull():
			return v, nil
		}
	}
	return value.OfNull(c.at), nil
}
