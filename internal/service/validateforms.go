package service

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// form is what a text must look like; the schema has the same patterns.
type form struct {
	pattern *regexp.Regexp
	// expected says it in words.
	expected string
}

var (
	nameForm      = form{regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`), "lower-case letters, digits and hyphens"}
	editionForm   = form{regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]*$`), "letters, digits, dots and hyphens, such as a date"}
	parameterForm = form{regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`), "letters and digits, the first in lower case"}
	valueForm     = form{regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`), "letters, digits and hyphens"}
	tagForm       = form{regexp.MustCompile(`^[A-Za-z0-9.]+([{][a-zA-Z0-9]+[}])?$`), "a service tag, such as Sql or Storage.{region}"}
	typeForm      = form{regexp.MustCompile(`^[A-Za-z.]+/[A-Za-z/]+$`), "a type of Azure, such as Microsoft.Sql/managedInstances"}
)

// form reports a text that does not look as it must; one that is missing or
// empty is reported elsewhere.
func (v *validator) form(at document.Value, what, value string, f form) {
	if value != "" && !f.pattern.MatchString(value) {
		v.errorf(at, "%s %q is not well formed; expected %s", what, value, f.expected)
	}
}

func (v *validator) forms(list document.Value, what string, values []string, f form) {
	for i, value := range values {
		v.form(list.Index(i), what, value, f)
	}
}

// date reports what is no day.
func (v *validator) date(at document.Value, value string) {
	if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
		v.errorf(at, "%q is not a day; expected year-month-day", value)
	}
}

// empties reports texts, lists and objects that hold nothing; a pattern of a
// resource may be empty.
func (v *validator) empties(at document.Value) {
	if kind := at.Kind(); at.Len() == 0 && (kind == document.Array || kind == document.Object) {
		v.errorf(at, "%s is empty, expected at least one entry", at.Path())
	}
	switch at.Kind() {
	case document.String:
		if text, _ := at.String(); text == "" {
			v.errorf(at, "%s is empty, expected a text", at.Path())
		}
	case document.Array:
		for e := range at.Elements() {
			v.empties(e)
		}
	case document.Object:
		for key, value := range at.Members() {
			if key.String() != "where" || value.Kind() != document.Object {
				v.empties(value)
			}
		}
	}
}

// unread warns of types and properties that no reader finds.
func (v *validator) unread(root document.Value) {
	read, known := []string{"resource.type"}, true
	for i := range v.p.Resources {
		r, at := &v.p.Resources[i], root.Get("resources").Index(i)
		paths, ok := readProperties(r.Type)
		read, known = append(read, paths...), known && ok
		if !ok {
			v.warn(at.Get("type"), "name it: wayleave check PATH --service "+v.p.Service+" --subnet SUBNET",
				"resources of the type %s are not read, so the service is never found by itself", r.Type)
			continue
		}
		for _, path := range sortedKeys(r.Where) {
			if !containsFold(paths, path) {
				v.warn(at.Get("where").Get(path), "use one of "+strings.Join(paths, ", "),
					"the property %s of %s is not read, so it counts as not set", path, r.Type)
			}
		}
	}
	for i, q := range v.p.Parameters {
		if known && len(v.p.Resources) > 0 && q.Property != "" && !containsFold(read, q.Property) {
			v.warn(root.Get("parameters").Index(i).Get("property"), "use one of "+strings.Join(read, ", "),
				"the property %s is not read, so it never tells %s", q.Property, q.Name)
		}
	}
}

func (v *validator) warn(at document.Value, hint, format string, args ...any) {
	v.problems = append(v.problems, diagnostic.Warningf("unread-resource", at.Position(), format, args...).WithHint("%s", hint))
}

// readProperties are the paths of properties that the readers find in a
// resource of a type; ok is false for a type they do not read.
func readProperties(typ string) (paths []string, ok bool) {
	switch {
	case strings.EqualFold(typ, azure.TypeAzureFirewall):
		return []string{"managementNic"}, true
	case strings.EqualFold(typ, azure.TypeGateway):
		return []string{"gatewayType", "sku.name"}, true
	}
	kind, ok := azure.ServiceKindOf(typ)
	if !ok {
		return nil, false
	}
	for _, path := range slices.Concat(kind.Properties, kind.Subnets) {
		paths = append(paths, strings.ReplaceAll(path, "[]", ""))
	}
	return paths, true
}

func containsFold(list []string, text string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, text) })
}
