package emit

import (
	"maps"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// settings are those of an existing resource that the model does not hold: among
// its properties, and beside them.
func (w *writer) settings(r *azure.Resource) (properties, beside tree) {
	for _, s := range r.Settings {
		switch m := (member{s.Name, w.plain(s.Value)}); {
		case s.Unknown != nil:
			w.lack("%s of %s cannot be stated again: %s", s.Name, r.Name, s.Unknown.Why)
		case s.IsBeside():
			beside = append(beside, m)
		default:
			properties = append(properties, m)
		}
	}
	return properties, beside
}

// plain is a value as a template writes it.
func (w *writer) plain(v any) any {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "/") && strings.ContainsAny(v, "{}") && strings.Contains(strings.ToLower(v), "/providers/") {
			return w.id(azure.Ref(v, azure.Position{}))
		}
		return v
	case []any:
		list := []any{}
		for _, x := range v {
			list = append(list, w.plain(x))
		}
		return list
	case map[string]any:
		for name, id := range v { // what else is there of what is referred to is Azure's
			if text, _ := id.(string); strings.EqualFold(name, "id") && strings.Contains(strings.ToLower(text), "/providers/") {
				return tree{{"id", w.plain(id)}}
			}
		}
		t := tree{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if v[name] != nil {
				t = append(t, member{name, w.plain(v[name])})
			}
		}
		return t
	}
	return v
}
