package terraform

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// parentTypes is the type of the parent that an attribute names.
var parentTypes = map[string]string{
	"virtual_network_name":        "azurerm_virtual_network",
	"network_security_group_name": "azurerm_network_security_group",
	"route_table_name":            "azurerm_route_table",
	"azure_firewall_name":         "azurerm_firewall",
}

// parentOf is the resource that a child names as its parent. Names are looked
// up among the resources of the plan; where several have the name, or the name
// is known only after apply, the configuration decides.
func (r *reader) parentOf(i *instance) azure.Reference {
	if ref, ok := r.parents[i]; ok {
		return ref
	}
	parents := kinds[i.typ].parents
	ref := r.findParent(i, parents[len(parents)-1])
	r.parents[i] = ref
	return ref
}

func (r *reader) findParent(i *instance, attribute string) azure.Reference {
	typ := parentTypes[attribute]
	f, group := i.get(attribute), i.get("resource_group_name")
	name, groupName := f.known(), group.known()
	if name == "" {
		found := r.search(r.scopeOf(i), i.expression(attribute), "name", false, typ)
		return r.referenceTo(f, found)
	}
	candidates := r.nearest(i, r.parentsNamed(typ, groupName, name))
	switch {
	case len(candidates) == 1 && groupName != "":
		return candidates[0].reference(f)
	case len(candidates) > 0:
		found := r.search(r.scopeOf(i), i.expression(attribute), "name", true, typ)
		found.targets = slices.DeleteFunc(found.targets, func(t target) bool {
			return !slices.ContainsFunc(candidates, func(c target) bool { return c.id == t.id })
		})
		if len(found.targets) == 1 {
			return found.targets[0].reference(f)
		}
		return r.referenceTo(f, outcome{targets: candidates})
	}
	return r.outsideParent(i, f, typ, name, groupName)
}

// nearest narrows several parents of one name and resource group, which are in
// several subscriptions, to the one that holds the child: by the id of the
// child, or as the one of the child's own provider, since a child is made in
// the subscription of its parent.
func (r *reader) nearest(i *instance, candidates []target) []target {
	if len(candidates) < 2 {
		return candidates
	}
	provider, _ := i.config.Get("provider_config_key").String()
	for _, fits := range []func(target) bool{
		func(t target) bool { return t.id == i.id.Parent() },
		func(t target) bool {
			own, _ := r.byAddress[t.text].config.Get("provider_config_key").String()
			return provider != "" && own == provider
		},
	} {
		if n := slices.IndexFunc(candidates, fits); n >= 0 && !slices.ContainsFunc(candidates[n+1:], fits) {
			return candidates[n : n+1]
		}
	}
	return candidates
}

// parentsNamed lists the resources of a type with this name, in any resource
// group where the group is not known.
func (r *reader) parentsNamed(typ, group, name string) []target {
	instances := r.named[nameKey(typ, group, name)]
	if group == "" {
		instances = r.instancesOf(typ)
	}
	var list []target
	for _, c := range instances {
		if c.same == nil && strings.EqualFold(c.get("name").known(), name) {
			list = append(list, target{id: c.id, text: c.text})
		}
	}
	return list
}

// outsideParent is a parent that the plan does not describe. Its id follows
// from that of the child or from the subscription; without either it is the
// part of the id that is known.
func (r *reader) outsideParent(i *instance, f field, typ, name, group string) azure.Reference {
	if strings.HasPrefix(string(i.id), "/") {
		return azure.Reference{ID: i.id.Parent(), Text: name, At: f.at()}
	}
	if id := r.armID(i, kinds[typ], []string{name}); id != "" {
		return azure.Reference{ID: id, Text: name, At: f.at()}
	}
	id := azure.MakeID("resourceGroups/" + group + "/providers/" + kinds[typ].armType + "/" + name)
	return azure.Reference{ID: id, Text: name, At: f.at()}
}

// instancesOf lists the resources of a type, each once.
func (r *reader) instancesOf(typ string) []*instance {
	if r.byType == nil {
		r.byType = map[string][]*instance{}
		for _, i := range r.instances {
			if i.same == nil {
				r.byType[i.typ] = append(r.byType[i.typ], i)
			}
		}
	}
	return r.byType[typ]
}

func (t target) reference(f field) azure.Reference {
	return azure.Reference{ID: t.id, Text: t.text, At: f.at()}
}

