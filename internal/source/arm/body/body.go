// Package body turns the bodies of Azure resources, evaluated from a template,
// into resources of an azure.Inventory. Any value in a body may be unknown.
package body

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// Resource is a resource with its evaluated body.
type Resource struct {
	// Resource is its identity; Name is the name without those of parents.
	azure.Resource
	// Parent of a child resource.
	Parent azure.Reference
	// APIVersion the body is written in.
	APIVersion string
	// State is the name of what reference() of the resource gives.
	// Empty where no expression can ask for it.
	State string
	// Properties and the others are the members of the body of those names; Kind
	// and Location may be nil for types that are not those of managed services.
	Properties, SKU, Kind, Location *value.Value
	// Zones, and what else stands beside the properties of a resource that a change
	// states whole; none of other types.
	Zones  *value.Value
	Beside []value.Member
	// Doubt is not nil when it is not known whether the resource is deployed. If
	// it is not, one may exist already, with other properties: so nothing is
	// known of its properties but the names of its children.
	Doubt *azure.Unknown
}

// Add adds a resource to the inventory. It reports false for types that are
// not modelled. What is wrong goes to the inventory's diagnostics.
func Add(inventory *azure.Inventory, r Resource) bool {
	o := object{inventory: inventory, value: r.Properties, resource: r.Resource, state: r.State, doubt: r.Doubt}
	if kind, ok := azure.ServiceKindOf(r.Type); ok {
		reader{inventory}.managedService(r, o, kind)
		return true
	}
	add, ok := adders[strings.ToLower(r.Type)]
	if !ok {
		return false
	}
	add(reader{inventory}, r, o)
	return true
}

var adders = map[string]func(reader, Resource, object){
	strings.ToLower(azure.TypeVirtualNetwork):           reader.virtualNetwork,
	strings.ToLower(azure.TypeSubnet):                   reader.separateSubnet,
	strings.ToLower(azure.TypePeering):                  reader.separatePeering,
	strings.ToLower(azure.TypeNetworkSecurityGroup):     reader.group,
	strings.ToLower(azure.TypeSecurityRule):             reader.separateRule,
	strings.ToLower(azure.TypeRouteTable):               reader.routeTable,
	strings.ToLower(azure.TypeRoute):                    reader.separateRoute,
	strings.ToLower(azure.TypeNetworkInterface):         reader.networkInterface,
	strings.ToLower(azure.TypeApplicationSecurityGroup): reader.applicationGroup,
	strings.ToLower(azure.TypePublicIPAddress):          reader.publicIPAddress,
	strings.ToLower(azure.TypePublicIPPrefix):           reader.publicIPPrefix,
	strings.ToLower(azure.TypeNATGateway):               reader.natGateway,
	strings.ToLower(azure.TypeAzureFirewall):            reader.firewall,
	strings.ToLower(azure.TypeFirewallPolicy):           reader.firewallPolicy,
	strings.ToLower(azure.TypeRuleCollectionGroup):      reader.collectionGroup,
	strings.ToLower(azure.TypeRuleGroup):                reader.ruleGroup,
	strings.ToLower(azure.TypeIPGroup):                  reader.ipGroup,
	strings.ToLower(azure.TypePrivateEndpoint):          reader.privateEndpoint,
	strings.ToLower(azure.TypeGateway):                  reader.gateway,
	strings.ToLower(azure.TypeLocalGateway):             reader.localGateway,
	strings.ToLower(azure.TypeGatewayConnection):        reader.connection,
	strings.ToLower(azure.TypeHubConnection):            reader.hubConnection,
	strings.ToLower(azure.TypeLoadBalancer):             reader.loadBalancer,
	strings.ToLower(azure.TypeInboundNATRule):           reader.separateNATRule,
	strings.ToLower(azure.TypeBackendPool):              reader.separatePool,
	strings.ToLower(azure.TypeAdminRule):                reader.adminRule,
	strings.ToLower(azure.TypeAdminConfiguration):       reader.adminConfiguration,
	strings.ToLower(azure.TypeAdminCollection):          reader.adminCollection,
	strings.ToLower(azure.TypeNetworkGroup):             reader.networkGroup,
	strings.ToLower(azure.TypeNetworkGroupMember):       reader.networkGroupMember,
	strings.ToLower(azure.TypeScaleSet):                 reader.scaleSet,
	strings.ToLower(azure.TypeConnectivity):             reader.managerConnectivity,
	strings.ToLower(azure.TypeRoutingCollection):        reader.managerRouting,
}

