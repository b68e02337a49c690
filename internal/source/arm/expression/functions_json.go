package expression

import (
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// jsonOf is json(text). Where pieces of the text are not known and stand within
// strings, only those strings are not known.
func jsonOf(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	pieces, ok := v.Pieces()
	if !v.IsUnknown() || !ok || len(pieces) < 2 {
		return parsed(c, same)
	}
	var text strings.Builder
	for i, p := range pieces {
		if p.Unknown {
			p.Text = standIn(i)
		} else if strings.Contains(p.Text, "\ue000") {
			return c.unknown()
		}
		text.WriteString(p.Text)
	}
	if !c.budget.Spend(text.Len() / 16) {
		return nil, tooMuch(c.call)
	}
	doc, err := document.Parse("json", []byte(text.String()), document.Options{})
	if err != nil {
		return c.unknown()
	}
	fill := filler{pieces: pieces, why: v.Why()}
	filled := fill.value(value.Literal(doc.Root()).PlacedAt(c.at))
	if fill.failed {
		return c.unknown()
	}
	return filled, nil
}

// standIn stands in a text for an unknown piece: characters for private use
// that no template has.
func standIn(i int) string { return "\ue000" + strconv.Itoa(i) + "\ue001" }

// filler puts unknown pieces back into the strings of a value.
type filler struct {
	pieces []value.Piece
	why    string
	// failed is set where an unknown piece is in the name of a member.
	failed bool
}

func (f *filler) value(v *value.Value) *value.Value {
	switch v.Kind() {
	case value.Array:
		list := make([]*value.Value, len(v.Elements()))
		for i, e := range v.Elements() {
			list[i] = f.value(e)
		}
		return value.OfArray(list, v.At)
	case value.Object:
		members := make([]value.Member, len(v.Members()))
		for i, m := range v.Members() {
			f.failed = f.failed || strings.Contains(m.Name, "\ue000")
			members[i] = value.Member{Name: m.Name, Value: f.value(m.Value)}
		}
		return value.OfObject(members, v.At)
	case value.String:
		if text, _ := v.Text(); strings.Contains(text, "\ue000") {
			return value.OfPieces(f.split(text), f.why, v.At)
		}
	}
	return v
}

// split is a text as known and unknown pieces.
func (f *filler) split(text string) []value.Piece {
	var list []value.Piece
	for text != "" {
		known, rest, found := strings.Cut(text, "\ue000")
		if known != "" {
			list = append(list, value.Piece{Text: known})
		}
		if !found {
			break
		}
		number, after, _ := strings.Cut(rest, "\ue001")
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= len(f.pieces) {
			f.failed = true
			return list
		}
		list = append(list, f.pieces[i])
		text = after
	}
	return list
}
