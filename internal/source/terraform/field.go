package terraform

import (
	"strconv"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// notYet is why a value that the plan marks as unknown is not known.
const notYet = "known only after apply"

// field is one value of a resource instance: what the plan states of it, and
// the same place of "after_unknown". A value known after apply is missing from
// the first and true in the second; null, "", [] and missing are "not set".
type field struct {
	value   document.Value
	unknown document.Value
	// name of the field for people and as identity of an unknown:
	// azurerm_subnet.a.address_prefixes[0].
	name string
	// problems collects values of a wrong type.
	problems *diagnostic.List
}

func (f field) at() azure.Position {
	if f.value.Exists() || !f.unknown.Exists() {
		return f.value.Position()
	}
	return f.unknown.Position()
}

// get is the member of an object.
func (f field) get(name string) field {
	g := field{value: f.value.Get(name), unknown: f.unknown, name: f.name + "." + name, problems: f.problems}
	if !f.isUnknown() {
		g.unknown = f.unknown.Get(name)
	}
	return g
}

// isUnknown reports whether nothing at all is known of the value.
func (f field) isUnknown() bool {
	unknown, _ := f.unknown.Bool()
	return unknown
}

// mayBeUnknown reports whether the value or a part of it is not known.
func (f field) mayBeUnknown() bool { return f.isUnknown() || containsTrue(f.unknown) }

func containsTrue(v document.Value) bool {
	if b, _ := v.Bool(); b {
		return true
	}
	for element := range v.Elements() {
		if containsTrue(element) {
			return true
		}
	}
	for _, member := range v.Members() {
		if containsTrue(member) {
			return true
		}
	}
	return false
}

// isSet reports whether the value is given, known or not.
func (f field) isSet() bool {
	if f.mayBeUnknown() {
		return true
	}
	switch f.value.Kind() {
	case document.String:
		s, _ := f.value.String()
		return s != ""
	case document.Array, document.Object:
		return f.value.Len() > 0
	case document.Missing, document.Null:
		return false
	}
	return true
}

// open is the unknown that stands for this field.
func (f field) open() *azure.Unknown { return f.openBecause(notYet) }

func (f field) openBecause(why string) *azure.Unknown {
	return &azure.Unknown{Name: f.name, Why: why, At: f.at()}
}

// text is a scalar as text; numbers and booleans as they are written.
func (f field) text() azure.Value[string] {
	if f.isUnknown() {
		return azure.NotKnown[string](f.open())
	}
	switch f.value.Kind() {
	case document.String:
		s, _ := f.value.String()
		return azure.Given(s, f.at())
	case document.Number:
		n, _ := f.value.Number()
		return azure.Given(n, f.at())
	case document.Bool:
		b, _ := f.value.Bool()
		return azure.Given(strconv.FormatBool(b), f.at())
	case document.Array, document.Object:
		*f.problems = append(*f.problems, f.value.Mismatch("one value"))
		return azure.NotKnown[string](f.openBecause("the value has a wrong type"))
	}
	return azure.Value[string]{}
}

// known is the text of a scalar that is set and known, else "".
func (f field) known() string { return f.text().Or("") }

// boolean is a boolean.
func (f field) boolean() azure.Value[bool] { return parsed(f, azure.ParseBool) }

// parsed applies one of azure's Parse functions to a scalar.
func parsed[T any](f field, parse func(string, azure.Position) (azure.Value[T], diagnostic.List)) azure.Value[T] {
	v, problems := azure.Parsed(f.text(), parse)
	*f.problems = append(*f.problems, problems...)
	return v
}

// parsedList applies one of azure's Parse functions to a list of scalars.
func parsedList[T any](f field, parse func(string, azure.Position) (azure.Value[T], diagnostic.List)) []azure.Value[T] {
	var values []azure.Value[T]
	for _, e := range f.elements() {
		if v := parsed(e, parse); v.IsSet() {
			values = append(values, v)
		}
	}
	return values
}

// texts is a list of scalars. A list of which nothing is known is one unknown
// element.
func (f field) texts() []azure.Value[string] {
	var values []azure.Value[string]
	for _, e := range f.elements() {
		if v := e.text(); v.IsSet() {
			values = append(values, v)
		}
	}
	return values
}

// elements are the elements of a list, a set or nested blocks. A list of which
// nothing is known is one unknown element. A single scalar counts as a list of
// one: older providers have some of today's lists as scalars.
func (f field) elements() []field {
	if f.isUnknown() {
		return []field{f}
	}
	switch f.value.Kind() {
	case document.Missing, document.Null:
		if !f.mayBeUnknown() {
			return nil
		}
	case document.Array:
	default:
		return []field{f}
	}
	var list []field
	values, marks := collect(f.value), collect(f.unknown)
	absent := f.value.Get("") // Missing, in the place of the list
	for i := range max(len(values), len(marks)) {
		e := field{value: absent, name: f.name + "[" + strconv.Itoa(i) + "]", problems: f.problems}
		if i < len(values) {
			e.value = values[i]
		}
		if i < len(marks) {
			e.unknown = marks[i]
		}
		list = append(list, e)
	}
	return list
}

func collect(v document.Value) []document.Value {
	var list []document.Value
	for element := range v.Elements() {
		list = append(list, element)
	}
	return list
}
