package terraform

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// joint describes an association type of the provider.
type joint struct {
	kind azure.AssociationKind
	// from and to are the attributes of the two ends.
	from, to string
	// fromType and toType are the Terraform types of the two ends.
	fromType, toType string
}

var joints = map[string]joint{
	"azurerm_subnet_network_security_group_association":                {azure.SubnetToNetworkSecurityGroup, "subnet_id", "network_security_group_id", "azurerm_subnet", "azurerm_network_security_group"},
	"azurerm_subnet_route_table_association":                           {azure.SubnetToRouteTable, "subnet_id", "route_table_id", "azurerm_subnet", "azurerm_route_table"},
	"azurerm_subnet_nat_gateway_association":                           {azure.SubnetToNATGateway, "subnet_id", "nat_gateway_id", "azurerm_subnet", "azurerm_nat_gateway"},
	"azurerm_nat_gateway_public_ip_association":                        {azure.NATGatewayToPublicIPAddress, "nat_gateway_id", "public_ip_address_id", "azurerm_nat_gateway", "azurerm_public_ip"},
	"azurerm_nat_gateway_public_ip_prefix_association":                 {azure.NATGatewayToPublicIPPrefix, "nat_gateway_id", "public_ip_prefix_id", "azurerm_nat_gateway", "azurerm_public_ip_prefix"},
	"azurerm_network_interface_security_group_association":             {azure.InterfaceToNetworkSecurityGroup, "network_interface_id", "network_security_group_id", "azurerm_network_interface", "azurerm_network_security_group"},
	"azurerm_network_interface_application_security_group_association": {azure.InterfaceToApplicationSecurityGroup, "network_interface_id", "application_security_group_id", "azurerm_network_interface", "azurerm_application_security_group"},
}

// link is one association resource with what its near end may be.
type link struct {
	*instance
	joint
	fromFound outcome
	from, to  azure.Reference
}

// end is one end of associations of one kind.
type end struct {
	kind azure.AssociationKind
	id   azure.ID
}

// attachments are what the association resources of a plan join.
type attachments struct {
	// attached are the ends that an association is known to start from.
	attached map[end]bool
	// doubtful are the ends that an association may start from.
	doubtful map[end]*azure.Unknown
	// detached are the ends of associations that will be deleted.
	detached map[end]bool
	// networks are the networks in which an association starts from a subnet.
	networks map[end]bool
}

// readAssociations resolves the association resources. An association whose
// near end is one of several resources makes those doubtful; one of which
// nothing is known goes to the inventory as it is.
func (r *reader) readAssociations() {
	r.attachments = &attachments{attached: map[end]bool{}, doubtful: map[end]*azure.Unknown{}, detached: map[end]bool{}, networks: map[end]bool{}}
	groups := map[string][]*link{}
	var order []string
	for _, i := range r.instances {
		j, ok := joints[i.typ]
		if !ok || i.data {
			continue
		}
		g := groupOf(i.module, i.block)
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], r.link(i, j))
	}
	for _, g := range order {
		matchAll(groups[g])
		for _, l := range groups[g] {
			r.attach(l)
		}
	}
	for _, d := range r.deletions {
		if j, ok := joints[d.address.typ]; ok {
			before := field{value: d.before, problems: &r.inventory.Diagnostics}
			r.attachments.detached[end{j.kind, azure.MakeID(before.get(j.from).known())}] = true
		}
	}
}

func (r *reader) link(i *instance, j joint) *link {
	l := &link{instance: i, joint: j}
	from := i.get(j.from)
	l.to = r.reference(i, i.get(j.to), j.to, j.toType)
	if id := from.known(); id != "" {
		l.from = azure.Ref(id, from.at())
		return l
	}
	l.fromFound = r.search(r.scopeOf(i), i.expression(j.from), "id", false, j.fromType)
	l.from = r.referenceTo(from, l.fromFound)
	return l
}

// matchAll settles the instances of one block that cannot be told apart: n
// associations to one far end that start from the same n resources. A resource
// has at most one association of a kind, so each of them has one.
func matchAll(group []*link) {
	first := group[0]
	if len(first.fromFound.targets) != len(group) || len(group) < 2 || first.to.ID == "" {
		return
	}
	for _, l := range group {
		if len(l.fromFound.dead) > 0 || !slices.Equal(l.fromFound.targets, first.fromFound.targets) || l.to.ID != first.to.ID {
			return
		}
	}
	for n, l := range group {
		l.from = first.fromFound.targets[n].reference(l.get(l.joint.from))
	}
}

// attach hands an association to the inventory, or notes what it may concern.
func (r *reader) attach(l *link) {
	if l.from.ID != "" {
		r.attachments.attached[end{l.kind, l.from.ID}] = true
		if l.fromType == "azurerm_subnet" {
			r.attachments.networks[end{l.kind, l.from.ID.Parent()}] = true
		}
	}
	if l.from.Unknown == nil || len(l.fromFound.targets) == 0 || len(l.fromFound.dead) > 0 {
		if l.from.IsSet() {
			r.inventory.Associations = append(r.inventory.Associations, azure.Association{Kind: l.kind, From: l.from, To: l.to, At: l.at})
		}
		return
	}
	for _, t := range l.fromFound.targets {
		r.attachments.doubtful[end{l.kind, t.id}] = l.from.Unknown
	}
}

// maybeAttached is what an association may join to a resource, of several that it may
// start from.
func (r *reader) maybeAttached(id azure.ID, kind azure.AssociationKind) []azure.Reference {
	if u := r.attachments.doubtful[end{kind, id}]; u != nil {
		return []azure.Reference{{Unknown: u, At: u.At}}
	}
	return nil
}

// attached is the reference of a subnet or an interface that association
// resources set. own is the attribute of the resource itself: it is what was
// last read, so an association counts more, also one that is deleted. A state
// does not tell of those, so in a network with associations it is in doubt.
func (r *reader) attached(i *instance, id azure.ID, kind azure.AssociationKind, own field) azure.Reference {
	e := end{kind, id}
	if r.attachments.attached[e] {
		return azure.Reference{}
	}
	if u := r.attachments.doubtful[e]; u != nil {
		return azure.Reference{Unknown: u, At: u.At}
	}
	if own.isUnknown() && !i.created() {
		return azure.Reference{Unknown: own.open(), At: own.at()}
	}
	if known := own.known(); known != "" && !own.isUnknown() && !r.attachments.detached[e] {
		if r.mayBeOld() && !i.data && r.attachments.networks[end{kind, id.Parent()}] {
			u := r.outdated(own.name, "only the subnet itself states it, which may be older than the associations beside it", own.at())
			return azure.Reference{Unknown: u, At: u.At}
		}
		return azure.Ref(known, own.at())
	}
	return azure.Reference{}
}
