package azure

import "net/netip"

// ScaleSetEffect is what verdicts leave out of a scale set.
const ScaleSetEffect = "which addresses its instances have is not known: what the security groups of its model decide alone is undecided"

// StandForInstances makes a network interface of the model of a scale set stand for
// those of its instances: each has some address of its subnet, which no input tells.
func (n *NetworkInterface) StandForInstances() {
	n.Stub, n.Type = true, TypeInstanceInterface
	for _, c := range n.IPConfigurations {
		c.Stub = true
		c.PrivateIPAddress = NotKnown[netip.Addr](&Unknown{Name: c.Label() + " privateIPAddress", Why: "instances of a scale set get any address of their subnet", At: c.At})
	}
}

// InstancesAnywhere stands for the interfaces of a scale set of whose model nothing
// is known.
func InstancesAnywhere(set Resource, u *Unknown) *NetworkInterface {
	part := func(segment, typ string) Resource {
		return Resource{ID: childID(set.ID, segment, "unknown"), Type: typ, Name: set.Name, Address: set.Label(), At: set.At, Rank: set.Rank}
	}
	open := Reference{Unknown: u, At: u.At}
	n := &NetworkInterface{
		Resource:             part("networkInterfaceConfigurations", TypeNetworkInterface),
		NetworkSecurityGroup: open,
		EnableIPForwarding:   NotKnown[bool](u),
		IPConfigurations:     []*IPConfiguration{{Resource: part("ipConfigurations", TypeIPConfiguration), Subnet: open}},
	}
	n.StandForInstances()
	return n
}
