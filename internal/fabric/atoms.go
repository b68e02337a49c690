package fabric

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// atoms are the classes of addresses that anything in a network tells apart. Only
// questions about every destination are worth finding them; whoever asks first does.
type atoms struct {
	once  sync.Once
	found atomic.Pointer[flow.Atoms] // nil before, and where they are so many that ranges are quicker
}

// atomize returns a set made of atoms if it is a union of them, and so are the packets
// that it is asked about from there on. A set that no list of ours names costs time and
// nothing else.
func (f *Fabric) atomize(s flow.AddressSet) flow.AddressSet {
	a := &f.family.atoms
	a.once.Do(func() {
		x, err := flow.NewAtoms(f.named())
		if err == nil {
			a.found.Store(x)
		}
	})
	return a.of(s)
}

// of is atomize for whoever asks of no packets and lets others find the atoms.
func (a *atoms) of(s flow.AddressSet) flow.AddressSet {
	s, _ = a.found.Load().Of(s)
	return s
}

// named are the sets of addresses that the network and this package name.
func (f *Fabric) named() []flow.AddressSet {
	n := namedSets{list: []flow.AddressSet{
		privateSpace, anySpace, notUnicast, platformAddresses, flow.Host(HostAddress), loadBalancer, driftedInternet,
		rfc1918, sharedSpace, privateDestinations, publicInternet, observedSpace, noneSpace,
		servicetag.InternetBase(), servicetag.PublicSpace(), f.unknownSpace,
	}}
	for _, b := range slices.Concat(reservedBlocks, observedBlocks, laterBlocks) {
		n.prefix(b)
	}
	for _, x := range f.points.list {
		n.list = append(n.list, x.set, x.extent)
	}
	for _, family := range []flow.Family{flow.IPv4, flow.IPv6} {
		n.list = append(n.list, f.tags.PublicPoints().Only(family))
	}
	for _, name := range f.mentioned {
		must, may, _ := f.tags.Bounds(name)
		n.list = append(n.list, must, may)
	}
	n.networks(f.network)
	n.rules(f)
	n.edges(f.network)
	return n.list
}

type namedSets struct{ list []flow.AddressSet }

func (n *namedSets) prefix(p netip.Prefix) { n.list = append(n.list, flow.Prefix(p)) }

func (n *namedSets) prefixes(list []azure.Value[netip.Prefix]) {
	for _, v := range list {
		if p, ok := v.Known(); ok {
			n.prefix(p)
		}
	}
}

func (n *namedSets) address(v azure.Value[netip.Addr]) {
	if a, ok := v.Known(); ok {
		n.list = append(n.list, flow.Host(a))
	}
}

// networks names what virtual networks and their subnets hold and peerings bring near.
func (n *namedSets) networks(network *azure.Network) {
	for _, v := range network.VirtualNetworks {
		n.prefixes(v.AddressSpace)
		if v.LearnedRoutes != nil {
			for _, p := range v.LearnedRoutes.Prefixes {
				n.prefix(p)
			}
		}
		for _, s := range v.Subnets {
			n.prefixes(s.Prefixes)
			n.list = append(n.list, Reserved(s))
		}
		for _, link := range v.Peerings {
			n.prefixes(link.RemoteAddressSpace)
		}
	}
}

// rules names what security groups, route tables, firewalls and appliances do.
func (n *namedSets) rules(f *Fabric) {
	for _, g := range f.network.NetworkSecurityGroups {
		for _, r := range g.Rules {
			n.side(r.Source)
			n.side(r.Destination)
		}
	}
	for _, r := range f.network.AdminRules {
		n.side(r.Match.Source)
		n.side(r.Match.Destination)
	}
	for _, t := range f.network.RouteTables {
		for _, r := range t.Routes {
			switch d := r.Destination; d.Kind {
			case azure.PrefixAddress:
				n.prefix(d.Prefix)
			case azure.TagAddress:
				for _, l := range f.listedLayers(nil, d.Tag, 0) {
					n.list = append(n.list, l.Must)
				}
			}
		}
	}
	for _, c := range collections(f.network) {
		n.collection(c)
	}
	for _, g := range f.network.IPGroups {
		n.terms(g.Addresses)
	}
	for _, firewall := range f.network.AzureFirewalls {
		n.terms(firewall.PrivateRanges)
	}
	for _, p := range f.network.FirewallPolicies {
		n.terms(p.PrivateRanges)
		if p.IntrusionDetection.Bypass != nil {
			n.collection(p.IntrusionDetection.Bypass)
		}
	}
	for _, a := range f.network.Appliances {
		for _, r := range a.Rules {
			n.list = append(n.list, flow.AddressSetOf(r.Source...), flow.AddressSetOf(r.Destination...))
		}
	}
}

// collection names what the rules of a firewall match and translate to.
func (n *namedSets) collection(c *azure.RuleCollection) {
	for _, r := range c.Rules {
		n.terms(r.Source.Terms)
		n.terms(r.Destination.Terms)
		n.address(r.TranslatedAddress)
	}
}

// side names the prefixes of a rule, which come together.
func (n *namedSets) side(s azure.Side) {
	var b flow.AddressSetBuilder
	for p := range s.Prefixes() {
		b.AddPrefix(p)
	}
	n.list = append(n.list, b.Set())
}

// terms names the ranges of a firewall's rule, which come together.
func (n *namedSets) terms(list []azure.FirewallTerm) {
	var b flow.AddressSetBuilder
	for _, t := range list {
		if t.Kind == azure.FirewallRange {
			b.AddRange(t.First, t.Last)
		}
	}
	n.list = append(n.list, b.Set())
}

// edges names the addresses of what sends, receives and translates.
func (n *namedSets) edges(network *azure.Network) {
	for _, nic := range network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			n.address(c.PrivateIPAddress)
		}
	}
	for _, e := range network.PrivateEndpoints {
		for _, a := range e.PrivateAddresses {
			n.address(a)
		}
	}
	for _, ip := range network.PublicIPAddresses {
		n.address(ip.IPAddress)
	}
	for _, p := range network.PublicIPPrefixes {
		n.prefixes([]azure.Value[netip.Prefix]{p.Prefix})
	}
	for _, f := range network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			n.address(c.PrivateIPAddress)
		}
	}
	for _, l := range network.LoadBalancers {
		for _, fe := range l.Frontends {
			n.address(fe.PrivateIPAddress)
		}
	}
	for _, g := range network.LocalGateways {
		n.prefixes(g.AddressSpace)
	}
	for _, g := range network.Gateways {
		n.prefixes(g.ClientAddresses)
	}
}
