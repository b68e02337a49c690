package expression

import (
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// functions are the functions that are evaluated, by name in lower case. A
// function that is not here gives an unknown value and is reported.
var functions map[string]function

// The functions evaluate expressions, which call functions: Go cannot
// initialise that cycle in a declaration.
func init() {
	functions = map[string]function{}
	for _, family := range [][]function{
		logicalFunctions, comparisonFunctions, textFunctions, collectionFunctions, objectFunctions,
		numberFunctions, resourceFunctions, deploymentFunctions, lambdaFunctions, cidrFunctions,
		encodingFunctions, dateFunctions,
	} {
		for _, f := range family {
			functions[strings.ToLower(f.name)] = f
		}
	}
}

// functionNamed finds a function by name. Every name that begins with "list" is a
// call of the resource's provider (listKeys, listSecrets ...).
func functionNamed(name string) (function, bool) {
	name = strings.ToLower(name)
	f, ok := functions[name]
	if !ok && strings.HasPrefix(name, "list") {
		return function{name, 1, 3, func(c *invocation) (*value.Value, error) { return c.unknownBecause(whyRunning) }}, true
	}
	return f, ok
}
