// Package expression reads and evaluates the expressions of Azure Resource
// Manager templates: "[concat(parameters('a'), '/b')]".
//
// What cannot be known before deployment, and what a function gives that this
// package does not evaluate, is an unknown value with the text of the
// expression as its name: the same text is the same value.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions,
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions,
// read 2026-11.
package expression

import "strings"

// Problem is what is wrong with an expression.
type Problem struct {
	// Code names the kind of problem.
	Code string
	// Offset in bytes in the text of the JSON string, the "[" included.
	Offset int
	// Text says what was found and what was expected, Hint what to do.
	Text, Hint string
}

// Error returns the text.
func (p *Problem) Error() string { return p.Text }

// Of tells what a string of a template is: an expression without its brackets,
// or a literal with the escape "[[" resolved.
func Of(text string) (body string, isExpression bool) {
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") {
		return text, false
	}
	if strings.HasPrefix(text, "[[") {
		return text[1:], false
	}
	return text[1 : len(text)-1], true
}
