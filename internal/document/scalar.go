package document

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// String returns the text of a string, and false for any other kind. The text
// shares the memory of the document unless the string has escapes, in which
// case every call decodes it anew.
func (v Value) String() (string, bool) {
	if !v.is(String) {
		return "", false
	}
	return v.doc.scalar(v.index), true
}

// Int returns the value of a number written as a whole number, such as 200 or
// -1, and false for any other kind, for 2.0 and 2e2, and outside 64 bits.
func (v Value) Int() (int64, bool) {
	if !v.is(Number) {
		return 0, false
	}
	n := v.node()
	i, err := strconv.ParseInt(v.doc.text[n.start:n.end], 10, 64)
	return i, err == nil
}

// Number returns a number as it is written, and false for any other kind.
func (v Value) Number() (string, bool) {
	if !v.is(Number) {
		return "", false
	}
	n := v.node()
	return v.doc.text[n.start:n.end], true
}

// Bool returns the value of a boolean, and false for any other kind.
func (v Value) Bool() (value, ok bool) {
	if !v.is(Bool) {
		return false, false
	}
	return v.doc.text[v.node().start] == 't', true
}

// Any returns v as plain Go values for packages that take them, such as
// schema validators: nil, bool, int64 or else float64, string, []any,
// map[string]any. Missing and ambiguous values give nil.
func (v Value) Any() any {
	switch v.Kind() {
	case Bool:
		b, _ := v.Bool()
		return b
	case Number:
		if i, ok := v.Int(); ok {
			return i
		}
		text, _ := v.Number()
		f, _ := strconv.ParseFloat(text, 64) // infinite beyond the range
		return f
	case String:
		s, _ := v.String()
		return s
	case Array:
		list := []any{}
		for element := range v.Elements() {
			list = append(list, element.Any())
		}
		return list
	case Object:
		object := map[string]any{}
		for key, member := range v.Members() {
			object[key.String()] = member.Any()
		}
		return object
	}
	return nil
}

// scalar returns the text of a string entry, escapes resolved.
func (d *Document) scalar(index uint32) string {
	n := &d.tape[index]
	if n.escaped {
		return unquote(d.text[n.start:n.end])
	}
	return d.text[n.start+d.quote : n.end-d.quote]
}

// unquote decodes a string the parser has accepted. Line breaks and tabs of a
// multi-line string stand for themselves.
func unquote(quoted string) string {
	if strings.ContainsAny(quoted, "\r\n\t") {
		var b strings.Builder
		for i := range len(quoted) {
			if c := quoted[i]; c < ' ' {
				fmt.Fprintf(&b, `\u%04x`, c)
			} else {
				b.WriteByte(c)
			}
		}
		quoted = b.String()
	}
	out, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		panic("document: a string on the tape does not decode: " + err.Error())
	}
	return string(out)
}
