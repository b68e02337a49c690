package terraform

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// target is a resource that an expression may refer to.
type target struct {
	id azure.ID
	// text names it for people.
	text string
}

// search follows the references of one expression, through variables, module
// outputs and for_each, to the resources whose value it may have.
//
// A value that is not known when the plan is made comes from an operand that is
// not known: variables of the root module, keys, existing resources are known
// and cannot be its origin. So if one new resource of the wanted type is the
// only unknown operand, the expression refers to it. A local value is the end
// of the way, since a plan does not hold it.
type search struct {
	r *reader
	// want are the Terraform types that can be the answer.
	want []string
	// attribute of the wanted resource the value is taken from: "id" or "name".
	attribute string
	// all accepts resources whose attribute is known as well: for values that
	// the plan does not show at all (write-only arguments), and to tell
	// resources of one name apart.
	all bool
	// origins looks for addresses that are not known, of any resource, instead.
	origins bool

	visited map[string]bool
	targets []target
	// dead are references of which the plan does not tell where they lead.
	dead []string
	// assumed is set when an instance was chosen by its key although the
	// configuration might compute another key from it.
	assumed bool
	// deduced is set when an instance was chosen by a key that other resources
	// tell, see deduce.go.
	deduced bool
}

// pick is a key by which an expression may choose among instances.
type pick struct {
	key
	// deduced tells a key that other resources show.
	deduced bool
}

// outcome is what a search found.
type outcome struct {
	targets          []target
	dead             []string
	assumed, deduced bool
}

// exact reports whether the expression refers to the one target.
func (o outcome) exact() bool { return len(o.targets) == 1 && len(o.dead) == 0 }

// why says in words what is not known.
func (o outcome) why() string {
	switch {
	case len(o.targets) == 0 && len(o.dead) == 0:
		return notYet
	case len(o.dead) > 0:
		return notYet + "; it comes from " + strings.Join(few(o.dead), ", ") + ", whose value a plan does not hold"
	}
	names := make([]string, len(o.targets))
	for i, t := range o.targets {
		names[i] = t.text
	}
	return notYet + "; it is one of " + strings.Join(few(names), ", ")
}

// few shortens a list for a message.
func few(names []string) []string {
	const most = 4
	if len(names) <= most {
		return names
	}
	return append(slices.Clone(names[:most]), strconv.Itoa(len(names)-most)+" more")
}

func (r *reader) search(s scope, expression document.Value, attribute string, all bool, want ...string) outcome {
	found := search{r: r, want: want, attribute: attribute, all: all, visited: map[string]bool{}}
	found.expression(s, expression, nil, nil)
	return outcome{targets: found.targets, dead: found.dead, assumed: found.assumed, deduced: found.deduced}
}

// expression follows all references of an expression. picks are keys by which
// a caller chooses among several instances, tail the path that the caller
// takes within the value.
func (s *search) expression(sc scope, expression document.Value, picks []pick, tail []element) {
	if !expression.Exists() {
		return
	}
	mark := sc.module.String() + sc.key.String() + "@" + strconv.Itoa(expression.Offset())
	if s.visited[mark] {
		return
	}
	s.visited[mark] = true
	refs := references(expression)
	picks = append(slices.Clone(picks), s.keysIn(sc, refs)...)
	deduced, isDeduced := s.deducedKey(sc, refs)
	if isDeduced {
		picks = append(picks, deduced)
	}
	for _, ref := range refs {
		// A key that is known is not where an unknown value comes from.
		if ref.kind != toEachValue || !isDeduced {
			s.follow(sc, ref, picks, tail)
		}
	}
}

// keysIn lists the keys that an expression can choose instances by.
func (s *search) keysIn(sc scope, refs []reference) []pick {
	var keys []pick
	add := func(k key) { keys = append(keys, pick{key: k}) }
	for _, ref := range refs {
		switch ref.kind {
		case toEachKey, toCountIndex:
			add(sc.key)
		case toEachValue, toVariable:
			if v, ok := s.r.constant(sc, ref); ok {
				if text, isText := v.String(); isText {
					add(key{kind: textKey, text: text})
				} else if n, isNumber := v.Int(); isNumber {
					add(key{kind: numberKey, number: int(n)})
				}
			} else if ref.kind == toEachValue && len(ref.rest) == 0 {
				// Elements of a set are their own keys.
				add(sc.key)
			}
		}
	}
	return keys
}

func (s *search) follow(sc scope, ref reference, picks []pick, tail []element) {
	rest := append(slices.Clone(ref.rest), tail...)
	if s.r.configuration.decidesCount(sc, ref) {
		// A count is a number that is known when the plan is made: what decides
		// it is no id.
		return
	}
	switch ref.kind {
	case toLocal:
		s.end(ref.text)
	case toVariable:
		if len(sc.module) > 0 {
			s.expression(s.r.caller(sc), s.r.variable(sc, ref.name), picks, rest)
		}
	case toEachValue:
		s.expression(sc, sc.body.Get("for_each_expression"), append([]pick{{key: sc.key}}, picks...), rest)
	case toModule:
		s.module(sc, ref, picks, rest)
	case toResource:
		s.resource(sc, ref, picks, rest)
	}
}

// end notes a reference that leads no further.
func (s *search) end(text string) {
	if !slices.Contains(s.dead, text) {
		s.dead = append(s.dead, text)
	}
}