// Type is the type in Azure's spelling where it is a modelled one, else as
// written.
func Type(written string) string {
	for _, t := range []string{
		azure.TypeVirtualNetwork, azure.TypeSubnet, azure.TypePeering, azure.TypeNetworkSecurityGroup, azure.TypeSecurityRule,
		azure.TypeRouteTable, azure.TypeRoute, azure.TypeNetworkInterface, azure.TypeApplicationSecurityGroup,
		azure.TypePublicIPAddress, azure.TypePublicIPPrefix, azure.TypeNATGateway, azure.TypeAzureFirewall, azure.TypeFirewallPolicy,
		azure.TypePrivateEndpoint, azure.TypeGateway, azure.TypeLocalGateway, azure.TypeGatewayConnection, azure.TypeHubConnection, azure.TypeLoadBalancer, azure.TypeInboundNATRule, azure.TypeBackendPool, azure.TypeAdminRule,
		azure.TypeAdminConfiguration, azure.TypeAdminCollection, azure.TypeNetworkGroup, azure.TypeNetworkGroupMember,
		azure.TypeRuleCollectionGroup, azure.TypeRuleGroup, azure.TypeIPGroup, azure.TypeScaleSet,
		azure.TypeConnectivity, azure.TypeRoutingCollection,
	} {
		if strings.EqualFold(t, written) {
			return t
		}
	}
	if kind, ok := azure.ServiceKindOf(written); ok {
		return kind.Type
	}
	return written
}

// reader adds resources to an inventory.
type reader struct{ inventory *azure.Inventory }

// object is the properties of a resource, or an object within them.
type object struct {
	inventory *azure.Inventory
	value     *value.Value
	// resource the object belongs to, for places and names.
	resource azure.Resource
	// state is the name of what reference() gives of the properties.
	state string
	doubt *azure.Unknown
}

func (o object) at() azure.Position {
	if o.value == nil {
		return o.resource.At
	}
	return o.value.At
}

func (o object) report(list diagnostic.List) {
	o.inventory.Diagnostics = append(o.inventory.Diagnostics, list...)
}

// get is a value by its path.
func (o object) get(path ...string) *value.Value {
	if o.doubt != nil {
		return value.NotKnown(o.doubt.Name+" "+strings.Join(path, "."), o.doubt.Why, o.doubt.At)
	}
	v := o.value
	for _, name := range path {
		v = v.Get(name)
	}
	return v
}

// children are the elements of a list of child resources, which have a name
// and properties of their own. open are those that are not known; each stands
// for any number of children.
func (o object) children(name, segment, typ string) (list []object, open []*azure.Unknown) {
	v := o.value.Get(name)
	if v.IsUnknown() {
		return nil, []*azure.Unknown{unknown(v)}
	}
	for _, e := range v.Elements() {
		if e.IsUnknown() {
			open = append(open, unknown(e))
			continue
		}
		list = append(list, o.child(e, segment, typ))
	}
	if v.Kind() != value.Array && !v.IsNull() {
		o.report(diagnostic.List{wrongType(v, name, "an array")})
	}
	return list, open
}

// child is an element of a list of child resources.
func (o object) child(e *value.Value, segment, typ string) object {
	name := e.Get("name")
	text := name.Render()
	c := object{inventory: o.inventory, value: e.Get("properties"), doubt: o.doubt}
	c.resource = azure.Resource{
		ID:   azure.MakeID(string(o.resource.ID) + "/" + segment + "/" + text),
		Type: typ, Name: text, Address: o.resource.Label() + "/" + segment + "/" + text, At: e.At, Rank: o.resource.Rank,
	}
	if c.value == nil {
		c.value = value.OfObject(nil, e.At)
	}
	return c
}

// text is a scalar as text.
func (o object) text(path ...string) azure.Value[string] { return o.textOf(o.get(path...), path) }

func (o object) textOf(v *value.Value, path []string) azure.Value[string] {
	switch v.Kind() {
	case value.Missing, value.Null:
		return azure.Value[string]{}
	case value.Unknown:
		return azure.NotKnown[string](unknown(v))
	case value.Array, value.Object:
		o.report(diagnostic.List{wrongType(v, strings.Join(path, "."), "one value")})
		return azure.NotKnown[string](&azure.Unknown{Name: v.Print(), Why: "the value has a wrong type", At: v.At})
	}
	if b, ok := v.Bool(); ok {
		return azure.Given(map[bool]string{true: "true", false: "false"}[b], v.At)
	}
	return azure.Given(v.Render(), v.At)
}

func wrongType(v *value.Value, name, want string) diagnostic.Diagnostic {
	return diagnostic.Errorf("wrong-type", v.At, "%s is %s, expected %s", name, v.Kind(), want)
}

// unknown is what stands for a value of a template that is not known.
func unknown(v *value.Value) *azure.Unknown {
	return &azure.Unknown{Name: stateName(v.Name()), Why: v.Why(), At: v.At}
}

// How expressions name addresses at run time.
var (
	privateAddress = regexp.MustCompile(`(?i)(?:, 'Full'\)\.properties|\))\.ipConfigurations\[(\d+)\]\.properties\.privateIPAddress$`)
	publicAddress  = regexp.MustCompile(`(?i)(?:, 'Full'\)\.properties|\))\.ipAddress$`)
)

