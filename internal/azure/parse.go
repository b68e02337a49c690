package azure

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// The Parse functions turn the text of one property into its value, the same
// way for every reader. Text is compared with case folded (META-3) and taken
// as it stands: white space around it is part of it.
//
// They refuse what has no value (a malformed prefix, a tag in a list). What
// can be held but Azure would not accept (a priority of 99, two families on
// one side) passes here and is refused by [Build], once.
//
// With an error among the diagnostics the value returned is an Unknown, so
// that the reader can go on and report every mistake of a file at once; Build
// gives no network then. An empty text is "not set" (NSG-14).

// Given returns the text of a property, not set when it is empty (NSG-14).
func Given(text string, at Position) Value[string] {
	if text == "" {
		return Value[string]{}
	}
	return Of(text, at)
}

// Parsed applies one of the Parse functions to a property that may be not set
// or unknown: both pass through.
func Parsed[T any](v Value[string], parse func(text string, at Position) (Value[T], diagnostic.List)) (Value[T], diagnostic.List) {
	if !v.IsSet() {
		return Value[T]{}, nil
	}
	if v.Unknown != nil {
		return NotKnown[T](v.Unknown), nil
	}
	return parse(v.V, v.At)
}

// invalid is the unknown that stands for a value an error was reported for.
func invalid(text string, at Position) *Unknown {
	return &Unknown{Name: text, Why: "the text is not valid", At: at}
}

// failed is the answer of a Parse function that gives no value.
func failed[T any](text string, at Position, d diagnostic.Diagnostic) (Value[T], diagnostic.List) {
	return NotKnown[T](invalid(text, at)), diagnostic.List{d}
}

// IsExpression reports whether text is an ARM template expression, "[...]". A
// text that starts with "[[" is the literal "[" by the rules of templates.
// Outside templates an expression is an input error (decisions 20).
func IsExpression(text string) bool {
	return strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") && !strings.HasPrefix(text, "[[")
}
