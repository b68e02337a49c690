package azure

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// ruler is a text whose column is the offset.
type ruler struct{}

func (ruler) Position(offset int) Position {
	return Position{File: "ruler.json", Line: 1, Column: offset + 1}
}

// A list that is read in place is the list that is read value by value,
// whatever stands in it and beside it.
func TestPlainPrefixesAreTermsToo(t *testing.T) {
	element := rapid.SampledFrom([]string{"10.0.0.0/8", "10.0.0.4", "10.0.0.4/32", "0.0.0.0/0", "fd00::/8", "Storage", "*", "10.0.0.1/8", "010.0.0.0", ""})
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(element, 0, 6).Draw(t, "list")
		fields := SideFields{At: ruler{}.Position(99)}
		if rapid.Bool().Draw(t, "singular") {
			fields.Singular = Given(element.Draw(t, "single"), ruler{}.Position(50))
		}
		if rapid.IntRange(0, 5).Draw(t, "groups") == 0 {
			fields.Groups = []Reference{{Text: "apps", At: ruler{}.Position(60)}}
		}
		inPlace, apart := fields, fields
		inPlace.Expect(len(texts), ruler{}, 0)
		for i, text := range texts {
			v := Given(text, ruler{}.Position(i))
			apart.Add(v)
			if !inPlace.AddPrefix(text, i) {
				inPlace.Add(v)
			}
		}
		got, gotProblems := MakeSide("source", inPlace)
		want, wantProblems := MakeSide("source", apart)
		if diff := cmp.Diff(sideOf(want, wantProblems), sideOf(got, gotProblems), sameTerms); diff != "" {
			t.Fatalf("%q: (-by value +in place)\n%s", texts, diff)
		}
	})
}

var sameTerms = cmp.Options{
	cmp.AllowUnexported(AddressTerm{}, groupAddress{}),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Comparer(func(a, b Reference) bool { return a.Text == b.Text }),
}

// sideOf is all that can be asked of a side.
func sideOf(s Side, problems diagnostic.List) map[string]any {
	all := map[string]any{"at": s.At, "length": s.Len(), "prefixes": s.PrefixCount(), "problems": problems.Error()}
	var terms, others []AddressTerm
	var prefixes []string
	for i, t := range s.Terms() {
		if i != len(terms) {
			panic("the indices are not those of the terms")
		}
		terms = append(terms, t)
	}
	for i, t := range s.OtherThanPrefixes() {
		if t.Text != s.Term(i).Text {
			panic("the index is not that of the term")
		}
		others = append(others, *t)
	}
	for p := range s.Prefixes() {
		prefixes = append(prefixes, p.String())
	}
	all["terms"], all["others"], all["the prefixes"] = terms, others, prefixes
	return all
}
