package value

import (
	"fmt"
	"strconv"
	"strings"
)

// JSON returns a value as compact JSON, as the template function string writes
// it. Unknown values are written as null: ask HasUnknown first.
func (v *Value) JSON() string {
	var b strings.Builder
	v.json(&b)
	return b.String()
}

func (v *Value) json(b *strings.Builder) {
	switch v.Kind() {
	case Bool:
		b.WriteString(strconv.FormatBool(v.flag))
	case Int:
		b.WriteString(strconv.FormatInt(v.number, 10))
	case Float:
		b.WriteString(v.text)
	case String:
		quote(b, v.text)
	case Array:
		b.WriteByte('[')
		for i, e := range v.list {
			if i > 0 {
				b.WriteByte(',')
			}
			e.json(b)
		}
		b.WriteByte(']')
	case Object:
		b.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				b.WriteByte(',')
			}
			quote(b, m.Name)
			b.WriteByte(':')
			m.Value.json(b)
		}
		b.WriteByte('}')
	default:
		b.WriteString("null")
	}
}

// quote writes a JSON string; only what JSON does not allow is escaped.
func quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ':
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}
