package fabric

import (
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// forwardedBy begins the variant of a group that decides at a network interface about
// packets that are not its own; its id follows.
const forwardedBy = "forwarded by "

// nearSide is the side of a rule that is the network interface's own.
type nearSide struct {
	end *azure.Side
	Bounds
}

// forwarderSide is the side of a rule at a network interface that forwards, if it names
// application security groups: the rule is for members alone (ASG-2), and whether it
// holds for what a member forwards is not known. It is nil where the rule's text says
// all.
func (f *Fabric) forwarderSide(r *azure.SecurityRule, d azure.Direction, by *azure.NetworkInterface) *nearSide {
	if by == nil {
		return nil
	}
	near := &nearSide{end: &r.Source}
	if d == azure.Inbound {
		near.end = &r.Destination
	}
	groups := false
	for _, term := range near.end.Terms() {
		if term.Kind == azure.GroupAddress {
			near.Bounds, groups = near.union(f.forwarderIn(term.Group, by)), true
		}
	}
	if !groups {
		return nil
	}
	return near
}

// forwarderIn is what an application security group stands for at an interface that
// forwards.
func (f *Fabric) forwarderIn(group azure.Reference, by *azure.NetworkInterface) Bounds {
	everything := f.points.everything
	_, stated := f.network.ApplicationSecurityGroup(group.ID)
	own := func(list []*azure.IPConfiguration) bool {
		return slices.ContainsFunc(list, func(c *azure.IPConfiguration) bool { return c.Interface == by })
	}
	switch {
	case !stated, own(f.maybeMembers):
		return doubtful(everything, fmt.Sprintf("whether %s belongs to %s is not known", by.Label(), group.ID.Name()))
	case !own(f.network.Members(group.ID)):
		return Bounds{}
	}
	b := f.members(group).intersect(f.InterfaceAddresses(by))
	return b.union(doubtful(everything, fmt.Sprintf("whether a rule for %s holds for what its member %s forwards is not known (ASG-2)", group.ID.Name(), by.Label())))
}

// forwarderRules are the security groups at a network interface about what it takes in
// for others, or sends on, without those of the subnet's other interfaces.
func (f *Fabric) forwarderRules(nic *azure.NetworkInterface, s *azure.Subnet, d azure.Direction) []Stage {
	var stages []Stage
	add := func(group *azure.NetworkSecurityGroup, missing *azure.Unknown) {
		if p := f.policy(group, missing, d, f.placeOf(s), forwardedBy+string(nic.ID)); p != nil {
			stages = append(stages, p)
		}
	}
	add(f.subnetGroup(s))
	add(f.attachedGroup(nic.NetworkSecurityGroup))
	if d == azure.Outbound { // NSG-24
		slices.Reverse(stages)
	}
	return f.behindAdmin(s, d, stages)
}
