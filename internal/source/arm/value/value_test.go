package value

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

var here = diagnostic.Position{File: "t.json", Line: 1, Column: 1}

func str(s string) *Value { return OfString(s, here) }

func open(name string) *Value { return NotKnown(name, "nobody knows", here) }

// mixed is a text of known and unknown pieces; those that begin with "?" are
// unknown.
func mixed(parts ...string) *Value {
	var pieces []Piece
	for _, p := range parts {
		name, unknown := strings.CutPrefix(p, "?")
		pieces = append(pieces, Piece{Text: name, Unknown: unknown})
	}
	return OfPieces(pieces, "nobody knows", here)
}

func TestEqual(t *testing.T) {
	object := func(name string, v *Value) *Value { return OfObject([]Member{{name, v}}, here) }
	list := func(values ...*Value) *Value { return OfArray(values, here) }
	for _, row := range []struct {
		a, b *Value
		want Truth
	}{
		{str("a"), str("a"), Yes},
		{str("a"), str("A"), No},
		{OfInt(1, here), str("1"), No},
		{OfNull(here), nil, Yes},
		{OfNull(here), str(""), No},
		{object("Name", str("x")), object("name", str("x")), Yes},
		{object("name", str("x")), object("other", str("x")), No},
		{list(str("a")), list(str("a"), str("b")), No},
		{open("p"), open("p"), Yes},
		{open("p"), open("q"), Maybe},
		{open("p"), str("a"), Maybe},
		{mixed("?p", "/a"), mixed("?p", "/a"), Yes},
		{mixed("?p", "/a"), mixed("?p", "/b"), No},
		{mixed("x", "?p"), str("y"), No},
		{mixed("x", "?p"), str("xy"), Maybe},
		{list(open("p"), str("a")), list(open("q"), str("a")), Maybe},
		{list(open("p"), str("a")), list(open("q"), str("b")), No},
	} {
		for _, pair := range [][2]*Value{{row.a, row.b}, {row.b, row.a}} {
			if got := Equal(pair[0], pair[1]); got != row.want {
				t.Errorf("%s and %s: %d, want %d", pair[0].Print(), pair[1].Print(), got, row.want)
			}
		}
	}
}

func TestTextsOfPieces(t *testing.T) {
	for _, row := range []struct {
		v                    *Value
		name, render, values string
	}{
		{mixed("a", "b"), "", "ab", "'ab'"},
		{mixed("?p"), "p", "{p}", "p"},
		{mixed("?reference('/x')", "/", "s"), "{reference('/x')}/s", "{reference(':x')}/s", "'{reference('/x')}/s'"},
		{OfInt(7, here), "", "7", "7"},
		{OfBool(true, here), "", "True", "true"},
		{str("it's"), "", "it's", "'it''s'"},
	} {
		if row.v.Name() != row.name || row.v.Render() != row.render || row.v.Print() != row.values {
			t.Errorf("name %q, render %q, print %q; want %q, %q, %q", row.v.Name(), row.v.Render(), row.v.Print(), row.name, row.render, row.values)
		}
	}
	var parts []string
	for _, p := range mixed("a/", "?x/y", "b/", "c").Split("/") {
		parts = append(parts, p.Print())
	}
	if got := strings.Join(parts, " "); got != "'a' '{x/y}b' 'c'" {
		t.Errorf("split into %s", got)
	}
}

func TestMissingValuesMayBeAskedEverything(t *testing.T) {
	var v *Value
	if v.Get("a").Index(1).Kind() != Missing || v.Name() != "" || v.Why() != "" || !v.IsNull() || v.HasUnknown() || v.Moved(here) != nil || v.Elements() != nil || v.Members() != nil || v.JSON() != "null" {
		t.Error("a missing value is more than nothing")
	}
	u := open("p")
	if u.Get("a").Index(2).Name() != "p.a[2]" {
		t.Errorf("what is taken of an unknown value is %s", u.Get("a").Index(2).Name())
	}
}

func TestJSONEscapesWhatItMust(t *testing.T) {
	v := OfObject([]Member{{"a\"", OfArray([]*Value{str("\n\t\x01ü\\"), OfFloat("1.5", here), OfNull(here), OfBool(false, here)}, here)}}, here)
	if got := v.JSON(); got != `{"a\"":["\n\t\u0001ü\\",1.5,null,false]}` {
		t.Errorf("got %s", got)
	}
}

func TestLongValuesAreToldApart(t *testing.T) {
	long := func(last string) *Value {
		list := []*Value{}
		for range 100 {
			list = append(list, str("abc"))
		}
		return OfArray(append(list, str(last)), here)
	}
	a, b := long("x").Print(), long("y").Print()
	if a == b || len(a) > longest || a != long("x").Print() {
		t.Errorf("%s and %s", a, b)
	}
}
