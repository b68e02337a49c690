package terraform

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// instance is one resource or data source with its values.
type instance struct {
	address
	// text is the address as Terraform prints it.
	text string
	// at is where the resource stands.
	at azure.Position
	// values of the resource; the attributes are its members.
	values field
	// actions of the plan: "create", "delete", "update" ...
	actions []string
	// before are the values in the state before the plan.
	before document.Value
	// config is the resource block in the plan's configuration.
	config document.Value
	// id is the identity of the Azure resource.
	id azure.ID
	// same is the instance that describes the same Azure resource better: the
	// managed resource for a data source that looks it up.
	same *instance
}

func (i *instance) get(attribute string) field { return i.values.get(attribute) }

// expression is the configuration of an attribute; missing where there is no
// configuration or where it does not set the attribute.
func (i *instance) expression(attribute string) document.Value {
	return i.config.Get("expressions").Get(attribute)
}

// created reports whether the plan makes a new resource: what the provider
// computes for it is not an inheritance of an old one.
func (i *instance) created() bool { return slices.Contains(i.actions, "create") }

// computed reports whether an attribute is unknown only because the provider
// fills it in: a new resource whose configuration says nothing of it.
func (i *instance) computed(attribute string) bool {
	return i.get(attribute).isUnknown() && i.created() && i.config.Exists() && !i.expression(attribute).Exists()
}

// given is an attribute, not set where it is merely computed.
func (i *instance) given(attribute string) field {
	f := i.get(attribute)
	if i.computed(attribute) {
		f.unknown, f.value = document.Value{}, document.Value{}
	}
	return f
}

// resource is what azure records of every resource.
func (r *reader) resource(i *instance, armType string) azure.Resource {
	return azure.Resource{ID: i.id, Type: armType, Name: i.get("name").known(), Address: i.text, At: i.at, Rank: r.inventory.Rank}
}

// change is what a plan does with one object in Azure.
type change struct {
	address address
	before  document.Value
}

// readChanges reads "resource_changes": the change of each living instance by
// address, and everything that is deleted, deposed objects included.
func (r *reader) readChanges() {
	for v := range r.root.Get("resource_changes").Elements() {
		text, _ := v.Get("address").String()
		c := v.Get("change")
		if v.Get("deposed").IsZero() {
			r.changes[text] = c
		}
		if slices.Contains(actions(c), "delete") {
			a, _ := parseAddress(text)
			r.deletions = append(r.deletions, change{address: a, before: c.Get("before")})
		}
	}
}

func actions(change document.Value) []string {
	var list []string
	for a := range change.Get("actions").Elements() {
		s, _ := a.String()
		list = append(list, s)
	}
	return list
}

// collectModule reads the resources of a module and of the modules in it.
func (r *reader) collectModule(module document.Value, keep func(*instance) bool) {
	for v := range module.Get("resources").Elements() {
		if !v.Get("deposed_key").IsZero() {
			continue
		}
		text, _ := v.Get("address").String()
		i, ok := r.newInstance(text, v)
		if !ok {
			continue
		}
		i.values.value = v.Get("values")
		if r.complete(i) && keep(i) {
			r.add(i)
		}
	}
	for child := range module.Get("child_modules").Elements() {
		r.collectModule(child, keep)
	}
}

// newInstance makes an instance without values of a resource object.
func (r *reader) newInstance(text string, v document.Value) (*instance, bool) {
	a, ok := parseAddress(text)
	if !ok {
		r.report(badAddress(v, text))
		return nil, false
	}
	i := &instance{address: a, text: text, at: v.Position()}
	i.values = field{name: text, problems: &r.inventory.Diagnostics}
	i.config = r.configuration.block(a.module, a.block)
	if c, ok := r.changes[text]; ok {
		i.actions = actions(c)
		i.before = c.Get("before")
		i.values.unknown = c.Get("after_unknown")
	}
	return i, true
}

// complete gives values to an instance that the plan lists without: a resource
// that leaves the state stays in Azure as it was. It reports false where there
// are none.
func (r *reader) complete(i *instance) bool {
	if i.values.value.Kind() == document.Object {
		return true
	}
	if slices.Contains(i.actions, "forget") && i.before.Kind() == document.Object {
		i.values.value, i.values.unknown = i.before, document.Value{}
		return true
	}
	return i.values.unknown.Exists()
}

func (r *reader) add(i *instance) {
	r.instances = append(r.instances, i)
	r.byAddress[i.text] = i
	g := groupOf(i.module, i.block)
	r.groups[g] = append(r.groups[g], i)
	for n := range i.module {
		r.registerModule(i.module[:n], i.module[n])
	}
}

// registerModule notes that a module instance exists.
func (r *reader) registerModule(parent modulePath, s step) {
	name := parent.String() + "|" + s.name
	if !slices.Contains(r.modules[name], s.key) {
		r.modules[name] = append(r.modules[name], s.key)
	}
}

// groupOf names all instances of one block in one module instance.
func groupOf(module modulePath, b block) string { return module.String() + "|" + b.String() }
