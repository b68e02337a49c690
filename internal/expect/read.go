package expect

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/strict"
)

// Read reads a file of expectations. The file is nil when the list has errors:
// a key nobody knows, an expectation without reason, two of one name.
func Read(path string) (*File, diagnostic.List) {
	return strict.Read(path, Parse)
}

// Parse reads the bytes of a file of expectations at path. A file of comments
// alone expects nothing.
func Parse(path string, data []byte) (*File, diagnostic.List) {
	r := reader{strict.Reader{Code: "invalid-expectation"}}
	return strict.Fill(&r.Reader, path, data, &File{Path: path}, r.file)
}

// reader collects what is wrong.
type reader struct{ strict.Reader }

func (r *reader) file(root document.Value, f *File) {
	for key, value := range r.Members(root) {
		switch key.String() {
		case "schema":
			if t := r.Text(value); t.Value != Schema && !t.At.IsZero() {
				r.Errorf(t.At, "schema is %q, expected %q", t.Value, Schema)
			}
		case "tests":
			for element := range r.Elements(value) {
				f.Expectations = append(f.Expectations, r.expectation(element))
			}
		default:
			r.Unknown(key, "schema", "tests")
		}
	}
	named := map[string]diagnostic.Position{}
	for _, e := range f.Expectations {
		if first, ok := named[e.Name]; ok {
			r.List = append(r.List, diagnostic.Errorf(r.Code, e.At, "a second test is called %q", e.Name).
				WithRelated(first, "the first").WithHint("give each test a name of its own"))
		}
		named[e.Name] = e.At
	}
}

var keys = []string{"name", "from", "to", "protocol", "port", "sourcePort", "requirement", "subnet", "expect", "reason"}

// meant are keys that other tools use for ours.
var meant = map[string]string{
	"source": "from", "src": "from", "sourceaddressprefix": "from", "destination": "to", "dst": "to", "dest": "to",
	"destinationaddressprefix": "to", "ports": "port", "destinationport": "port", "destinationportrange": "port",
	"protocols": "protocol", "sourceports": "sourcePort", "source_port": "sourcePort", "sourceportrange": "sourcePort",
	"access": "expect", "action": "expect", "verdict": "expect", "is": "expect", "why": "reason", "description": "reason",
	"because": "reason", "subnets": "subnet", "title": "name",
}

func (r *reader) expectation(v document.Value) Expectation {
	e := Expectation{At: v.Position()}
	before := len(r.List)
	for key, value := range r.Members(v) {
		switch key.String() {
		case "name":
			e.Name = r.Text(value).Value
		case "from":
			e.From = r.ends(value)
		case "to":
			e.To = r.ends(value)
		case "protocol":
			e.Protocol = r.joined(value)
		case "port":
			e.Port = r.joined(value)
		case "sourcePort":
			e.SourcePort = r.joined(value)
		case "requirement":
			e.Requirement = r.Text(value)
		case "subnet":
			e.Subnets = r.ends(value)
		case "expect":
			e.Expect = r.expect(value)
		case "reason":
			e.Reason = r.Text(value).Value
		default:
			r.Unknown(key, keys...)
			if own := meant[strings.ToLower(key.String())]; own != "" {
				r.Hint("write %s", own)
			}
		}
	}
	if len(r.List) == before {
		r.complete(v, &e)
	}
	if e.Name == "" {
		e.Name = e.title()
	}
	return e
}

// complete notes what is missing, and what does not belong together.
func (r *reader) complete(v document.Value, e *Expectation) {
	need := func(names ...string) {
		for _, name := range names {
			if !v.Get(name).Exists() {
				r.Errorf(v.Position(), "%s is missing: a test says which packets, what is expected and why", name)
				r.Hint("add the key %s", name)
			}
		}
	}
	if e.Requirement.Value == "" {
		need("from", "to", "expect", "reason")
		if len(e.Subnets) > 0 {
			r.Errorf(v.Get("subnet").Position(), "subnet stands without requirement")
			r.Hint("packets are named with from and to")
		}
		return
	}
	need("expect", "reason")
	for _, name := range []string{"from", "to", "protocol", "port", "sourcePort"} {
		if other := v.Get(name); other.Exists() {
			r.Errorf(other.Position(), "%s stands beside requirement, which names its packets itself", name)
			r.Hint("delete %s, or the requirement", name)
		}
	}
}

// ends reads one name or a list of them.
func (r *reader) ends(v document.Value) []Text {
	list := r.Texts(v)
	if len(list) == 0 && v.Kind() == document.Array {
		r.Errorf(v.Position(), "%s is an empty list, expected at least one name", v.Path())
	}
	return list
}

// joined reads one value or a list of them as the list the flags take.
func (r *reader) joined(v document.Value) Text {
	list := r.ends(v)
	if len(list) == 0 {
		return Text{}
	}
	return Text{Value: strings.Join(strict.Values(list), ","), At: list[0].At}
}

func (r *reader) expect(v document.Value) Expect {
	t := r.Text(v)
	if t.Value == "" {
		return ""
	}
	switch e := Expect(t.Value); e {
	case Allow, Deny:
		return e
	}
	r.Errorf(t.At, "expect is %q, expected allow or deny", t.Value)
	switch strings.ToLower(t.Value) {
	case "allowed", "pass", "permit", "true", "yes", "accept":
		r.Hint("write allow")
	case "denied", "block", "blocked", "drop", "false", "no", "reject":
		r.Hint("write deny")
	}
	return ""
}
