package expression

import (
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource,
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-scope
var resourceFunctions = []function{
	{"resourceId", 2, -1, resourceID},
	{"subscriptionResourceId", 2, -1, subscriptionResourceID},
	{"managementGroupResourceId", 2, -1, managementGroupResourceID},
	{"tenantResourceId", 2, -1, func(c *invocation) (*value.Value, error) { return identifier(c, 0, nil) }},
	{"extensionResourceId", 3, -1, extensionResourceID},
	{"reference", 1, 3, referenceTo},
	{"resourceGroup", 0, 0, resourceGroup},
	{"subscription", 0, 0, subscription},
	{"tenant", 0, 0, onDeployment},
	{"managementGroup", 0, 0, onDeployment},
	{"environment", 0, 0, onDeployment},
	{"deployer", 0, 0, onDeployment},
	{"providers", 1, 2, onDeployment},
	{"pickZones", 3, 5, onDeployment},
	{"toLogicalZone", 3, 3, onDeployment},
	{"toLogicalZones", 3, 3, onDeployment},
	{"toPhysicalZone", 3, 3, onDeployment},
	{"toPhysicalZones", 3, 3, onDeployment},
	{"references", 1, 2, func(c *invocation) (*value.Value, error) { return c.unknownBecause(whyRunning) }},
	{"resourceInfo", 1, 1, resourceInfo},
}

// Why values are not known before deployment.
const (
	whyOnDeployment = "known only when the template is deployed"
	whyRunning      = "known only after deployment"
)

func onDeployment(c *invocation) (*value.Value, error) { return c.unknownBecause(whyOnDeployment) }

func texts(parts ...string) []value.Piece {
	pieces := make([]value.Piece, len(parts))
	for i, p := range parts {
		pieces[i].Text = p
	}
	return pieces
}

func piecesOf(v *value.Value) []value.Piece {
	pieces, _ := v.Pieces()
	return pieces
}

// resourceID is resourceId([subscriptionId], [resourceGroupName], resourceType,
// resourceName1, [resourceName2] ...).
func resourceID(c *invocation) (*value.Value, error) {
	at, err := c.typeArgument(2)
	if err != nil || at < 0 {
		return nil, orUnknown(c, err)
	}
	place := c.env.Place()
	prefix := SubscriptionID(place)
	switch at {
	case 1:
		prefix = append(prefix, groupPieces(c.done[0])...)
	case 2:
		prefix = append(texts("/subscriptions/"), piecesOf(c.done[0])...)
		prefix = append(prefix, groupPieces(c.done[1])...)
	default:
		if place.ResourceGroup != nil {
			prefix = append(prefix, groupPieces(place.ResourceGroup)...)
		}
	}
	return identifier(c, at, prefix)
}

// SubscriptionID is the id of the subscription of a place, in pieces.
func SubscriptionID(p Place) []value.Piece {
	return append(texts("/subscriptions/"), piecesOf(p.SubscriptionID)...)
}

// GroupID is the id of the resource group of a place, in pieces; that of the
// subscription where there is no group.
func GroupID(p Place) []value.Piece {
	id := SubscriptionID(p)
	if p.ResourceGroup != nil {
		id = append(id, groupPieces(p.ResourceGroup)...)
	}
	return id
}

func groupPieces(name *value.Value) []value.Piece {
	return append(texts("/resourceGroups/"), piecesOf(name)...)
}

// orUnknown turns "no type among the arguments" into an error.
func orUnknown(c *invocation, err error) error {
	if err != nil {
		return err
	}
	return &Problem{Code: "expression", Offset: c.call.Offset(), Text: c.function.name + " has no resource type among its first arguments",
		Hint: "write a type such as 'Microsoft.Network/virtualNetworks', then a name for each of its parts"}
}

func subscriptionResourceID(c *invocation) (*value.Value, error) {
	at, err := c.typeArgument(1)
	if err != nil || at < 0 {
		return nil, orUnknown(c, err)
	}
	prefix := SubscriptionID(c.env.Place())
	if at == 1 {
		prefix = append(texts("/subscriptions/"), piecesOf(c.done[0])...)
	}
	return identifier(c, at, prefix)
}

// managementGroupResourceID is managementGroupResourceId([managementGroupId],
// resourceType, resourceName1, [resourceName2] ...).
func managementGroupResourceID(c *invocation) (*value.Value, error) {
	at, err := c.typeArgument(1)
	if err != nil || at < 0 {
		return nil, orUnknown(c, err)
	}
	group := value.NotKnown("managementGroup().name", whyOnDeployment, c.at)
	if at == 1 {
		group = c.done[0]
	}
	return identifier(c, at, append(texts("/providers/Microsoft.Management/managementGroups/"), piecesOf(group)...))
}

func extensionResourceID(c *invocation) (*value.Value, error) {
	of, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if _, ok := of.Pieces(); !ok {
		return nil, c.wrong(0, "the id of a resource")
	}
	return identifier(c, 1, piecesOf(of))
}

// typeArgument is the index of the first argument that is a resource type, at
// most the given one; -1 where there is none.
func (c *invocation) typeArgument(last int) (int, error) {
	args, err := c.all()
	if err != nil {
		return -1, err
	}
	for i := 0; i <= last && i < len(args); i++ {
		if text, ok := args[i].Text(); ok && strings.Contains(text, "/") && strings.Contains(text, ".") {
			return i, nil
		}
	}
	return -1, nil
}

// identifier puts an id together from a prefix, the type in one argument and
// the names in those after it.
func identifier(c *invocation, at int, prefix []value.Piece) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	if args[at].IsUnknown() {
		return c.unknown()
	}
	text, ok := args[at].Text()
	if !ok {
		return nil, c.wrong(at, "a resource type")
	}
	types := strings.Split(strings.Trim(text, "/"), "/")
	var names []*value.Value
	for i, a := range args[at+1:] {
		if _, ok := a.Pieces(); !ok {
			return nil, c.wrong(at+1+i, "a name")
		}
		names = append(names, a.Split("/")...)
	}
	if len(names) != len(types)-1 {
		return nil, fail(c.call, "%s has %d names for the type %q, expected %d", c.function.name, len(names), text, len(types)-1)
	}
	pieces := append(prefix, texts("/providers/"+types[0])...)
	for i, name := range names {
		pieces = append(pieces, value.Piece{Text: "/" + types[i+1] + "/"})
		pieces = append(pieces, piecesOf(name)...)
	}
	return c.made(value.OfPieces(pieces, firstWhy(append(args, c.env.Place().SubscriptionID)...), c.at))
}

