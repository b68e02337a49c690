package expression

import (
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-deployment
var deploymentFunctions = []function{
	{"parameters", 1, 1, func(c *invocation) (*value.Value, error) { return named(c, "parameter", Environment.Parameter) }},
	{"variables", 1, 1, func(c *invocation) (*value.Value, error) { return named(c, "variable", Environment.Variable) }},
	{"copyIndex", 0, 2, copyIndex},
	{"deployment", 0, 0, deployment},
	{"newGuid", 0, 0, everAnew},
}

func named(c *invocation, what string, find func(Environment, string) (*value.Value, bool, error)) (*value.Value, error) {
	name, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	v, ok, err := find(c.env, name)
	if err == nil && !ok {
		return nil, fail(c.args[0], "the template has no %s %q", what, name)
	}
	return v, err
}

// copyIndex is copyIndex(), copyIndex(offset), copyIndex('loop') or
// copyIndex('loop', offset).
func copyIndex(c *invocation) (*value.Value, error) {
	loop, offset := "", int64(0)
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	for i, a := range args {
		if text, ok := a.Text(); ok && i == 0 {
			loop = text
		} else if n, ok := a.Int(); ok {
			offset = n
		} else if a.IsUnknown() {
			return c.unknown()
		} else {
			return nil, c.wrong(i, "the name of a loop or an offset")
		}
	}
	index, ok := c.env.CopyIndex(loop)
	if !ok {
		if loop == "" {
			return nil, fail(c.call, "copyIndex stands outside a copy loop")
		}
		return nil, fail(c.call, "copyIndex stands outside a copy loop named %q", loop)
	}
	return value.OfInt(index+offset, c.at), nil
}

func deployment(c *invocation) (*value.Value, error) {
	name := c.env.Place().Deployment
	return c.scopeObject(scopeName("deployment", "name", name), []value.Member{{Name: "name", Value: name}}, "id", "location", "properties")
}

// everAnew is a function that gives another value each time it is called.
func everAnew(c *invocation) (*value.Value, error) {
	return value.NotKnown(c.budget.unique(c.function.name+"()"), whyOnDeployment, c.at), nil
}
