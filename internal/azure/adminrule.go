package azure

import "fmt"

// AdminAccess is what a security admin rule does (ADM-2).
type AdminAccess string

// Accesses of security admin rules.
const (
	// AdminAllow leaves the decision to the security groups.
	AdminAllow AdminAccess = "Allow"
	// AdminDeny drops, whatever the security groups say.
	AdminDeny AdminAccess = "Deny"
	// AdminAlwaysAllow passes, whatever the security groups say.
	AdminAlwaysAllow AdminAccess = "AlwaysAllow"
)

// AdminRule is a Microsoft.Network/networkManagers/securityAdminConfigurations/
// ruleCollections/rules resource: it comes before the security groups (ADM-1).
type AdminRule struct {
	Resource
	// Collection the rule belongs to; that tells the network groups it is for.
	Collection Reference
	Direction  Value[Direction]
	Access     Value[AdminAccess]
	// Priority is 1 to 4096; smaller is evaluated earlier (ADM-3).
	Priority Value[int]
	// Protocol is Tcp, Udp, Icmp, Esp, Ah or Any, as written (ADM-8).
	Protocol Value[string]
	// Sources and Destinations are prefixes, service tags and network groups.
	Sources, Destinations         []AdminAddress
	SourcePorts, DestinationPorts Ports
}

// AdminAddress is an element of an admin rule's source or destination (ADM-8).
type AdminAddress struct {
	// Kind is IPPrefix, ServiceTag or NetworkGroup, as written.
	Kind Value[string]
	Text Value[string]
	At   Position
}

// decides reports whether the rule can decide about packets by itself. Allow
// leaves that to the security groups (ADM-2).
func (r *AdminRule) decides() bool {
	access, known := r.Access.Known()
	return !known || access != AdminAllow
}

// doubtAdminRules gives every subnet an unknown for the admin rules that decide
// before its security group. To which networks they apply is not followed.
func (b *builder) doubtAdminRules() {
	var u *Unknown
	for _, r := range b.network.AdminRules {
		if r.decides() {
			u = &Unknown{Name: r.title(), Why: fmt.Sprintf("security admin rules such as %s come first and are not evaluated", r.title()), At: r.At}
			break
		}
	}
	if u == nil {
		return
	}
	for _, s := range b.subnetsWithAdminRules() {
		if g, ok := b.network.NetworkSecurityGroup(b.canonical(MakeID(string(s.NetworkSecurityGroup.ID)))); ok {
			g.UnknownRules = withUnknowns(g.UnknownRules, []*Unknown{u})
		} else if !s.NetworkSecurityGroup.IsSet() {
			s.NetworkSecurityGroup = Reference{Unknown: u, At: u.At}
		}
	}
}

// subnetsWithAdminRules leaves out those of the platform's own services, which
// admin rules skip (ADM-7).
func (b *builder) subnetsWithAdminRules() []*Subnet {
	var list []*Subnet
	for _, s := range b.network.Subnets() {
		switch MakeID(s.Name) {
		case "azurefirewallsubnet", "azurefirewallmanagementsubnet", "gatewaysubnet", "azurebastionsubnet", "routeserversubnet":
		default:
			list = append(list, s)
		}
	}
	return list
}
