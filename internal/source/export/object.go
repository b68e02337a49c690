package export

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// object is a resource of the input, or a part of one that has properties.
type object struct {
	r    *reader
	row  document.Value
	head [headCount]document.Value
	// properties is where the properties stand: "properties" as ARM writes
	// them, else the row itself, as az and PowerShell lift them (JSON-2).
	properties document.Value
	at         azure.Position
}

// What every object may have, in the order of headNames.
const (
	headID = iota
	headName
	headType
	headProperties
	headCount
)

var headNames = document.NamesOf("id", "name", "type", "properties")

func (r *reader) object(row document.Value) object {
	o := object{r: r, row: row, properties: row, at: r.at(row)}
	row.Pick(headNames, o.head[:])
	if p := o.head[headProperties]; p.Kind() == document.Object {
		o.properties = p
	}
	return o
}

// part is an object within another one.
func (o *object) part(v document.Value) object {
	p := o.r.object(v)
	p.ambiguous()
	return p
}

// ambiguous reports two members of the object that differ only in case
// (JSON-1) where they decide what the object is. Other members are looked at
// when they are read.
func (o *object) ambiguous() bool {
	found := false
	for _, v := range []document.Value{o.head[headProperties], o.head[headType]} {
		if v.Kind() == document.Ambiguous {
			o.r.wrongType(v, "one value")
			found = true
		}
	}
	return found
}

// get finds a property by its path.
func (o *object) get(path ...string) document.Value {
	v := o.properties
	for _, name := range path {
		v = v.GetFold(name)
	}
	return v
}

// identity reads id and name. A resource without an id gets one from its type,
// resource group and name; a child must have one, as it tells the parent.
func (o *object) identity(typ string, child bool) (azure.Resource, bool) {
	at := o.at
	id, name := o.r.text(o.head[headID]), o.r.text(o.head[headName])
	res := azure.Resource{Type: typ, Name: lastSegment(name.V), At: at, Rank: azure.RankExport}
	switch {
	case id.V != "":
		res.ID, res.Address = azure.MakeID(id.V), id.V
		if res.Name == "" {
			res.Name = lastSegment(id.V)
		}
	case id.Unknown != nil || name.Unknown != nil:
		return res, false // reported by text
	case child:
		o.r.report(diagnostic.Errorf("missing-property", at, "a resource of type %s has no id, so it is not known what it belongs to", typ).
			WithHint("give it as az or the REST API print it"))
		return res, false
	case res.Name == "":
		o.r.report(diagnostic.Errorf("missing-property", at, "a resource of type %s has neither id nor name", typ).
			WithHint("give it as az or the REST API print it"))
		return res, false
	default:
		group := o.r.text(o.row.GetFold("resourceGroup"))
		path := "providers/" + typ + "/" + res.Name
		if group.V != "" {
			path = "resourceGroups/" + group.V + "/" + path
		}
		res.ID, res.Address = azure.MakeID(path), res.Name
	}
	return res, true
}

// partIdentity reads id and name of a child in its parent's list. The id may
// be missing: Build makes it from the parent's.
func (o *object) partIdentity(typ string) azure.Resource {
	id, name := o.r.text(o.head[headID]), o.r.text(o.head[headName])
	res := azure.Resource{Type: typ, Name: lastSegment(name.V), Address: id.V, At: o.at, Rank: azure.RankExport}
	if id.V != "" {
		res.ID = azure.MakeID(id.V)
		if res.Name == "" {
			res.Name = lastSegment(id.V)
		}
	}
	if res.Name == "" && id.Unknown == nil && name.Unknown == nil {
		o.r.report(diagnostic.Errorf("missing-property", o.at, "an element of type %s has neither id nor name", typ).
			WithHint("give it as az or the REST API print it"))
	}
	return res
}

func lastSegment(text string) string {
	text = strings.TrimRight(text, "/")
	return text[strings.LastIndexByte(text, '/')+1:]
}

// stated reports whether the object tells any property of its kind: az
// resource list does not.
func (o *object) stated(k kind) bool {
	if k.empty || o.properties != o.row {
		return true
	}
	for _, names := range k.shape {
		for _, name := range names {
			if name != "name" && !o.row.GetFold(name).IsZero() {
				return true
			}
		}
	}
	return len(k.shape) == 0
}

// tellsMore reports whether the object tells anything beside what every list
// of resources does (az resource list).
func (o *object) tellsMore() bool {
	if o.properties != o.row {
		return true
	}
	for name, v := range o.row.Members() {
		if v.Kind() != document.Null && !listed[strings.ToLower(name.String())] {
			return true
		}
	}
	return false
}

// listed are what az resource list tells of every resource.
var listed = map[string]bool{
	"id": true, "name": true, "type": true, "location": true, "tags": true, "sku": true, "kind": true, "identity": true,
	"managedby": true, "plan": true, "extendedlocation": true, "changedtime": true, "createdtime": true, "zones": true,
	"provisioningstate": true, "resourcegroup": true, "systemdata": true, "subscriptionid": true, "tenantid": true,
}

// at is where a value stands.
func (r *reader) at(v document.Value) azure.Position { return r.cursor.Position(v) }

