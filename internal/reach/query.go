package reach

import (
	"errors"
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Query asks what becomes of packets from one end to another.
type Query struct {
	From, To Endpoint
	// Protocols of the packets.
	Protocols flow.ProtocolSet
	// SourcePorts and DestinationPorts count for the protocols that have
	// ports; those without are asked about whatever stands here.
	SourcePorts, DestinationPorts flow.PortSet
	// Managed says that the end in the network is a managed service, whose
	// frontends are exempt from PIP-1 (decisions 14).
	Managed bool
	// NeedsGroup says of those frontends that they are no exception: they let nothing
	// in without a security group.
	NeedsGroup bool
	// Own says whether the sender is a managed service with a public address of its
	// own; nil leaves that to what the input states in its subnet.
	Own *azure.OwnAddress
	// Host is the name that the client asks for, whose addresses the
	// destinations are: application rules of firewalls look at it. Empty where
	// nobody tells.
	Host string
	// ByRule divides the parts by every rule that decides, also where it
	// allows. Without it parts that fare alike are one.
	ByRule bool
	// BySeen divides the parts by the source address that the other end sees,
	// and takes parts that differ in it as different answers.
	BySeen bool
	// FirstBlocker ends the way of packets where something stops them: what
	// else would is not asked, and does not divide the parts.
	FirstBlocker bool
}

// Endpoint is one end of a query. Make it with one of the functions.
type Endpoint struct {
	kind      endpointKind
	id        azure.ID
	addresses flow.AddressSet
	tags      []string
	subnets   []azure.ID
}

type endpointKind uint8

const (
	noEndpoint endpointKind = iota
	subnetEndpoint
	subnetsEndpoint
	interfaceEndpoint
	addressEndpoint
	spaceEndpoint
	internetEndpoint
	tagEndpoint
	loadBalancerEndpoint
)

// Subnet is every address of a subnet that somebody can have.
func Subnet(id azure.ID) Endpoint { return Endpoint{kind: subnetEndpoint, id: id} }

// SubnetAddresses is some addresses of a subnet.
func SubnetAddresses(id azure.ID, addresses flow.AddressSet) Endpoint {
	return Endpoint{kind: subnetEndpoint, id: id, addresses: addresses}
}

// Subnets is every address of several subnets that somebody can have, as senders.
// No two of them may share an address.
func Subnets(ids ...azure.ID) Endpoint { return Endpoint{kind: subnetsEndpoint, subnets: ids} }

// Interface is the addresses of a network interface.
func Interface(id azure.ID) Endpoint { return Endpoint{kind: interfaceEndpoint, id: id} }

// Spoofed is a network interface that sends with these source addresses.
func Spoofed(id azure.ID, addresses flow.AddressSet) Endpoint {
	return Endpoint{kind: interfaceEndpoint, id: id, addresses: addresses}
}

// Addresses is a set of addresses wherever they are: as senders, those that a
// stated network holds are inside it, the others outside; as receivers, the
// routes say where they are.
func Addresses(s flow.AddressSet) Endpoint { return Endpoint{kind: addressEndpoint, addresses: s} }

// Space is the address space of a virtual network and its peers (decisions 7):
// as senders the whole of it, as receivers those of its addresses that somebody
// can have.
func Space(vnet azure.ID) Endpoint { return Endpoint{kind: spaceEndpoint, id: vnet} }

// Internet is the word Internet of a requirement (decisions 8).
func Internet() Endpoint { return Endpoint{kind: internetEndpoint} }

// Tag is the addresses of service tags.
func Tag(names ...string) Endpoint { return Endpoint{kind: tagEndpoint, tags: names} }

// LoadBalancer is the address that health probes come from (PLAT-6).
func LoadBalancer() Endpoint { return Endpoint{kind: loadBalancerEndpoint} }

// ErrNoPackets is the error of a query that asks about no packet at all.
var ErrNoPackets = errors.New("the question is about no packet")

// set is every address of the endpoint.
func (e Endpoint) set(f *fabric.Fabric, receiver bool) (flow.AddressSet, error) {
	switch e.kind {
	case subnetEndpoint:
		s, err := e.subnet(f)
		if err != nil || !e.addresses.IsEmpty() {
			return e.addresses, err
		}
		return f.Addresses(s), nil
	case subnetsEndpoint:
		var all flow.AddressSetBuilder
		for _, id := range e.subnets {
			s, err := Subnet(id).subnet(f)
			if err != nil {
				return flow.AddressSet{}, err
			}
			all.AddSet(f.Addresses(s))
		}
		return all.Set(), nil
	case interfaceEndpoint:
		nic, err := e.nic(f)
		if err != nil || !e.addresses.IsEmpty() {
			return e.addresses, err
		}
		return f.InterfaceAddresses(nic), nil
	case addressEndpoint:
		return e.addresses, nil
	case spaceEndpoint:
		v, ok := f.Network().VirtualNetwork(e.id)
		if !ok {
			return flow.AddressSet{}, fmt.Errorf("no input states the virtual network %s", e.id)
		}
		if receiver {
			return f.UsableSpace(v), nil
		}
		return f.ClientSpace(v), nil
	case internetEndpoint:
		return f.PublicInternet(), nil
	case tagEndpoint:
		var all flow.AddressSet
		for _, name := range e.tags {
			s, err := f.TagSpace(name)
			if err != nil {
				return flow.AddressSet{}, err
			}
			all = all.Union(s)
		}
		return all, nil
	case loadBalancerEndpoint:
		return flow.Host(fabric.HostAddress), nil
	}
	return flow.AddressSet{}, errors.New("the query lacks an end")
}

func (e Endpoint) subnet(f *fabric.Fabric) (*azure.Subnet, error) {
	s, ok := f.Network().Subnet(e.id)
	if !ok {
		return nil, fmt.Errorf("no input states the subnet %s", e.id)
	}
	return s, nil
}

func (e Endpoint) nic(f *fabric.Fabric) (*azure.NetworkInterface, error) {
	nic, ok := f.Network().NetworkInterface(e.id)
	if !ok {
		return nil, fmt.Errorf("no input states the network interface %s", e.id)
	}
	return nic, nil
}

// inside reports whether the endpoint names a place in the network.
func (e Endpoint) inside() bool {
	return e.kind == subnetEndpoint || e.kind == subnetsEndpoint || e.kind == interfaceEndpoint || e.kind == spaceEndpoint
}

// packets is the set of packets the query asks about, as disjoint cubes.
func (q Query) packets(f *fabric.Fabric) ([]flow.Cube, error) {
	from, err := q.From.set(f, false)
	if err != nil {
		return nil, err
	}
	to, err := q.To.set(f, true)
	if err != nil {
		return nil, err
	}
	ported := flow.Cube{Source: from, Destination: to, Protocols: q.Protocols.Intersect(flow.PortProtocols()),
		SourcePorts: q.SourcePorts, DestinationPorts: q.DestinationPorts}
	portless := flow.Cube{Source: from, Destination: to, Protocols: q.Protocols.Minus(flow.PortProtocols()),
		SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts()}
	var list []flow.Cube
	for _, c := range append([]flow.Cube{ported}, q.byFamily(portless)...) {
		if c = c.Normal(); !c.IsEmpty() {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil, ErrNoPackets
	}
	return list, nil
}

// byFamily leaves out what does not exist: ICMPv6 between IPv4 addresses, and ICMP
// between those of IPv6. Who names one protocol alone is asked about it.
func (q Query) byFamily(c flow.Cube) []flow.Cube {
	icmp, icmpv6 := flow.Protocols(flow.ICMP), flow.Protocols(flow.ICMPv6)
	if q.Protocols.Equal(icmp) || q.Protocols.Equal(icmpv6) || !c.Protocols.Overlaps(icmp.Union(icmpv6)) {
		return []flow.Cube{c}
	}
	of := func(f flow.Family, p flow.ProtocolSet) flow.Cube {
		one := c
		one.Source, one.Destination, one.Protocols = c.Source.Only(f), c.Destination.Only(f), c.Protocols.Intersect(p)
		return one
	}
	v4, v6 := of(flow.IPv4, icmp).Normal(), of(flow.IPv6, icmpv6).Normal()
	rest := c
	rest.Protocols = c.Protocols.Minus(icmp).Minus(icmpv6)
	switch {
	case of(flow.IPv6, c.Protocols).Normal().IsEmpty():
		rest.Protocols = c.Protocols.Minus(icmpv6)
		return []flow.Cube{rest}
	case of(flow.IPv4, c.Protocols).Normal().IsEmpty():
		rest.Protocols = c.Protocols.Minus(icmp)
		return []flow.Cube{rest}
	}
	return []flow.Cube{rest, v4, v6}
}

// Preference is what an example of the query's packets is to be like. The error is
// [ErrNoPackets] or says that an end is not in the network.
func (q Query) Preference(f *fabric.Fabric) (flow.Preference, error) {
	packets, err := q.packets(f)
	if err != nil {
		return flow.Preference{}, err
	}
	return q.preference(packets), nil
}

// preference prefers the packets of the query's own first ends, protocol and
// ports.
func (q Query) preference(packets []flow.Cube) flow.Preference {
	want := packets[0].Preference()
	for _, c := range packets[1:] {
		want.Sources, want.Destinations = append(want.Sources, c.Source), append(want.Destinations, c.Destination)
	}
	return want
}
