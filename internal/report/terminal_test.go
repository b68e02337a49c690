package report

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/result"
)

// Names of the inputs cannot command the terminal, however the text is cut.
func TestTextIsHarmless(t *testing.T) {
	const hostile = "nsg \x1b[2J\x1b]0;title\a \u202egnp.exe \xff\r\n"
	for _, c := range []struct {
		colors     bool
		what, want string
	}{
		{false, hostile, `nsg \x1b[2J\x1b]0;title\a \u202egnp.exe \xff\r` + "\n"},
		{true, "\x1b[31mFAIL\x1b[0m " + hostile, "\x1b[31mFAIL\x1b[0m " + `nsg \x1b[2J\x1b]0;title\a \u202egnp.exe \xff\r` + "\n"},
		{false, "\x1b[31mred\x1b[0m\n", `\x1b[31mred\x1b[0m` + "\n"},
		{true, "\x1b[8mhidden\n", `\x1b[8mhidden` + "\n"},
		{true, "größer → 10.0.0.0/8\nplain\n", "größer → 10.0.0.0/8\nplain\n"},
	} {
		for _, size := range []int{1, 2, 3, 1000} {
			var b strings.Builder
			w := &harmless{w: &b, colors: c.colors}
			for rest := []byte(c.what); len(rest) > 0; {
				n := min(size, len(rest))
				if _, err := w.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if b.String() != c.want {
				t.Errorf("%q in pieces of %d: got %q, want %q", c.what, size, b.String(), c.want)
			}
		}
	}
}

// Profiles and service tags are files of others too.
func TestTextOfProfilesAndTagsIsHarmless(t *testing.T) {
	const evil = "x\x1b[2J"
	var b strings.Builder
	for _, err := range []error{
		ServicesText(&b, &result.Services{Services: []result.Edition{{Service: "svc", Title: evil}}}, Style{}),
		ServiceValidateText(&b, &result.ServiceValidate{Profiles: []result.ValidatedProfile{{File: evil}}}, Style{}),
		TagImportText(&b, &result.TagImport{Stored: result.StoredTags{Source: evil}}, Style{}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if strings.Contains(b.String(), "\x1b") || strings.Count(b.String(), `x\x1b[2J`) != 3 {
		t.Errorf("got %q", b.String())
	}
}
