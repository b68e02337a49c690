package terraform

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/body"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// Resources of the azapi provider have Azure's own type and body:
// type = "Microsoft.Network/virtualNetworks/subnets@2023-04-01".
//
// https://registry.terraform.io/providers/Azure/azapi/latest/docs/resources/resource,
// read 2026-11.

// armTypeOf is the Azure type of an azapi resource and its API version.
func armTypeOf(i *instance) (typ, version string) {
	typ, version, _ = strings.Cut(i.get("type").known(), "@")
	return body.Type(typ), version
}

// standsFor is the azurerm type that an instance can take the place of in a
// reference: its own, or that of an azapi resource's Azure type.
func (i *instance) standsFor() string {
	if i.typ != "azapi_resource" {
		return i.typ
	}
	armType, _ := armTypeOf(i)
	for typ, k := range kinds {
		if k.armType == armType {
			return typ
		}
	}
	return i.typ
}

// azapiResource reads azapi_resource.
func (r *reader) azapiResource(i *instance) {
	armType, version := armTypeOf(i)
	if !body.IsFollowed(armType) {
		if strings.HasPrefix(strings.ToLower(armType), "microsoft.network/") || armType == "" {
			r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
				Type: i.get("type").known(), Address: i.text, Effect: "resources of this type are not followed", At: i.at,
			})
		}
	}
	if !body.IsModelled(armType) {
		return
	}
	res := body.Resource{Resource: r.resource(i, armType), APIVersion: version}
	if strings.Count(armType, "/") > 1 {
		res.Parent = r.reference(i, i.get("parent_id"), "parent_id", parentOfType(armType)...)
	}
	content := r.bodyOf(i)
	res.Properties, res.SKU, res.Kind = content.Get("properties"), content.Get("sku"), content.Get("kind")
	res.Location = content.Get("location")
	if location := i.get("location"); location.isSet() {
		res.Location = r.bodyValue(i, location, "")
	}
	if res.Properties.IsNull() {
		res.Properties = value.OfObject(nil, i.at)
	}
	body.Add(r.inventory, res)
}

// parentOfType lists the azurerm types that hold children of an Azure type.
func parentOfType(armType string) []string {
	parent := armType[:strings.LastIndexByte(armType, '/')]
	for typ, k := range kinds {
		if k.armType == parent {
			return []string{typ}
		}
	}
	return nil
}

// bodyOf is the body of an azapi resource: an object, or in version 1 of the
// provider its JSON, of which only the whole has a place.
func (r *reader) bodyOf(i *instance) *value.Value {
	f := i.get("body")
	text, isText := f.value.String()
	if !isText {
		return r.bodyValue(i, f, "")
	}
	doc, err := document.Parse("body", []byte(text), document.Options{})
	if err != nil {
		r.report(f.value.Mismatch("the JSON of a resource"))
		return value.NotKnown(f.name, "the body is not valid JSON", f.at())
	}
	inner := field{value: doc.Root(), name: f.name, problems: f.problems}
	return r.bodyValue(i, inner, "").PlacedAt(f.at())
}

// referredTypes are the azurerm types that an id can be of, by the property
// that holds the reference.
var referredTypes = map[string]string{
	"networksecuritygroup":                 "azurerm_network_security_group",
	"routetable":                           "azurerm_route_table",
	"natgateway":                           "azurerm_nat_gateway",
	"remotevirtualnetwork":                 "azurerm_virtual_network",
	"subnet":                               "azurerm_subnet",
	"subnets":                              "azurerm_subnet",
	"publicipaddress":                      "azurerm_public_ip",
	"publicipaddresses":                    "azurerm_public_ip",
	"publicipprefixes":                     "azurerm_public_ip_prefix",
	"firewallpolicy":                       "azurerm_firewall_policy",
	"basepolicy":                           "azurerm_firewall_policy",
	"sourceipgroups":                       "azurerm_ip_group",
	"destinationipgroups":                  "azurerm_ip_group",
	"applicationsecuritygroups":            "azurerm_application_security_group",
	"sourceapplicationsecuritygroups":      "azurerm_application_security_group",
	"destinationapplicationsecuritygroups": "azurerm_application_security_group",
}

// bodyValue is a part of a body as a value. holder is the property the part
// stands in.
func (r *reader) bodyValue(i *instance, f field, holder string) *value.Value {
	at := f.at()
	if f.isUnknown() {
		return r.openBodyValue(i, f, holder)
	}
	switch f.value.Kind() {
	case document.Array:
		list := []*value.Value{}
		for _, e := range f.elements() {
			list = append(list, r.bodyValue(i, e, holder))
		}
		return value.OfArray(list, at)
	case document.Object, document.Missing:
		return r.bodyObject(i, f, holder)
	case document.String:
		s, _ := f.value.String()
		return value.OfString(s, at)
	case document.Bool:
		b, _ := f.value.Bool()
		return value.OfBool(b, at)
	case document.Number:
		if n, ok := f.value.Int(); ok {
			return value.OfInt(n, at)
		}
		n, _ := f.value.Number()
		return value.OfFloat(n, at)
	}
	return value.OfNull(at)
}

// bodyObject is an object of a body: what the plan shows, and what it marks as
// unknown.
func (r *reader) bodyObject(i *instance, f field, holder string) *value.Value {
	var members []value.Member
	add := func(name string) {
		within := name
		if strings.EqualFold(name, "id") {
			within = holder
		}
		members = append(members, value.Member{Name: name, Value: r.bodyValue(i, f.get(name), within)})
	}
	for name := range f.value.Members() {
		add(name.String())
	}
	for name, mark := range f.unknown.Members() {
		if !f.value.Get(name.String()).Exists() && containsTrue(mark) {
			add(name.String())
		}
	}
	return value.OfObject(members, f.at())
}

// openBodyValue is a value known after apply; the id of a resource of the plan
// where the configuration tells which.
func (r *reader) openBodyValue(i *instance, f field, holder string) *value.Value {
	want, ok := referredTypes[strings.ToLower(holder)]
	ok = ok && strings.HasSuffix(f.name, ".id")
	if last := strings.ToLower(f.name); strings.HasSuffix(last, "subnetid") || strings.HasSuffix(last, "subnetresourceid") {
		want, ok = "azurerm_subnet", true
	}
	if ok {
		ref := r.referenceTo(f, r.search(r.scopeOf(i), i.expression("body"), "id", false, want))
		if ref.Unknown == nil {
			return value.OfString(string(ref.ID), f.at())
		}
		return value.NotKnown(f.name, ref.Unknown.Why, f.at())
	}
	return value.NotKnown(f.name, notYet, f.at())
}
