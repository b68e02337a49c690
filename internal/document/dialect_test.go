package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARMDialectMeansTheSameAsStrictJSON(t *testing.T) {
	for _, row := range []struct{ arm, strict string }{
		{"[1, // one\n2]", "[1,2]"},
		{"// first\r\n[1] // last", "[1]"},
		{"[1 /* // */, /* \" */ 2]", "[1,2]"},
		{`["// x", "/* y */", "\\", "\"//"]`, `["// x", "/* y */", "\\", "\"//"]`},
		{"[1, 2,]", "[1,2]"},
		{"{\"a\": 1, /* x */ }", `{"a":1}`},
		{"[[1,],{},]", "[[1],{}]"},
		{"\"a\n\tb\r\nc\"", `"a\n\tb\r\nc"`},
		{"\"a\n\\u00e9\\\"\nb\"", `"a\né\"\nb"`},
		{"{\"a\nb\": 1}", `{"a\nb":1}`},
		{"[1,/**/]", "[1]"},
		{"/***/[]", "[]"},
	} {
		want := row.strict
		if diff := cmp.Diff(doc(t, want).Any(), doc(t, row.arm).Any()); diff != "" {
			t.Errorf("%q: %s", row.arm, diff)
		}
	}
}

func TestARMDialectStaysStrictElsewhere(t *testing.T) {
	for _, text := range []string{
		"[,]", "{,}", "[1,,]", "[1,,2]", ",[]", "[],", "{\"a\":,}", "{\"a\",}", "[1 2]", "[/]", "[1]/", "/*", "/*/",
		"['a']", "{a:1}", "[1] [2]", "# x\n[]", "\"a\x00b\"", "\"a\\\nb\"", "[\"a\n]", "{\"a\":1,\"a\":2,}", "//", "[01,]",
		"[1,/*]", "\"\x0b\"",
	} {
		if d, err := Parse("f", []byte(text), Options{Dialect: ARM}); err == nil {
			t.Errorf("%q is accepted as %v", text, d.Root().Any())
		}
	}
}

func TestStrictJSONHasNoDialect(t *testing.T) {
	for _, text := range []string{"[1,]", "[1] // x", "/* x */ [1]", "\"a\nb\"", "\"a\tb\""} {
		if _, err := Parse("f", []byte(text), Options{}); err == nil {
			t.Errorf("%q is accepted as strict JSON", text)
		}
		if _, err := Parse("f", []byte(text), Options{Dialect: ARM}); err != nil {
			t.Errorf("%q is refused in the ARM dialect: %v", text, err)
		}
	}
}

func TestPositionsStayTrueInTheARMDialect(t *testing.T) {
	root := doc(t, sample)
	for _, row := range []struct {
		v        Value
		at, text string
	}{
		{root.Get("name"), "plan.json:3:11", "hüb \"x\""},
		{root.Get("location"), "plan.json:5:15", "[\n    parameters('location')\n  ]"},
		{root.Get("rules").Index(2), "plan.json:8:52", ""},
		{root.Get("ä"), "plan.json:9:9", ""},
	} {
		if row.v.Position().String() != row.at {
			t.Errorf("%s stands at %s, want %s", row.v.Path(), row.v.Position(), row.at)
		}
		if s, _ := row.v.String(); s != row.text {
			t.Errorf("%s is %q, want %q", row.v.Path(), s, row.text)
		}
	}
}

func TestByteOrderMarkAndCRLF(t *testing.T) {
	for _, text := range []string{"\ufeff{\r\n  \"a\": \"b\"\r\n}", "\ufeffa: 1\r\na2: b\r\n"} {
		d, err := ParseYAML("f", []byte(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for key, v := range d.Root().Members() {
			if strings.Contains(text, "{") && (key.Position().String() != "f:2:3" || v.Position().String() != "f:2:8") {
				t.Errorf("%s at %s, its value at %s", key, key.Position(), v.Position())
			}
		}
		if d.Root().Position().String() != "f:1:1" {
			t.Errorf("the root is at %s", d.Root().Position())
		}
	}
	d, err := Parse("f", []byte("\ufeff{\r\n  \"a\": \"b\"\r\n}"), Options{})
	if err != nil || d.Root().Position().String() != "f:1:1" || d.Root().Get("a").Position().String() != "f:2:8" {
		t.Errorf("%v", err)
	}
}
