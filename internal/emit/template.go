package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
)

// The versions of the schemas that the emitted forms follow.
const (
	templateSchema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
	apiNetwork     = "2024-05-01"
	apiDeployments = "2022-09-01"
)

// deployment is a template for Resource Manager.
type deployment struct {
	Schema         string `json:"$schema"`
	ContentVersion string `json:"contentVersion"`
	Resources      []any  `json:"resources"`
}

// entry is a security rule or a route as a resource of a template.
type entry struct {
	Type       string   `json:"type"`
	APIVersion string   `json:"apiVersion"`
	Name       string   `json:"name"`
	DependsOn  []string `json:"dependsOn,omitempty"`
	Properties any      `json:"properties"`
}

// nested is a deployment to another resource group.
type nested struct {
	Type          string           `json:"type"`
	APIVersion    string           `json:"apiVersion"`
	Name          string           `json:"name"`
	Subscription  string           `json:"subscriptionId,omitempty"`
	ResourceGroup string           `json:"resourceGroup"`
	Properties    nestedProperties `json:"properties"`
}

// nestedProperties evaluate expressions where the resources are: resourceId in the
// outer scope would name the resource group of the outer deployment.
type nestedProperties struct {
	Mode     string     `json:"mode"`
	Options  scope      `json:"expressionEvaluationOptions"`
	Template deployment `json:"template"`
}

type scope struct {
	Scope string `json:"scope"`
}

// template writes the change as a template to be deployed incrementally to the
// resource group of the security groups; where they are in several, with a
// nested deployment for each.
func template(steps []repair.Edit) (string, error) {
	if hasChanges(steps) {
		return wholeTemplate(steps)
	}
	apart := groups(steps)
	inside := make([][]any, max(1, len(apart)))
	for i := range steps {
		r, err := resource(steps, i)
		if err != nil {
			return "", err
		}
		at := 0
		if len(apart) > 1 {
			if at = slices.IndexFunc(apart, placeOf(steps[i].Target()).beside); at < 0 {
				return "", fmt.Errorf("the change is in several resource groups, and that of %s is not known; use --as terraform", steps[i].Target().Label())
			}
		}
		inside[at] = append(inside[at], r)
	}
	whole := deployment{templateSchema, "1.0.0.0", inside[0]}
	if len(apart) > 1 {
		whole.Resources = []any{}
		for i, p := range apart {
			whole.Resources = append(whole.Resources, nested{
				"Microsoft.Resources/deployments", apiDeployments, fmt.Sprintf("network-access-%d", i+1), p.subscription, p.resourceGroup,
				nestedProperties{"Incremental", scope{"inner"}, deployment{templateSchema, "1.0.0.0", inside[i]}},
			})
		}
	}
	data, err := document.Marshal(whole, "  ")
	return string(data) + "\n", err
}

// resource is one step; it waits for the step before it in the same group or
// table, because Azure changes these one child at a time.
func resource(steps []repair.Edit, i int) (entry, error) {
	e := &steps[i]
	if err := complete(e); err != nil {
		return entry{}, err
	}
	typ, name := child(e)
	r := entry{Type: typ, APIVersion: apiNetwork, Name: literal(e.Target().Name + "/" + name)}
	if e.Route != nil {
		r.Properties = RouteProperties(e.Route)
	} else {
		p := Properties(&e.Rule)
		p.Description = literal(p.Description)
		w := &writer{target: e.Target().ID}
		w.write(p.SourceApplicationSecurityGroups)
		w.write(p.DestinationApplicationSecurityGroups)
		if w.missing != "" {
			return entry{}, fmt.Errorf("the rule %s of %s makes room, and %s; use --as az, which changes its priority alone", e.Rule.Name, e.Group.Name, w.missing)
		}
		r.Properties = p
	}
	if i > 0 && steps[i-1].Target().ID == e.Target().ID {
		_, before := child(&steps[i-1])
		r.DependsOn = []string{"[" + resourceID(nil, typ, e.Target().Name, before).arm + "]"}
	}
	return r, nil
}

// literal keeps a text that begins like an expression from being one.
func literal(text string) string {
	if strings.HasPrefix(text, "[") {
		return "[" + text
	}
	return text
}

// Properties are those of a rule in the shape of Resource Manager.
func Properties(r *repair.Rule) result.FixProperties {
	p := result.FixProperties{
		Description: r.Description, Protocol: string(r.Protocol), Access: string(r.Access), Priority: r.Priority, Direction: string(r.Direction),
	}
	p.SourcePortRange, p.SourcePortRanges = oneOrMany(r.SourcePorts)
	p.DestinationPortRange, p.DestinationPortRanges = oneOrMany(r.DestinationPorts)
	p.SourceAddressPrefix, p.SourceAddressPrefixes = oneOrMany(r.Source)
	p.DestinationAddressPrefix, p.DestinationAddressPrefixes = oneOrMany(r.Destination)
	p.SourceApplicationSecurityGroups, p.DestinationApplicationSecurityGroups = references(r.SourceGroups), references(r.DestinationGroups)
	return p
}

// RouteProperties are those of a route.
func RouteProperties(r *repair.Route) result.FixRouteProperties {
	return result.FixRouteProperties{AddressPrefix: r.AddressPrefix, NextHopType: string(r.NextHopType), NextHopIPAddress: r.NextHopIPAddress}
}

// oneOrMany gives a singular or a plural property.
func oneOrMany(list []string) (one string, many []string) {
	if len(list) == 1 {
		return list[0], nil
	}
	return "", list
}

// write puts the ids of a list as a template writes them.
func (w *writer) write(list []result.FixReference) {
	for i := range list {
		list[i].ID, _ = asJSON(w.id(azure.Ref(list[i].ID, azure.Position{}))).(string)
	}
}

func references(ids []string) []result.FixReference {
	var list []result.FixReference
	for _, id := range ids {
		list = append(list, result.FixReference{ID: id})
	}
	return list
}
