package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/tailscale/hujson"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// seed adds the fixtures and some texts on both sides of the grammar.
func seed(f *testing.F) {
	for _, pattern := range []string{"testdata/ok/*", "testdata/err/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	for _, text := range []string{sample, network, "[1,/**/]", "\"\\ud83d\\ude00\"", "[[[[]]]]", "-0.0e+1", "\"\n\"", "a: [b, {c: *d}]"} {
		f.Add([]byte(text))
	}
}

// explained checks what holds of every refusal.
func explained(t *testing.T, data []byte, err error) diagnostic.Diagnostic {
	t.Helper()
	var d diagnostic.Diagnostic
	if !errors.As(err, &d) || d.Code == "" || d.Summary == "" || d.At.File != "f" {
		t.Fatalf("%q: %v is not an explained error", data, err)
	}
	lines := strings.Split(string(trimByteOrderMark(data)), "\n")
	if d.At.Line > len(lines) || d.At.Line > 0 && d.At.Column > len(lines[d.At.Line-1])+2 {
		t.Fatalf("%q: %v stands outside the file", data, d)
	}
	return d
}

// beyondGrammar are the codes of refusals for reasons other than the grammar.
// A dangling surrogate, which encoding/json replaces,
// is told by the text.
func beyondGrammar(d diagnostic.Diagnostic) bool {
	switch d.Code {
	case "duplicate-key", "too-deep", "not-utf-8":
		return true
	}
	return strings.Contains(d.Summary, "surrogate")
}

// checkTree compares a tree with the value encoding/json gives for the same
// text, and every position with the bytes that stand there.
func checkTree(t *testing.T, d *Document, standard []byte, source []byte) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(standard))
	decoder.UseNumber()
	var want any
	if err := decoder.Decode(&want); err != nil {
		t.Fatalf("%q is accepted, encoding/json says %v", standard, err)
	}
	if diff := cmp.Diff(want, withNumbers(d.Root())); diff != "" {
		t.Fatalf("%q: %s", source, diff)
	}
	lines := strings.SplitAfter(string(source), "\n")
	for i := range uint32(len(d.tape)) {
		v := Value{doc: d, index: i}
		at := v.Position()
		if rest := lines[at.Line-1][at.Column-1:] + strings.Join(lines[at.Line:], ""); !strings.HasPrefix(rest, v.Raw()) {
			t.Fatalf("%q: %s says %v, where %q stands", source, v.Raw(), at, rest)
		}
	}
}

// withNumbers is Any with numbers as they are written.
func withNumbers(v Value) any {
	switch v.Kind() {
	case Number:
		text, _ := v.Number()
		return json.Number(text)
	case Array:
		list := []any{}
		for element := range v.Elements() {
			list = append(list, withNumbers(element))
		}
		return list
	case Object:
		object := map[string]any{}
		for key, member := range v.Members() {
			object[key.String()] = withNumbers(member)
		}
		return object
	}
	return v.Any()
}

func FuzzParseJSON(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		text := trimByteOrderMark(data)
		d, err := Parse("f", bytes.Clone(data), Options{})
		if err != nil {
			if problem := explained(t, data, err); json.Valid(text) && !beyondGrammar(problem) {
				t.Fatalf("%q is valid JSON: %v", data, err)
			}
			return
		}
		checkTree(t, d, text, text)
		again, err := Parse("f", bytes.Clone(data), Options{Dialect: ARM})
		if err != nil || cmp.Diff(withNumbers(d.Root()), withNumbers(again.Root())) != "" {
			t.Fatalf("%q: the ARM dialect gives %v", data, err)
		}
	})
}

// FuzzParseARM compares with hujson, which knows comments and trailing commas
// but no strings over several lines.
func FuzzParseARM(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		text := trimByteOrderMark(data)
		d, err := Parse("f", bytes.Clone(data), Options{Dialect: ARM, MaxDepth: 100})
		if err != nil {
			explained(t, data, err)
		}
		standard, changed := standardize(text)
		if len(standard) != len(text) || changed == bytes.Equal(standard, text) {
			t.Fatalf("%q becomes %q", text, standard)
		}
		if bytes.Count(text, []byte("[")) > 1000 || bytes.Count(text, []byte("{")) > 1000 {
			return // hujson recurses
		}
		// For hujson a comment needs the end of its line.
		oracle, oracleErr := hujson.Standardize(append(bytes.Clone(text), '\n'))
		switch {
		case err == nil && oracleErr == nil:
			if !bytes.Equal(bytes.TrimSpace(oracle), bytes.TrimSpace(standard)) && withoutSpace(oracle) != withoutSpace(standard) {
				t.Fatalf("%q becomes %q, hujson says %q", text, standard, oracle)
			}
			checkTree(t, d, oracle, text)
		case err == nil && utf8.Valid(text):
			// Ours alone accepts: only for strings over several lines.
			if !bytes.ContainsAny(text, "\n\r\t") {
				t.Fatalf("%q is accepted, hujson says %v", text, oracleErr)
			}
		case err != nil && oracleErr == nil:
			if problem := explained(t, data, err); !beyondGrammar(problem) {
				t.Fatalf("%q is refused, hujson accepts it: %v", text, err)
			}
		}
	})
}

func withoutSpace(data []byte) string {
	return strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "").Replace(string(data))
}

func FuzzYAML(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var into profile
		if _, err := DecodeYAML("f", bytes.Clone(data), Options{MaxNodes: 1 << 16}, &into); err != nil {
			explained(t, data, err)
		}
		d, err := ParseYAML("f", bytes.Clone(data), Options{MaxNodes: 1 << 16})
		if err != nil {
			explained(t, data, err)
			return
		}
		for i := range uint32(len(d.tape)) {
			v := Value{doc: d, index: i}
			at, text := v.Offset(), trimByteOrderMark(data)
			if at > len(text) {
				t.Fatalf("%q: %s stands at %d", data, v.Path(), at)
			}
			switch n, _ := v.Number(); v.Kind() {
			case Number:
				if _, err := strconv.ParseFloat(n, 64); err != nil || !json.Valid([]byte(n)) {
					t.Fatalf("%q: number %q", data, n)
				}
			case String:
				s, _ := v.String()
				if !utf8.ValidString(s) {
					t.Fatalf("%q: string %q", data, s)
				}
			}
		}
		// A tree of YAML is one of JSON.
		text, err := Marshal(d.Root().Any(), "")
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		if _, err := Parse("f", text, Options{}); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
