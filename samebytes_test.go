package wayleave_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/cli"
)

// Two runs over the same inputs print the same bytes, in every format of every
// command.
func TestTwoRunsPrintTheSameBytes(t *testing.T) {
	domain := []string{"--service", "entra-domain-services", "--subnet", "snet-domain", "--tags", "examples/tags/ServiceTags_Public_domain.json"}
	for _, x := range []struct {
		formats string
		args    []string
	}{
		{"text json sarif junit markdown html", []string{"check", "examples/ise-blocked"}},
		{"json html", []string{"check", "examples/ise-single-ip"}},
		{"text json sarif junit markdown html", append([]string{"check", "examples/terraform"}, domain...)},
		{"text json sarif junit markdown html", []string{"test", "examples/three-tiers"}},
		{"text json sarif", []string{"lint", "examples/ise-blocked"}},
		{"text json", []string{"check", "examples/any-subnet", "--service", "bastion", "--any-subnet"}},
		{"text json", []string{"explain", "examples/three-tiers", "--from", "snet-web", "--to", "snet-data"}},
		{"text json", []string{"egress", "examples/ise-single-ip"}},
		{"text json", append([]string{"fix", "examples/terraform"}, domain...)},
		{"text json markdown", []string{"diff", "examples/ise-blocked", "examples/ise-ok"}},
		{"text json", []string{"inspect", "examples/ise-single-ip"}},
		{"text json", []string{"services", "list"}},
		{"text json markdown", []string{"services", "show", "sql-managed-instance"}},
		{"text json", []string{"services", "diff", "sql-managed-instance@2023-08-02", "sql-managed-instance"}},
		{"text json", []string{"tags", "list", "--tags", "examples/tags/ServiceTags_Public_domain.json"}},
		{"text json", []string{"tags", "diff", "examples/tag-drift/tags/ServiceTags_Public_20251020.json", "examples/tag-drift/tags/ServiceTags_Public_20251027.json"}},
	} {
		for _, format := range strings.Fields(x.formats) {
			args := append(append([]string(nil), x.args...), "--format", format)
			first, second := printed(args), printed(args)
			if len(first) < 20 || !bytes.Equal(first, second) {
				t.Errorf("%q: two runs print %d and %d bytes, which differ or are nothing", args, len(first), len(second))
			}
		}
	}
}

// printed is what a command prints on standard output.
func printed(args []string) []byte {
	var out bytes.Buffer
	cli.New(strings.NewReader(""), &out, io.Discard, func(string) string { return "" }).Main(args)
	return out.Bytes()
}
