package document

import "strconv"

// Kind is what a value is.
type Kind uint8

// The kinds of a Value. The first and the last never stand in a file.
const (
	// Missing is a value that is not there: a member that does not exist, an
	// index beyond the end, or anything asked of a value that has no members.
	Missing Kind = iota
	Null         // null, or ~ and nothing in YAML
	Bool         // true or false
	Number       // any number; see Value.Int for whole ones
	String       // text
	Array        // a list of elements
	Object       // a set of members with distinct names
	// Ambiguous is the answer of GetFold where two names differ only in case.
	Ambiguous
)

var kindNames = [...]string{
	Missing: "missing", Null: "null", Bool: "a boolean", Number: "a number",
	String: "a string", Array: "an array", Object: "an object", Ambiguous: "ambiguous",
}

// String returns the kind as a message would say it, such as "an array".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}
