package value

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// longest is the length beyond which a printed array or object is cut.
const longest = 160

// Print returns a value as it would stand in an expression: 'text', 4, true,
// the name of an unknown value. Two values print alike if they are the same,
// letter case of member names aside; a long array or object is cut and told
// apart by a hash.
func (v *Value) Print() string {
	var b strings.Builder
	v.print(&b)
	text := b.String()
	if len(text) <= longest || v.Kind() != Array && v.Kind() != Object {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return text[:longest/2] + "... #" + hex.EncodeToString(sum[:6])
}

func (v *Value) print(b *strings.Builder) {
	switch v.Kind() {
	case Missing, Null:
		b.WriteString("null")
	case Bool:
		b.WriteString(strconv.FormatBool(v.flag))
	case Int:
		b.WriteString(strconv.FormatInt(v.number, 10))
	case Float:
		b.WriteString(v.text)
	case String:
		b.WriteString("'" + strings.ReplaceAll(v.text, "'", "''") + "'")
	case Unknown:
		v.printUnknown(b)
	case Array:
		b.WriteByte('[')
		for i, e := range v.list {
			if i > 0 {
				b.WriteString(", ")
			}
			e.print(b)
		}
		b.WriteByte(']')
	case Object:
		b.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(strings.ToLower(m.Name) + ": ")
			m.Value.print(b)
		}
		b.WriteByte('}')
	}
}

// printUnknown prints a name bare, and a text with unknown pieces in quotes.
func (v *Value) printUnknown(b *strings.Builder) {
	if len(v.pieces) == 1 {
		b.WriteString(v.pieces[0].Text)
		return
	}
	b.WriteString("'" + v.Name() + "'")
}

// Truth is an answer that may not be known.
type Truth uint8

// Answers of Equal.
const (
	No Truth = iota
	Yes
	Maybe
)

// Equal compares two values as the template function equals does: letter case
// counts in texts and not in member names. Values with unknown parts are equal
// if the parts have the same names, different if known parts differ, and else
// it is not known.
func Equal(a, b *Value) Truth {
	if a.IsUnknown() || b.IsUnknown() {
		return equalUnknown(a, b)
	}
	if a.IsNull() || b.IsNull() {
		return truth(a.IsNull() && b.IsNull())
	}
	if a.kind != b.kind {
		return No
	}
	switch a.kind {
	case Bool:
		return truth(a.flag == b.flag)
	case Int:
		return truth(a.number == b.number)
	case Float, String:
		return truth(a.text == b.text)
	case Array:
		if len(a.list) != len(b.list) {
			return No
		}
		answer := Yes
		for i := range a.list {
			answer = both(answer, Equal(a.list[i], b.list[i]))
		}
		return answer
	}
	if len(a.members) != len(b.members) {
		return No
	}
	answer := Yes
	for _, m := range a.members {
		other := b.Get(m.Name)
		if other == nil {
			return No
		}
		answer = both(answer, Equal(m.Value, other))
	}
	return answer
}

// equalUnknown compares values of which at least one is unknown.
func equalUnknown(a, b *Value) Truth {
	if a.IsUnknown() && b.IsUnknown() && a.Name() == b.Name() {
		return Yes
	}
	if a.IsFilled() && b.isEmptyText() || b.IsFilled() && a.isEmptyText() {
		return No
	}
	ap, aText := a.Pieces()
	bp, bText := b.Pieces()
	if aText && bText && apart(ap, bp) {
		return No
	}
	return Maybe
}

func (v *Value) isEmptyText() bool {
	s, ok := v.Text()
	return ok && s == ""
}

// apart reports whether two texts differ in a known start or end.
func apart(a, b []Piece) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	first, other := a[0], b[0]
	if !first.Unknown && !other.Unknown && !strings.HasPrefix(first.Text, other.Text) && !strings.HasPrefix(other.Text, first.Text) {
		return true
	}
	last, other := a[len(a)-1], b[len(b)-1]
	return !last.Unknown && !other.Unknown && !strings.HasSuffix(last.Text, other.Text) && !strings.HasSuffix(other.Text, last.Text)
}

func truth(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

func both(a, b Truth) Truth {
	switch {
	case a == No || b == No:
		return No
	case a == Maybe || b == Maybe:
		return Maybe
	}
	return Yes
}
