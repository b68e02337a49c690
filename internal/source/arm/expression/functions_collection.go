package expression

import (
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array
var collectionFunctions = []function{
	{"empty", 1, 1, empty},
	{"length", 1, 1, length},
	{"union", 1, -1, union},
	{"createArray", 0, -1, func(c *invocation) (*value.Value, error) {
		args, err := c.all()
		if err != nil {
			return nil, err
		}
		return c.madeArray(args)
	}},
	{"contains", 2, 2, contains},
	{"first", 1, 1, func(c *invocation) (*value.Value, error) { return one(c, 0) }},
	{"last", 1, 1, func(c *invocation) (*value.Value, error) { return one(c, -1) }},
	{"take", 2, 2, func(c *invocation) (*value.Value, error) { return part(c, true) }},
	{"skip", 2, 2, func(c *invocation) (*value.Value, error) { return part(c, false) }},
	{"range", 2, 2, numberRange},
	{"array", 1, 1, array},
	{"flatten", 1, 1, flatten},
	{"intersection", 2, -1, intersection},
	{"indexFromEnd", 2, -1, fromEnd},
	{"tryIndexFromEnd", 2, -1, fromEnd},
}

func empty(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	switch v.Kind() {
	case value.Unknown:
		if v.IsFilled() {
			return value.OfBool(false, c.at), nil
		}
		return c.unknown()
	case value.Missing, value.Null:
		return value.OfBool(true, c.at), nil
	case value.String, value.Array, value.Object:
		return value.OfBool(sizeOf(v) == 0, c.at), nil
	}
	return nil, c.wrong(0, "a string, an array or an object")
}

// sizeOf is the length of a known text, array or object.
func sizeOf(v *value.Value) int {
	if s, ok := v.Text(); ok {
		return len(units(s))
	}
	return len(v.Elements()) + len(v.Members())
}

func length(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	switch v.Kind() {
	case value.Unknown:
		return c.unknown()
	case value.String, value.Array, value.Object:
		return value.OfInt(int64(sizeOf(v)), c.at), nil
	}
	return nil, c.wrong(0, "a string, an array or an object")
}

// union joins arrays without repetitions, or objects, of which the later ones
// count; objects within objects are joined likewise.
func union(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(args, (*value.Value).IsUnknown) {
		return c.unknown()
	}
	kind := args[0].Kind()
	if kind != value.Array && kind != value.Object {
		return nil, c.wrong(0, "an array or an object")
	}
	for i, a := range args {
		if a.Kind() != kind {
			return nil, c.wrong(i, kind.String()+" like the first")
		}
	}
	if kind == value.Array {
		return c.unionOfArrays(args)
	}
	joined := args[0]
	for _, a := range args[1:] {
		if !c.budget.Spend(len(joined.Members()) + len(a.Members())) {
			return nil, tooMuch(c.call)
		}
		joined = merged(joined, a)
	}
	return joined, nil
}

func (c *invocation) unionOfArrays(args []*value.Value) (*value.Value, error) {
	var list []*value.Value
	for _, a := range args {
		for _, e := range a.Elements() {
			if !c.budget.Spend(1 + len(list)/64) {
				return nil, tooMuch(c.call)
			}
			if !slices.ContainsFunc(list, func(have *value.Value) bool { return value.Equal(have, e) == value.Yes }) {
				list = append(list, e)
			}
		}
	}
	return c.madeArray(list)
}

// intersection keeps what all arrays have, or the members that all objects have
// with one value.
func intersection(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(args, (*value.Value).HasUnknown) {
		return c.unknown()
	}
	first := args[0]
	if first.Kind() != value.Array && first.Kind() != value.Object {
		return nil, c.wrong(0, "an array or an object")
	}
	elements, members := slices.Clone(first.Elements()), slices.Clone(first.Members())
	for i, a := range args[1:] {
		if a.Kind() != first.Kind() {
			return nil, c.wrong(i+1, first.Kind().String()+" like the first")
		}
		if !c.budget.Spend(1 + (len(elements)*len(a.Elements())+len(members)*len(a.Members()))/64) {
			return nil, tooMuch(c.call)
		}
		elements = slices.DeleteFunc(elements, func(e *value.Value) bool {
			return !slices.ContainsFunc(a.Elements(), func(other *value.Value) bool { return value.Equal(e, other) == value.Yes })
		})
		members = slices.DeleteFunc(members, func(m value.Member) bool {
			return value.Equal(m.Value, a.Get(m.Name)) != value.Yes
		})
	}
	if first.Kind() == value.Object {
		return value.OfObject(members, c.at), nil
	}
	return c.madeArray(elements)
}

func contains(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	in, what := args[0], args[1]
	switch {
	case in.IsUnknown():
		return c.unknown()
	case in.Kind() == value.Array:
		answer := value.No
		for _, e := range in.Elements() {
			switch value.Equal(e, what) {
			case value.Yes:
				return value.OfBool(true, c.at), nil
			case value.Maybe:
				answer = value.Maybe
			}
		}
		if answer == value.Maybe {
			return c.unknown()
		}
		return value.OfBool(false, c.at), nil
	case what.IsUnknown():
		return c.unknown()
	}
	pieces, ok := what.Pieces()
	if !ok {
		return nil, c.wrong(1, "a string")
	}
	if in.Kind() == value.Object {
		return value.OfBool(in.Get(pieces[0].Text) != nil, c.at), nil
	}
	s, ok := in.Text()
	if !ok {
		return nil, c.wrong(0, "a string, an array or an object")
	}
	return value.OfBool(strings.Contains(s, pieces[0].Text), c.at), nil
}

// one is the first or the last element of an array or character of a text; null
// or empty where there is none.
func one(c *invocation, i int) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if v.IsUnknown() {
		return c.unknown()
	}
	if s, ok := v.Text(); ok {
		text := units(s)
		switch {
		case len(text) == 0:
			return v, nil
		case i < 0:
			text = text[len(text)-1:]
		}
		return value.OfString(string(utf16.Decode(text[:1])), c.at), nil
	}
	if v.Kind() != value.Array {
		return nil, c.wrong(0, "an array or a string")
	}
	list := v.Elements()
	switch {
	case len(list) == 0:
		return value.OfNull(c.at), nil
	case i < 0:
		return list[len(list)-1], nil
	}
	return list[0], nil
}

