package document

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Marshal writes v as JSON by the "json" tags of its structs, one member a line
// with the given indent, or all on one line where indent is empty; there is no
// line break at the end. Equal values give equal bytes: members stand in the
// order of their fields, those of maps sorted by name. Nil slices are [] and nil
// maps {}; characters of HTML are not escaped; bytes that are not UTF-8 become
// U+FFFD.
//
// The tag omitzero leaves out what is zero; omitempty only what would be
// written as null, "", [] or {}, so not the number 0.
func Marshal(v any, indent string) ([]byte, error) {
	options := []json.Options{json.Deterministic(true), jsontext.AllowInvalidUTF8(true)}
	if indent != "" {
		options = append(options, jsontext.WithIndent(indent))
	}
	return json.Marshal(v, options...)
}
