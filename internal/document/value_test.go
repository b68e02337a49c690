package document

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// doc parses a text in the ARM dialect and fails the test if it is refused.
func doc(t testing.TB, text string) Value {
	t.Helper()
	d, err := Parse("plan.json", []byte(text), Options{Dialect: ARM})
	if err != nil {
		t.Fatal(err)
	}
	return d.Root()
}

// yamlDoc parses a YAML text and fails the test if it is refused.
func yamlDoc(t testing.TB, text string) Value {
	t.Helper()
	d, err := ParseYAML("profile.yaml", []byte(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Root()
}

const network = `{
  "name": "hub",
  "properties": {
    "securityRules": [
      {"name": "first", "priority": 100, "open": true},
      {"name": "sec\u006fnd", "priority": -1, "open": false, "note": null}
    ]
  }
}`

func TestNavigation(t *testing.T) {
	rules := doc(t, network).Get("properties").Get("securityRules")
	if rules.Kind() != Array || rules.Len() != 2 {
		t.Fatalf("%s of %d", rules.Kind(), rules.Len())
	}
	second := rules.Index(1)
	if name, ok := second.Get("name").String(); name != "second" || !ok {
		t.Errorf("name %q, %v", name, ok)
	}
	if priority, ok := second.Get("priority").Int(); priority != -1 || !ok {
		t.Errorf("priority %d, %v", priority, ok)
	}
	if open, ok := second.Get("open").Bool(); open || !ok {
		t.Errorf("open %v, %v", open, ok)
	}
	if open, ok := rules.Index(0).Get("open").Bool(); !open || !ok {
		t.Errorf("open %v, %v", open, ok)
	}
	var names []string
	for rule := range rules.Elements() {
		for key := range rule.Members() {
			names = append(names, key.String()+"@"+key.Position().String())
		}
		break
	}
	want := []string{"name@plan.json:5:8", "priority@plan.json:5:25", "open@plan.json:5:42"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestPositionsAndPaths(t *testing.T) {
	root := doc(t, network)
	rules := root.Get("properties").Get("securityRules")
	for _, row := range []struct {
		v    Value
		path string
		at   string
	}{
		{root, "$", "plan.json:1:1"},
		{root.Get("name"), "$.name", "plan.json:2:11"},
		{rules, "$.properties.securityRules", "plan.json:4:22"},
		{rules.Index(1), "$.properties.securityRules[1]", "plan.json:6:7"},
		{rules.Index(1).Get("note"), "$.properties.securityRules[1].note", "plan.json:6:70"},
		// What is missing points at the innermost value that exists.
		{rules.Index(1).Get("access").Get("x").Index(3), "$.properties.securityRules[1]", "plan.json:6:7"},
		{rules.Index(2), "$.properties.securityRules", "plan.json:4:22"},
		{Value{}, "", "-"},
		{Value{}.Get("x").Index(0).GetFold("y"), "", "-"},
		{doc(t, `{"a b": {"": [[1]]}}`).Get("a b").Get("").Index(0).Index(0), `$["a b"][""][0][0]`, "plan.json:1:16"},
		{doc(t, `{"1a": {"x-1": 2}}`).Get("1a").Get("x-1"), `$["1a"].x-1`, "plan.json:1:16"},
	} {
		if row.v.Path() != row.path || row.v.Position().String() != row.at {
			t.Errorf("%s at %s, want %s at %s", row.v.Path(), row.v.Position(), row.path, row.at)
		}
	}
}

// A line begins after each line feed, wherever it stands.
func TestEveryOffsetHasItsLine(t *testing.T) {
	for _, text := range []string{
		"1", "1\n", "\n\n1\n\n", "\r\n{\r\n}\r\n", "[1,\n2\n,\n3]", "{\n\"a\"\n:\n\"\\n\"\n}\n \n",
		"[ // a\n1, /* b\nc */ \"d\ne\",\n]\n", // in the ARM dialect alone
	} {
		d, err := Parse("f.json", []byte(text), Options{Dialect: ARM})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for offset := range len(text) + 1 {
			before := text[:offset]
			want := diagnostic.Position{File: "f.json", Line: 1 + strings.Count(before, "\n"), Column: offset - strings.LastIndex(before, "\n")}
			if got := d.Position(offset); got != want {
				t.Errorf("%q: offset %d is at %v, want %v", text, offset, got, want)
			}
		}
	}
}

func TestACursorGivesThePositionOfEveryValue(t *testing.T) {
	var long strings.Builder
	for i := range 200 {
		fmt.Fprintf(&long, "[\n%s%d,\n", strings.Repeat(" ", i), i)
	}
	long.WriteString("0" + strings.Repeat("\n]", 200))
	documents := []*Document{doc(t, network).doc, doc(t, long.String()).doc, doc(t, " \n1").doc}
	rapid.Check(t, func(t *rapid.T) {
		var c Cursor
		for range 20 {
			d := rapid.SampledFrom(documents).Draw(t, "document")
			for range 5 {
				v := Value{doc: d, index: rapid.Uint32Range(0, uint32(len(d.tape)-1)).Draw(t, "entry")}
				if got := c.Position(v); got != v.Position() {
					t.Fatalf("the cursor says %v, the value %v", got, v.Position())
				}
			}
		}
		if got := c.Position(Value{}); !got.IsZero() {
			t.Fatalf("the zero value stands at %v", got)
		}
	})
}

func TestPickFindsWhatGetFoldFinds(t *testing.T) {
	names := []string{"id", "ID2", "name", "Type", "properties", "", "prop\u00e9"}
	fields := NamesOf(names...)
	written := []string{"id", "Id", "id2", "ID2", "name", "\\u006eame", "NAME", "type", "other", "", "prop\u00e9", "PROP\u00e9", "prop\u00c9", "n"}
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.SliceOfNDistinct(rapid.SampledFrom(written), 0, 10, func(s string) string { return strings.ReplaceAll(s, "\\u006e", "n") }).Draw(t, "members")
		for i, name := range members {
			members[i] = fmt.Sprintf(`"%s": %d`, name, i)
		}
		text := rapid.SampledFrom([]string{"{" + strings.Join(members, ",") + "}", "[]", "1"}).Draw(t, "text")
		d, err := Parse("f", []byte(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []Value{d.Root(), {}, d.Root().Get("id")} {
			var got [7]Value
			v.Pick(fields, got[:])
			for i, name := range names {
				if want := v.GetFold(name); got[i] != want {
					t.Fatalf("%s: %q is %v, want %v", text, name, got[i], want)
				}
			}
		}
	})
}

func TestAccessorsRefuseOtherKinds(t *testing.T) {
	root := doc(t, `{"null": null, "bool": true, "number": 2.5, "string": "x", "array": [1], "object": {"a": 1}}`)
	kinds := []Kind{Null, Bool, Number, String, Array, Object}
	for i, name := range []string{"null", "bool", "number", "string", "array", "object", "missing"} {
		v := root.Get(name)
		kind := Missing
		if i < len(kinds) {
			kind = kinds[i]
		}
		if v.Kind() != kind || v.Exists() != (kind != Missing) || v.IsZero() != (kind == Missing || kind == Null) {
			t.Errorf("%s: kind %s, exists %v, zero %v", name, v.Kind(), v.Exists(), v.IsZero())
		}
		_, str := v.String()
		_, boolean := v.Bool()
		_, number := v.Number()
		_, whole := v.Int()
		if str != (kind == String) || boolean != (kind == Bool) || number != (kind == Number) || whole {
			t.Errorf("%s: string %v, bool %v, number %v, int %v", name, str, boolean, number, whole)
		}
		if n := len(slices.Collect(v.Elements())); n != b2i(kind == Array) {
			t.Errorf("%s has %d elements", name, n)
		}
		if v.Get("a").Exists() != (kind == Object) || v.Index(0).Exists() != (kind == Array) || v.Index(-1).Exists() {
			t.Errorf("%s: member or element", name)
		}
		if v.Len() != b2i(kind == Array || kind == Object) {
			t.Errorf("%s has length %d", name, v.Len())
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestWholeNumbers(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "200": 200, "9223372036854775807": 1<<63 - 1, "-9223372036854775808": -1 << 63,
	} {
		if got, ok := doc(t, text).Int(); got != want || !ok {
			t.Errorf("%s gives %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"1.0", "1e2", "9223372036854775808", `"1"`, "null"} {
		if got, ok := doc(t, text).Int(); ok {
			t.Errorf("%s gives %d, want none", text, got)
		}
	}
}

// JSON-1: keys match in any case, and two that fold to one name are refused.
func TestJSON1GetFold(t *testing.T) {
	v := doc(t, `{"nextHopIpAddress": "10.0.0.4", "name": "a", "\u004eame": "b", "\u212aind": "kelvin"}`)
	for _, name := range []string{"nextHopIpAddress", "NEXTHOPIPADDRESS", "nexthopipaddress"} {
		if s, ok := v.GetFold(name).String(); s != "10.0.0.4" || !ok {
			t.Errorf("GetFold(%q) gives %q, %v", name, s, ok)
		}
	}
	if v.Get("nexthopipaddress").Exists() {
		t.Error("Get must not fold")
	}
	if v.GetFold("kind").Exists() {
		t.Error("the Kelvin sign is not a k")
	}
	twice := v.GetFold("NAME")
	if _, ok := twice.String(); ok || twice.Kind() != Ambiguous || !twice.Exists() || twice.IsZero() {
		t.Errorf("a name that stands twice gives %s", twice.Kind())
	}
	want := `plan.json:1:47: error: names "name" and "Name" of one object differ only in case [duplicate-key]`
	if err := twice.Err(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if d := twice.Mismatch("a string"); d.Error() != want || d.Related[0].At.String() != "plan.json:1:34" {
		t.Errorf("Mismatch gives %v", d)
	}
	if twice.Get("x").Exists() && twice.Get("x").Kind() != Ambiguous || twice.Get("x").Err() == nil {
		t.Error("what is asked of an ambiguous value stays ambiguous")
	}
	if v.Get("name").Err() != nil || (Value{}).Err() != nil {
		t.Error("only ambiguous values have an error")
	}
}

func TestJSON1FoldedDuplicatesAreFoundInSmallAndLargeObjects(t *testing.T) {
	for _, size := range []int{1, 10, 100} {
		var b strings.Builder
		b.WriteString("{\n")
		for i := range size {
			fmt.Fprintf(&b, "\"k%d\": {\"a\": [{\"x\": 1}]},\n", i)
		}
		b.WriteString("\"K0\": {\"b\": 1, \"c\": 2, \"B\": 3}}")
		var got []string
		for _, d := range doc(t, b.String()).FoldedDuplicates() {
			got = append(got, d.Error())
		}
		want := []string{
			fmt.Sprintf(`plan.json:%d:1: error: names "k0" and "K0" of one object differ only in case [duplicate-key]`, size+2),
			fmt.Sprintf(`plan.json:%d:24: error: names "b" and "B" of one object differ only in case [duplicate-key]`, size+2),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d members: %s", size, diff)
		}
	}
	if l := doc(t, network).FoldedDuplicates(); l != nil {
		t.Errorf("got %v, want none", l)
	}
	if l := (Value{}).FoldedDuplicates(); l != nil {
		t.Errorf("got %v, want none", l)
	}
}

func TestMismatchSaysWhatWasFound(t *testing.T) {
	v := doc(t, network).Get("properties").Get("securityRules").Index(0).Get("priority")
	want := "plan.json:5:37: error: $.properties.securityRules[0].priority is a number, expected a string [wrong-type]"
	if got := v.Mismatch("a string").Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnyGivesPlainValues(t *testing.T) {
	want := map[string]any{
		"n": nil, "b": true, "i": int64(7), "f": 1.5, "s": "x\ny", "l": []any{int64(1), []any{}}, "o": map[string]any{},
	}
	text := `{"n": null, "b": true, "i": 7, "f": 1.5, "s": "x\ny", "l": [1, []], "o": {}}`
	if diff := cmp.Diff(want, doc(t, text).Any()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, yamlDoc(t, text).Any()); diff != "" {
		t.Error(diff)
	}
	if (Value{}).Any() != nil {
		t.Error("a missing value is nil")
	}
}

func TestStringsShareTheBytesOfTheFile(t *testing.T) {
	v := doc(t, network).Get("properties").Get("securityRules").Index(0).Get("name")
	if n := testing.AllocsPerRun(100, func() { v.String() }); n != 0 {
		t.Errorf("String allocates %v times", n)
	}
	root := doc(t, network)
	if n := testing.AllocsPerRun(100, func() { root.GetFold("PROPERTIES").Get("securityRules").Index(1).Get("priority").Int() }); n != 0 {
		t.Errorf("navigation allocates %v times", n)
	}
}

func TestConcurrentUse(t *testing.T) {
	root := doc(t, network)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			rule := root.Get("properties").Get("securityRules").Index(1)
			if rule.Path() != "$.properties.securityRules[1]" || rule.Position().Line != 6 {
				t.Error("wrong place")
			}
		})
	}
	wg.Wait()
}

func TestDocument(t *testing.T) {
	d := doc(t, network).Document()
	if d.Name() != "plan.json" || d.Size() != len(network) || d.Root().Document() != d || (Value{}).Document() != nil {
		t.Errorf("%q of %d bytes", d.Name(), d.Size())
	}
	for offset, want := range map[int]diagnostic.Position{
		-1: {File: "plan.json", Line: 1, Column: 1}, 2: {File: "plan.json", Line: 2, Column: 1},
		1: {File: "plan.json", Line: 1, Column: 2}, 1 << 40: {File: "plan.json", Line: 9, Column: 2},
	} {
		if got := d.Position(offset); got != want {
			t.Errorf("offset %d is %v, want %v", offset, got, want)
		}
	}
	if raw := d.Root().Get("properties").Get("securityRules").Index(0).Raw(); raw != `{"name": "first", "priority": 100, "open": true}` {
		t.Errorf("raw %s", raw)
	}
	if (Value{}).Raw() != "" || d.Root().Get("nothing").Raw() != "" {
		t.Error("a missing value has no text")
	}
}
