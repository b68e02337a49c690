package project

import (
	"iter"
	"path/filepath"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// Read reads a project file. The file is nil when the list has errors: a key
// nobody knows, a value of the wrong kind, a suppression without reason or date.
func Read(path string) (*File, diagnostic.List) {
	data, err := document.ReadFile(path, document.DefaultMaxYAMLBytes)
	if err != nil {
		return nil, diagnostic.Of(err, "unreadable-file")
	}
	return Parse(path, data)
}

// Parse reads the bytes of a project file at path. A file of comments alone
// states nothing.
func Parse(path string, data []byte) (*File, diagnostic.List) {
	f := &File{Path: path}
	doc, err := document.ParseYAML(filepath.ToSlash(path), data, document.Options{})
	if err != nil {
		list := diagnostic.Of(err, "unreadable-file")
		if list[0].Code == "empty-file" {
			return f, nil
		}
		return nil, list
	}
	if doc.Root().Kind() == document.Null {
		return f, nil
	}
	r := reader{folder: filepath.Dir(path)}
	r.file(doc.Root(), f)
	if r.list.HasErrors() {
		r.list.Sort()
		return nil, r.list
	}
	return f, nil
}

// reader collects what is wrong.
type reader struct {
	folder string
	list   diagnostic.List
}

const keys = "tags, cloud, parameters, assume, service, subnets, set, suppress"

func (r *reader) file(root document.Value, f *File) {
	for key, value := range r.members(root) {
		switch key.String() {
		case "schema":
			if t := r.text(value); t.Value != Schema && !t.At.IsZero() {
				r.errorf(t.At, "schema is %q, expected %q", t.Value, Schema)
			}
		case "tags":
			f.Tags = r.path(r.text(value))
		case "cloud":
			f.Cloud = r.text(value)
		case "parameters":
			for _, t := range r.texts(value) {
				f.Parameters = append(f.Parameters, r.path(t))
			}
		case "assume":
			f.Assume = r.texts(value)
		case "service":
			f.Services = r.texts(value)
		case "subnets":
			f.Subnets = r.texts(value)
		case "set":
			f.Set = r.settings(value)
		case "suppress":
			f.Suppress = r.suppressions(value)
		default:
			r.unknown(key, keys)
		}
	}
}

func (r *reader) errorf(at diagnostic.Position, format string, args ...any) {
	r.list = append(r.list, diagnostic.Errorf("invalid-project", at, format, args...))
}

func (r *reader) unknown(key document.Key, known string) {
	r.errorf(key.Position(), "key %q is not known; expected one of %s", key, known)
}

// members are those of an object; anything else is reported.
func (r *reader) members(v document.Value) iter.Seq2[document.Key, document.Value] {
	if v.Kind() != document.Object {
		r.list = append(r.list, v.Mismatch("an object"))
	}
	return v.Members()
}

// text reads a scalar as it is written.
func (r *reader) text(v document.Value) Text {
	text, ok := v.String()
	if !ok {
		text, ok = v.Number()
	}
	if b, isBool := v.Bool(); isBool {
		text, ok = "false", true
		if b {
			text = "true"
		}
	}
	if !ok {
		r.list = append(r.list, v.Mismatch("a text"))
		return Text{}
	}
	if strings.TrimSpace(text) == "" {
		r.errorf(v.Position(), "%s is empty, expected a text", v.Path())
		return Text{}
	}
	return Text{Value: text, At: v.Position()}
}

// texts reads a list of scalars; one scalar is a list of one.
func (r *reader) texts(v document.Value) []Text {
	if v.Kind() != document.Array {
		if t := r.text(v); t.Value != "" {
			return []Text{t}
		}
		return nil
	}
	var list []Text
	for element := range v.Elements() {
		list = append(list, r.text(element))
	}
	return list
}

// path makes a path of the project file one of the current folder.
func (r *reader) path(t Text) Text {
	if t.Value != "" && !filepath.IsAbs(t.Value) {
		t.Value = filepath.Join(r.folder, t.Value)
	}
	return t
}

// settings reads parameters by name; a list of values becomes one text, as on
// the command line.
func (r *reader) settings(v document.Value) []Text {
	var list []Text
	for key, value := range r.members(v) {
		var values []string
		for _, t := range r.texts(value) {
			values = append(values, t.Value)
		}
		if len(values) == 0 {
			if value.Kind() == document.Array {
				r.errorf(value.Position(), "setting %q has no value", key)
			}
			continue
		}
		list = append(list, Text{Value: key.String() + "=" + strings.Join(values, ","), At: key.Position()})
	}
	return list
}