// text reads a scalar as text; not set when it is missing, null or empty
// (NSG-14).
func (r *reader) text(v document.Value) azure.Value[string] {
	switch v.Kind() {
	case document.Missing, document.Null:
		return azure.Value[string]{}
	case document.String:
		text, _ := v.String()
		if azure.IsExpression(text) {
			return r.templateExpression(text, r.at(v))
		}
		return azure.Given(text, r.at(v))
	case document.Number:
		text, _ := v.Number()
		return azure.Given(text, r.at(v))
	case document.Bool:
		return azure.Given(v.Raw(), r.at(v))
	}
	return r.wrongType(v, "a string")
}

// templateExpression refuses an expression outside a template (decisions 20),
// once a document.
func (r *reader) templateExpression(text string, at azure.Position) azure.Value[string] {
	if !r.expression {
		r.expression = true
		r.report(diagnostic.Errorf("expression", at, "%q is a template expression, and this input is not a template", text).
			WithHint("give the whole template, or the deployed resources (az network nsg list)"))
	}
	return azure.NotKnown[string](&azure.Unknown{Name: text, Why: "a template expression", At: at})
}

func (r *reader) wrongType(v document.Value, expected string) azure.Value[string] {
	if err := v.Err(); err != nil {
		r.reportAll(diagnostic.Of(err, "duplicate-key"))
	} else {
		r.report(diagnostic.Errorf("wrong-type", r.at(v), "%s is %s, expected %s", v.Path(), v.Kind(), expected))
	}
	return azure.NotKnown[string](&azure.Unknown{Name: v.Path(), Why: "it is of the wrong type", At: r.at(v)})
}

// texts reads a list of scalars; one scalar is a list of one.
func (r *reader) texts(v document.Value) []azure.Value[string] {
	if v.Kind() != document.Array {
		if one := r.text(v); one.IsSet() {
			return []azure.Value[string]{one}
		}
		return nil
	}
	var list []azure.Value[string]
	for element := range v.Elements() {
		if one := r.text(element); one.IsSet() {
			list = append(list, one)
		}
	}
	return list
}

// singularOrList reads a property that az prints as a scalar and PowerShell as
// a list (JSON-2): a list of one is the scalar.
func (r *reader) singularOrList(v document.Value) (one azure.Value[string], list []azure.Value[string]) {
	if v.Kind() != document.Array {
		return r.text(v), nil
	}
	if list = r.texts(v); len(list) == 1 {
		return list[0], nil
	}
	return azure.Value[string]{}, list
}

// elements are the objects of a list; anything else in it is an error.
func (o *object) elements(v document.Value) []object {
	switch v.Kind() {
	case document.Missing, document.Null:
		return nil
	case document.Array:
	default:
		o.r.wrongType(v, "an array")
		return nil
	}
	list := make([]object, 0, v.Len())
	for element := range v.Elements() {
		if element.Kind() != document.Object {
			o.r.wrongType(element, "an object")
			continue
		}
		list = append(list, o.part(element))
	}
	return list
}

// reference reads {"id": "..."}, or an id as text.
func (r *reader) reference(v document.Value) azure.Reference {
	switch v.Kind() {
	case document.Bool, document.Number:
		return refer(r.wrongType(v, "an object with an id"))
	case document.Object:
		id := v.GetFold("id")
		if id.IsZero() && v.Len() == 0 {
			return azure.Reference{}
		}
		if text := r.text(id); text.IsSet() {
			return refer(text)
		}
		return refer(azure.NotKnown[string](&azure.Unknown{Name: v.Path(), Why: "the reference has no id", At: r.at(v)}))
	}
	if text := r.text(v); text.IsSet() {
		return refer(text)
	}
	return azure.Reference{}
}

func refer(text azure.Value[string]) azure.Reference {
	if text.Unknown != nil {
		return azure.Reference{Unknown: text.Unknown, At: text.At}
	}
	return azure.Ref(text.V, text.At)
}

// references reads a list of references.
func (o *object) references(v document.Value) []azure.Reference {
	if v.Kind() != document.Array {
		if v.IsZero() {
			return nil
		}
		o.r.wrongType(v, "an array")
		return nil
	}
	var list []azure.Reference
	for element := range v.Elements() {
		if ref := o.r.reference(element); ref.IsSet() {
			list = append(list, ref)
		}
	}
	return list
}

// parsed reads a property with one of azure's Parse functions.
func parsed[T any](o *object, parse func(string, azure.Position) (azure.Value[T], diagnostic.List), path ...string) azure.Value[T] {
	v, list := azure.Parsed(o.r.text(o.get(path...)), parse)
	o.r.reportAll(list)
	return v
}

// parsedValue reads a value with one of azure's Parse functions.
func parsedValue[T any](r *reader, v document.Value, parse func(string, azure.Position) (azure.Value[T], diagnostic.List)) azure.Value[T] {
	parsed, list := azure.Parsed(r.text(v), parse)
	r.reportAll(list)
	return parsed
}

// allParsed reads a list of values with one of azure's Parse functions.
func allParsed[T any](o *object, parse func(string, azure.Position) (azure.Value[T], diagnostic.List), path ...string) []azure.Value[T] {
	var values []azure.Value[T]
	for _, text := range o.r.texts(o.get(path...)) {
		v, list := azure.Parsed(text, parse)
		o.r.reportAll(list)
		if v.IsSet() {
			values = append(values, v)
		}
	}
	return values
}
