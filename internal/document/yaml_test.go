package document

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

func TestYAMLGivesTheTreeOfTheSameJSON(t *testing.T) {
	for _, row := range []struct{ yaml, json string }{
		{"a: 1\nb: [x, 'y', \"z\"]\n", `{"a": 1, "b": ["x", "y", "z"]}`},
		{"- {a: ~, b: null, c: }\n- true\n- False\n", `[{"a": null, "b": null, "c": null}, true, false]`},
		// Dates stay strings, and so do the words YAML 1.1 took for booleans.
		{"[2019-11-06, yes, off, \"443\", 0.0.0.0/8]", `["2019-11-06", "yes", "off", "443", "0.0.0.0/8"]`},
		{"[0x10, 0o17, 1_000, -5, 1.50, 1e3, 18446744073709551615]", `[16, 15, 1000, -5, 1.5, 1000, 18446744073709551615]`},
		{"443: a\ntrue: b\n~: c\n", `{"443": "a", "true": "b", "~": "c"}`},
		{"a: |\n  one\n  two\nb: >\n  one\n  two\n", `{"a": "one\ntwo\n", "b": "one two\n"}`},
		{"a: &x {p: [1]}\nb: *x\nc: [*x, *x]\n", `{"a": {"p": [1]}, "b": {"p": [1]}, "c": [{"p": [1]}, {"p": [1]}]}`},
		{"a: !!str 5\nb: !!int \"5\"\n", `{"a": "5", "b": 5}`},
		{"&k key: 1\nb: {*k : 2}\n", `{"key": 1, "b": {"key": 2}}`},
		{`{"json": [1, {"is": "yaml\u00e9"}]}`, `{"json": [1, {"is": "yamlé"}]}`},
	} {
		if diff := cmp.Diff(doc(t, row.json).Any(), yamlDoc(t, row.yaml).Any()); diff != "" {
			t.Errorf("%q: %s", row.yaml, diff)
		}
	}
}

func TestYAMLPositionsAreBytes(t *testing.T) {
	root := yamlDoc(t, "\ufeff# ü\ngrün: {a: ü, b: x}\r\nlist:\n  - one\n  - \"two\"\n  - &n three\n# one\u2028# two\r\nlast: *n\n")
	for path, at := range map[string]string{
		"$": "2:1", "$[\"grün\"]": "2:8", "$[\"grün\"].b": "2:19", "$.list[1]": "5:5", "$.last": "6:5",
	} {
		v := find(root, path)
		if got := v.Position(); got.String() != "profile.yaml:"+at {
			t.Errorf("%s stands at %s, want %s", path, got, at)
		}
	}
	for key := range root.Members() {
		if key.String() == "last" && key.Position().Line != 8 {
			t.Errorf("last is named at %s", key.Position())
		}
	}
	if root.Raw() != "" {
		t.Error("YAML has no raw text")
	}
}

// find returns the value with this path in the tree of v, or the zero Value.
func find(v Value, path string) Value {
	if v.Path() == path {
		return v
	}
	for element := range v.Elements() {
		if found := find(element, path); found.Exists() {
			return found
		}
	}
	for _, member := range v.Members() {
		if found := find(member, path); found.Exists() {
			return found
		}
	}
	return Value{}
}

