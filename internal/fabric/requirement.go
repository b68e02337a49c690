package fabric

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The address sets that words of a requirement mean (decisions 7 and 8). They
// are not the tags of the same name.

// ClientSpace is the address space of a virtual network and of the networks it
// is peered with, without the platform's virtual addresses. What the input
// does not tell of them is in it as a point.
func (f *Fabric) ClientSpace(v *azure.VirtualNetwork) flow.AddressSet {
	all := f.Holds(v)
	for _, link := range v.Peerings {
		if f.linkState(link).is != no {
			all = all.Union(f.remoteSpace(link).Must)
		}
	}
	return all.Minus(platformAddresses)
}

// UsableSpace is the part of ClientSpace where somebody can be: the addresses
// of all subnets of the network and its peers, without the reserved ones.
func (f *Fabric) UsableSpace(v *azure.VirtualNetwork) flow.AddressSet {
	client := f.ClientSpace(v)
	var all flow.AddressSetBuilder
	for _, near := range f.Near(v) {
		for _, s := range near.Subnets {
			all.AddSet(f.Addresses(s))
		}
	}
	return all.Set().Intersect(client)
}

// publicInternet is the numeric part of PublicInternet.
var publicInternet = servicetag.InternetBase().Only(flow.IPv4).Minus(platformAddresses).Minus(PlatformNoneSpace())

// PublicInternet is the word Internet of a requirement: the IPv4 expansion of
// TAG-21 without the platform's virtual addresses and without the ranges that
// the platform itself routes to None (RT-3), where nothing lives that a service
// needs. The tags without data that the fabric knows of are in it as points.
func (f *Fabric) PublicInternet() flow.AddressSet {
	return publicInternet.Union(f.tags.PublicPoints().Only(flow.IPv4))
}

// TagSpace is the addresses of a service tag, or its point where no data tells
// them. The tag must be mentioned to the fabric. A contextual tag has no
// addresses of its own.
func (f *Fabric) TagSpace(name string) (flow.AddressSet, error) {
	if _, err := f.catalogue.Lookup(name); err != nil {
		if _, unknown := err.(*servicetag.UnknownError); !unknown {
			return flow.AddressSet{}, fmt.Errorf("no addresses for %q: %w", name, err)
		}
	}
	must, _, _ := f.tags.Bounds(name)
	return must, nil
}

// OwnInTag are the public IP addresses of this very network that may lie in a service
// tag without data, and why that is not known of each: packets to the tag's point are
// packets to others.
func (f *Fabric) OwnInTag(name string) (own flow.AddressSet, why []string) {
	if _, contextual := servicetag.Contextual(name); contextual {
		return own, nil
	}
	must, may, reason := f.tags.Bounds(name)
	for _, ip := range f.network.PublicIPAddresses {
		address, known := ip.IPAddress.Known()
		if !known || must.ContainsAddr(address) || !may.ContainsAddr(address) {
			continue
		}
		own = own.Union(flow.Host(address))
		why = append(why, fmt.Sprintf("whether %v, the public IP address %s of this network, lies in %s is not known: %s", address, ip.Name, name, reason))
	}
	return own, why
}

// EveryDestination is every address that a subnet can send to, of the families
// it has, and the points of tags without data.
func (f *Fabric) EveryDestination(s *azure.Subnet) flow.AddressSet {
	all := flow.AllIPv4().Union(f.tags.PublicPoints().Only(flow.IPv4))
	if !f.Addresses(s).Only(flow.IPv6).IsEmpty() {
		all = flow.AllAddresses().Union(f.tags.PublicPoints())
	}
	return f.atomize(all)
}

// IsManaged reports whether the input says that a managed service runs in a
// subnet.
func (f *Fabric) IsManaged(s *azure.Subnet) bool { return f.serviceIn(s) != nil }
