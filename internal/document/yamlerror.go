package document

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// yamlError explains why the YAML library refused the text.
func yamlError(d *Document, err error, o Options) diagnostic.Diagnostic {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return diagnostic.Errorf("yaml-syntax", diagnostic.Position{File: d.name}, "%v", err)
	}
	starts := yamlLineStarts(d.source)
	at := yamlPlace(d, starts, load.Mark.Line, load.Mark.Column)
	if errors.Is(err, errTooDeep) || strings.Contains(load.Message, errTooDeep.Error()) {
		return diagnostic.Errorf("too-deep", at, "values are nested more than %d deep", o.MaxDepth).WithHint(hintDepth)
	}
	problem := diagnostic.Errorf("yaml-syntax", at, "%s", load.Message)
	if load.ContextMsg != "" && load.ContextMark.Line > 0 {
		problem = problem.WithRelated(yamlPlace(d, starts, load.ContextMark.Line, load.ContextMark.Column), "%s", load.ContextMsg)
	}
	if at.Line > 0 && at.Line <= len(starts) && strings.HasPrefix(strings.TrimLeft(d.source[starts[at.Line-1]:], " "), "\t") {
		problem = problem.WithHint("YAML is indented with spaces, not tabs")
	}
	return problem
}

// The library states the problems of decoding as text only.
var (
	unknownField = regexp.MustCompile(`^field (.*) not found in type (\S+)$`)
	wrongType    = regexp.MustCompile("^cannot (?:construct|unmarshal) (\\S+)(?: `(.*)`)? into (\\S+)")
)

// decodeErrors turns the problems of storing a document in into to diagnostics.
func decodeErrors(d *Document, err error, into any) error {
	var several *yaml.LoadErrors
	if !errors.As(err, &several) {
		return diagnostic.List{yamlError(d, err, Options{})}
	}
	starts := yamlLineStarts(d.source)
	known := fieldNames(reflect.TypeOf(into))
	var list diagnostic.List
	for _, each := range several.Errors {
		at := yamlPlace(d, starts, each.Mark.Line, each.Mark.Column)
		if m := unknownField.FindStringSubmatch(each.Message); m != nil {
			list = append(list, diagnostic.Errorf("unknown-field", at, "unknown field %q", shorten(m[1])).
				WithHint("known fields: %s", strings.Join(known[m[2]], ", ")))
			continue
		}
		if m := wrongType.FindStringSubmatch(each.Message); m != nil {
			list = append(list, diagnostic.Errorf("wrong-type", at, "found %s, expected %s", yamlFound(m[1], m[2]), goType(m[3])))
			continue
		}
		list = append(list, diagnostic.Errorf("wrong-type", at, "%s", each.Message).WithHint("compare the value with the schema of the file"))
	}
	list.Sort()
	return list
}

// yamlFound says what a value is that does not fit.
func yamlFound(tag, text string) string {
	kinds := map[string]string{
		"!!str": "the text", "!!int": "the number", "!!float": "the number", "!!bool": "the boolean",
		"!!timestamp": "the date", "!!null": "null", "!!seq": "a list", "!!map": "a mapping",
	}
	found := kinds[tag]
	if found == "" {
		found = tag
	}
	if text != "" {
		found += " " + quote([]byte(shorten(text)))
	}
	return found
}

// goType says what a field takes.
func goType(name string) string {
	switch {
	case strings.HasPrefix(name, "[]"):
		return "a list"
	case strings.HasPrefix(name, "map["):
		return "a mapping"
	case name == "bool":
		return "true or false"
	case name == "string":
		return "text"
	case strings.HasPrefix(name, "int"), strings.HasPrefix(name, "uint"):
		return "a whole number"
	case strings.HasPrefix(name, "float"):
		return "a number"
	}
	return "a mapping"
}

// fieldNames returns, for every struct type within t, the names of its fields
// in YAML, sorted.
func fieldNames(t reflect.Type) map[string][]string {
	names := map[string][]string{}
	collectFields(t, names)
	return names
}

func collectFields(t reflect.Type, names map[string][]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		collectFields(t.Elem(), names)
	case reflect.Struct:
		if _, seen := names[t.String()]; seen {
			return
		}
		names[t.String()] = nil
		var own []string
		for field := range t.Fields() {
			if !field.IsExported() && !field.Anonymous {
				continue
			}
			name, flags, _ := strings.Cut(field.Tag.Get("yaml"), ",")
			collectFields(field.Type, names)
			switch {
			case name == "-":
			case flags == "inline":
				own = append(own, names[field.Type.String()]...)
			case name == "":
				own = append(own, strings.ToLower(field.Name))
			default:
				own = append(own, name)
			}
		}
		slices.Sort(own)
		names[t.String()] = own
	}
}
