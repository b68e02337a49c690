package document

import (
	"io"
	"iter"

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
func Marshal(v any, indent string) ([]byte, error) { return json.Marshal(v, options(indent)...) }

// Write writes the same as it comes, so that memory holds little of it.
func Write(w io.Writer, v any, indent string) error {
	return json.MarshalWrite(w, v, options(indent)...)
}

func options(indent string) []json.Options {
	list := []json.Options{json.Deterministic(true), jsontext.AllowInvalidUTF8(true)}
	if indent != "" {
		list = append(list, jsontext.WithIndent(indent))
	}
	return list
}

// Texts is written as an array, text by text. A text need last only until the next.
type Texts iter.Seq[[]byte]

// MarshalJSONTo writes the array.
func (t Texts) MarshalJSONTo(e *jsontext.Encoder) error {
	if err := e.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	if t != nil {
		for text := range t {
			quoted, _ := jsontext.AppendQuote(e.AvailableBuffer(), text) // U+FFFD for what is not UTF-8
			if err := e.WriteValue(quoted); err != nil {
				return err
			}
		}
	}
	return e.WriteToken(jsontext.EndArray)
}
