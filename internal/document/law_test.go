package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// trees generates plain values of every kind, at most depth deep.
func trees(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Bool().AsAny(),
		rapid.Int64().AsAny(),
		rapid.String().AsAny(),
		rapid.SampledFrom([]string{"", "yes", "~", "0x10", "2019-11-06", "<<", "// x", "a\nb", "\u2028", "\\", "\U0001f600", "- a: b"}).AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	list := rapid.Custom(func(t *rapid.T) any {
		return append([]any{}, rapid.SliceOfN(trees(depth-1), 0, 5).Draw(t, "list")...)
	})
	object := rapid.Custom(func(t *rapid.T) any {
		return rapid.MapOfN(rapid.String(), trees(depth-1), 0, 5).Draw(t, "object")
	})
	return rapid.OneOf(append(scalars, list, object, list, object)...)
}

func TestWhatIsWrittenReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := trees(4).Draw(t, "tree")
		indent := rapid.SampledFrom([]string{"", "  "}).Draw(t, "indent")
		text, err := Marshal(want, indent)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse("f", text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, d.Root().Any()); diff != "" {
			t.Fatalf("%s: %s", text, diff)
		}
		// Every value is found again by its path.
		for i := range uint32(len(d.tape)) {
			v := Value{doc: d, index: i}
			if path := v.Path(); path != "$" && !follow(d.Root(), path) {
				t.Fatalf("%s: nothing stands at %s", text, path)
			}
		}
	})
}

// follow reports whether a path as Path prints it leads to a value.
func follow(v Value, path string) bool {
	path = strings.TrimPrefix(path, "$")
	for path != "" {
		next := v.missing()
		for i, element := range enumerate(v) {
			if prefix := fmt.Sprintf("[%d]", i); strings.HasPrefix(path, prefix) {
				next, path = element, path[len(prefix):]
				break
			}
		}
		if !next.Exists() {
			longest := "" // one name may begin another
			for key, member := range v.Members() {
				if prefix := step(key.String()); strings.HasPrefix(path, prefix) && len(prefix) > len(longest) {
					longest, next = prefix, member
				}
			}
			path = path[len(longest):]
		}
		if !next.Exists() {
			return false
		}
		v = next
	}
	return true
}

func enumerate(v Value) []Value {
	var list []Value
	for element := range v.Elements() {
		list = append(list, element)
	}
	return list
}
