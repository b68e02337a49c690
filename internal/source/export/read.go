package export

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// Read reads the resources of a document. What is wrong with it is in the
// Diagnostics of the inventory, each with a place. A document that Recognise
// refuses gives one error that says what was expected.
func Read(doc *document.Document) *azure.Inventory {
	r := &reader{inventory: &azure.Inventory{Source: doc.Name(), Rank: azure.RankExport}, lists: azure.PrefixLists{}}
	rows, problem := rowsOf(doc.Root())
	if problem == nil {
		problem = firstStranger(doc.Root(), rows)
	}
	if problem != nil {
		r.report(*problem)
		return r.inventory
	}
	if len(rows) == 0 {
		r.report(diagnostic.Infof("empty-list", doc.Root().Position(), "the list is empty"))
	}
	for _, row := range rows {
		r.resource(row)
	}
	return r.inventory
}

// Recognise reports whether the document holds resources of Azure, or an empty
// list of them.
func Recognise(doc *document.Document) bool {
	rows, problem := rowsOf(doc.Root())
	if problem != nil {
		return false
	}
	return len(rows) == 0 || kindOf(rows[0]).name != ""
}

// Problem is why Read refuses a document, if it does.
func Problem(doc *document.Document) (diagnostic.Diagnostic, bool) {
	rows, problem := rowsOf(doc.Root())
	if problem == nil {
		problem = firstStranger(doc.Root(), rows)
	}
	if problem == nil {
		return diagnostic.Diagnostic{}, false
	}
	return *problem, true
}

// reader holds what the steps of Read share.
type reader struct {
	inventory *azure.Inventory
	cursor    document.Cursor
	lists     azure.PrefixLists
	// expression is true once a template expression was reported.
	expression bool
}

func (r *reader) report(d diagnostic.Diagnostic) {
	r.inventory.Diagnostics = append(r.inventory.Diagnostics, d)
}

func (r *reader) reportAll(list diagnostic.List) {
	r.inventory.Diagnostics = append(r.inventory.Diagnostics, list...)
}

// resource reads one row of the input.
func (r *reader) resource(row document.Value) {
	kind := kindOf(row)
	read, modelled := readers[kind.name]
	o := r.object(row)
	if effectiveKind(row) != "" {
		r.effective(kind.name, &o)
		return
	}
	if service, ok := azure.ServiceKindOf(kind.name); ok {
		r.service(&o, kind, service)
		return
	}
	if !modelled {
		r.notModelled(&o, kind)
		return
	}
	if o.ambiguous() {
		return
	}
	id, ok := o.identity(kind.name, kind.child)
	if !ok {
		return
	}
	if !o.stated(kind) {
		r.report(diagnostic.Warningf("no-properties", row.Position(), "%q is listed without its properties and is not read", id.Name).
			WithHint("az resource list does not tell them; use %s", kind.command))
		return
	}
	read(r, &o, id)
}

// service reads a managed service. One that is listed by name alone is noted,
// like one that carries traffic of others.
func (r *reader) service(o *object, k kind, service *azure.ServiceKind) {
	if !o.tellsMore() || effectOf(service.Type) != noEffect {
		r.notModelled(o, k)
	}
	if !o.tellsMore() || o.ambiguous() {
		return
	}
	if id, ok := o.identity(service.Type, false); ok {
		r.managedService(o, id, service)
	}
}

// readers are the kinds of resources that are modelled, by type in Azure's
// spelling.
var readers map[string]func(r *reader, o *object, id azure.Resource)

func init() {
	readers = map[string]func(*reader, *object, azure.Resource){
		azure.TypeVirtualNetwork:           (*reader).virtualNetwork,
		azure.TypeSubnet:                   (*reader).separateSubnet,
		azure.TypePeering:                  (*reader).separatePeering,
		azure.TypeNetworkSecurityGroup:     (*reader).group,
		azure.TypeSecurityRule:             (*reader).separateRule,
		azure.TypeDefaultSecurityRule:      (*reader).separateRule,
		azure.TypeApplicationSecurityGroup: (*reader).applicationGroup,
		azure.TypeRouteTable:               (*reader).routeTable,
		azure.TypeRoute:                    (*reader).separateRoute,
		azure.TypeNetworkInterface:         (*reader).networkInterface,
		azure.TypePublicIPAddress:          (*reader).publicIPAddress,
		azure.TypePublicIPPrefix:           (*reader).publicIPPrefix,
		azure.TypeNATGateway:               (*reader).natGateway,
		azure.TypeAzureFirewall:            (*reader).firewall,
		azure.TypeFirewallPolicy:           (*reader).firewallPolicy,
		azure.TypeRuleCollectionGroup:      (*reader).collectionGroup,
		azure.TypeRuleGroup:                (*reader).ruleGroup,
		azure.TypeIPGroup:                  (*reader).ipGroup,
		azure.TypePrivateEndpoint:          (*reader).privateEndpoint,
		azure.TypeGateway:                  (*reader).gateway,
		azure.TypeLocalGateway:             (*reader).localGateway,
		azure.TypeGatewayConnection:        (*reader).connection,
		azure.TypeHubConnection:            (*reader).hubConnection,
		azure.TypeLoadBalancer:             (*reader).loadBalancer,
		azure.TypeInboundNATRule:           (*reader).separateNATRule,
		azure.TypeBackendPool:              (*reader).separatePool,
		azure.TypeAdminRule:                (*reader).adminRule,
		azure.TypeAdminCollection:          (*reader).adminCollection,
		azure.TypeAdminConfiguration:       (*reader).adminConfiguration,
		azure.TypeNetworkGroup:             (*reader).networkGroup,
		azure.TypeNetworkGroupMember:       (*reader).networkGroupMember,
		azure.TypeScaleSet:                 (*reader).scaleSet,
		azure.TypeConnectivity:             (*reader).managerConnectivity,
		azure.TypeRoutingCollection:        (*reader).managerRouting,
	}
}
