package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/result"
)

func printMarkdown(t *testing.T, c *result.Check) string {
	t.Helper()
	var out bytes.Buffer
	if err := Markdown(&out, c); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMarkdownGolden(t *testing.T) {
	golden(t, "check.md", []byte(printMarkdown(t, sample())))
}

func TestMarkdownKeepsNamesInert(t *testing.T) {
	c := sample()
	c.Services[0].Requirements[0].BlockedBy[0].Name = "x|y`z\n# @all <img> [a](b) https://evil.example www.evil.example #99 *b*"
	text := printMarkdown(t, c)
	for _, bad := range []string{"x|y", "`", "\n# ", "@all", "<img", "[a]", "https://", "www.", "#99", "*b*"} {
		if strings.Contains(text, bad) {
			t.Errorf("the comment contains %q", bad)
		}
	}
}

func TestMarkdownFitsInAComment(t *testing.T) {
	c := sample()
	first := c.Services[0].Requirements[0]
	for i := range 500 {
		first.ID = fmt.Sprintf("row-%d", i)
		c.Services[0].Requirements = append(c.Services[0].Requirements, first)
	}
	text := printMarkdown(t, c)
	if len(text) > 65536 || !strings.Contains(text, "more rows") {
		t.Errorf("%d bytes", len(text))
	}
}
