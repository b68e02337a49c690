package azure

import "github.com/wayleave/wayleave/internal/diagnostic"

// Position is the place of a value in an input file.
type Position = diagnostic.Position

// Unknown is the identity of a value the input does not tell: known only
// after apply, a template parameter without value, a reference that nothing
// resolves. Two unknowns with equal Name are the same value; unknowns with
// different names may or may not be equal.
type Unknown struct {
	// Name identifies the value, for example the Terraform expression
	// "azurerm_subnet.a.address_prefixes[0]" or the template expression
	// "reference('fw').ipConfigurations[0].properties.privateIPAddress".
	Name string
	// Why says in words why the value is not known: "known only after apply".
	Why string
	// At is where the input leaves the value open.
	At Position
}

// Value is one property of a resource: set, not set, or unknown. The zero
// Value is not set (NSG-14: an empty string, null, an empty list and a missing
// property are all "not set", never "*").
type Value[T any] struct {
	// V is the value when the property is set and known, else the zero T.
	V T
	// Unknown is not nil when the property is given but its value is not known.
	Unknown *Unknown
	// At is where the property stands; the zero Position when not set.
	At Position

	set bool
}

// Of is a known value.
func Of[T any](v T, at Position) Value[T] { return Value[T]{V: v, At: at, set: true} }

// NotKnown is a value that is given but unknown.
func NotKnown[T any](u *Unknown) Value[T] { return Value[T]{Unknown: u, At: u.At, set: true} }

// IsSet reports whether the property is given, known or not.
func (v Value[T]) IsSet() bool { return v.set }

// Known returns the value and true when it is given and known.
func (v Value[T]) Known() (T, bool) { return v.V, v.set && v.Unknown == nil }

// Or returns the value when it is given and known, else the default.
func (v Value[T]) Or(otherwise T) T {
	if k, ok := v.Known(); ok {
		return k
	}
	return otherwise
}
