package arm

import (
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/expression"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// nested enters a deployment. In inner scope its template has parameters,
// variables and a place of its own; in outer scope its expressions are those of
// the template around it, only the resources are deployed elsewhere.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates
// (expression evaluation scope), read 2026-11.
func (r *reader) nested(res *resource) error {
	properties := res.node.GetFold("properties")
	inner, linked := properties.GetFold("template"), false
	if inner.Kind() != document.Object {
		doc := r.linked(res, properties)
		if doc == nil {
			return nil
		}
		r.linking[doc] = true
		defer delete(r.linking, doc)
		inner, linked = doc.Root(), true
	}
	if !r.budget.Spend(templateSteps) {
		return tooLarge(inner.Position())
	}
	mode, _ := properties.GetFold("expressionEvaluationOptions").GetFold("scope").String()
	if !linked && !strings.EqualFold(mode, "inner") {
		outer := &template{
			r: r, label: r.labelOf(res), root: inner, place: res.scope.t.place, parameters: res.scope.t.parameters, variables: res.scope.t.variables,
			symbols: res.scope.t.symbols, functions: res.scope.t.functions, outputs: map[string]*lazy{},
		}
		s := &scope{t: outer, loops: res.scope.loops}
		for name, v := range inner.GetFold("outputs").Members() {
			outer.outputs[fold(name.String())] = &lazy{
				what: "output " + quoted(name.String()), at: name.Position(),
				eval: func() (*value.Value, error) { return outer.output(s, v) },
			}
		}
		r.deployments[res.key] = &deployment{t: outer}
		return r.expand(inner.GetFold("resources"), s, res.place, within(res))
	}
	t := r.newTemplate(inner, res.place, r.labelOf(res))
	r.linkedParameters(t, res, properties)
	for name, given := range properties.GetFold("parameters").Members() {
		if !t.give(name.String(), func() (*value.Value, error) { return res.given(t, name.String(), given) }) {
			return diagnostic.Errorf("unknown-parameter", name.Position(), "the nested template has no parameter %q", name.String()).
				WithHint("declare it in the parameters of the nested template, or do not give it")
		}
	}
	r.deployments[res.key] = &deployment{t: t}
	return r.expand(inner.GetFold("resources"), &scope{t: t}, res.place, within(res))
}

// given is the value that a deployment gives to a parameter of its template:
// "value", a secret of a key vault, or an expression for either.
func (res *resource) given(t *template, name string, given document.Value) (*value.Value, error) {
	if given.Kind() == document.Object && given.GetFold("value").Exists() {
		return res.scope.value(given.GetFold("value"))
	}
	whole, err := res.scope.value(given)
	if err != nil || whole.IsUnknown() || whole.Get("value") != nil || whole.Get("reference") == nil {
		return whole.Get("value"), err
	}
	return value.NotKnown(t.named("parameters('"+name+"')"), "the value is a secret of a key vault", given.Position()), nil
}

// labelOf is a label for the template of a deployment that no other has.
func (r *reader) labelOf(res *resource) string {
	name := res.name.Render()
	r.labels[name]++
	if n := r.labels[name]; n > 1 {
		name += "#" + strconv.Itoa(n)
	}
	return name
}

// within carries the doubt of a deployment to the resources in it; they are no
// children of it otherwise.
func within(res *resource) *resource {
	if res.doubt == nil {
		return nil
	}
	return &resource{doubt: res.doubt}
}

// placeOf is where a nested deployment puts its resources.
func (r *reader) placeOf(res *resource, target expression.Place) (expression.Place, error) {
	place := target
	place.Deployment = res.name
	for _, part := range []struct {
		name string
		into **value.Value
	}{{"subscriptionId", &place.SubscriptionID}, {"resourceGroup", &place.ResourceGroup}} {
		given := res.node.GetFold(part.name)
		if !given.Exists() {
			continue
		}
		v, err := res.scope.value(given)
		if err != nil {
			return place, err
		}
		if _, ok := v.Pieces(); !ok {
			return place, diagnostic.Errorf("wrong-type", given.Position(), "%s is %s, expected a string", part.name, v.Kind())
		}
		*part.into = v
	}
	if !res.node.GetFold("resourceGroup").Exists() && deploysToSubscription(res.node.GetFold("properties").GetFold("template")) {
		place.ResourceGroup = nil
	}
	return place, nil
}
