// Package value holds what a deployment template evaluates to: JSON values
// with the place they come from, of which any part may be unknown.
//
// An unknown value has a name, and two with one name are the same value. A
// text that is put together from known and unknown parts keeps both, so that
// "{parameters('name')}/subnets/a" is the same text wherever it is made.
package value

import (
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Kind is what a value is.
type Kind uint8

// The kinds of a Value. Missing is the nil *Value: a member that is not there.
const (
	Missing Kind = iota
	Null
	Bool
	Int
	// Float is a number that is not whole, kept as written.
	Float
	String
	Array
	Object
	// Unknown is a value of which at least a part is not known, and which is
	// no array or object: those have unknown elements.
	Unknown
)

var kindNames = [...]string{
	Missing: "nothing", Null: "null", Bool: "a boolean", Int: "an integer", Float: "a number",
	String: "a string", Array: "an array", Object: "an object", Unknown: "unknown",
}

// String returns the kind as a message would say it, such as "an array".
func (k Kind) String() string { return kindNames[k] }

// Value is one value. It is frozen: many places share it. The nil *Value is
// Missing and may be asked everything.
type Value struct {
	kind Kind
	// At is where the value stands, or the expression that gave it.
	At diagnostic.Position

	flag    bool
	number  int64
	text    string
	list    []*Value
	members []Member
	pieces  []Piece
	why     string
	// filled tells a text that is not known from one that may be empty.
	filled bool
}

// Member is a member of an object.
type Member struct {
	Name  string
	Value *Value
}

// Piece is a part of a text of which not all is known.
type Piece struct {
	// Text is the known text, or the name of what is not known.
	Text string
	// Unknown tells which.
	Unknown bool
}

// OfNull is null.
func OfNull(at diagnostic.Position) *Value { return &Value{kind: Null, At: at} }

// OfBool is a boolean.
func OfBool(b bool, at diagnostic.Position) *Value { return &Value{kind: Bool, flag: b, At: at} }

// OfInt is a whole number.
func OfInt(n int64, at diagnostic.Position) *Value { return &Value{kind: Int, number: n, At: at} }

// OfFloat is a number that is not whole or too large, as written.
func OfFloat(text string, at diagnostic.Position) *Value {
	return &Value{kind: Float, text: text, At: at}
}

// OfString is a text.
func OfString(s string, at diagnostic.Position) *Value {
	return &Value{kind: String, text: s, At: at}
}

// OfArray is an array; it keeps list.
func OfArray(list []*Value, at diagnostic.Position) *Value {
	return &Value{kind: Array, list: list, At: at}
}

// OfObject is an object; it keeps members. Of two members of one name, letter
// case aside, the first is found.
func OfObject(members []Member, at diagnostic.Position) *Value {
	return &Value{kind: Object, members: members, At: at}
}

// NotKnown is a value that is not known. The name identifies it.
func NotKnown(name, why string, at diagnostic.Position) *Value {
	return &Value{kind: Unknown, pieces: []Piece{{Text: name, Unknown: true}}, why: why, At: at}
}

// NotShown is a text that is known not to be empty and is not kept, such as a
// password. The name identifies it.
func NotShown(name, why string, at diagnostic.Position) *Value {
	v := NotKnown(name, why, at)
	v.filled = true
	return v
}

// OfPieces is a text put together of known and unknown pieces: a String if all
// are known. why says why the first unknown piece is not known.
func OfPieces(pieces []Piece, why string, at diagnostic.Position) *Value {
	var joined []Piece
	open := false
	for _, p := range pieces {
		open = open || p.Unknown
		if last := len(joined) - 1; last >= 0 && !p.Unknown && !joined[last].Unknown {
			joined[last].Text += p.Text
			continue
		}
		if p.Text != "" || p.Unknown {
			joined = append(joined, p)
		}
	}
	if !open {
		text := ""
		if len(joined) > 0 {
			text = joined[0].Text
		}
		return OfString(text, at)
	}
	return &Value{kind: Unknown, pieces: joined, why: why, At: at}
}

// Kind returns what v is.
func (v *Value) Kind() Kind {
	if v == nil {
		return Missing
	}
	return v.kind
}

// IsUnknown reports whether v is not known. Arrays and objects are known even
// if what they hold is not.
func (v *Value) IsUnknown() bool { return v.Kind() == Unknown }

// IsFilled reports whether an unknown value is known to be a text that is not
// empty.
func (v *Value) IsFilled() bool {
	if !v.IsUnknown() {
		return false
	}
	for _, p := range v.pieces {
		if !p.Unknown {
			return true
		}
	}
	return v.filled
}

// IsNull reports whether v is null or not there.
func (v *Value) IsNull() bool { return v.Kind() <= Null }

// Place is where v stands; the zero Position when v is not there.
func (v *Value) Place() diagnostic.Position {
	if v == nil {
		return diagnostic.Position{}
	}
	return v.At
}

// Bool returns a boolean, and false for any other kind.
func (v *Value) Bool() (b, ok bool) {
	if v.Kind() != Bool {
		return false, false
	}
	return v.flag, true
}

// Int returns a whole number, and false for any other kind.
func (v *Value) Int() (n int64, ok bool) {
	if v.Kind() != Int {
		return 0, false
	}
	return v.number, true
}

// Text returns a text that is known, and false for any other kind.
func (v *Value) Text() (s string, ok bool) {
	if v.Kind() != String {
		return "", false
	}
	return v.text, true
}

// Elements returns the elements of an array, nil for any other kind.
func (v *Value) Elements() []*Value {
	if v.Kind() != Array {
		return nil
	}
	return v.list
}

// Members returns the members of an object in order, nil for any other kind.
func (v *Value) Members() []Member {
	if v.Kind() != Object {
		return nil
	}
	return v.members
}

// Get returns a member of an object by name, letter case aside, as Azure
// Resource Manager finds it. A member of an unknown value is unknown.
func (v *Value) Get(name string) *Value {
	if v.IsUnknown() {
		return NotKnown(v.Name()+"."+name, v.why, v.At)
	}
	for _, m := range v.Members() {
		if strings.EqualFold(m.Name, name) {
			return m.Value
		}
	}
	return nil
}

// Index returns an element of an array, from 0; nil where there is none. An
// element of an unknown value is unknown.
func (v *Value) Index(i int) *Value {
	if v.IsUnknown() {
		return NotKnown(v.Name()+"["+strconv.Itoa(i)+"]", v.why, v.At)
	}
	if list := v.Elements(); i >= 0 && i < len(list) {
		return list[i]
	}
	return nil
}

// Name identifies an unknown value: the text with unknown pieces in braces, or
// the name of the one piece. It is "" for values that are known.
func (v *Value) Name() string {
	if !v.IsUnknown() {
		return ""
	}
	if len(v.pieces) == 1 {
		return v.pieces[0].Text
	}
	return v.render(func(name string) string { return name })
}

// Why says why an unknown value is not known.
func (v *Value) Why() string {
	if v == nil {
		return ""
	}
	return v.why
}

// Pieces returns the pieces of a text or an unknown value; ok is false for
// values that are no text.
func (v *Value) Pieces() (pieces []Piece, ok bool) {
	switch v.Kind() {
	case String:
		return []Piece{{Text: v.text}}, true
	case Unknown:
		return v.pieces, true
	case Int:
		return []Piece{{Text: strconv.FormatInt(v.number, 10)}}, true
	case Float:
		return []Piece{{Text: v.text}}, true
	case Bool:
		return []Piece{{Text: map[bool]string{true: "True", false: "False"}[v.flag]}}, true
	}
	return nil, false
}

// Render returns a text with unknown pieces in braces, for names and ids. A
// slash within the name of an unknown piece becomes a colon, so that the
// slashes of the result are those of the id.
func (v *Value) Render() string {
	return v.render(func(name string) string { return strings.ReplaceAll(name, "/", ":") })
}

func (v *Value) render(inside func(string) string) string {
	pieces, _ := v.Pieces()
	var b strings.Builder
	for _, p := range pieces {
		if p.Unknown {
			b.WriteString("{" + inside(p.Text) + "}")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Split cuts a text at each separator in its known pieces.
func (v *Value) Split(separator string) []*Value {
	pieces, ok := v.Pieces()
	if !ok {
		return nil
	}
	var parts []*Value
	var current []Piece
	cut := func() {
		parts = append(parts, OfPieces(current, v.why, v.At))
		current = nil
	}
	for _, p := range pieces {
		if p.Unknown {
			current = append(current, p)
			continue
		}
		for n, text := range strings.Split(p.Text, separator) {
			if n > 0 {
				cut()
			}
			current = append(current, Piece{Text: text})
		}
	}
	cut()
	return parts
}

// Moved is a scalar at another place: that of the expression which gave it.
// Arrays and objects keep their place, where their elements stand.
func (v *Value) Moved(at diagnostic.Position) *Value {
	if v == nil || v.kind == Array || v.kind == Object || v.At == at {
		return v
	}
	moved := *v
	moved.At = at
	return &moved
}

// HasUnknown reports whether v or anything in it is unknown.
func (v *Value) HasUnknown() bool {
	switch v.Kind() {
	case Unknown:
		return true
	case Array:
		for _, e := range v.list {
			if e.HasUnknown() {
				return true
			}
		}
	case Object:
		for _, m := range v.members {
			if m.Value.HasUnknown() {
				return true
			}
		}
	}
	return false
}
