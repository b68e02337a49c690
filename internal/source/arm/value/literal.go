package value

import (
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// Literal is a JSON value as it stands, without expressions.
func Literal(v document.Value) *Value {
	at := v.Position()
	switch v.Kind() {
	case document.String:
		s, _ := v.String()
		return OfString(s, at)
	case document.Array:
		list := []*Value{}
		for e := range v.Elements() {
			list = append(list, Literal(e))
		}
		return OfArray(list, at)
	case document.Object:
		var members []Member
		for name, m := range v.Members() {
			members = append(members, Member{Name: name.String(), Value: Literal(m)})
		}
		return OfObject(members, at)
	}
	return Scalar(v)
}

// Scalar is a boolean or a number of JSON, and null for everything else.
func Scalar(v document.Value) *Value {
	at := v.Position()
	if b, ok := v.Bool(); ok {
		return OfBool(b, at)
	}
	if n, ok := v.Int(); ok {
		return OfInt(n, at)
	}
	if text, ok := v.Number(); ok {
		return OfFloat(text, at)
	}
	return OfNull(at)
}

// PlacedAt gives v and everything in it one place: for what was read from a
// text within a file.
func (v *Value) PlacedAt(at diagnostic.Position) *Value {
	switch v.Kind() {
	case Array:
		list := make([]*Value, len(v.list))
		for i, e := range v.list {
			list[i] = e.PlacedAt(at)
		}
		return OfArray(list, at)
	case Object:
		members := make([]Member, len(v.members))
		for i, m := range v.members {
			members[i] = Member{Name: m.Name, Value: m.Value.PlacedAt(at)}
		}
		return OfObject(members, at)
	}
	return v.Moved(at)
}