// referenceTo is the reference that a search found for a field.
func (r *reader) referenceTo(f field, found outcome) azure.Reference {
	if !found.exact() {
		u := f.openBecause(found.why())
		return azure.Reference{Unknown: u, At: u.At}
	}
	if found.assumed {
		r.assumed = append(r.assumed, f.at())
	}
	if found.deduced {
		r.deduced = append(r.deduced, f.at())
	}
	return found.targets[0].reference(f)
}

// reference resolves an attribute that holds the id of another resource. It is
// not set where the attribute is not.
func (r *reader) reference(i *instance, f field, attribute string, want ...string) azure.Reference {
	if !f.isSet() {
		return azure.Reference{}
	}
	if id := f.known(); id != "" {
		return azure.Ref(id, f.at())
	}
	return r.referenceTo(f, r.search(r.scopeOf(i), i.expression(attribute), "id", false, want...))
}

// references resolves an attribute that holds a list of ids.
func (r *reader) references(i *instance, f field, attribute string, want ...string) []azure.Reference {
	return r.referencesIn(i, f, i.expression(attribute), want...)
}

// referencesIn resolves a list of ids that is written as the expression.
func (r *reader) referencesIn(i *instance, f field, written document.Value, want ...string) []azure.Reference {
	var list []azure.Reference
	var open []field
	for _, e := range f.elements() {
		switch {
		case !e.isSet():
		case e.known() != "":
			list = append(list, azure.Ref(e.known(), e.at()))
		default:
			open = append(open, e)
		}
	}
	if len(open) == 0 {
		return list
	}
	found := r.search(r.scopeOf(i), written, "id", false, want...)
	if found.exact() || len(found.dead) == 0 && !f.isUnknown() && len(found.targets) == len(open) {
		for _, t := range found.targets {
			list = append(list, t.reference(open[0]))
		}
		return list
	}
	for _, e := range open {
		list = append(list, r.referenceTo(e, found))
	}
	return list
}

// claimed names the children of one type of one parent.
type claimed struct {
	parent azure.ID
	typ    string
}

// claim is what a plan says of children that stand apart from their parent.
// The parent's own list may hold copies of them, which are older.
type claim struct {
	// separate and deleted are names in lower case.
	separate, deleted map[string]bool
}

func (r *reader) claimOf(parent azure.ID, typ string) *claim {
	c, ok := r.claims[claimed{parent, typ}]
	if !ok {
		c = &claim{separate: map[string]bool{}, deleted: map[string]bool{}}
		r.claims[claimed{parent, typ}] = c
	}
	return c
}

// readClaims notes the children that stand apart and those that are deleted.
func (r *reader) readClaims() {
	for _, i := range r.instances {
		if len(kinds[i.typ].parents) == 0 || i.same != nil {
			continue
		}
		if parent := r.parentOf(i); parent.ID != "" {
			r.claimOf(parent.ID, i.typ).separate[strings.ToLower(i.get("name").known())] = true
		}
	}
	for _, d := range r.deletions {
		parents := kinds[d.address.typ].parents
		if len(parents) == 0 {
			continue
		}
		before := field{value: d.before, problems: &r.inventory.Diagnostics}
		gone := strings.ToLower(before.get("name").known())
		id := azure.MakeID(before.get("id").known())
		r.claimOf(id.Parent(), d.address.typ).deleted[gone] = true
		if strings.HasPrefix(string(id), "/") {
			continue
		}
		attribute := parents[len(parents)-1]
		for _, p := range r.instancesOf(parentTypes[attribute]) {
			if strings.EqualFold(p.get("name").known(), before.get(attribute).known()) &&
				strings.EqualFold(p.get("resource_group_name").known(), before.get("resource_group_name").known()) {
				r.claimOf(p.id, d.address.typ).deleted[gone] = true
			}
		}
	}
}

// hasSeparate reports whether a child stands apart from its parent.
func (c *claim) hasSeparate() bool { return len(c.separate) > 0 }

// covers reports whether an entry of the parent's own list is a copy of a child
// that stands apart, or of one that is deleted: the list is as old as the last
// refresh, so the separate resource counts.
func (c *claim) covers(name string) bool {
	name = strings.ToLower(name)
	return c.separate[name] || c.deleted[name]
}
