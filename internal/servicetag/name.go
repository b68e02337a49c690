package servicetag

import (
	"strings"
	"unicode/utf8"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

const azureCloud = "AzureCloud"

// maxName bounds a tag name; the longest known has 44 bytes.
const maxName = 128

// fold returns the key under which names that differ only in case meet
// (TAG-5, META-3). Names are ASCII; what is not stays as it is, for Unicode
// would fold the Kelvin sign to a k.
func fold(name string) string {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return name
		}
	}
	return strings.ToLower(name)
}

// find looks up a name in a map by folded names, without a string for the folded one.
func find[V any](m map[string]V, name string) (V, bool) {
	var folded [maxName]byte
	if len(name) > len(folded) {
		v, ok := m[fold(name)]
		return v, ok
	}
	for i := range len(name) {
		c := name[i]
		if c >= utf8.RuneSelf {
			v, ok := m[name]
			return v, ok
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		folded[i] = c
	}
	v, ok := m[string(folded[:len(name)])]
	return v, ok
}

// contextual are the tags that are in no file (TAG-1).
var contextual = foldAll(
	"VirtualNetwork", "Internet", "AzureLoadBalancer",
	"AzurePlatformDNS", "AzurePlatformIMDS", "AzurePlatformLKM",
)

// classic are names of the retired deployment model, which Azure Resource
// Manager refuses; INTERNET is not among them, for it folds to Internet
// (TAG-6).
var classic = map[string]string{
	"virtual_network":    "VirtualNetwork",
	"azure_loadbalancer": "AzureLoadBalancer",
}

// Contextual reports whether name, in any case, is a tag whose content depends
// on where it is used and that no file holds (TAG-1), and returns its
// canonical spelling. None of them can be the prefix of a route (TAG-51).
func Contextual(name string) (canonical string, ok bool) {
	return find(contextual, name)
}

// WellFormed reports whether name could be that of a service tag: letters and
// digits, in parts separated by single dots, beginning with a letter.
func WellFormed(name string) bool {
	if name == "" || len(name) > maxName || !isLetter(name[0]) {
		return false
	}
	dot := false
	for i := range len(name) {
		c := name[i]
		switch {
		case isLetter(c) || isDigit(c):
			dot = false
		case c == '.' && !dot:
			dot = true
		default:
			return false
		}
	}
	return !dot
}

// isWord reports whether s is letters and digits, beginning with a letter.
func isWord(s string) bool { return WellFormed(s) && !strings.Contains(s, ".") }

// isPrintable reports whether the data may use s as a name: it is not for us
// to say which names Microsoft may invent, but a terminal prints them.
func isPrintable(s string) bool {
	return len(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// checkForm returns the problem of a name that cannot be a tag, or nil.
func checkForm(name string) error {
	if c, ok := Contextual(name); ok {
		return &ContextualError{Name: c}
	}
	if !WellFormed(name) {
		return &MalformedError{Name: name, Instead: classic[fold(name)]}
	}
	return nil
}

// ContextualError says that a contextual tag was looked up in the catalogue,
// which cannot hold it.
type ContextualError struct {
	// Name is the canonical spelling.
	Name string
}

// Error implements error.
func (e *ContextualError) Error() string {
	return e.Name + " depends on the network it is used in and is in no service-tag data"
}

// Diagnostic returns the error as an input error at the given position.
func (e *ContextualError) Diagnostic(at diagnostic.Position) diagnostic.Diagnostic {
	return diagnostic.Errorf("contextual-service-tag", at, "%v", e).WithHint("name a tag of Microsoft's list, or prefixes")
}

// MalformedError says that a string cannot be the name of a service tag.
type MalformedError struct {
	// Name is the string as written.
	Name string
	// Instead is the tag that is meant, where a retired name shows it
	// (TAG-6); else empty.
	Instead string
}

// Error implements error.
func (e *MalformedError) Error() string { return e.Diagnostic(diagnostic.Position{}).Summary }

// Diagnostic returns the error as an input error at the given position.
func (e *MalformedError) Diagnostic(at diagnostic.Position) diagnostic.Diagnostic {
	if e.Instead != "" {
		return diagnostic.Errorf("malformed-service-tag", at, "%q is a name of the classic deployment model, which Azure Resource Manager refuses", e.Name).
			WithHint("write %s", e.Instead)
	}
	return diagnostic.Errorf("malformed-service-tag", at, "%q is not the name of a service tag, expected letters, digits and dots", e.Name)
}

// foldAll indexes canonical spellings by their key.
func foldAll(names ...string) map[string]string {
	m := make(map[string]string, len(names))
	for _, name := range names {
		m[fold(name)] = name
	}
	return m
}
