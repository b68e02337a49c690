package export

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// withSettings is a resource with what the input states beyond the model.
func (o *object) withSettings(r azure.Resource) azure.Resource {
	for key, v := range o.properties.Members() {
		name := key.String()
		// PowerShell prints a second form of what is no scalar, "DelegationsText".
		if azure.IsSetting(r.Type, name) && !isEmpty(v) && !strings.HasSuffix(name, "Text") {
			r.Settings = append(r.Settings, azure.Setting{Name: strings.ToLower(name[:1]) + name[1:], Value: v.Any()})
		}
	}
	for _, name := range azure.SettingsBeside(r.Type) {
		v := o.row.GetFold(name)
		if name == "tags" && isEmpty(v) {
			v = o.row.GetFold("tag") // as PowerShell calls them
		}
		if !isEmpty(v) {
			r.Settings = append(r.Settings, azure.Setting{Name: name, Value: v.Any()})
		}
	}
	return r
}

// lostSettings are members of an element of a list that the model holds, beyond
// those it holds of it: a change cannot state the list again.
func (o *object) lostSettings(list string, held ...string) []azure.Setting {
	var lost []azure.Setting
	for key, v := range o.properties.Members() {
		name := key.String()
		if !isEmpty(v) && !slices.ContainsFunc(held, func(h string) bool { return strings.EqualFold(h, name) }) {
			u := &azure.Unknown{Name: list + "." + name, Why: "it is not modelled", At: o.r.at(v)}
			lost = append(lost, azure.Setting{Name: list + "." + name, Unknown: u})
		}
	}
	return lost
}

func isEmpty(v document.Value) bool {
	switch v.Kind() {
	case document.Array, document.Object:
		return v.Len() == 0
	case document.String:
		text, _ := v.String()
		return text == ""
	}
	return v.IsZero()
}
