package fabric

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// point is an address of the network that nobody knows yet: the prefix of a
// subnet known after apply, the address of a network interface allocated
// later. It is an opaque point of package flow.
type point struct {
	name   string
	set    flow.AddressSet // the point itself
	extent flow.AddressSet // the numeric addresses it may turn out to be
	// within are the names of the unknown values that certainly hold it, its
	// own first.
	within []string
	subnet *azure.Subnet
	// config is set for the address of a network interface.
	config *azure.IPConfiguration
	// vnet is set for an unknown address space, link for that of a network
	// which no input states and the link leads to.
	vnet *azure.VirtualNetwork
	link *azure.Peering
	why  string
}

// points are the opaque points of a network and of the tags in play.
type points struct {
	list []*point // sorted by name
	// bySubnet and byConfig find the points of a resource.
	bySubnet map[*azure.Subnet][]*point
	byConfig map[*azure.IPConfiguration]*point
	byVNet   map[*azure.VirtualNetwork][]*point
	byLink   map[*azure.Peering]*point
	// parts are the numeric addresses that certainly belong to an unknown
	// value, by its name.
	parts map[string]flow.AddressSet
	// own has all points of the network, all those of the tags as well, everything
	// every numeric address besides.
	own, all, everything flow.AddressSet
	tags                 *servicetag.Scope
}

// privateSpace is where unknown address spaces lie unless told otherwise: the
// blocks that RT-2 reserves, and in IPv6 the unique local addresses.
var privateSpace = set("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")

// anySpace is every address a virtual network can hold (FAB-5).
var anySpace = flow.AllAddresses().Minus(set("224.0.0.0/4", "255.255.255.255/32", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32"))

func set(prefixes ...string) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, p := range prefixes {
		b.AddPrefix(netip.MustParsePrefix(p))
	}
	return b.Set()
}

// known is the union of the known prefixes of a list.
func known(prefixes []azure.Value[netip.Prefix]) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, v := range prefixes {
		if p, ok := v.Known(); ok {
			b.AddPrefix(p)
		}
	}
	return b.Set()
}

// unknowns lists the unknown elements of a list.
func unknowns[T any](values []azure.Value[T]) []*azure.Unknown {
	var list []*azure.Unknown
	for _, v := range values {
		if v.Unknown != nil {
			list = append(list, v.Unknown)
		}
	}
	return list
}

// findPoints collects the opaque points of a network. Addresses the input does
// not tell lie in space.
func findPoints(network *azure.Network, tags *servicetag.Scope, space flow.AddressSet) *points {
	p := &points{
		bySubnet: map[*azure.Subnet][]*point{}, byConfig: map[*azure.IPConfiguration]*point{},
		byVNet: map[*azure.VirtualNetwork][]*point{}, byLink: map[*azure.Peering]*point{},
		parts: map[string]flow.AddressSet{}, tags: tags,
	}
	for _, v := range network.VirtualNetworks {
		p.addNetwork(network, v, space)
	}
	for _, nic := range network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			p.addConfiguration(network, c, space)
		}
	}
	slices.SortFunc(p.list, func(a, b *point) int { return strings.Compare(a.name, b.name) })
	var own flow.AddressSetBuilder
	for _, x := range p.list {
		own.AddSet(x.set)
	}
	p.own = own.Set()
	p.all = p.own.Union(tags.PublicPoints())
	p.everything = flow.AllAddresses().Union(p.all)
	return p
}

// addNetwork adds a point for every unknown part of the address space, for
// the space of every peered network that no input states, and for every unknown
// prefix of a subnet. Such a prefix lies in the address space, outside the
// prefixes of the other subnets.
func (p *points) addNetwork(network *azure.Network, v *azure.VirtualNetwork, space flow.AddressSet) {
	for _, u := range unknowns(v.AddressSpace) {
		x := &point{
			name: p.freeName(u.Name, v.Label()), extent: space, vnet: v, within: []string{u.Name},
			why: fmt.Sprintf("the address space of virtual network %s is not known: %s", v.Name, u.Why),
		}
		p.add(x, []flow.Family{flow.IPv4})
		p.byVNet[v] = append(p.byVNet[v], x)
	}
	for _, link := range v.Peerings {
		if _, stated := network.VirtualNetwork(link.Remote.ID); stated || len(link.RemoteAddressSpace) > 0 {
			continue
		}
		x := &point{
			name: p.freeName("address space of "+remoteName(link), link.Label()), extent: space, link: link,
			why: fmt.Sprintf("the address space of %s, the other side of peering %s, is not in any input", remoteName(link), link.Name),
		}
		p.add(x, []flow.Family{flow.IPv4})
		p.byLink[link] = x
	}
	whole := known(v.AddressSpace)
	if len(unknowns(v.AddressSpace)) > 0 {
		whole = whole.Union(space)
	}
	var around []string // the unknown value that is the whole address space
	if len(v.AddressSpace) == 1 && v.AddressSpace[0].Unknown != nil {
		around = append(around, v.AddressSpace[0].Unknown.Name)
	}
	var taken flow.AddressSetBuilder
	for _, s := range v.Subnets {
		prefixes := known(s.Prefixes)
		taken.AddSet(prefixes)
		for _, name := range around {
			p.parts[name] = p.parts[name].Union(prefixes)
		}
	}
	free := whole.Minus(taken.Set())
	for _, s := range v.Subnets {
		for _, u := range unknowns(s.Prefixes) {
			x := &point{
				name: p.freeName(u.Name, s.Label()), extent: free, subnet: s,
				within: append([]string{u.Name}, around...),
				why:    fmt.Sprintf("the prefix of subnet %s is not known: %s", s.Name, u.Why),
			}
			p.add(x, families(known(v.AddressSpace)))
			p.bySubnet[s] = append(p.bySubnet[s], x)
		}
	}
}

