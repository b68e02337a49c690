package fabric

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// firewallSubnet is the subnet where a user's security group has no effect
// (SUB-2).
const firewallSubnet = "AzureFirewallSubnet"

// attachedGroup finds a security group by reference; missing says why it is not
// known which it is. Both are nil where there is none.
func (f *Fabric) attachedGroup(ref azure.Reference) (group *azure.NetworkSecurityGroup, missing *azure.Unknown) {
	switch {
	case !ref.IsSet():
		return nil, nil
	case ref.Unknown != nil:
		return nil, ref.Unknown
	}
	if group, ok := f.network.NetworkSecurityGroup(ref.ID); ok {
		return group, nil
	}
	return nil, notStated("network security group", ref)
}

// subnetGroup is the security group that filters at a subnet.
func (f *Fabric) subnetGroup(s *azure.Subnet) (*azure.NetworkSecurityGroup, *azure.Unknown) {
	if strings.EqualFold(s.Name, firewallSubnet) {
		return nil, nil
	}
	if strings.EqualFold(s.Name, "GatewaySubnet") && s.NetworkSecurityGroup.IsSet() {
		return nil, &azure.Unknown{Name: string(s.NetworkSecurityGroup.ID), Why: "security groups are not supported on GatewaySubnet (SUB-1)"}
	}
	return f.attachedGroup(s.NetworkSecurityGroup)
}

// SubnetRules is the security group of a subnet as it decides there; nil where
// there is none (NSG-22).
func (f *Fabric) SubnetRules(s *azure.Subnet, d azure.Direction) *Policy {
	group, missing := f.subnetGroup(s)
	return f.policy(group, missing, d, f.placeOf(s), "")
}

// InterfaceRules is the security group of a network interface as it decides in
// a subnet; nil where there is none.
func (f *Fabric) InterfaceRules(nic *azure.NetworkInterface, s *azure.Subnet, d azure.Direction) *Policy {
	group, missing := f.attachedGroup(nic.NetworkSecurityGroup)
	return f.policy(group, missing, d, f.placeOf(s), "")
}

// Outbound are the security groups a sender's packets meet: the interface's,
// then the subnet's (NSG-24). Traffic within a subnet meets them too (NSG-26).
func (f *Fabric) Outbound(s *azure.Subnet) []Stage {
	return f.exempted(s, f.behindAdmin(s, azure.Outbound, f.groupStages(s, azure.Outbound, "")))
}

// exempted are outbound security groups with the exemption of PLAT-4, where the routes
// of the subnet leave it in force.
func (f *Fabric) exempted(s *azure.Subnet, groups []Stage) []Stage {
	if f.defaultRouteIsUser(f.placeOf(s)) {
		return groups
	}
	for i := range groups {
		groups[i] = exempting{f, groups[i]}
	}
	return groups
}

// Inbound are the security groups that packets to a subnet meet: the subnet's,
// then the interface's (NSG-24).
func (f *Fabric) Inbound(s *azure.Subnet) []Stage {
	return f.behindAdmin(s, azure.Inbound, f.groupStages(s, azure.Inbound, ""))
}

// InboundTo are the security groups that the packets for a backend meet, whichever
// address they are for.
func (f *Fabric) InboundTo(to Backend) []Stage {
	var groups []Stage
	for _, p := range []*Policy{f.SubnetRules(to.Subnet, azure.Inbound), f.InterfaceRules(to.Interface, to.Subnet, azure.Inbound)} {
		if p != nil {
			groups = append(groups, p)
		}
	}
	return f.behindAdmin(to.Subnet, azure.Inbound, groups)
}

// groupStages are the security groups at a subnet in the order of NSG-24; as
// they decide, or a variant of them.
func (f *Fabric) groupStages(s *azure.Subnet, d azure.Direction, variant string) []Stage {
	var stages []Stage
	group, missing := f.subnetGroup(s)
	if p := f.policy(group, missing, d, f.placeOf(s), variant); p != nil {
		stages = append(stages, p)
	}
	i := interfaces{end: source}
	if d == azure.Inbound {
		i.end = destination
	}
	for _, c := range f.configurationsIn(s) {
		group, missing := f.attachedGroup(c.Interface.NetworkSecurityGroup)
		if p := f.policy(group, missing, d, f.placeOf(s), variant); p != nil {
			i.list = append(i.list, interfaceRules{c, f.configuration(c), p})
		}
	}
	if len(i.list) == 0 {
		return stages
	}
	if d == azure.Inbound {
		return append(stages, i)
	}
	return append([]Stage{i}, stages...)
}

// defaultRouteIsUser reports whether a user route 0.0.0.0/0 certainly exists.
func (f *Fabric) defaultRouteIsUser(p *place) bool {
	if p.table == nil {
		return false
	}
	for _, r := range p.table.Routes {
		if r.Destination.Kind == azure.PrefixAddress && r.Destination.Prefix == netip.PrefixFrom(netip.IPv4Unspecified(), 0) {
			return true
		}
	}
	return false
}

// interfaceRules is the security group of one IP configuration.
type interfaceRules struct {
	config  *azure.IPConfiguration
	address Bounds
	policy  *Policy
}

// interfaces are the security groups of the network interfaces of a subnet.
// Each decides about the packets of its own addresses; where it is not known
// which those are, about those that may be.
type interfaces struct {
	end  end
	list []interfaceRules
}

func (d interfaces) Split(packets []flow.Cube, byRule bool) []Outcome {
	var out []Outcome
	var own []flow.Cube
	for _, i := range d.list {
		own, packets = d.end.restrict(packets, i.address.Must)
		if len(own) > 0 {
			out = append(out, i.policy.Split(own, byRule)...)
		}
	}
	for _, i := range d.list {
		maybeOwn, rest := d.end.restrict(packets, i.address.May)
		packets = rest
		if len(maybeOwn) == 0 {
			continue
		}
		for _, o := range i.policy.Split(maybeOwn, false) {
			if o.Effect == Pass {
				packets = append(packets, o.Packets...)
				continue
			}
			why := fmt.Sprintf("the address may be that of network interface %s, whose security group %s may block it",
				i.config.Interface.Label(), i.policy.label())
			o.Reasons = append(i.address.reasons(addresses(o.Packets, d.end)), why)
			o.Effect, o.Hops = Doubtful, []Hop{i.policy.unknownHop([]string{why})}
			out = append(out, o)
		}
	}
	return nonEmpty(append(out, Outcome{Packets: packets}))
}

// configurationsIn lists the IP configurations of a subnet, and those of which
// it is not known which subnet they are in.
func (f *Fabric) configurationsIn(s *azure.Subnet) []*azure.IPConfiguration {
	return slices.Concat(f.configurations[s.ID], f.configurations[""])
}

// Reserved is the set of the addresses of a subnet that nobody can have: the
// first four and the last of each prefix (FAB-4).
func Reserved(s *azure.Subnet) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, v := range s.Prefixes {
		p, ok := v.Known()
		if !ok {
			continue
		}
		a := p.Masked().Addr()
		for range 4 {
			b.Add(flow.AddressOf(a))
			a = a.Next()
		}
		b.Add(flow.AddressOf(lastOf(p)))
	}
	return b.Set()
}

func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}