func TestAliasBombsAreRefused(t *testing.T) {
	var deep strings.Builder
	deep.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 30 {
		fmt.Fprintf(&deep, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d]\n", i+1, i+1, i, i, i, i, i)
	}
	long := "a: &a \"" + strings.Repeat("x", 1<<16) + "\"\nb: [" + strings.Repeat("*a,", 1<<16) + "]\n"
	for name, text := range map[string]string{"many": deep.String(), "long": long} {
		started := time.Now()
		_, err := ParseYAML("f", []byte(text), Options{MaxNodes: 1 << 20})
		if d := refused(t, err); d.Code != "too-many-values" && d.Code != "file-too-large" && d.Code != "yaml-syntax" {
			t.Errorf("%s: %v", name, d)
		}
		if took := time.Since(started); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

type profile struct {
	Service string  `yaml:"service"`
	Since   string  `yaml:"since"`
	Rows    []row   `yaml:"rows"`
	Limits  *limits `yaml:"limits"`
	Extra   map[string]int
	common  `yaml:",inline"`
	hidden  int
	Ignored int `yaml:"-"`
}

type common struct {
	Notes string `yaml:"notes"`
}

type row struct {
	ID    string   `yaml:"id"`
	Ports []string `yaml:"ports"`
}

type limits struct {
	Count int     `yaml:"count"`
	Hard  bool    `yaml:"hard"`
	Share float64 `yaml:"share"`
}

func TestDecodeYAML(t *testing.T) {
	text := "service: ise\nsince: 2019-11-06\nrows:\n  - {id: a, ports: [443, \"80\"]}\n  - id: b\nlimits: {count: 4, hard: true}\nextra: {x: 1}\n"
	var got profile
	d, err := DecodeYAML("p.yaml", []byte(text), Options{}, &got)
	if err != nil {
		t.Fatal(err)
	}
	want := profile{
		Service: "ise", Since: "2019-11-06", Extra: map[string]int{"x": 1}, Limits: &limits{Count: 4, Hard: true},
		Rows: []row{{"a", []string{"443", "80"}}, {"b", nil}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(profile{}, common{})); diff != "" {
		t.Error(diff)
	}
	if at := d.Root().Get("rows").Index(1).Get("id").Position().String(); at != "p.yaml:5:9" {
		t.Errorf("the second id stands at %s", at)
	}
}

func TestDecodeYAMLExplainsWhatDoesNotFit(t *testing.T) {
	text := "service: [a]\nrows:\n  - {id: a, port: 443}\n  - text\nlimits: {count: many, hard: 3, share: x}\nIgnored: 1\nextra: {x: y}\n"
	var got profile
	_, err := DecodeYAML("p.yaml", []byte(text), Options{}, &got)
	var list diagnostic.List
	if !errors.As(err, &list) {
		t.Fatalf("got %v, want a list", err)
	}
	var b strings.Builder
	for _, d := range list {
		if err := diagnostic.Format(&b, d); err != nil {
			t.Fatal(err)
		}
	}
	want := `p.yaml:1:10: error: found a list, expected text [wrong-type]
p.yaml:3:13: error: unknown field "port" [unknown-field]
  hint: known fields: id, ports
p.yaml:4:5: error: found the text "text", expected a mapping [wrong-type]
p.yaml:5:17: error: found the text "many", expected a whole number [wrong-type]
p.yaml:5:29: error: found the number "3", expected true or false [wrong-type]
p.yaml:5:39: error: found the text "x", expected a number [wrong-type]
p.yaml:6:1: error: unknown field "Ignored" [unknown-field]
  hint: known fields: extra, limits, notes, rows, service, since
p.yaml:7:12: error: found the text "y", expected a whole number [wrong-type]
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	if _, err := DecodeYAML("p.yaml", []byte("a: ["), Options{}, &got); refused(t, err).Code != "yaml-syntax" {
		t.Errorf("got %v", err)
	}
}

func TestManyNamesAreReadInLinearTime(t *testing.T) {
	var yaml, json strings.Builder
	json.WriteString("{")
	const many = 100_000
	for i := range many {
		fmt.Fprintf(&yaml, "k%d: 1\n", i)
		fmt.Fprintf(&json, "\"k%d\":1,", i)
	}
	json.WriteString("\"last\":1}")
	started := time.Now()
	var into map[string]int
	if _, err := DecodeYAML("f", []byte(yaml.String()), Options{}, &into); err != nil || len(into) != many {
		t.Errorf("%d names, %v", len(into), err)
	}
	if l := doc(t, json.String()).FoldedDuplicates(); l != nil {
		t.Error(l)
	}
	// Comparing each name with each would take minutes.
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
