package terraform

import "github.com/wayleave/wayleave/internal/document"

// decidesCount reports whether a reference takes part in a count, in its own
// module or, as an argument, in the module that is called. It is then a choice
// (create or not, this or that), not the value that the choice is about.
func (c *configuration) decidesCount(s scope, ref reference) bool {
	switch ref.kind {
	case toEachValue:
		return mentions(s.body.Get("count_expression"), ref.text) || c.argumentDecides(s.body, ref.text)
	case toLocal, toVariable:
		module := c.module(s.module)
		for resource := range module.Get("resources").Elements() {
			if mentions(resource.Get("count_expression"), ref.text) {
				return true
			}
		}
		for _, call := range module.Get("module_calls").Members() {
			if mentions(call.Get("count_expression"), ref.text) || c.argumentDecides(call, ref.text) {
				return true
			}
		}
	}
	return false
}

// argumentDecides reports whether a reference stands in an argument of a module
// call that decides a count in the module.
func (c *configuration) argumentDecides(call document.Value, text string) bool {
	module := call.Get("module")
	if !module.Exists() {
		return false
	}
	deciding := c.decidingVariables(module)
	for name, argument := range call.Get("expressions").Members() {
		if deciding[name.String()] && mentions(argument, text) {
			return true
		}
	}
	return false
}

// decidingVariables are the variables of a module that stand in a count, there
// or in a module it calls.
func (c *configuration) decidingVariables(module document.Value) map[string]bool {
	if known, ok := c.deciding[module.Offset()]; ok {
		return known
	}
	found := map[string]bool{}
	c.deciding[module.Offset()] = found
	note := func(expression document.Value) {
		for _, ref := range references(expression) {
			if ref.kind == toVariable {
				found[ref.name] = true
			}
		}
	}
	for resource := range module.Get("resources").Elements() {
		note(resource.Get("count_expression"))
	}
	for _, call := range module.Get("module_calls").Members() {
		note(call.Get("count_expression"))
		inside := c.decidingVariables(call.Get("module"))
		for name, argument := range call.Get("expressions").Members() {
			if inside[name.String()] {
				note(argument)
			}
		}
	}
	return found
}

func mentions(expression document.Value, text string) bool {
	for _, ref := range references(expression) {
		if ref.text == text {
			return true
		}
	}
	return false
}
