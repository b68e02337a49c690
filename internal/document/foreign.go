package document

import (
	"regexp"
	"strings"
	"sync"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

const planHint = "run: terraform plan -out=tfplan && terraform show -json tfplan > plan.json"

// conflictMarker returns the offset of the first line that begins like one of
// the lines git leaves in a file with a merge conflict, and -1 without one.
// JSON never has such a line, and YAML only inside a block of text.
func conflictMarker(source string) int {
	for _, marker := range []string{"<<<<<<< ", ">>>>>>> "} {
		if strings.HasPrefix(source, marker) {
			return 0
		}
		if i := strings.Index(source, "\n"+marker); i >= 0 {
			return i + 1
		}
	}
	return -1
}

func mergeConflict(d *Document, offset int) diagnostic.Diagnostic {
	return diagnostic.Errorf("merge-conflict", d.Position(offset), "git left a merge conflict here").
		WithHint("resolve the conflict first")
}

func notUTF8(d *Document, offset int) diagnostic.Diagnostic {
	return diagnostic.Errorf("not-utf-8", d.Position(offset), "byte 0x%02x is not UTF-8 text", d.source[offset]).
		WithHint("save the file as UTF-8")
}

// foreign recognises what a file is instead of what was wanted ("JSON" or
// "YAML"). Encodings and binary files are recognised always, other languages
// only where nothing at all was read.
func foreign(d *Document, wanted string, unread bool) (diagnostic.Diagnostic, bool) {
	at := diagnostic.Position{File: d.name, Line: 1, Column: 1}
	if kind, hint := otherEncoding(d.source); kind != "" {
		return diagnostic.Errorf("not-utf-8", at, "the file is %s, expected %s in UTF-8", kind, wanted).WithHint("%s", hint), true
	}
	if kind, hint := binaryFormat(d.source); kind != "" {
		return diagnostic.Errorf("not-"+strings.ToLower(wanted), at, "the file is %s, expected %s", kind, wanted).WithHint("%s", hint), true
	}
	if !unread {
		return diagnostic.Diagnostic{}, false
	}
	head := d.source[:min(len(d.source), 4096)]
	for _, l := range languages() {
		if l.name != wanted && l.looks.MatchString(head) {
			offset := len(head) - len(strings.TrimLeft(head, " \t\r\n"))
			return diagnostic.Errorf("not-"+strings.ToLower(wanted), d.Position(offset), "the file is %s, expected %s", l.what, wanted).
				WithHint("%s", l.hint), true
		}
	}
	return diagnostic.Diagnostic{}, false
}

// otherEncoding recognises text in other encodings by its first bytes.
func otherEncoding(source string) (kind, hint string) {
	hint = "save it as UTF-8; in Windows PowerShell: ... | Out-File -Encoding utf8 FILE"
	has := func(prefix string) bool { return strings.HasPrefix(source, prefix) }
	switch {
	case has("\xff\xfe\x00\x00"), has("\x00\x00\xfe\xff"):
		return "UTF-32", hint
	case has("\xff\xfe"), has("\xfe\xff"):
		return "UTF-16", hint
	case len(source) >= 4 && source[0] != 0 && source[1] == 0 && source[2] != 0 && source[3] == 0,
		len(source) >= 4 && source[0] == 0 && source[1] != 0 && source[2] == 0 && source[3] != 0:
		return "UTF-16", hint
	}
	return "", ""
}

// binaryFormat recognises files that are not text.
func binaryFormat(source string) (kind, hint string) {
	const unpack = "unpack it first"
	switch {
	case strings.HasPrefix(source, "PK\x03\x04"):
		// terraform plan -out writes a zip archive.
		return "a zip archive", "if it is a Terraform plan, " + planHint
	case strings.HasPrefix(source, "\x1f\x8b"):
		return "compressed with gzip", unpack
	case strings.HasPrefix(source, "%PDF-"):
		return "a PDF document", "export the data itself"
	case strings.IndexByte(source[:min(len(source), 4096)], 0) >= 0:
		return "binary", "was the right file named?"
	}
	return "", ""
}

// language is a kind of text a user may give by mistake.
type language struct {
	name  string // as in wanted, where it can be
	what  string
	looks *regexp.Regexp // matched against the first 4 KiB
	hint  string
}

// languages are tried in order. They are compiled when a file is wrong.
var languages = sync.OnceValue(func() []language {
	return []language{
		{what: "an HTML page", looks: regexp.MustCompile(`(?i)^\s*<(!doctype html|html|head|body)\b`),
			hint: "the server may have sent a login or error page: open it in a browser"},
		{what: "XML", looks: regexp.MustCompile(`^\s*<(\?xml|!--|[A-Za-z])`), hint: "export the data as JSON"},
		{what: "a Terraform configuration", looks: regexp.MustCompile(
			`(?m)^(resource|data)\s+"[^"]*"\s+"[^"]*"\s*\{|^(variable|module|provider|output)\s+"[^"]*"\s*\{|^(terraform|locals)\s*\{`),
			hint: planHint},
		{what: "the printed form of a Terraform plan", looks: regexp.MustCompile(
			`(?m)^(\S*Terraform used the selected providers|Terraform will perform the following actions|\s*# \S+ (will|must) be )`),
			hint: planHint},
		{what: "Bicep", looks: regexp.MustCompile(
			`(?m)^(targetScope\s*=|param\s+\w+\s+\w|(resource|module)\s+\w+\s+'|@description\(|using\s+'|var\s+\w+\s*=)`),
			hint: "run: az bicep build --file FILE --stdout > template.json"},
		{what: "output of a command that warned or failed", looks: regexp.MustCompile(`^\s*(WARNING|ERROR): `),
			hint: "write only standard output to the file, without 2>&1"},
		{what: "a table", looks: regexp.MustCompile(`^[^\n]*\n-{2,}( +-{2,})+ *\r?\n`), hint: "run the command with -o json"},
		{name: "YAML", what: "YAML", looks: regexp.MustCompile(`^(%YAML|---\s|(\s*#[^\n]*\n|\s*\n)*(- )?[A-Za-z_][\w.-]*:(\s|$))`),
			hint: "convert it to JSON; from az: run the command with -o json"},
	}
})
