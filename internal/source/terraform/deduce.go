package terraform

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/document"
)

// A plan holds the keys of a for_each over a local value, in the addresses, but
// not its values. What each.value.X is for a key can still be told where a
// resource over the same for_each uses it to choose an instance and shows a
// name or id of the instance that was chosen:
//
//	azurerm_subnet.this["a"].virtual_network_name = azurerm_virtual_network.spoke[each.value.spoke].name
//
// is planned as "vnet-one", and azurerm_virtual_network.spoke["one"] alone has
// that name: so each.value.spoke is "one" for the key "a", here and wherever
// else the same for_each is used.

// eachPath is each.value.X in the resources of one module instance that have
// the same for_each expression.
type eachPath struct {
	module, over, text string
}

// overOf identifies a for_each expression by what it refers to; "" where there
// is none.
func overOf(body document.Value) string {
	var texts []string
	for _, ref := range references(body.Get("for_each_expression")) {
		texts = append(texts, ref.text)
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

// deducedKey is the key by which an expression chooses an instance, where it is
// each.value.X and follows from resources over the same for_each. Nothing else
// in the expression may be a part of the key.
func (s *search) deducedKey(sc scope, refs []reference) (pick, bool) {
	over := overOf(sc.body)
	if over == "" {
		return pick{}, false
	}
	each, groups := reference{}, 0
	for _, ref := range refs {
		switch ref.kind {
		case toResource, toModule:
			groups++
		case toEachValue:
			if each.text != "" {
				return pick{}, false
			}
			each = ref
		default:
			return pick{}, false
		}
	}
	if each.text == "" || groups == 0 || len(each.rest) == 0 {
		return pick{}, false
	}
	chosen, ok := s.r.chosenBy(sc.module, over, each.text)[sc.key]
	if !ok || !slices.ContainsFunc(refs, func(ref reference) bool { return s.r.hasInstance(sc.module, ref, chosen) }) {
		return pick{}, false
	}
	return pick{key: chosen, deduced: true}, true
}

// hasInstance reports whether a reference leads to a block that has an instance
// of the key.
func (r *reader) hasInstance(module modulePath, ref reference, k key) bool {
	switch {
	case ref.key.kind != noKey:
		return false
	case ref.kind == toModule:
		return slices.Contains(r.modules[module.String()+"|"+ref.name], k)
	case ref.kind == toResource:
		return slices.ContainsFunc(r.groups[groupOf(module, ref.block)], func(i *instance) bool { return i.key == k })
	}
	return false
}

// chosenBy tells, for each key of a for_each, which key each.value.X is. A key
// for which the witnesses leave none or several is missing.
func (r *reader) chosenBy(module modulePath, over, text string) map[key]key {
	path := eachPath{module.String(), over, text}
	if known, ok := r.deducible[path]; ok {
		return known
	}
	candidates := map[key][]key{}
	for v := range r.configuration.module(module).Get("resources").Elements() {
		if overOf(v) != over {
			continue
		}
		mode, _ := v.Get("mode").String()
		typ, _ := v.Get("type").String()
		name, _ := v.Get("name").String()
		users := r.groups[groupOf(module, block{data: mode == "data", typ: typ, name: name})]
		for attribute, expression := range v.Get("expressions").Members() {
			target, ok := choosesBy(references(expression), text)
			if !ok {
				continue
			}
			for k, fitting := range r.witness(users, attribute.String(), r.groups[groupOf(module, target)]) {
				have, narrowed := candidates[k]
				if narrowed {
					fitting = slices.DeleteFunc(fitting, func(f key) bool { return !slices.Contains(have, f) })
				}
				candidates[k] = fitting
			}
		}
	}
	chosen := map[key]key{}
	for k, list := range candidates {
		if len(list) == 1 {
			chosen[k] = list[0]
		}
	}
	r.deducible[path] = chosen
	return chosen
}

// choosesBy recognises BLOCK[each.value.X].ATTRIBUTE, which a plan lists as the
// block and each.value.X alone.
func choosesBy(refs []reference, text string) (block, bool) {
	var target reference
	each := 0
	for _, ref := range refs {
		switch {
		case ref.kind == toEachValue && ref.text == text:
			each++
		case ref.kind == toResource && ref.key.kind == noKey && len(ref.rest) == 0 && target.text == "":
			target = ref
		default:
			return block{}, false
		}
	}
	return target.block, each == 1 && target.text != ""
}

// witness lists for each user the keys of the targets that it may have chosen,
// since they have the name or id that the user's attribute shows. It is nil
// where the attribute shows something else, for any of the users: then the
// attribute is not the target's name or id but is made of it.
func (r *reader) witness(users []*instance, attribute string, targets []*instance) map[key][]key {
	shown := "id"
	if attribute == "name" || strings.HasSuffix(attribute, "_name") {
		shown = "name"
	}
	having := map[string][]key{}
	for _, t := range targets {
		v := strings.ToLower(t.get(shown).known())
		if v == "" || t.key.kind != textKey {
			return nil
		}
		having[v] = append(having[v], t.key)
	}
	fitting := map[key][]key{}
	for _, u := range users {
		keys := having[strings.ToLower(u.get(attribute).known())]
		if len(keys) == 0 {
			return nil
		}
		fitting[u.key] = slices.Clone(keys)
	}
	return fitting
}