// addConfiguration adds a point for an address that is allocated later.
func (p *points) addConfiguration(network *azure.Network, c *azure.IPConfiguration, space flow.AddressSet) {
	if _, ok := c.PrivateIPAddress.Known(); ok {
		return
	}
	label := c.Interface.Label() + "/" + c.Name
	x := &point{
		name: p.freeName("address of "+label, label), extent: space, config: c,
		why: fmt.Sprintf("the address of network interface %s is not known: it is allocated at deployment", c.Interface.Label()),
	}
	if u := c.PrivateIPAddress.Unknown; u != nil {
		x.within = append(x.within, u.Name)
		x.why = fmt.Sprintf("the address of network interface %s is not known: %s", c.Interface.Label(), u.Why)
	}
	if s, ok := network.Subnet(c.Subnet.ID); ok {
		x.subnet, x.extent = s, known(s.Prefixes)
		for _, around := range p.bySubnet[s] {
			x.extent = x.extent.Union(around.extent)
			if len(s.Prefixes) == 1 {
				x.within = append(x.within, around.within...)
			}
		}
	}
	p.add(x, x.extent.Families())
	p.byConfig[c] = x
}

func (p *points) add(x *point, in []flow.Family) {
	var b flow.AddressSetBuilder
	for _, f := range in {
		b.Add(flow.OpaqueAddress(x.name, f))
	}
	x.set = b.Set()
	p.list = append(p.list, x)
}

// freeName is the name of a point: that of the unknown value, unless two
// resources share one.
func (p *points) freeName(name, label string) string {
	for _, x := range p.list {
		if x.name == name {
			return name + " (" + label + ")"
		}
	}
	return name
}

// families of the points of a subnet: every subnet has IPv4, and IPv6 where
// its virtual network is known to have it.
func families(space flow.AddressSet) []flow.Family {
	if slices.Contains(space.Families(), flow.IPv6) {
		return []flow.Family{flow.IPv4, flow.IPv6}
	}
	return []flow.Family{flow.IPv4}
}

// numeric is what is known of a set of numeric addresses: whether an opaque
// point lies in it follows from where the point can be.
func (p *points) numeric(s flow.AddressSet) Bounds {
	must, may := p.tags.Numeric(s)
	b := Bounds{Must: must, May: may}
	if tags := may.Minus(must); !tags.IsEmpty() {
		b.Doubts = append(b.Doubts, Doubt{tags, "whether " + strings.Join(tags.Opaques(), ", ") + " lies in " + s.Folded(3) + " is not known"})
	}
	for _, x := range p.list {
		for _, f := range x.set.Families() {
			here, extent := x.set.Only(f), x.extent.Only(f)
			switch {
			case !extent.IsEmpty() && extent.SubsetOf(s):
				b.Must, b.May = b.Must.Union(here), b.May.Union(here)
			case extent.IsEmpty() || extent.Overlaps(s):
				b.May = b.May.Union(here)
				b.Doubts = append(b.Doubts, Doubt{here, x.why})
			}
		}
	}
	return b
}

// value is what is known of an unknown value: the points that lie in it, and
// otherwise all that it can hold.
func (p *points) value(u *azure.Unknown, otherwise flow.AddressSet) Bounds {
	must := p.parts[u.Name]
	extent, apart := otherwise, (*azure.Subnet)(nil)
	for _, x := range p.list {
		if slices.Contains(x.within, u.Name) {
			must = must.Union(x.set)
		}
		if len(x.within) > 0 && x.within[0] == u.Name {
			extent = x.extent
			if x.config == nil {
				apart = x.subnet // nil for an address space
			}
		}
	}
	may := must.Union(extent)
	if extent.Overlaps(servicetag.PublicSpace()) {
		may = may.Union(p.tags.PublicPoints())
	}
	for _, x := range p.list {
		if x.extent.Overlaps(extent) && !apartFrom(x, apart) {
			may = may.Union(x.set)
		}
	}
	return Bounds{must, may, []Doubt{{may.Minus(must), fmt.Sprintf("%s is not known: %s", u.Name, u.Why)}}}
}

// apartFrom reports whether a point certainly lies outside the prefixes of a
// subnet: it belongs to another subnet of the same virtual network.
func apartFrom(x *point, s *azure.Subnet) bool {
	return s != nil && x.subnet != nil && x.subnet != s && x.subnet.VirtualNetwork == s.VirtualNetwork
}
