package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// refused returns the one diagnostic err must be.
func refused(t *testing.T, err error) diagnostic.Diagnostic {
	t.Helper()
	var d diagnostic.Diagnostic
	if !errors.As(err, &d) {
		t.Fatalf("got %v, want a diagnostic", err)
	}
	return d
}

func TestDeepNestingIsRefusedWhereItGoesTooDeep(t *testing.T) {
	const deep = 100_000
	for _, row := range []struct{ name, open, close, at string }{
		{"arrays", "[", "]", "f:1:513"},
		{"objects", `{"a":`, "}", "f:1:2561"},
		{"lines", "[\n", "]\n", "f:513:1"},
	} {
		text := strings.Repeat(row.open, deep) + "1" + strings.Repeat(row.close, deep)
		for _, dialect := range []Dialect{Strict, ARM} {
			_, err := Parse("f", []byte(text), Options{Dialect: dialect})
			if d := refused(t, err); d.Code != "too-deep" || d.At.String() != row.at || d.Hint == "" {
				t.Errorf("%s: %v, want too-deep at %s", row.name, d, row.at)
			}
		}
		for depth, ok := range map[int]bool{512: true, 513: false} {
			text := strings.Repeat(row.open, depth) + "1" + strings.Repeat(row.close, depth)
			if _, err := Parse("f", []byte(text), Options{}); (err == nil) != ok {
				t.Errorf("%s: depth %d gives %v", row.name, depth, err)
			}
		}
	}
	// No option lifts the limit beyond what the libraries bear.
	_, err := Parse("f", []byte(strings.Repeat("[", deep)), Options{MaxDepth: deep})
	if d := refused(t, err); d.Code != "too-deep" || d.At.Column != maxMaxDepth+1 {
		t.Errorf("got %v", d)
	}
}

