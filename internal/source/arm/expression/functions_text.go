package expression

import (
	"strings"
	"unicode/utf16"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string
var textFunctions = []function{
	{"concat", 1, -1, concat},
	{"format", 1, -1, format},
	{"toLower", 1, 1, func(c *invocation) (*value.Value, error) { return mapped(c, strings.ToLower) }},
	{"toUpper", 1, 1, func(c *invocation) (*value.Value, error) { return mapped(c, strings.ToUpper) }},
	{"trim", 1, 1, trim},
	{"replace", 3, 3, replace},
	{"split", 2, 2, split},
	{"join", 2, 2, join},
	{"string", 1, 1, toText},
	{"substring", 2, 3, substring},
	{"startsWith", 2, 2, func(c *invocation) (*value.Value, error) { return borders(c, strings.HasPrefix) }},
	{"endsWith", 2, 2, func(c *invocation) (*value.Value, error) { return borders(c, strings.HasSuffix) }},
	{"indexOf", 2, 2, func(c *invocation) (*value.Value, error) { return position(c, strings.Index) }},
	{"lastIndexOf", 2, 2, func(c *invocation) (*value.Value, error) { return position(c, strings.LastIndex) }},
	{"padLeft", 2, 3, padLeft},
	{"uniqueString", 1, -1, hashed},
	{"guid", 1, -1, hashed},
}

// concat joins texts, or arrays.
func concat(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	var elements []*value.Value
	var pieces []value.Piece
	arrays, texts := false, false
	for i, a := range args {
		if a.Kind() == value.Array {
			arrays = true
			elements = append(elements, a.Elements()...)
			continue
		}
		more, ok := a.Pieces()
		if !ok {
			return nil, c.wrong(i, "a string or an array")
		}
		texts = texts || !a.IsUnknown()
		pieces = append(pieces, more...)
	}
	switch {
	case arrays && texts:
		return nil, fail(c.call, "concat is given strings and arrays, expected one of them")
	case arrays && len(pieces) > 0:
		return c.unknown()
	case arrays:
		return c.madeArray(elements)
	case len(args) == 1:
		return args[0], nil
	}
	return c.made(value.OfPieces(pieces, firstWhy(args...), c.at))
}

// asText is a value as a text: null is empty, arrays and objects are JSON.
func asText(v *value.Value) ([]value.Piece, bool) {
	if v.IsNull() {
		return nil, true
	}
	if pieces, ok := v.Pieces(); ok {
		return pieces, true
	}
	if v.HasUnknown() {
		return nil, false
	}
	return []value.Piece{{Text: v.JSON()}}, true
}

func toText(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	pieces, ok := asText(v)
	if !ok {
		return c.unknown()
	}
	return c.made(value.OfPieces(pieces, firstWhy(v), c.at))
}

// mapped changes the letters of a text.
func mapped(c *invocation, change func(string) string) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	pieces, ok := v.Pieces()
	if !ok {
		return nil, c.wrong(0, "a string")
	}
	changed := make([]value.Piece, len(pieces))
	for i, p := range pieces {
		changed[i] = value.Piece{Text: change(p.Text)}
		if p.Unknown {
			changed[i] = value.Piece{Text: c.function.name + "(" + p.Text + ")", Unknown: true}
		}
	}
	return value.OfPieces(changed, v.Why(), c.at), nil
}

func trim(c *invocation) (*value.Value, error) {
	s, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	return value.OfString(strings.TrimSpace(s), c.at), nil
}

func replace(c *invocation) (*value.Value, error) {
	var texts [3]string
	for i := range texts {
		s, known, err := c.textArg(i)
		if err != nil {
			return nil, err
		}
		if !known {
			return c.unknown()
		}
		texts[i] = s
	}
	if texts[1] == "" {
		return nil, fail(c.args[1], "replace is given an empty text to look for")
	}
	if grown := strings.Count(texts[0], texts[1]) * len(texts[2]); grown > maxText {
		return nil, tooMuch(c.call)
	}
	return c.made(value.OfString(strings.ReplaceAll(texts[0], texts[1], texts[2]), c.at))
}

// split cuts a text at a delimiter, or at any of several.
func split(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	if _, ok := args[0].Pieces(); !ok {
		return nil, c.wrong(0, "a string")
	}
	delimiters := args[1].Elements()
	if args[1].Kind() != value.Array {
		delimiters = args[1:2]
	}
	parts := args[:1]
	for _, d := range delimiters {
		if d.IsUnknown() {
			return c.unknown()
		}
		s, ok := d.Text()
		if !ok || s == "" {
			return nil, c.wrong(1, "a delimiter or an array of them")
		}
		var cut []*value.Value
		for _, p := range parts {
			cut = append(cut, p.Split(s)...)
		}
		parts = cut
	}
	if args[0].IsUnknown() && !splitsID(args[0], delimiters) {
		// An unknown piece may have the delimiter too.
		return c.unknown()
	}
	return c.madeArray(parts)
}

