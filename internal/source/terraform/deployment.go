package terraform

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm"
)

// deployment reads azurerm_resource_group_template_deployment and its like for
// subscriptions, management groups and tenants: a template with its parameters, as
// JSON in attributes. Before version 3 of the provider azurerm_template_deployment had
// other names for them. What it states counts like resources of the plan.
func (r *reader) deployment(i *instance) {
	content := i.either("template_content", "template_body")
	text := content.known()
	if content.value.Kind() == document.Object {
		text = content.value.Raw()
	}
	if text == "" {
		why := "its template is " + map[bool]string{true: notYet, false: "a template spec"}[content.isUnknown()]
		r.unreadDeployment(i, content.at(), why)
		return
	}
	doc, err := document.Parse(content.name, []byte(text), document.Options{Dialect: document.ARM, At: content.at()})
	if err != nil || !arm.Recognise(doc) {
		r.unreadDeployment(i, content.at(), "its template_content is no template")
		return
	}
	o := arm.Options{Deployment: &arm.Deployment{
		Name: i.text, SubscriptionID: r.subscription(i), ResourceGroup: i.get("resource_group_name").known(),
	}}
	o.Parameters, o.Deployment.Open = parametersOf(i)
	inv := arm.Read(doc, o)
	r.renameAll(i, inv)
	r.inventory.Add(inv)
}

// unreadDeployment notes a deployment of which the plan does not hold the template.
func (r *reader) unreadDeployment(i *instance, at azure.Position, what string) {
	r.report(diagnostic.Warningf("linked-template", at, "the deployment %q is not followed: %s", i.text, what).
		WithHint("give template_content as the JSON of a template; what the deployment may decide is undecided"))
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
		Type: i.typ, Address: i.text, Effect: "the resources of the deployment are not known, so what they may decide is undecided", At: i.at,
	})
	r.inventory.Unread = append(r.inventory.Unread, &azure.Unknown{
		Name: "deployment " + i.text, Why: "the deployment " + i.text + " may hold more: " + what, At: at,
	})
}

// parametersOf are the values of a deployment's parameters as a parameter file, or
// why they are not known.
func parametersOf(i *instance) ([]*document.Document, *azure.Unknown) {
	f := i.either("parameters_content", "parameters_body")
	if f.isUnknown() {
		return nil, f.open()
	}
	if singly := i.get("parameters"); singly.isSet() {
		return nil, singly.openBecause("parameters that stand singly are not read")
	}
	text := f.known()
	if text == "" {
		return nil, nil
	}
	doc, err := document.Parse(f.name, fmt.Appendf(nil, `{"parameters": %s}`, text), document.Options{Dialect: document.ARM, At: f.at()})
	if err != nil {
		return nil, f.openBecause("parameters_content is not valid JSON")
	}
	return []*document.Document{doc}, nil
}

// renameAll gives what a template names by its Azure id the identity that it has in
// the plan.
func (r *reader) renameAll(i *instance, inv *azure.Inventory) {
	known := map[azure.ID]azure.ID{}
	inv.Rename(func(id azure.ID) azure.ID {
		to, ok := known[id]
		if !ok {
			to = r.planned(i, id)
			known[id] = to
		}
		return to
	})
}

// planned is the identity in the plan of an Azure id, or of the nearest of its parents
// that the plan has; the id itself where it has none.
func (r *reader) planned(i *instance, id azure.ID) azure.ID {
	prefix, path, ok := strings.Cut(string(id), "/providers/")
	if !ok {
		return id
	}
	group := prefix[strings.LastIndexByte(prefix, '/')+1:]
	if strings.Contains(group, "{") {
		group = ""
	}
	parts := strings.Split(path, "/")
	for n := len(parts); n >= 3; n -= 2 {
		typ, names := parts[0], []string{}
		for at := 1; at+1 < n; at += 2 {
			typ, names = typ+"/"+parts[at], append(names, parts[at+1])
		}
		if found := r.nearest(i, r.plannedAs(typ, group, names)); len(found) == 1 {
			return azure.MakeID(strings.Join(append([]string{string(found[0].id)}, parts[n:]...), "/"))
		}
	}
	return id
}

// plannedAs lists the resources of the plan of an Azure type by the names of their
// parents and their own, in any resource group where that is not known.
func (r *reader) plannedAs(armType, group string, names []string) []target {
	var list []target
	for typ, k := range kinds {
		if !strings.EqualFold(k.armType, armType) {
			continue
		}
		for _, c := range r.instancesOf(typ) {
			own, ok := c.get("resource_group_name").known(), len(k.parents)+1 == len(names)
			for n, attribute := range append(append([]string(nil), k.parents...), "name") {
				ok = ok && strings.EqualFold(c.get(attribute).known(), names[n])
			}
			if ok && (group == "" || own == "" || strings.EqualFold(own, group)) {
				list = append(list, target{id: c.id, text: c.text})
			}
		}
	}
	return list
}
