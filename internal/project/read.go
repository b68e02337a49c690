package project

import (
	"path/filepath"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/strict"
)

// Read reads a project file. The file is nil when the list has errors: a key
// nobody knows, a value of the wrong kind, a suppression without reason or date.
func Read(path string) (*File, diagnostic.List) {
	return strict.Read(path, Parse)
}

// Parse reads the bytes of a project file at path. A file of comments alone
// states nothing.
func Parse(path string, data []byte) (*File, diagnostic.List) {
	r := reader{Reader: strict.Reader{Code: "invalid-project"}, folder: filepath.Dir(path)}
	return strict.Fill(&r.Reader, path, data, &File{Path: path}, r.file)
}

// reader collects what is wrong.
type reader struct {
	strict.Reader
	folder string
}

var keys = []string{"tags", "cloud", "parameters", "profiles", "assume", "service", "subnets", "set", "suppress"}

func (r *reader) file(root document.Value, f *File) {
	for key, value := range r.Members(root) {
		switch key.String() {
		case "schema":
			if t := r.Text(value); t.Value != Schema && !t.At.IsZero() {
				r.Errorf(t.At, "schema is %q, expected %q", t.Value, Schema)
			}
		case "tags":
			f.Tags = r.path(r.Text(value))
		case "cloud":
			f.Cloud = r.Text(value)
		case "parameters":
			for _, t := range r.Texts(value) {
				f.Parameters = append(f.Parameters, r.path(t))
			}
		case "profiles":
			for _, t := range r.Texts(value) {
				f.Profiles = append(f.Profiles, r.path(t))
			}
		case "assume":
			f.Assume = r.Texts(value)
		case "service":
			f.Services = r.Texts(value)
		case "subnets":
			f.Subnets = r.Texts(value)
		case "set":
			f.Set = r.settings(value)
		case "suppress":
			f.Suppress = r.suppressions(value)
		default:
			r.Unknown(key, keys...)
		}
	}
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
	for key, value := range r.Members(v) {
		var values []string
		for _, t := range r.Texts(value) {
			values = append(values, t.Value)
		}
		if len(values) == 0 {
			if value.Kind() == document.Array {
				r.Errorf(value.Position(), "setting %q has no value", key)
				r.Hint("write a value, or delete the line")
			}
			continue
		}
		list = append(list, Text{Value: key.String() + "=" + strings.Join(values, ","), At: key.Position()})
	}
	return list
}
