package azure

import (
	"reflect"
	"strings"
)

// Update is what an input sets on a resource that stands elsewhere, and
// otherwise leaves as it is: in Terraform an azapi_update_resource. The resource
// is stated thrice, each time alone in an inventory.
type Update struct {
	// Resource that sets it; its Type is that of the target.
	Resource
	// Source is the type of the resource that sets it, as the input writes it.
	Source string
	Target Reference
	// Set states what is set and nothing else.
	Set *Inventory
	// Bare states nothing, so that it shows what Set has beyond it.
	Bare *Inventory
	// Open states everything as not known.
	Open *Inventory
}

// applyUpdates sets what updates set on every statement that is believed no more
// than they are. One whose target is not known may have any of its type.
func (b *builder) applyUpdates() {
	for _, u := range b.updates {
		id := MakeID(string(u.Target.ID))
		p, found := newPatch(u), false
		p.loosePeerings(b)
		b.eachStatement(func(t thing, key ID) {
			r := t.base()
			if !strings.EqualFold(r.Type, u.Type) || r.Rank < u.Rank {
				return
			}
			switch {
			case u.Target.Unknown != nil:
				p.loosen(t)
				p.looseChildren(b, t)
			case key == id || r.ID == id:
				found = true
				p.apply(t)
				p.children(b, r.ID)
			}
		})
		if !found {
			b.network.NotModelled = append(b.network.NotModelled, NotModelled{
				Type: u.Source, Address: u.Address, Effect: u.missed(), At: u.At,
			})
		}
	}
}

func (u *Update) missed() string {
	if u.Target.Unknown != nil {
		return "which resource it changes is not known; of those of type " + u.Type + " what it sets counts as not known"
	}
	return "what it changes on " + u.Target.ID.Name() + " is not followed: no input states that resource"
}

// eachStatement visits what the inputs state of resources that an update can
// change, with the id that all statements of a child share.
func (b *builder) eachStatement(visit func(t thing, key ID)) {
	visitAll(b.vnets, visit)
	visitAll(b.groups, visit)
	visitAll(b.tables, visit)
	visitAll(b.nics, visit)
	visitAll(b.pips, visit)
	visitAll(b.services, visit)
	visitAll(b.firewalls, visit)
	visitAll(b.policies, visit)
	visitAll(b.ipGroups, visit)
	visitAll(b.natGateways, visit)
	visitAll(b.publicPrefixes, visit)
	visitAll(b.endpoints, visit)
	visitAll(b.gateways, visit)
	visitAll(b.localGateways, visit)
	visitAll(b.connections, visit)
	visitAll(b.hubs, visit)
	visitAll(b.loadBalancers, visit)
	visitAll(b.adminRules, visit)
	visitAll(b.adminConfigs, visit)
	visitAll(b.adminGroups, visit)
	visitAll(b.groupMembers, visit)
	visitAll(b.subnets.statements, visit)
	visitAll(b.peerings.statements, visit)
	visitAll(b.rules.statements, visit)
	visitAll(b.routes.statements, visit)
	visitAll(b.collectionGroups.statements, visit)
}

func visitAll[T thing](statements []statement[T], visit func(t thing, key ID)) {
	for _, s := range statements {
		key := s.key
		if key == "" {
			key = s.resource.base().ID
		}
		visit(s.resource, key)
	}
}

// patch is an update as the three statements of its resource.
type patch struct {
	Update
	set, bare, open reflect.Value
	// from holds the children that are set.
	from *builder
}

func newPatch(u Update) patch {
	p := patch{Update: u}
	p.set, p.from = p.only(u.Set)
	p.bare, _ = p.only(u.Bare)
	p.open, _ = p.only(u.Open)
	return p
}

