package arm

import (
	"regexp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// linked finds the template of a deployment that stands elsewhere: another input,
// by the file that the link names. One that no input is may hold anything.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates,
// read 2026-11.
func (r *reader) linked(res *resource, properties document.Value) *document.Document {
	what := "its template is not part of this file"
	if given := properties.GetFold("template"); given.Exists() {
		if doc := res.evaluated(given); doc != nil {
			return doc
		}
		what = "its template is an expression"
	}
	// An address, a path beside this template, or the id of a template spec.
	for _, name := range []string{"uri", "relativePath", "id"} {
		v, err := res.scope.value(properties.GetFold("templateLink").GetFold(name))
		if err != nil || v.IsNull() {
			continue
		}
		link := Link{From: properties.Position().File, Relative: name == "relativePath"}
		if doc := r.input(v, link); name != "id" && r.mayEnter(doc) {
			r.options.Entered(doc)
			r.report(diagnostic.Infof("linked-template", res.node.Position(), "the deployment %q deploys %s, which is read as its template", res.name.Render(), doc.Name()))
			return doc
		}
		what = "its template is at " + v.Render()
		break
	}
	r.unread(res.name.Render(), what, res.node.Position())
	return nil
}

// evaluated is a template that an expression gives, as json() of a text that Bicep
// has loaded; nil where it is not known. What a function gives is not evaluated again, so
// the expressions in it are those of the inner template, whatever the scope.
func (res *resource) evaluated(given document.Value) *document.Document {
	v, err := res.scope.value(given)
	if err != nil || v.Kind() != value.Object || v.HasUnknown() {
		return nil
	}
	doc, err := document.Parse("template", []byte(v.JSON()), document.Options{At: given.Position()})
	if err != nil || len(doc.Root().FoldedDuplicates()) > 0 {
		return nil
	}
	return doc
}

// mayEnter tells whether a document can be read as a linked template: not within
// itself, where a link means another file of its name.
func (r *reader) mayEnter(doc *document.Document) bool {
	return doc != nil && doc != r.doc && !r.linking[doc] && len(doc.Root().FoldedDuplicates()) == 0
}

// unread tells of a deployment of which nobody knows what it deploys.
func (r *reader) unread(name, what string, at azure.Position) {
	r.report(diagnostic.Warningf("linked-template", at, "the deployment %q is not followed: %s", name, what).
		WithHint("give the linked template as another file, at the path that the link has; what it may decide is undecided"))
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
		Type: typeDeployment, Address: name, Effect: "the resources of a linked template are not known, so what they may decide is undecided", At: at,
	})
	r.inventory.Unread = append(r.inventory.Unread, &azure.Unknown{
		Name: "deployment " + name, Why: "the deployment " + name + " may hold more: " + what, At: at,
	})
}

// linkedFile is a file that an address names, in what is known of it.
var linkedFile = regexp.MustCompile(`[\w.~%-]+(?:/[\w.~%-]+)*\.(?i:jsonc?)\b`)

// input is the input that a link means by its address, or nil.
func (r *reader) input(address *value.Value, link Link) *document.Document {
	if r.options.Linked == nil {
		return nil
	}
	link.Address = address.Render()
	if address.IsUnknown() {
		link.Address, link.Relative = address.Name(), false
	}
	if !link.Relative {
		all := linkedFile.FindAllString(link.Address, -1)
		if len(all) == 0 {
			return nil
		}
		link.Address = all[len(all)-1]
	}
	return r.options.Linked(link)
}

// linkedParameters gives the template of a deployment the values of a parameter file
// that stands elsewhere. Where no input is it, none of them is known.
func (r *reader) linkedParameters(t *template, res *resource, properties document.Value) {
	link := properties.GetFold("parametersLink")
	if !link.Exists() {
		return
	}
	for _, name := range []string{"uri", "relativePath"} {
		v, err := res.scope.value(link.GetFold(name))
		if err != nil || v.IsNull() {
			continue
		}
		stated := Link{From: link.Position().File, Relative: name == "relativePath", Parameters: true}
		if doc := r.input(v, stated); doc != nil {
			r.options.Entered(doc)
			r.applyParameterFile(t, doc)
			return
		}
	}
	t.openParameters("the deployment takes its parameters from another file")
}
