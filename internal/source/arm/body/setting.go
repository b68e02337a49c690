package body

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// withSettings is the resource with what its body, and what stands beside that,
// states beyond the model.
func (o object) withSettings(beside []value.Member) azure.Resource {
	r := o.resource
	for _, m := range o.value.Members() {
		if o.doubt == nil && azure.IsSetting(r.Type, m.Name) && !isEmpty(m.Value) {
			r.Settings = append(r.Settings, setting(m.Name, m.Value))
		}
	}
	for _, m := range beside {
		if !isEmpty(m.Value) {
			r.Settings = append(r.Settings, setting(m.Name, m.Value))
		}
	}
	return r
}

// lostSettings are members of an element of a list that the model holds, beyond
// those it holds of it: a change cannot state the list again.
func lostSettings(e *value.Value, list string, held ...string) []azure.Setting {
	var lost []azure.Setting
	for _, m := range e.Members() {
		if !isEmpty(m.Value) && !slices.ContainsFunc(held, func(name string) bool { return strings.EqualFold(name, m.Name) }) {
			u := &azure.Unknown{Name: list + "." + m.Name, Why: "it is not modelled", At: m.Value.At}
			lost = append(lost, azure.Setting{Name: list + "." + m.Name, Unknown: u})
		}
	}
	return lost
}

func isEmpty(v *value.Value) bool {
	return v.IsNull() || v.Kind() == value.Array && len(v.Elements()) == 0 || v.Kind() == value.Object && len(v.Members()) == 0
}

func setting(name string, v *value.Value) azure.Setting {
	known, u := plain(v)
	if u != nil {
		return azure.Setting{Name: name, Unknown: u}
	}
	return azure.Setting{Name: name, Value: known}
}

// plain is a value as plain Go values; an id of which not all is known is its
// text, with braces around what is not.
func plain(v *value.Value) (any, *azure.Unknown) {
	switch v.Kind() {
	case value.Missing, value.Null:
		return nil, nil
	case value.Array:
		list := []any{}
		for _, e := range v.Elements() {
			one, u := plain(e)
			if u != nil {
				return nil, u
			}
			list = append(list, one)
		}
		return list, nil
	case value.Object:
		object := map[string]any{}
		for _, m := range v.Members() {
			one, u := plain(m.Value)
			if u != nil {
				return nil, u
			}
			object[m.Name] = one
		}
		return object, nil
	case value.Unknown:
		if !IsID(v) {
			return nil, unknown(v)
		}
	}
	if b, ok := v.Bool(); ok {
		return b, nil
	}
	if n, ok := v.Int(); ok {
		return n, nil
	}
	if v.Kind() == value.Float {
		f, _ := strconv.ParseFloat(v.Render(), 64)
		return f, nil
	}
	return v.Render(), nil
}
