package arm

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/body"
	"github.com/wayleave/wayleave/internal/source/arm/expression"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

const typeDeployment = "Microsoft.Resources/deployments"

// resource is one resource of a template, one for each iteration of a loop.
type resource struct {
	node  document.Value
	scope *scope
	// typ is the full type, with those of the parents.
	typ string
	// name as the template gives it, and names its parts: those of the parents,
	// outermost first, and its own; nil where they cannot be told.
	name  *value.Value
	names []*value.Value
	// id as Azure makes it, and the identity that follows from it.
	id  *value.Value
	key azure.ID
	// parent is the id of the parent of a child.
	parent *value.Value
	// place is where it is deployed; of a deployment, where that deploys to.
	place expression.Place
	// doubt is not nil when it is not known whether the resource is deployed.
	doubt *azure.Unknown
	// entered is true once its children or its nested template are listed.
	entered bool
}

// deployment is a nested deployment whose template stands inline.
type deployment struct {
	t *template
}

// expand lists the resources of a template or of a resource: loops are run,
// conditions decided, names and ids made. Only then are nested deployments
// entered, since they may ask for outputs of each other. target is where the
// resources are deployed.
func (r *reader) expand(resources document.Value, s *scope, target expression.Place, parent *resource) error {
	if r.depth++; r.depth > maxNesting {
		return tooDeep(resources.Position())
	}
	defer func() { r.depth-- }()
	first := len(r.resources)
	for node := range resources.Elements() {
		if err := r.expandOne(node, "", s, target, parent); err != nil {
			return err
		}
	}
	// Since language version 2.0 an object, by symbolic names.
	for symbol, node := range resources.Members() {
		if err := r.expandOne(node, symbol.String(), s, target, parent); err != nil {
			return err
		}
	}
	for _, res := range slices.Clone(r.resources[first:]) {
		if err := r.enter(res); err != nil {
			return err
		}
	}
	return nil
}

// enter lists what is within a resource: its children, or the resources of the
// template of a deployment.
func (r *reader) enter(res *resource) error {
	if res.entered {
		return nil
	}
	res.entered = true
	if strings.EqualFold(res.typ, typeDeployment) {
		return r.nested(res)
	}
	return r.expand(res.node.GetFold("resources"), res.scope, res.place, res)
}

func (r *reader) expandOne(node document.Value, symbol string, s *scope, target expression.Place, parent *resource) error {
	if node.Kind() != document.Object {
		return node.Mismatch("a resource")
	}
	copies := node.GetFold("copy")
	if !copies.Exists() {
		return r.instance(node, symbol, s, target, parent)
	}
	count, open, err := s.count(copies)
	if err != nil {
		return err
	}
	if open != nil {
		r.uncounted(node, open)
		return nil
	}
	name, _ := copies.GetFold("name").String()
	for i := range count {
		symbolic := symbol
		if symbol != "" {
			symbolic += "[" + strconv.FormatInt(i, 10) + "]"
		}
		if err := r.instance(node, symbolic, s.inside(loop{name: name, index: i, ofResource: true}), target, parent); err != nil {
			return err
		}
	}
	return nil
}

// uncounted tells of a loop whose number of resources is not known. Rules, routes and
// the like of such a loop may be in any group, table or whatever holds them.
func (r *reader) uncounted(node document.Value, open *value.Value) {
	typ, _ := node.GetFold("type").String()
	at := node.Position()
	u := &azure.Unknown{Name: "copy of " + open.Name(), Why: open.Why(), At: open.At}
	nobody := azure.Reference{Unknown: u, At: at}
	res := azure.Resource{Type: body.Type(typ), Name: u.Name, At: at}
	switch res.Type {
	case azure.TypeSecurityRule:
		r.inventory.SecurityRules = append(r.inventory.SecurityRules, azure.Child[*azure.SecurityRule]{Parent: nobody, Resource: &azure.SecurityRule{Resource: res}})
	case azure.TypeRoute:
		r.inventory.Routes = append(r.inventory.Routes, azure.Child[*azure.Route]{Parent: nobody, Resource: &azure.Route{Resource: res}})
	case azure.TypeRuleCollectionGroup:
		r.inventory.RuleCollectionGroups = append(r.inventory.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{Parent: nobody, Resource: &azure.RuleCollectionGroup{Resource: res}})
	case azure.TypeInboundNATRule:
		r.inventory.InboundNATRules = append(r.inventory.InboundNATRules, azure.Child[*azure.BalancerRule]{Parent: nobody, Resource: &azure.BalancerRule{Resource: res}})
	case azure.TypeBackendPool:
		r.inventory.BackendPools = append(r.inventory.BackendPools, azure.Child[*azure.BackendPool]{Parent: nobody, Resource: &azure.BackendPool{Resource: res}})
	default:
		if !body.IsModelled(typ) {
			if effect := effectOf(typ); effect != "" {
				r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{Type: typ, Address: u.Name, Effect: effect, At: at})
			}
			return
		}
		r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{Type: typ, Address: u.Name, Effect: "not even its number is known", At: at})
		r.report(diagnostic.Warningf("unknown-number", at, "the number of %s is not known (%s: %s)", typ, open.Name(), open.Why()).
			WithHint("give the values of the template's parameters with --parameters"))
	}
}

