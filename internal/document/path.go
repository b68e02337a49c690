package document

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Path returns where v stands in its document, such as
// $.resources[3].properties.securityRules[0]. The path of a Missing value is
// that of the innermost value that exists; the zero Value has none.
func (v Value) Path() string {
	if v.doc == nil {
		return ""
	}
	d := v.doc
	d.familyOnce.Do(d.meetFamily)
	var steps []string
	for i := v.index; i != 0; i = d.family[i].parent {
		k := d.family[i]
		switch {
		case d.tape[k.parent].kind == Array:
			steps = append(steps, "["+strconv.Itoa(int(k.ordinal))+"]")
		default:
			steps = append(steps, step(d.scalar(k.ordinal)))
		}
	}
	slices.Reverse(steps)
	return "$" + strings.Join(steps, "")
}

// meetFamily finds the parent of every entry. A member's name counts as the
// value it names.
func (d *Document) meetFamily() {
	d.family = make([]kin, len(d.tape))
	for i := range uint32(len(d.tape)) {
		container := Value{doc: d, index: i}
		ordinal := uint32(0)
		for element := range container.Elements() {
			d.family[element.index] = kin{parent: i, ordinal: ordinal}
			ordinal++
		}
		// The tape has no mark on names; they are strings, without elements.
		for key, member := range container.Members() {
			d.family[key.index] = kin{parent: i, ordinal: key.index}
			d.family[member.index] = kin{parent: i, ordinal: key.index}
		}
	}
}

// step writes one member of a path: plain where the name is an ordinary word.
func step(name string) string {
	for i := range len(name) {
		c := lower(name[i])
		if c != '_' && (c < 'a' || c > 'z') && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return "[" + strconv.Quote(name) + "]"
		}
	}
	if name == "" {
		return `[""]`
	}
	return "." + name
}

// Mismatch returns the diagnostic for a value that is not what a reader
// expects, such as v.Mismatch("a whole number"): code "wrong-type", or
// v.Err() for an ambiguous value.
func (v Value) Mismatch(want string) diagnostic.Diagnostic {
	if d, ok := v.conflict(); ok {
		return d
	}
	return diagnostic.Errorf("wrong-type", v.Position(), "%s is %s, expected %s", v.Path(), v.Kind(), want)
}