// only is the resource of the target's type that an inventory states.
func (p patch) only(inv *Inventory) (only reflect.Value, from *builder) {
	from = newBuilder()
	from.collect(inv)
	from.eachStatement(func(t thing, _ ID) {
		if !only.IsValid() && strings.EqualFold(t.base().Type, p.Type) {
			only = reflect.ValueOf(t).Elem()
		}
	})
	return only, from
}

// fields visits the properties of a resource and whether the update sets them.
func (p patch) fields(t thing, visit func(field reflect.Value, number int, set bool)) {
	target := reflect.ValueOf(t).Elem()
	if !p.set.IsValid() || p.set.Type() != target.Type() || !p.bare.IsValid() || !p.open.IsValid() {
		return
	}
	for n := range target.NumField() {
		if f := target.Type().Field(n); f.IsExported() && !f.Anonymous {
			visit(target.Field(n), n, !p.same(p.set, p.bare, n))
		}
	}
}

func (p patch) same(a, b reflect.Value, number int) bool {
	return reflect.DeepEqual(a.Field(number).Interface(), b.Field(number).Interface())
}

// apply sets what is set. Parts that have parts of their own are merged by Azure's
// provider in ways that depend on what stands there, so they become unknown.
func (p patch) apply(t thing) {
	whole := false
	p.fields(t, func(field reflect.Value, number int, set bool) {
		switch {
		case !set:
		case replaced(field):
			p.replace(field, number, t.base().Rank)
		case p.same(p.open, p.bare, number):
			whole = true
		default:
			field.Set(p.open.Field(number))
		}
	})
	if whole {
		p.fields(t, func(field reflect.Value, number int, set bool) {
			if set || !p.same(p.open, p.bare, number) {
				field.Set(p.open.Field(number))
			}
		})
	}
}

// replace sets a property that holds one value. A reference that the same input
// sets otherwise, by an association, is set by whichever comes later.
func (p patch) replace(field reflect.Value, number int, rank Rank) {
	have, isReference := field.Interface().(Reference)
	given, _ := p.set.Field(number).Interface().(Reference)
	if isReference && rank == p.Rank && have.IsSet() && given.Unknown == nil && MakeID(string(have.ID)) != MakeID(string(given.ID)) {
		why := "two resources of the input set it, and which one comes later is not known"
		given = Reference{Unknown: &Unknown{Name: p.Label() + " of " + p.Target.ID.Name(), Why: why, At: given.At}, At: given.At}
		field.Set(reflect.ValueOf(given))
		return
	}
	field.Set(p.set.Field(number))
}

// loosen makes what is set unknown.
func (p patch) loosen(t thing) {
	p.fields(t, func(field reflect.Value, number int, set bool) {
		if set {
			field.Set(p.open.Field(number))
		}
	})
	switch t := t.(type) {
	case *NetworkSecurityGroup:
		p.looseRules(t)
	case *RouteTable:
		p.looseRoutes(t)
	}
}

// replaced tells properties that are one value, or a list of such, which an update
// replaces. A service endpoint keeps its locations where only the service is set.
func replaced(field reflect.Value) bool {
	t := field.Type()
	if t.Kind() == reflect.Slice {
		if t.Elem() == reflect.TypeFor[ServiceEndpoint]() {
			return field.Len() == 0
		}
		t = t.Elem()
	}
	return t == reflect.TypeFor[Reference]() || strings.HasPrefix(t.Name(), "Value[")
}

func (p patch) looseRules(g *NetworkSecurityGroup) bool {
	if !states(p.from.rules) {
		return false
	}
	g.UnknownRules = append(g.UnknownRules, p.unknown("the rules that it sets"))
	return true
}

func (p patch) looseRoutes(t *RouteTable) bool {
	if !states(p.from.routes) {
		return false
	}
	t.UnknownRoutes = append(t.UnknownRoutes, p.unknown("the routes that it sets"))
	return true
}

func (p patch) unknown(what string) *Unknown {
	return &Unknown{Name: p.Label() + ": " + what, Why: p.Label() + " changes it, and how is not followed", At: p.At}
}