func TestDeepYAMLIsRefused(t *testing.T) {
	const deep = 100_000
	var block strings.Builder
	for i := range 600 {
		block.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	chain := "a0: &a0 []\n"
	for i := range 600 {
		chain += fmt.Sprintf("a%d: &a%d [*a%d]\n", i+1, i+1, i)
	}
	for name, text := range map[string]string{
		"aliases": chain, "flow": strings.Repeat("[", deep), "closed": strings.Repeat("[", deep) + strings.Repeat("]", deep),
		"mappings": strings.Repeat("{a: ", deep), "dashes": strings.Repeat("- ", deep), "block": block.String(),
	} {
		_, err := ParseYAML("f", []byte(text), Options{})
		if d := refused(t, err); d.Code != "too-deep" || d.At.Line == 0 || d.Hint == "" {
			t.Errorf("%s: %v, want too-deep with a line", name, d)
		}
	}
	for depth, ok := range map[int]bool{5: true, 6: false} {
		text := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		if _, err := ParseYAML("f", []byte(text), Options{MaxDepth: 5}); (err == nil) != ok {
			t.Errorf("depth %d gives %v", depth, err)
		}
	}
}

func TestTooManyValuesAreRefused(t *testing.T) {
	for text, nodes := range map[string]int{"[1,2,3]": 4, `{"a": 1, "b": [2]}`: 6} {
		for _, parse := range []func(string, []byte, Options) (*Document, error){Parse, ParseYAML} {
			if _, err := parse("f", []byte(text), Options{MaxNodes: nodes}); err != nil {
				t.Errorf("%s has %d values and names: %v", text, nodes, err)
			}
			_, err := parse("f", []byte(text), Options{MaxNodes: nodes - 1})
			if d := refused(t, err); d.Code != "too-many-values" || d.At.Line != 1 {
				t.Errorf("%s: %v", text, d)
			}
		}
	}
}

// endless is a file of one string that never ends. It counts what is taken.
type endless struct{ taken int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	if e.taken == 0 {
		p[0] = '"'
	}
	e.taken += int64(len(p))
	return len(p), nil
}

func TestEndlessStringIsRefusedInBoundedMemory(t *testing.T) {
	const most = 8 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	source := &endless{}
	_, err := Read("-", source, Options{MaxBytes: most})
	runtime.ReadMemStats(&after)
	if d := refused(t, err); d.Code != "file-too-large" || d.Error() != "-:1:1: error: standard input is larger than 8 MiB [file-too-large]" {
		t.Errorf("got %v", d)
	}
	if source.taken > most+1 {
		t.Errorf("%d bytes were read, the limit is %d", source.taken, most)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 9*most/8 {
		t.Errorf("%d bytes were allocated one after another for a limit of %d", used, most)
	}
}

// What comes in pieces of any size, without saying how much it is, is read whole.
func TestPiecesAreReadWhole(t *testing.T) {
	for _, n := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 192 << 10, 1 << 20, 3<<20 + 7} {
		want := bytes.Repeat([]byte("abcdefg"), n/7+1)[:n]
		got, err := ReadAll("-", iotest.OneByteReader(bytes.NewReader(want[:min(n, 200<<10)])), int64(n))
		if err != nil || !bytes.Equal(got, want[:min(n, 200<<10)]) {
			t.Errorf("%d bytes one by one: %d bytes, %v", n, len(got), err)
		}
		if got, err = ReadAll("-", bytes.NewReader(want), int64(n)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d bytes, %v", n, len(got), err)
		}
		if _, err = ReadAll("-", bytes.NewReader(append(want, 'x')), int64(n)); err == nil {
			t.Errorf("%d bytes and one more are read", n)
		}
	}
}

func TestLargeFileIsRefusedUnread(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge.json")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(1 << 40); err != nil { // sparse: takes no space
		t.Skipf("no sparse files here: %v", err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = Load(path, Options{})
	runtime.ReadMemStats(&after)
	if d := refused(t, err); d.Code != "file-too-large" || !strings.Contains(d.Summary, "512 MiB") || d.At.Line != 1 || d.Hint == "" {
		t.Errorf("got %v", d)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes were allocated for a file that is refused", used)
	}
}

func TestLimitOfBytesIsInclusive(t *testing.T) {
	text := `{"a": 1}`
	for size, ok := range map[int64]bool{int64(len(text)): true, int64(len(text)) - 1: false} {
		o := Options{MaxBytes: size}
		_, parse := Parse("f", []byte(text), o)
		_, read := Read("f", strings.NewReader(text), o)
		_, yaml := ParseYAML("f", []byte(text), o)
		for name, err := range map[string]error{"Parse": parse, "Read": read, "ParseYAML": yaml} {
			if (err == nil) != ok {
				t.Errorf("%s of %d bytes with a limit of %d gives %v", name, len(text), size, err)
			}
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	folder := t.TempDir()
	_, err := Load(folder, Options{})
	if d := refused(t, err); d.Code != "unreadable-file" || d.Summary != "a folder, expected a file" {
		t.Errorf("a folder gives %v", d)
	}
	_, err = Load(filepath.Join(folder, "nothing.json"), Options{})
	if d := refused(t, err); d.Code != "unreadable-file" || d.Summary != "cannot read: no such file or directory" {
		t.Errorf("no file gives %v", d)
	}
	_, err = Read("-", io.MultiReader(strings.NewReader("{"), broken{}), Options{})
	if d := refused(t, err); d.Code != "unreadable-file" || d.Summary != "cannot read: the line dropped" {
		t.Errorf("a failing reader gives %v", d)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line dropped") }

func TestLoadNamesThePositions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(path, []byte("[\n 1]"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Load(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Root().Index(0).Position().String(), filepath.ToSlash(path)+":2:2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// sample has every construct of the ARM dialect.
const sample = `{
  // a comment
  "name": "h\u00fcb \"x\"", /* another
  one */
  "location": "[
    parameters('location')
  ]",
  "rules": [{"priority": 100, "open": true}, null, -1.5e3, ],
  "ä": {}
}`

func TestTruncationAnywhereIsAnErrorWithAPlace(t *testing.T) {
	strict := `{"a": ["x\n\u00e9\ud83d\ude00", 1.5e-3, true, false, null, {"b": {}, "": []}], "ü": "z"}`
	yaml := "a: [1, \"x\"]\nb:\n  - {c: d}\n  - |\n    text\nc: 'q'\n"
	for i := range len(strict) {
		_, err := Parse("f", []byte(strict[:i]), Options{})
		if d := refused(t, err); d.At.File != "f" || i > 0 && d.At.Line != 1 {
			t.Errorf("%q: %v", strict[:i], d)
		}
	}
	for i := range len(sample) {
		_, err := Parse("f", []byte(sample[:i]), Options{Dialect: ARM})
		if d := refused(t, err); d.At.File != "f" || d.Summary == "" || d.Code == "" {
			t.Errorf("%q: %v", sample[:i], d)
		}
	}
	for i := range len(yaml) {
		// A YAML file cut short may well be valid; it must not panic.
		if _, err := ParseYAML("f", []byte(yaml[:i]), Options{}); err != nil {
			refused(t, err)
		}
	}
}
