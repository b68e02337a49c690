// Package strict reads what people write by hand in YAML: every key is known,
// every value is of its kind, or a problem says where it stands and what was
// expected.
package strict

import (
	"iter"
	"path/filepath"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// Text is a value and its place; the zero value is not stated.
type Text struct {
	Value string
	At    diagnostic.Position
}

// Values are the texts without their places.
func Values(list []Text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.Value)
	}
	return out
}

// Reader collects what is wrong in one file, under one code.
type Reader struct {
	Code string
	List diagnostic.List
}

// Parse parses the bytes of a file at path. A file of comments alone, or one
// that cannot be parsed, has no root: ok is false, and the list says why.
func (r *Reader) Parse(path string, data []byte) (root document.Value, ok bool) {
	doc, err := document.ParseYAML(filepath.ToSlash(path), data, document.Options{})
	if err != nil {
		if list := diagnostic.Of(err, "unreadable-file"); list[0].Code != "empty-file" {
			r.List = append(r.List, list...)
		}
		return root, false
	}
	return doc.Root(), doc.Root().Kind() != document.Null
}

// Read reads the file at path and gives its bytes to parse.
func Read[F any](path string, parse func(path string, data []byte) (*F, diagnostic.List)) (*F, diagnostic.List) {
	data, err := document.ReadFile(path, document.DefaultMaxYAMLBytes)
	if err != nil {
		return nil, diagnostic.Of(err, "unreadable-file")
	}
	return parse(path, data)
}

// Fill parses the bytes of a file at path and lets read fill f from its root. A
// file of comments alone leaves f as it is. The answer is nil where the list has
// errors; the list is sorted then.
func Fill[F any](r *Reader, path string, data []byte, f *F, read func(root document.Value, f *F)) (*F, diagnostic.List) {
	if root, ok := r.Parse(path, data); ok {
		read(root, f)
	}
	if r.List.HasErrors() {
		r.List.Sort()
		return nil, r.List
	}
	return f, nil
}

// Errorf notes a problem.
func (r *Reader) Errorf(at diagnostic.Position, format string, args ...any) {
	r.List = append(r.List, diagnostic.Errorf(r.Code, at, format, args...))
}

// Hint says of the problem noted last what to do.
func (r *Reader) Hint(format string, args ...any) {
	last := len(r.List) - 1
	r.List[last] = r.List[last].WithHint(format, args...)
}

// Unknown notes a key that is not among the known ones.
func (r *Reader) Unknown(key document.Key, known ...string) {
	r.Errorf(key.Position(), "key %q is not known; expected one of %s", key, strings.Join(known, ", "))
}

// Members are those of an object; anything else is noted.
func (r *Reader) Members(v document.Value) iter.Seq2[document.Key, document.Value] {
	if v.Kind() != document.Object {
		r.List = append(r.List, v.Mismatch("an object"))
	}
	return v.Members()
}

// Elements are those of a list; anything else is noted.
func (r *Reader) Elements(v document.Value) iter.Seq[document.Value] {
	if v.Kind() != document.Array {
		r.List = append(r.List, v.Mismatch("a list"))
	}
	return v.Elements()
}

// Text reads a scalar as it is written.
func (r *Reader) Text(v document.Value) Text {
	text, ok := v.String()
	if !ok {
		text, ok = v.Number()
	}
	if b, isBool := v.Bool(); isBool {
		text, ok = "false", true
		if b {
			text = "true"
		}
	}
	if !ok {
		r.List = append(r.List, v.Mismatch("a text"))
		return Text{}
	}
	if strings.TrimSpace(text) == "" {
		r.Errorf(v.Position(), "%s is empty, expected a text", v.Path())
		return Text{}
	}
	return Text{Value: text, At: v.Position()}
}

// Texts reads a list of scalars; one scalar is a list of one.
func (r *Reader) Texts(v document.Value) []Text {
	if v.Kind() != document.Array {
		if t := r.Text(v); t.Value != "" {
			return []Text{t}
		}
		return nil
	}
	var list []Text
	for element := range v.Elements() {
		list = append(list, r.Text(element))
	}
	return list
}
