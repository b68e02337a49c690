package document

import (
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Err returns a Diagnostic of code "duplicate-key" for an Ambiguous value,
// naming both places, and nil for any other.
func (v Value) Err() error {
	if d, ok := v.conflict(); ok {
		return d
	}
	return nil
}

func (v Value) conflict() (diagnostic.Diagnostic, bool) {
	if v.Kind() != Ambiguous {
		return diagnostic.Diagnostic{}, false
	}
	d := v.doc
	d.familyOnce.Do(d.meetFamily)
	again := Key{doc: d, index: v.index}
	object := Value{doc: d, index: d.family[v.index].parent}
	for key := range object.Members() {
		if key.EqualFold(again.String()) {
			return foldedDuplicate(key, again), true
		}
	}
	panic("document: an ambiguous value has no other member of its name")
}

func foldedDuplicate(first, again Key) diagnostic.Diagnostic {
	return diagnostic.Errorf("duplicate-key", again.Position(),
		"names %q and %q of one object differ only in case", first.String(), again.String()).
		WithRelated(first.Position(), "%q stands here", first.String()).
		WithHint("Azure takes both for one name: remove one of them")
}

// FoldedDuplicates returns one "duplicate-key" error for every member of v and
// of the objects in it whose name repeats that of an earlier member of the
// same object but for the case of ASCII letters (JSON-1), in the order of the
// file.
//
// It is not part of parsing because names may differ in case alone where they
// are a user's own, such as the variables of a Terraform plan.
func (v Value) FoldedDuplicates() diagnostic.List {
	if v.doc == nil || v.state != present {
		return nil
	}
	var found diagnostic.List
	for i, end := v.index, v.node().next; i < end; i++ {
		if object := (Value{doc: v.doc, index: i}); object.is(Object) {
			found = object.appendFolded(found)
		}
	}
	found.Sort()
	return found
}

// appendFolded reports the members of one object that repeat a name.
func (v Value) appendFolded(found diagnostic.List) diagnostic.List {
	const few = 16 // below, comparing each with each beats a map
	if v.Len() <= few {
		var room [few]Key
		seen := room[:0]
		for key := range v.Members() {
			name := key.String()
			i := slices.IndexFunc(seen, func(k Key) bool { return k.EqualFold(name) })
			if i >= 0 {
				found = append(found, foldedDuplicate(seen[i], key))
				continue
			}
			seen = append(seen, key)
		}
		return found
	}
	seen := map[string]Key{}
	for key := range v.Members() {
		name := fold(key.String())
		if first, ok := seen[name]; ok {
			found = append(found, foldedDuplicate(first, key))
			continue
		}
		seen[name] = key
	}
	return found
}