// instance adds one resource.
func (r *reader) instance(node document.Value, symbol string, s *scope, target expression.Place, parent *resource) error {
	if !r.budget.Spend(resourceSteps) {
		return tooLarge(node.Position())
	}
	res := &resource{node: node, scope: s}
	if existing, _ := node.GetFold("existing").Bool(); existing {
		return r.existing(res, symbol, target, parent)
	}
	s.t.countResource(node.Position())
	if parent != nil {
		res.doubt = parent.doubt
	}
	deployed, err := r.condition(res)
	if err != nil || !deployed {
		return err
	}
	if err := r.nameIt(res, parent); err != nil {
		return err
	}
	res.place = target
	if strings.EqualFold(res.typ, typeDeployment) {
		// It stands where it deploys to.
		if res.place, err = r.placeOf(res, target); err != nil {
			return err
		}
	}
	r.identify(res)
	r.byID[res.key] = res
	r.resources = append(r.resources, res)
	if symbol != "" {
		s.t.symbols[fold(symbol)] = res
	}
	return nil
}

// existing names a resource that the template only refers to, and that is
// deployed by other means.
func (r *reader) existing(res *resource, symbol string, target expression.Place, parent *resource) error {
	deployed, err := r.condition(res)
	if err != nil || !deployed || symbol == "" {
		return err
	}
	if err := r.nameIt(res, parent); err != nil {
		return err
	}
	place, err := r.placeOf(res, target)
	if err != nil {
		return err
	}
	res.place = place
	r.identify(res)
	res.scope.t.symbols[fold(symbol)] = res
	return nil
}

// condition decides whether a resource is deployed; if that is not known it is
// read, in doubt.
func (r *reader) condition(res *resource) (deployed bool, err error) {
	given := res.node.GetFold("condition")
	if !given.Exists() {
		return true, nil
	}
	v, err := res.scope.value(given)
	if err != nil {
		return false, err
	}
	if v.IsUnknown() {
		res.doubt = &azure.Unknown{Name: "condition " + v.Name(), Why: v.Why(), At: v.At}
		return true, nil
	}
	b, ok := v.Bool()
	if !ok {
		return false, diagnostic.Errorf("wrong-type", given.Position(), "the condition is %s, expected a boolean", v.Kind())
	}
	return b, nil
}

// nameIt gives a resource its type and names. A child within its parent has the
// last part of type and name only.
func (r *reader) nameIt(res, parent *resource) error {
	typ, ok := res.node.GetFold("type").String()
	if !ok {
		return res.node.GetFold("type").Mismatch("the type of a resource")
	}
	name, err := res.scope.value(res.node.GetFold("name"))
	if err != nil {
		return err
	}
	if _, ok := name.Pieces(); !ok {
		return diagnostic.Errorf("wrong-type", res.node.GetFold("name").Position(), "the name of the resource is %s, expected a string", name.Kind())
	}
	typ = strings.Trim(typ, "/")
	names := name.Split("/")
	if parent != nil && !isFullType(typ) {
		typ = parent.typ + "/" + typ
	}
	parts := strings.Count(typ, "/")
	if parent != nil && len(names) < parts {
		names = append(append([]*value.Value(nil), parent.names...), names...)
	}
	res.typ, res.name = body.Type(typ), name
	if len(names) == parts {
		res.names = names
	}
	return nil
}

// isFullType tells Microsoft.Network/virtualNetworks from subnets.
func isFullType(typ string) bool {
	provider, _, ok := strings.Cut(typ, "/")
	return ok && strings.Contains(provider, ".")
}

// identify makes the id of a resource and of its parent.
func (r *reader) identify(res *resource) {
	types := strings.Split(res.typ, "/")
	pieces := append(expression.GroupID(res.place), value.Piece{Text: "/providers/" + types[0]})
	why := cmp.Or(res.name.Why(), res.place.ResourceGroup.Why(), res.place.SubscriptionID.Why())
	made := func() *value.Value { return value.OfPieces(slices.Clone(pieces), why, res.name.At) }
	add := func(typ string, name *value.Value) {
		own, _ := name.Pieces()
		pieces = append(append(pieces, value.Piece{Text: "/" + typ + "/"}), own...)
	}
	if res.names == nil {
		add(strings.Join(types[1:], "/"), res.name)
	}
	for i, name := range res.names {
		if i > 0 && i == len(res.names)-1 {
			res.parent = made()
		}
		add(types[i+1], name)
	}
	res.id = made()
	res.key = idOf(res.id)
}

// find finds a resource of the template that an expression names: by symbolic
// name, by id, or by the name of the one resource that has it.
func (t *template) find(of *value.Value) *resource {
	if text, ok := of.Text(); ok {
		if res, ok := t.symbols[fold(text)]; ok {
			return res
		}
	}
	if res, ok := t.r.byID[idOf(of)]; ok {
		return res
	}
	t.r.budget.Spend(len(t.r.resources) / 16)
	var named *resource
	for _, res := range t.r.resources {
		if res.scope.t == t && value.Equal(res.name, of) == value.Yes {
			if named != nil {
				return nil
			}
			named = res
		}
	}
	return named
}
