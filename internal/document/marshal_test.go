package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

func TestMarshalIsStable(t *testing.T) {
	v := struct {
		Schema string            `json:"schema"`
		List   []string          `json:"list"`
		Map    map[string]int    `json:"map"`
		Names  map[string]string `json:"names"`
		Zero   int               `json:"zero,omitzero"`
		At     diagnostic.List   `json:"at"`
	}{
		Schema: "wayleave.check/v1 <&> \xff",
		Names:  map[string]string{"b": "2", "a": "1", "c": "\u2028"},
		At:     diagnostic.List{diagnostic.Warningf("old", diagnostic.Position{File: "f", Line: 1, Column: 2}, "x")},
	}
	want := `{
  "schema": "wayleave.check/v1 <&> ` + "\ufffd" + `",
  "list": [],
  "map": {},
  "names": {
    "a": "1",
    "b": "2",
    "c": "` + "\u2028" + `"
  },
  "at": [
    {
      "code": "old",
      "severity": "warning",
      "message": "x",
      "at": {
        "file": "f",
        "line": 1,
        "column": 2
      }
    }
  ]
}`
	for range 10 {
		got, err := Marshal(v, "  ")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Fatal(diff)
		}
		var written strings.Builder
		if err := Write(&written, v, "  "); err != nil || strings.TrimSuffix(written.String(), "\n") != want {
			t.Fatalf("written as it comes it is %s, %v", written.String(), err)
		}
	}
	line, err := Marshal(map[string][]int{"b": nil, "a": {1}}, "")
	if err != nil || string(line) != `{"a":[1],"b":[]}` {
		t.Errorf("%s, %v", line, err)
	}
	if _, err := Marshal(make(chan int), ""); err == nil {
		t.Error("a channel is not JSON")
	}
}

// Texts are quoted and indented as a list of strings is.
func TestTextsAreWrittenAsStringsAre(t *testing.T) {
	texts := []string{"10.0.0.0/8", `<a "b">`, "\xff\u2028", ""}
	one := []byte{}
	yielded := Texts(func(yield func([]byte) bool) {
		for _, text := range texts {
			if one = append(one[:0], text...); !yield(one) {
				return
			}
		}
	})
	for _, indent := range []string{"", "  "} {
		want, err := Marshal(map[string][]string{"list": texts, "none": {}}, indent)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Marshal(map[string]Texts{"list": yielded, "none": nil}, indent)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