// splitsID reports whether a resource id is split into its segments: what is
// not known of an id are names, and those have no slash.
func splitsID(v *value.Value, delimiters []*value.Value) bool {
	pieces, _ := v.Pieces()
	if len(delimiters) != 1 || len(pieces) < 2 || pieces[0].Unknown {
		return false
	}
	slash, _ := delimiters[0].Text()
	return slash == "/" && strings.HasPrefix(pieces[0].Text, "/subscriptions/") && strings.Contains(strings.ToLower(v.Render()), "/providers/")
}

func join(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	delimiter, known, err := c.textArg(1)
	if err != nil {
		return nil, err
	}
	if args[0].IsUnknown() || !known {
		return c.unknown()
	}
	if args[0].Kind() != value.Array {
		return nil, c.wrong(0, "an array")
	}
	var pieces []value.Piece
	for i, e := range args[0].Elements() {
		if i > 0 {
			pieces = append(pieces, value.Piece{Text: delimiter})
		}
		more, ok := asText(e)
		if !ok {
			return c.unknown()
		}
		pieces = append(pieces, more...)
	}
	return c.made(value.OfPieces(pieces, firstWhy(args[0]), c.at))
}

// Texts are counted in UTF-16 units, as .NET does.

func units(s string) []uint16 { return utf16.Encode([]rune(s)) }

func substring(c *invocation) (*value.Value, error) {
	s, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	start, known1, err := c.intArg(1)
	if err != nil {
		return nil, err
	}
	text := units(s)
	length, known2 := int64(len(text))-start, true
	if len(c.args) == 3 {
		if length, known2, err = c.intArg(2); err != nil {
			return nil, err
		}
	}
	if !known || !known1 || !known2 {
		return c.unknown()
	}
	if start < 0 || length < 0 || start > int64(len(text)) || length > int64(len(text))-start {
		return nil, fail(c.call, "substring takes %d characters from %d of a text of %d", length, start, len(text))
	}
	return value.OfString(string(utf16.Decode(text[start:start+length])), c.at), nil
}

// borders compares the start or end of a text, letter case aside.
func borders(c *invocation, has func(s, border string) bool) (*value.Value, error) {
	s, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	border, known1, err := c.textArg(1)
	if err != nil {
		return nil, err
	}
	if !known || !known1 {
		return c.unknown()
	}
	return value.OfBool(has(strings.ToLower(s), strings.ToLower(border)), c.at), nil
}

// position finds a text in another, letter case aside, or an element in an
// array.
func position(c *invocation, find func(s, sub string) int) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if v.Kind() == value.Array {
		return c.positionInArray(v.Elements())
	}
	s, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	sub, known1, err := c.textArg(1)
	if err != nil {
		return nil, err
	}
	if !known || !known1 {
		return c.unknown()
	}
	s = strings.ToLower(s)
	n := find(s, strings.ToLower(sub))
	if n > 0 {
		n = len(units(s[:n]))
	}
	return value.OfInt(int64(n), c.at), nil
}

// positionInArray is indexOf and lastIndexOf of an array; letter case counts.
func (c *invocation) positionInArray(list []*value.Value) (*value.Value, error) {
	what, err := c.arg(1)
	if err != nil {
		return nil, err
	}
	found := -1
	for i, e := range list {
		switch value.Equal(e, what) {
		case value.Maybe:
			return c.unknown()
		case value.Yes:
			if found < 0 || c.function.name == "lastIndexOf" {
				found = i
			}
		}
	}
	return value.OfInt(int64(found), c.at), nil
}

func padLeft(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	width, known, err := c.intArg(1)
	if err != nil {
		return nil, err
	}
	fill, known1 := " ", true
	if len(c.args) == 3 {
		if fill, known1, err = c.textArg(2); err != nil {
			return nil, err
		}
	}
	if v.IsUnknown() || !known || !known1 {
		return c.unknown()
	}
	pieces, ok := v.Pieces()
	if !ok {
		return nil, c.wrong(0, "a string or an integer")
	}
	if len(units(fill)) != 1 || width > maxText {
		return nil, fail(c.call, "padLeft fills up with one character to at most %d", maxText)
	}
	text := pieces[0].Text
	return c.made(value.OfString(strings.Repeat(fill, int(max(0, width-int64(len(units(text))))))+text, c.at))
}

// hashed is a function whose text is made by Azure's own hash: unknown, and the
// same for the same arguments.
func hashed(c *invocation) (*value.Value, error) {
	return c.unknownBecause("Azure makes the value of " + c.function.name + " on deployment")
}
