package snapshot

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// unread states what the snapshot shows to exist and does not have: a subnet
// lists the IP configurations in it, whoever may read them.
func (s *stated) unread(inv *azure.Inventory) {
	have := map[string]bool{}
	for r := range s.resources.Elements() {
		id, _ := r.GetFold("id").String()
		have[strings.ToLower(id)] = true
	}
	named := map[string]bool{}
	for subnet := range s.subnets() {
		id, _ := subnet.GetFold("id").String()
		if subscriptionOf(id) == "" {
			continue
		}
		var interfaces []string
		for c := range property(subnet, "ipConfigurations").Elements() {
			text, _ := c.GetFold("id").String()
			owner, typ := ownerOf(text)
			if owner == "" || have[strings.ToLower(owner)] {
				continue
			}
			// A network interface is in the subscription of its network, so one
			// of another is the platform's, for a service: it has no security
			// group of the user's. Those of a scale set are in no list but its own.
			own := subscriptionOf(owner) == subscriptionOf(id)
			if own && (strings.EqualFold(typ, azure.TypeNetworkInterface) || strings.EqualFold(typ, azure.TypeScaleSet)) {
				interfaces = append(interfaces, lastSegment(owner))
			}
			if own && strings.EqualFold(typ, azure.TypeNetworkInterface) || named[strings.ToLower(owner)] {
				continue
			}
			named[strings.ToLower(owner)] = true
			inv.NotModelled = append(inv.NotModelled, azure.NotModelled{
				Type: typ, Address: owner, At: c.Position(),
				Effect: "it has an address in subnet " + lastSegment(id) + " and is not in the snapshot",
			})
		}
		if len(interfaces) > 0 {
			inv.NetworkInterfaces = append(inv.NetworkInterfaces, unreadInterfaces(id, interfaces, subnet.Position()))
		}
	}
	s.uncertainGroups(inv)
}

// subnets visits the subnets of all networks of the snapshot.
func (s *stated) subnets() func(func(document.Value) bool) {
	return func(yield func(document.Value) bool) {
		for r := range s.resources.Elements() {
			if typ, _ := r.GetFold("type").String(); !strings.EqualFold(typ, azure.TypeVirtualNetwork) {
				continue
			}
			for subnet := range property(r, "subnets").Elements() {
				if !yield(subnet) {
					return
				}
			}
		}
	}
}

func property(v document.Value, name string) document.Value {
	return v.GetFold("properties").GetFold(name)
}

// unreadInterfaces stands for the network interfaces of a subnet that the
// snapshot does not have: any address of the subnet may be theirs, with any
// security group and in any application security group.
func unreadInterfaces(subnet string, names []string, at azure.Position) *azure.NetworkInterface {
	slices.Sort(names)
	names = slices.Compact(names)
	label := names[0]
	if len(names) > 1 {
		label += fmt.Sprintf(" and %d more", len(names)-1)
	}
	unknown := func(what string) *azure.Unknown {
		return &azure.Unknown{Name: what + " of " + label + " in " + subnet, Why: "the snapshot does not have it", At: at}
	}
	resource := func(id, typ string) azure.Resource {
		return azure.Resource{ID: azure.MakeID(id), Type: typ, Name: label, Address: label, At: at, Rank: azure.RankLive, Stub: true}
	}
	id := subnet + "/unread"
	return &azure.NetworkInterface{
		Resource:             resource(id, azure.TypeNetworkInterface),
		NetworkSecurityGroup: azure.Reference{Unknown: unknown("the security group"), At: at},
		EnableIPForwarding:   azure.NotKnown[bool](unknown("IP forwarding")),
		IPConfigurations: []*azure.IPConfiguration{{
			Resource:                  resource(id+"/ipConfigurations/unread", azure.TypeIPConfiguration),
			PrivateIPAddress:          azure.NotKnown[netip.Addr](unknown("the address")),
			Subnet:                    azure.Ref(subnet, at),
			ApplicationSecurityGroups: []azure.Reference{{Unknown: unknown("the application security groups"), At: at}},
		}},
	}
}

// uncertainGroups takes out the application security groups that may have
// members which the snapshot does not show: network interfaces of another
// resource group, or any where their list is missing (ASG-1). Rules that name
// them are undecided then, as with a group that no input states.
func (s *stated) uncertainGroups(inv *azure.Inventory) {
	inv.ApplicationSecurityGroups = slices.DeleteFunc(inv.ApplicationSecurityGroups, func(g *azure.ApplicationSecurityGroup) bool {
		if s.hasAllInterfaces(subscriptionOf(string(g.ID))) {
			return false
		}
		inv.NotModelled = append(inv.NotModelled, azure.NotModelled{
			Type: g.Type, Address: g.Address, At: g.At,
			Effect: "rules that name it are undecided: the snapshot does not have all network interfaces of the subscription, so its members are not known",
		})
		return true
	})
}

// hasAllInterfaces reports whether the snapshot has every network interface of
// a subscription.
func (s *stated) hasAllInterfaces(subscription string) bool {
	return len(s.groups) == 0 && !slices.ContainsFunc(s.missing, func(m statedMissing) bool {
		return strings.EqualFold(m.Type, azure.TypeNetworkInterface) && subscriptionOf(m.Scope) == subscription
	})
}

// subscriptionOf is the subscription of an id, in lower case, empty where it
// names none.
func subscriptionOf(id string) string {
	segments := strings.Split(strings.ToLower(id), "/")
	if len(segments) > 2 && segments[1] == "subscriptions" {
		return segments[2]
	}
	return ""
}

// ownerOf is the resource, with its type, to which a child's id belongs:
// .../providers/Microsoft.Network/networkInterfaces/n of its IP configuration.
func ownerOf(child string) (id, typ string) {
	const providers = "/providers/"
	i := strings.Index(strings.ToLower(child), providers)
	if i < 0 {
		return "", ""
	}
	segments := strings.Split(child[i+len(providers):], "/")
	if len(segments) < 3 {
		return "", ""
	}
	return child[:i] + providers + strings.Join(segments[:3], "/"), segments[0] + "/" + segments[1]
}

func lastSegment(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