func resourceGroup(c *invocation) (*value.Value, error) {
	place := c.env.Place()
	if place.ResourceGroup == nil {
		return c.unknownBecause("the template is deployed to a subscription, not to a resource group")
	}
	name := place.ResourceGroup
	called := scopeName("resourceGroup", "name", name)
	id := value.OfPieces(GroupID(place), firstWhy(place.SubscriptionID, name), c.at)
	return c.scopeObject(called, []value.Member{{Name: "id", Value: id}, {Name: "name", Value: name}}, "location", "tags", "properties", "managedBy", "type")
}

func subscription(c *invocation) (*value.Value, error) {
	place := c.env.Place()
	id := value.OfPieces(SubscriptionID(place), place.SubscriptionID.Why(), c.at)
	return c.scopeObject(scopeName("subscription", "subscriptionId", place.SubscriptionID), []value.Member{{Name: "id", Value: id}, {Name: "subscriptionId", Value: place.SubscriptionID}}, "tenantId", "displayName")
}

// scopeName names a scope by what identifies it, unless that is just what the
// function itself would give.
func scopeName(function, member string, identity *value.Value) string {
	if text := identity.Print(); text != function+"()."+member {
		return function + "(" + text + ")"
	}
	return function + "()"
}

// scopeObject is the description of a scope: some members are known, or have
// names of their own, others are known on deployment.
func (c *invocation) scopeObject(called string, members []value.Member, open ...string) (*value.Value, error) {
	for _, name := range open {
		members = append(members, value.Member{Name: name, Value: value.NotKnown(called+"."+name, whyOnDeployment, c.at)})
	}
	return value.OfObject(members, c.at), nil
}

// referenceTo is the state of a resource at run time.
func referenceTo(c *invocation) (*value.Value, error) {
	of, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if _, ok := of.Pieces(); !ok {
		return nil, c.wrong(0, "the name or id of a resource")
	}
	full := false
	if len(c.args) == 3 {
		text, _, err := c.textArg(2)
		if err != nil {
			return nil, err
		}
		full = strings.EqualFold(text, "full")
	}
	v, ok, err := c.env.Reference(of, full)
	if err != nil || ok {
		return v, err
	}
	// The API version does not change what is meant.
	name := "reference(" + of.Print() + ")"
	if full {
		name = "reference(" + of.Print() + ", 'Full')"
	}
	return value.NotKnown(name, whyRunning, c.at), nil
}

// resourceInfo is what the template itself tells of a resource, by its symbolic
// name: id, name, type and apiVersion.
func resourceInfo(c *invocation) (*value.Value, error) {
	of, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if v, ok := c.env.Resource(of); ok {
		return v, nil
	}
	return c.unknownBecause(whyOnDeployment)
}
