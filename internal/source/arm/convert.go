package arm

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/body"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// convert turns the resources of modelled types into those of the inventory,
// parents before children. Properties are evaluated here, since outputs of
// deployments that come later may be asked for.
func (r *reader) convert() {
	ordered := slices.Clone(r.resources)
	slices.SortStableFunc(ordered, func(a, b *resource) int { return len(a.names) - len(b.names) })
	for _, res := range ordered {
		r.leaveOut(res)
		if !body.IsModelled(res.typ) {
			continue
		}
		if err := r.add(res); err != nil {
			r.fail(err)
		}
	}
}

func (r *reader) add(res *resource) error {
	text := res.id.Render()
	b := body.Resource{
		Resource: azure.Resource{ID: azure.MakeID(text), Type: res.typ, Address: r.address(res), At: res.node.Position(), Rank: azure.RankTemplate},
		State:    "reference(" + res.id.Print() + ")",
		Doubt:    res.doubt,
	}
	if res.names != nil {
		b.Name = res.names[len(res.names)-1].Render()
	}
	if strings.Count(res.typ, "/") > 1 {
		b.Parent = azure.Reference{Unknown: &azure.Unknown{Name: text, Why: res.id.Why(), At: res.id.At}, At: res.id.At}
		if res.parent != nil {
			b.Parent = azure.Ref(res.parent.Render(), res.id.At)
		}
	}
	if res.doubt != nil {
		r.report(diagnostic.Warningf("unknown-condition", b.At, "it is not known whether %q is deployed (%s: %s)", b.Label(), res.doubt.Name, res.doubt.Why).
			WithHint("give the values of the template's parameters with --parameters; what depends on it is reported as undecided"))
	}
	if kind, ok := azure.ServiceKindOf(res.typ); ok {
		r.serviceBody(res, kind, &b)
		body.Add(r.inventory, b)
		return nil
	}
	if strings.EqualFold(res.typ, azure.TypeScaleSet) {
		b.Properties = r.scaleSetBody(res)
		body.Add(r.inventory, b)
		return nil
	}
	var version *value.Value
	for _, part := range []struct {
		name string
		into **value.Value
	}{{"properties", &b.Properties}, {"sku", &b.SKU}, {"apiVersion", &version}} {
		v := res.node.GetFold(part.name)
		if !v.Exists() {
			continue
		}
		var err error
		if *part.into, err = res.scope.value(v); err != nil {
			return err
		}
	}
	b.APIVersion, _ = version.Text()
	if strings.EqualFold(b.Type, azure.TypeVirtualNetwork) {
		b.Location = r.member(res, res.node.GetFold("location"), "location")
	}
	if b.Properties.IsNull() {
		b.Properties = value.OfObject(nil, b.At)
	}
	for _, name := range azure.SettingsBeside(b.Type) {
		if v := res.node.GetFold(name); v.Exists() {
			b.Beside = append(b.Beside, value.Member{Name: name, Value: r.member(res, v, name)})
		}
	}
	if b.Type == azure.TypeAzureFirewall {
		b.Zones = r.member(res, res.node.GetFold("zones"), "zones")
	}
	body.Add(r.inventory, b)
	return nil
}

// member evaluates a member of a resource; one that cannot be evaluated is not known.
func (r *reader) member(res *resource, v document.Value, name string) *value.Value {
	if !v.Exists() {
		return nil
	}
	got, err := res.scope.value(v)
	if err != nil {
		return value.NotKnown(r.address(res)+" "+name, err.Error(), v.Position())
	}
	return got
}

// serviceBody evaluates the members of a managed service that its kind asks
// for. The rest of the body is no matter of the network, and what it says that
// cannot be evaluated stops nobody.
func (r *reader) serviceBody(res *resource, kind *azure.ServiceKind, b *body.Resource) {
	for _, part := range []struct {
		name string
		into **value.Value
	}{{"sku", &b.SKU}, {"kind", &b.Kind}, {"location", &b.Location}} {
		if v := res.node.GetFold(part.name); v.Exists() {
			*part.into = r.member(res, v, part.name)
		}
	}
	properties := res.node.GetFold("properties")
	if properties.Exists() && properties.Kind() != document.Object {
		b.Properties = r.member(res, properties, "properties")
		return
	}
	var members []value.Member
	for _, name := range append(kind.Members(), "properties") {
		if v := properties.GetFold(name); v.Exists() {
			members = append(members, value.Member{Name: name, Value: r.member(res, v, name)})
		}
	}
	b.Properties = value.OfObject(members, b.At)
}

// scaleSetBody evaluates of a scale set what its network interfaces are; the rest
// is no matter of the network.
func (r *reader) scaleSetBody(res *resource) *value.Value {
	at, within := res.node.Position(), res.node.GetFold("properties")
	path := []string{"virtualMachineProfile", "networkProfile"}
	for n, name := range path {
		if within.Kind() != document.Object {
			return wrapped(path[:n], r.member(res, within, "properties"), at)
		}
		within = within.GetFold(name)
	}
	return wrapped(path, r.member(res, within, path[1]), at)
}

// wrapped is an object in which a value stands at a path.
func wrapped(path []string, v *value.Value, at azure.Position) *value.Value {
	if v == nil {
		return value.OfObject(nil, at)
	}
	for _, name := range slices.Backward(path) {
		v = value.OfObject([]value.Member{{Name: name, Value: v}}, at)
	}
	return v
}

// address names a resource for people: type and names, as az shows them.
func (r *reader) address(res *resource) string {
	if res.names == nil {
		return res.typ
	}
	types := strings.Split(res.typ, "/")
	var parts []string
	for i, n := range res.names {
		part := n.Render()
		if i > 0 {
			part = types[i+1] + "/" + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}