// module follows the outputs of the module instances that are meant.
func (s *search) module(sc scope, ref reference, picks []pick, rest []element) {
	keys := s.r.modules[sc.module.String()+"|"+ref.name]
	if ref.key.kind != noKey {
		keys = []key{ref.key}
	} else {
		keys, rest = choose(s, sc, keys, func(k key) key { return k }, picks, rest)
	}
	for _, k := range keys {
		inside := scope{module: sc.module.join(step{name: ref.name, key: k}), siblings: 1}
		outputs := s.r.configuration.module(inside.module).Get("outputs")
		if len(rest) > 0 && rest[0].name != "" {
			s.expression(inside, outputs.Get(rest[0].name).Get("expression"), picks, rest[1:])
			continue
		}
		for _, output := range outputs.Members() {
			s.expression(inside, output.Get("expression"), picks, nil)
		}
	}
}

// resource looks at the instances of a block that are meant.
func (s *search) resource(sc scope, ref reference, picks []pick, rest []element) {
	instances := s.r.groups[groupOf(sc.module, ref.block)]
	if ref.key.kind != noKey {
		instances = slices.DeleteFunc(slices.Clone(instances), func(i *instance) bool { return i.key != ref.key })
	} else {
		instances, rest = choose(s, sc, instances, func(i *instance) key { return i.key }, picks, rest)
	}
	for _, i := range instances {
		s.operand(i, ref, rest)
	}
}

// choose narrows several instances to the one with a key that the expression
// uses, if there is one. What is left of the path is returned.
func choose[T any](s *search, sc scope, all []T, keyOf func(T) key, picks []pick, rest []element) ([]T, []element) {
	if len(all) == 1 && keyOf(all[0]).kind == noKey {
		return all, rest
	}
	find := func(k key) int { return slices.IndexFunc(all, func(t T) bool { return keyOf(t) == k }) }
	if len(rest) > 0 {
		first := rest[0].key
		if rest[0].name != "" {
			first = key{kind: textKey, text: rest[0].name}
		}
		if n := find(first); n >= 0 {
			return all[n : n+1], rest[1:]
		}
	}
	for _, k := range picks {
		n := find(k.key)
		if n < 0 || k.kind == noKey {
			continue
		}
		switch {
		case k.deduced:
			s.deduced = true
		case len(all) > 1 && len(all) != sc.siblings:
			// With as many instances here as there, no other key could be meant
			// for all of them.
			s.assumed = true
		}
		return all[n : n+1], rest
	}
	return all, rest
}

// operand looks at one resource instance and the attribute that is used.
func (s *search) operand(i *instance, ref reference, rest []element) {
	if s.origins {
		s.origin(i, rest)
		return
	}
	attribute := s.attributeUsed(ref, rest)
	if slices.Contains(s.want, i.standsFor()) && attribute == s.attribute {
		s.found(i)
		return
	}
	if i.typ == "azurerm_virtual_network" && attribute == "subnet" && slices.Contains(s.want, "azurerm_subnet") {
		for _, subnet := range s.r.inlineSubnets(i) {
			s.add(target{id: subnet.id, text: subnet.values.name})
		}
		return
	}
	if attribute == "id" && passesOn[i.typ] != "" {
		attribute = passesOn[i.typ]
	}
	if attribute == "id" && !s.mayBeginWith(i.standsFor()) {
		// The id of a resource of another type.
		return
	}
	f := i.get(attribute)
	if !f.mayBeUnknown() && f.value.Exists() && !s.all {
		return
	}
	if e := i.expression(attribute); e.Exists() {
		s.expression(s.r.scopeOf(i), e, nil, nil)
		return
	}
	s.end(ref.text)
}

// attributeUsed is the attribute of a resource that is used: the one that the
// reference names. Where the whole resource is handed on, what is taken from it
// in the end stands last: names before it may be those of an object that was
// put together on the way.
func (s *search) attributeUsed(ref reference, rest []element) string {
	if own := ref.attribute(); own != "" {
		return own
	}
	for _, e := range slices.Backward(rest) {
		if e.name != "" {
			return e.name
		}
	}
	return s.attribute
}

// passesOn names the attribute whose value the id of a resource repeats.
var passesOn = map[string]string{
	"azurerm_subnet_network_security_group_association": "subnet_id",
	"azurerm_subnet_route_table_association":            "subnet_id",
	"azurerm_subnet_nat_gateway_association":            "subnet_id",
}

// mayBeginWith reports whether the id of a wanted resource can be put together
// from the id of a resource of this type.
func (s *search) mayBeginWith(typ string) bool {
	if !strings.HasPrefix(typ, "azurerm_") || typ == "azurerm_resource_group" || typ == "azurerm_subscription" {
		return true
	}
	return slices.ContainsFunc(s.want, func(want string) bool {
		return slices.ContainsFunc(kinds[want].parents, func(attribute string) bool { return parentTypes[attribute] == typ })
	})
}

// found takes an instance of a wanted type as an answer, unless its value is
// known and only unknown ones can be.
func (s *search) found(i *instance) {
	if i.same != nil {
		i = i.same
	}
	if s.all || i.get(s.attribute).mayBeUnknown() {
		s.add(target{id: i.id, text: i.text})
	}
}

func (s *search) add(t target) {
	if !slices.ContainsFunc(s.targets, func(have target) bool { return have.id == t.id }) {
		s.targets = append(s.targets, t)
	}
}