// part is take and skip: the first elements or characters, or all but those.
func part(c *invocation, front bool) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	n, known, err := c.intArg(1)
	if err != nil {
		return nil, err
	}
	if v.IsUnknown() || !known {
		return c.unknown()
	}
	if s, ok := v.Text(); ok {
		return value.OfString(string(utf16.Decode(cut(units(s), n, front))), c.at), nil
	}
	if v.Kind() != value.Array {
		return nil, c.wrong(0, "an array or a string")
	}
	return c.madeArray(cut(v.Elements(), n, front))
}

func cut[T any](list []T, n int64, front bool) []T {
	at := min(max(n, 0), int64(len(list)))
	if front {
		return list[:at]
	}
	return list[at:]
}

// maxRange is the largest count of the function range.
const maxRange = 10_000

func numberRange(c *invocation) (*value.Value, error) {
	start, known, err := c.intArg(0)
	if err != nil {
		return nil, err
	}
	count, known1, err := c.intArg(1)
	if err != nil {
		return nil, err
	}
	if !known || !known1 {
		return c.unknown()
	}
	if count < 0 || count > maxRange {
		return nil, fail(c.args[1], "range has a count of %d, expected 0 to %d", count, maxRange)
	}
	list := make([]*value.Value, count)
	for i := range list {
		list[i] = value.OfInt(start+int64(i), c.at)
	}
	return c.madeArray(list)
}

func array(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	switch {
	case err != nil:
		return nil, err
	case v.IsUnknown():
		return c.unknown()
	case v.Kind() == value.Array:
		return v, nil
	}
	return c.madeArray([]*value.Value{v})
}

// flatten joins the arrays in an array, one level of them.
func flatten(c *invocation) (*value.Value, error) {
	list, err := c.over()
	if err != nil {
		return nil, err
	}
	if list == nil {
		return c.unknown()
	}
	flat := []*value.Value{}
	for _, e := range list {
		if e.IsUnknown() {
			return c.unknown()
		}
		if e.Kind() != value.Array {
			return nil, fail(c.args[0], "flatten is given an array with %s in it, expected arrays", e.Kind())
		}
		flat = append(flat, e.Elements()...)
	}
	return c.madeArray(flat)
}
