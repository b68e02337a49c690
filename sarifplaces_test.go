package wayleave_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/wayleave/wayleave/internal/cli"
)

// sarifPlace is a location of a SARIF file, with the text that speaks of it.
type sarifPlace struct {
	file         string
	line, column int
	message      string
}

// sarifPlaces are the locations with a line, of results and beside them.
func sarifPlaces(t *testing.T, data []byte) []sarifPlace {
	t.Helper()
	type location struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           struct{ StartLine, StartColumn int }
		}
		Message struct{ Text string }
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Message                     struct{ Text string }
				Locations, RelatedLocations []location
			}
		}
	}
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	var list []sarifPlace
	add := func(l location, message string) {
		if p := l.PhysicalLocation; p.Region.StartLine > 0 {
			list = append(list, sarifPlace{strings.TrimPrefix(p.ArtifactLocation.URI, "file://"), p.Region.StartLine, p.Region.StartColumn, message})
		}
	}
	for _, r := range log.Runs[0].Results {
		for _, l := range r.Locations {
			add(l, r.Message.Text)
		}
		for _, l := range r.RelatedLocations {
			add(l, l.Message.Text)
		}
	}
	return list
}

// textAt is a file from a place on, whose column counts UTF-16 code units.
func (p sarifPlace) textAt(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(strings.ReplaceAll(p.file, "%20", " "))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	if p.line > len(lines) {
		t.Fatalf("%s has no line %d", p.file, p.line)
	}
	units := utf16.Encode([]rune(lines[p.line-1]))
	if p.column < 1 || p.column > len(units) {
		t.Fatalf("%s:%d has no column %d", p.file, p.line, p.column)
	}
	return string(utf16.Decode(units[p.column-1:])) + strings.Join(lines[p.line:], "")
}

// names tells whether the thing that stands at a place is one that the message
// names: an object of JSON has the name, or an expression that stands for it;
// where the message is about the size of a subnet, its prefix stands there.
func (p sarifPlace) names(t *testing.T) (name string, ok bool) {
	t.Helper()
	text := p.textAt(t)
	if filepath.Ext(p.file) != ".json" {
		line, _, _ := strings.Cut(text, "\n")
		return line, true
	}
	var value any
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&value); err != nil {
		return fmt.Sprintf("%.60q", text), false
	}
	for _, name := range namesIn(value) {
		_, err := netip.ParsePrefix(name)
		isExpression := strings.HasPrefix(name, "[") && strings.HasSuffix(p.file, ".json") && strings.Contains(p.file, "/arm/")
		if strings.Contains(p.message, name) || isExpression || err == nil && strings.Contains(p.message, " addresses and needs ") {
			return name, true
		}
	}
	return fmt.Sprintf("%.200s", text), false
}

// namesIn are what an object of an input is called: its name, the last part of
// its id or address, or it is a name itself.
func namesIn(value any) []string {
	var list []string
	switch v := value.(type) {
	case string:
		list = append(list, v, v[strings.LastIndexByte(v, '/')+1:])
	case map[string]any:
		for _, key := range []string{"name", "id", "address", "Name"} {
			if text, ok := v[key].(string); ok && text != "" {
				list = append(list, text[strings.LastIndexByte(text, '/')+1:])
			}
		}
		for _, key := range []string{"values", "after", "change"} {
			list = append(list, namesIn(v[key])...)
		}
	}
	return list
}

// A viewer opens each result where the file has the rule or route that the
// result names: over the examples and the real templates and plans.
func TestSARIFPlacesHoldWhatTheyName(t *testing.T) {
	files := []string{"examples/ise-blocked", "examples/ise-single-ip", "examples/any-subnet", "examples/terraform", "examples/tag-drift/network"}
	if dir := os.Getenv("WAYLEAVE_CORPUS"); dir != "" {
		for _, pattern := range []string{"arm/*.json", "tfplan/*.json"} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, found...)
		}
	} else {
		t.Log("WAYLEAVE_CORPUS is not set: the examples alone are looked at")
	}
	looked := 0
	for _, file := range files {
		var out bytes.Buffer
		args := []string{"check", file, "--format", "sarif", "--allow-none"}
		if strings.HasSuffix(file, "terraform") {
			args = append(args, "--service", "entra-domain-services", "--subnet", "snet-domain")
		}
		if status := cli.New(strings.NewReader(""), &out, io.Discard, func(string) string { return "" }).Main(args); status == cli.ExitInput {
			continue // what cannot be read is another test's
		}
		for _, p := range sarifPlaces(t, out.Bytes()) {
			looked++
			if found, ok := p.names(t); !ok {
				t.Errorf("%s:%d:%d: %s\nhas %s", p.file, p.line, p.column, p.message, found)
			}
		}
	}
	if looked < 20 {
		t.Errorf("only %d places were looked at", looked)
	}
}

// Each rule of a SARIF file, and each code of a problem, leads to a page that is
// there and to a heading on it.
func TestSARIFHelpLeadsToThePage(t *testing.T) {
	addresses := map[string]bool{}
	for _, args := range [][]string{
		{"check", "examples/ise-blocked", "--format", "sarif"},
		{"lint", "examples/ise-blocked", "--format", "sarif"},
		{"lint", "examples/three-tiers", "--format", "sarif"},
		{"test", "examples/three-tiers", "--format", "sarif"},
		{"check", "examples/inputs/az", "--format", "sarif", "--allow-none"},
	} {
		var out bytes.Buffer
		cli.New(strings.NewReader(""), &out, io.Discard, func(string) string { return "" }).Main(args)
		type text struct{ Text string }
		type descriptor struct {
			ID, HelpURI                             string
			ShortDescription, FullDescription, Help text
		}
		var log struct {
			Runs []struct {
				Tool struct {
					Driver struct{ Rules, Notifications []descriptor }
				}
			}
		}
		if err := json.Unmarshal(out.Bytes(), &log); err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		for _, d := range append(log.Runs[0].Tool.Driver.Rules, log.Runs[0].Tool.Driver.Notifications...) {
			if d.HelpURI == "" {
				t.Errorf("%q: %s has no helpUri", args, d.ID)
			}
			addresses[d.HelpURI] = true
		}
		for _, d := range log.Runs[0].Tool.Driver.Rules { // all of which code scanning asks for
			if d.ShortDescription.Text == "" || d.FullDescription.Text == "" || d.Help.Text == "" {
				t.Errorf("%q: %s is described by %+v", args, d.ID, d)
			}
		}
	}
	for address := range addresses {
		page, anchor, _ := strings.Cut(strings.TrimPrefix(address, "https://github.com/wayleave/wayleave/blob/main/"), "#")
		data, err := os.ReadFile(page)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if heading := "\n## "; anchor != "" && !strings.Contains(string(data), heading+"`"+anchor+"`\n") && !strings.Contains(string(data), heading+anchor+"\n") {
			t.Errorf("%s: the page has no such heading", address)
		}
	}
	if len(addresses) < 4 {
		t.Errorf("only the addresses %v", addresses)
	}
}
