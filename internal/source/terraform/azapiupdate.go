package terraform

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/source/arm/body"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// azapiUpdate reads azapi_update_resource, which sets some properties of a
// resource that stands elsewhere and leaves the others as they are.
//
// https://registry.terraform.io/providers/Azure/azapi/latest/docs/resources/update_resource,
// read 2026-11.
func (r *reader) azapiUpdate(i *instance) {
	armType, version := armTypeOf(i)
	if !body.IsFollowed(armType) {
		r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
			Type: i.typ, Address: i.text, Effect: "what azapi changes on a resource of type " + armType + " is not followed", At: i.at,
		})
		return
	}
	u := azure.Update{Resource: r.resource(i, armType), Source: i.typ, Target: r.updated(i, armType)}
	content := openNulls(r.bodyOf(i))
	if i.expression("sensitive_body").Exists() || i.get("sensitive_body").isSet() {
		content = value.NotKnown(i.text+".sensitive_body", "a plan does not hold the body", i.at)
	}
	u.Set = r.statement(i, body.Resource{
		APIVersion: version, Properties: content.Get("properties"), SKU: content.Get("sku"), Kind: content.Get("kind"), Location: content.Get("location"),
	}, u.Resource)
	u.Bare = r.statement(i, body.Resource{APIVersion: version}, u.Resource)
	doubt := &azure.Unknown{Name: i.text + ".body", Why: i.text + " changes it, and how is not followed", At: i.at}
	u.Open = r.statement(i, body.Resource{APIVersion: version, Properties: content.Get("properties"), Doubt: doubt}, u.Resource)
	for _, d := range u.Set.Diagnostics {
		if d.Code == "wrong-type" {
			r.report(d)
		}
	}
	for _, inv := range []*azure.Inventory{u.Set, u.Bare, u.Open} {
		inv.Diagnostics = nil
	}
	r.inventory.Updates = append(r.inventory.Updates, u)
}

// statement is an inventory that states one resource.
func (r *reader) statement(i *instance, b body.Resource, of azure.Resource) *azure.Inventory {
	inv := &azure.Inventory{Source: r.inventory.Source, Rank: r.inventory.Rank}
	b.Resource = of
	if b.Properties.IsNull() {
		b.Properties = value.OfObject(nil, i.at)
	}
	if strings.Count(of.Type, "/") > 1 {
		b.Parent = azure.Reference{ID: azure.MakeID("parent of " + i.text), At: i.at}
	}
	body.Add(inv, b)
	return inv
}

// openNulls makes properties that are set to null unknown: what Azure takes then
// depends on the property.
func openNulls(v *value.Value) *value.Value {
	switch v.Kind() {
	case value.Null:
		return value.NotKnown("null", "it is set to null", v.At)
	case value.Object:
		var members []value.Member
		for _, m := range v.Members() {
			members = append(members, value.Member{Name: m.Name, Value: openNulls(m.Value)})
		}
		return value.OfObject(members, v.At)
	}
	return v
}

// updated is the resource that an azapi_update_resource names, by its id or by its
// parent and its name.
func (r *reader) updated(i *instance, armType string) azure.Reference {
	types := typesOf(armType)
	if f := i.given("resource_id"); f.isSet() {
		return r.reference(i, f, "resource_id", types...)
	}
	name := i.get("name").known()
	parent := r.reference(i, i.given("parent_id"), "parent_id", parentsOf(armType)...)
	var found []*instance
	for _, c := range r.instances {
		if c.same == nil && c.isOf(armType, types) && name != "" && strings.EqualFold(c.get("name").known(), name) && r.isChildOf(c, parent) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 1:
		return azure.Reference{ID: found[0].id, Text: found[0].text, At: i.at}
	case len(found) == 0 && name != "" && strings.HasPrefix(string(parent.ID), "/"):
		return azure.Ref(childOf(parent.ID, armType, name), i.at)
	}
	u := &azure.Unknown{Name: i.text + ".resource_id", Why: "which resource it changes is not known", At: i.at}
	return azure.Reference{Unknown: u, At: i.at}
}

// isOf reports whether an instance is of an Azure type.
func (i *instance) isOf(armType string, types []string) bool {
	if i.typ == "azapi_resource" {
		own, _ := armTypeOf(i)
		return own == armType
	}
	return slices.Contains(types, i.typ)
}

// isChildOf reports whether an instance may belong to a parent: that of a resource
// without one is its resource group.
func (r *reader) isChildOf(i *instance, parent azure.Reference) bool {
	switch {
	case parent.ID == "":
		return true
	case len(kinds[i.typ].parents) > 0:
		own := r.parentOf(i)
		return own.ID == "" || own.ID == parent.ID
	case strings.HasPrefix(string(i.id), "/") && strings.HasPrefix(string(parent.ID), "/"):
		return strings.HasPrefix(string(i.id), string(parent.ID)+"/")
	}
	return true
}

// childOf is the id of a resource in a resource group, or of a child.
func childOf(parent azure.ID, armType, name string) string {
	provider, rest, _ := strings.Cut(armType, "/")
	if last := strings.LastIndexByte(rest, '/'); last >= 0 {
		return string(parent) + rest[last:] + "/" + name
	}
	return string(parent) + "/providers/" + provider + "/" + rest + "/" + name
}

// typesOf lists the Terraform types that stand for an Azure type.
func typesOf(armType string) []string {
	types := []string{}
	for typ, k := range kinds {
		if strings.EqualFold(k.armType, armType) {
			types = append(types, typ)
		}
	}
	slices.Sort(types)
	return append(types, "azapi_resource")
}

// parentsOf lists those of the parent of an Azure type, which for most is a
// resource group.
func parentsOf(armType string) []string {
	if strings.Count(armType, "/") > 1 {
		return parentOfType(armType)
	}
	return []string{"azurerm_resource_group"}
}