// stateName gives an address at run time one name, however an expression spells
// it.
func stateName(name string) string {
	name = privateAddress.ReplaceAllString(name, ").ipConfigurations[$1].properties.privateIPAddress")
	return publicAddress.ReplaceAllString(name, ").ipAddress")
}

// chosen is a private address that Azure chooses for an IP configuration: the
// value that reference() gives of it, if its number in the list is known.
func (o object) chosen(c object, number int, open []*azure.Unknown) azure.Value[netip.Addr] {
	name := o.state + ".ipConfigurations[" + strconv.Itoa(number) + "].properties.privateIPAddress"
	if len(open) > 0 || o.state == "" {
		name = c.resource.Label() + " privateIPAddress"
	}
	return azure.NotKnown[netip.Addr](&azure.Unknown{Name: name, Why: "Azure chooses it on deployment", At: c.resource.At})
}

// texts are the scalars of a list. A list of which nothing is known is one
// unknown element; a scalar is a list of one.
func (o object) texts(path ...string) []azure.Value[string] {
	return o.textsOf(o.get(path...), path...)
}

func (o object) textsOf(v *value.Value, path ...string) []azure.Value[string] {
	var list []azure.Value[string]
	for _, e := range elements(v) {
		if t := o.textOf(e, path); t.IsSet() {
			list = append(list, t)
		}
	}
	return list
}

func elements(v *value.Value) []*value.Value {
	switch v.Kind() {
	case value.Missing, value.Null:
		return nil
	case value.Array:
		return v.Elements()
	}
	return []*value.Value{v}
}

// singularOrList is a property that takes one value, in which some templates
// write a list.
func (o object) singularOrList(name string) (one azure.Value[string], list []azure.Value[string]) {
	if o.get(name).Kind() == value.Array {
		return one, o.texts(name)
	}
	return o.text(name), nil
}

func parsed[T any](o object, parse func(string, azure.Position) (azure.Value[T], diagnostic.List), path ...string) azure.Value[T] {
	v, problems := azure.Parsed(o.text(path...), parse)
	o.report(problems)
	return v
}

func allParsed[T any](o object, parse func(string, azure.Position) (azure.Value[T], diagnostic.List), path ...string) []azure.Value[T] {
	var list []azure.Value[T]
	for _, t := range o.texts(path...) {
		v, problems := azure.Parsed(t, parse)
		o.report(problems)
		list = append(list, v)
	}
	return list
}

// reference is {"id": ...}. An id that is made of known and unknown parts, such
// as that of a resource in the group the template is deployed to, is a
// reference all the same: the same parts make the same id.
func (o object) reference(path ...string) azure.Reference {
	return o.referenceOf(o.get(path...), path)
}

func (o object) referenceOf(v *value.Value, path []string) azure.Reference {
	if v.IsNull() {
		return azure.Reference{}
	}
	id := v
	if v.Kind() == value.Object {
		id = v.Get("id")
	}
	if IsID(id) {
		text := id.Render()
		return azure.Ref(text, id.At)
	}
	switch t := o.textOf(id, append(path, "id")); {
	case t.Unknown != nil:
		return azure.Reference{Unknown: t.Unknown, At: t.At}
	case t.IsSet():
		return azure.Ref(t.V, t.At)
	}
	return azure.Reference{}
}

// IsID reports whether a value that is not wholly known has the form of a
// resource id.
func IsID(v *value.Value) bool {
	pieces, ok := v.Pieces()
	return v.IsUnknown() && ok && len(pieces) > 1 && !pieces[0].Unknown &&
		strings.HasPrefix(pieces[0].Text, "/") && strings.Contains(strings.ToLower(v.Render()), "/providers/")
}

func (o object) references(path ...string) []azure.Reference {
	var list []azure.Reference
	for _, e := range elements(o.get(path...)) {
		if ref := o.referenceOf(e, path); ref.IsSet() {
			list = append(list, ref)
		}
	}
	return list
}

// address reads a private address, which may be a prefix: a block of addresses
// on one interface is not modelled.
func (o object) address(path ...string) azure.Value[netip.Addr] {
	text := o.text(path...)
	if known, ok := text.Known(); ok {
		if p, err := netip.ParsePrefix(known); err == nil {
			if !p.IsSingleIP() {
				return azure.NotKnown[netip.Addr](&azure.Unknown{Name: o.resource.Label() + " " + known, Why: "a block of addresses on one interface is not modelled", At: text.At})
			}
			text = azure.Given(p.Addr().String(), text.At)
		}
	}
	v, problems := azure.Parsed(text, azure.ParseAddr)
	o.report(problems)
	return v
}

// IsFollowed reports whether the analysis follows resources of a type, and not
// only Add takes them.
func IsFollowed(typ string) bool {
	for _, t := range beyond {
		if strings.EqualFold(t, typ) {
			return false
		}
	}
	return IsModelled(typ)
}

// IsModelled reports whether Add takes resources of a type.
func IsModelled(typ string) bool {
	_, service := azure.ServiceKindOf(typ)
	return service || adders[strings.ToLower(typ)] != nil
}
