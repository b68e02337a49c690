package expression

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string,
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object#json
var encodingFunctions = []function{
	{"base64", 1, 1, func(c *invocation) (*value.Value, error) { return recoded(c, toBase64) }},
	{"base64ToString", 1, 1, func(c *invocation) (*value.Value, error) { return recoded(c, fromBase64) }},
	{"base64ToJson", 1, 1, func(c *invocation) (*value.Value, error) { return parsed(c, fromBase64) }},
	{"dataUri", 1, 1, func(c *invocation) (*value.Value, error) { return recoded(c, toDataURI) }},
	{"dataUriToString", 1, 1, func(c *invocation) (*value.Value, error) { return recoded(c, fromDataURI) }},
	{"uriComponent", 1, 1, func(c *invocation) (*value.Value, error) { return recoded(c, toURIComponent) }},
	{"uriComponentToString", 1, 1, func(c *invocation) (*value.Value, error) { return recoded(c, fromURIComponent) }},
	{"uri", 2, 2, absoluteURI},
	{"json", 1, 1, jsonOf},
}

// recoded writes a text in another way.
func recoded(c *invocation, change func(string) (string, bool)) (*value.Value, error) {
	s, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	changed, ok := change(s)
	if !ok {
		return nil, fail(c.args[0], "%s is given a text that it cannot read", c.function.name)
	}
	return c.made(value.OfString(changed, c.at))
}

func same(s string) (string, bool) { return s, true }

func toBase64(s string) (string, bool) { return base64.StdEncoding.EncodeToString([]byte(s)), true }

func fromBase64(s string) (string, bool) {
	data, err := base64.StdEncoding.DecodeString(s)
	return string(data), err == nil && utf8.Valid(data)
}

func toDataURI(s string) (string, bool) {
	coded, _ := toBase64(s)
	return "data:text/plain;charset=utf8;base64," + coded, true
}

// fromDataURI reads data:[TYPE][;base64],DATA.
func fromDataURI(s string) (string, bool) {
	head, data, ok := strings.Cut(s, ",")
	if !ok || !strings.HasPrefix(head, "data:") {
		return "", false
	}
	if strings.HasSuffix(head, ";base64") {
		return fromBase64(data)
	}
	return fromURIComponent(data)
}

func toURIComponent(s string) (string, bool) {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20"), true
}

func fromURIComponent(s string) (string, bool) {
	plain, err := url.PathUnescape(s)
	return plain, err == nil && utf8.ValidString(plain)
}

// absoluteURI combines an address and one that is relative to it: what follows
// the last slash of the first is left out.
func absoluteURI(c *invocation) (*value.Value, error) {
	base, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	relative, known1, err := c.textArg(1)
	if err != nil {
		return nil, err
	}
	if !known || !known1 {
		return c.unknown()
	}
	from, err := url.Parse(base)
	if err != nil || from.Scheme == "" {
		return nil, fail(c.args[0], "uri is given %q, expected an address with its scheme", base)
	}
	to, err := url.Parse(relative)
	if err != nil {
		return nil, fail(c.args[1], "uri is given %q, expected a relative address", relative)
	}
	return c.made(value.OfString(from.ResolveReference(to).String(), c.at))
}

// parsed reads a text as JSON. Azure reads more than strict JSON, so a text
// that is none is not evaluated.
func parsed(c *invocation, decode func(string) (string, bool)) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil || v.IsNull() {
		return v, err
	}
	s, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	text, ok := decode(s)
	if !ok {
		return nil, fail(c.args[0], "%s is given a text that it cannot read", c.function.name)
	}
	if !c.budget.Spend(len(text) / 16) {
		return nil, tooMuch(c.call)
	}
	doc, err := document.Parse("json", []byte(text), document.Options{})
	if err != nil {
		return c.notEvaluated(c.function.name + " of a text that is no strict JSON")
	}
	return value.Literal(doc.Root()).PlacedAt(c.at), nil
}
