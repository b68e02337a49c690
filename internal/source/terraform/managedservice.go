package terraform

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// managedService reads an instance of a managed service.
func (r *reader) managedService(i *instance, t serviceType) {
	if effectOf(i.typ) != "" {
		r.leaveOut(i)
	}
	m := &azure.ManagedService{
		Resource:   r.resource(i, t.armType),
		Properties: map[string]azure.Value[string]{},
		Addresses:  map[string][]azure.Value[netip.Prefix]{},
	}
	r.serviceSubnets(i, t, m)
	for name, text := range t.constants {
		m.Properties[name] = azure.Of(text, i.at)
	}
	for name, path := range t.properties {
		path, part, _ := strings.Cut(path, "#")
		var list []placed
		for spelling := range strings.SplitSeq(path, "|") {
			list = append(list, i.follow(spelling)...)
		}
		if v := partOf(joinedText(list), part); v.IsSet() {
			m.Properties[name] = v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.addresses)) {
		for _, e := range i.get(t.addresses[name]).elements() {
			if v := addressOrPrefix(e); v.IsSet() {
				m.Addresses[name] = append(m.Addresses[name], v)
			}
		}
	}
	kind, _ := azure.ServiceKindOf(t.armType)
	if len(m.Subnets) > 0 || !kind.Outside {
		r.inventory.ManagedServices = append(r.inventory.ManagedServices, m)
	}
}

func (r *reader) serviceSubnets(i *instance, t serviceType, m *azure.ManagedService) {
	for _, path := range t.subnets {
		list := i.follow(path)
		if t.count > 0 && (len(list) == 1 || len(list) == t.count) && !slices.ContainsFunc(list, func(p placed) bool { return !p.isUnknown() }) {
			r.allOf(i, path, list, t.count, m)
			continue
		}
		for _, p := range list {
			m.AddSubnet(r.nestedReference(i, p.field, p.written, path, "azurerm_subnet"))
		}
	}
	for _, pair := range t.named {
		for _, name := range i.follow(pair[1]) {
			m.AddSubnet(r.namedSubnet(i, pair[0], name))
		}
	}
}

// allOf reads a list that is unknown as a whole, or of which every element is: where
// an instance has a fixed number of subnets, as many candidates are they.
func (r *reader) allOf(i *instance, path string, list []placed, count int, m *azure.ManagedService) {
	found := r.search(r.scopeOf(i), i.expression(path), "id", false, "azurerm_subnet")
	if len(found.dead) > 0 || len(found.targets) != count {
		for _, p := range list {
			m.AddSubnet(r.reference(i, p.field, path, "azurerm_subnet"))
		}
		return
	}
	for n, t := range found.targets {
		m.AddSubnet(t.reference(list[n%len(list)].field))
	}
}

// namedSubnet is the subnet whose name the service states: the one that the
// expression takes its name from, else the one of that name in the network.
func (r *reader) namedSubnet(i *instance, network string, name placed) azure.Reference {
	if found := r.search(r.scopeOf(i), name.written, "name", true, "azurerm_subnet"); found.exact() {
		return found.targets[0].reference(name.field)
	}
	for _, n := range i.follow(network) {
		return azure.SubnetOf(r.nestedReference(i, n.field, n.written, network, "azurerm_virtual_network"), name.text())
	}
	return azure.Reference{}
}

// placed is a field with the expression it is written as.
type placed struct {
	field
	written document.Value
}

// follow lists the fields at an attribute path that are set.
func (i *instance) follow(path string) []placed {
	names := strings.Split(path, ".")
	list := []placed{{i.get(names[0]), i.expression(names[0])}}
	for _, name := range names[1:] {
		var next []placed
		for _, p := range list {
			if p.isUnknown() {
				next = append(next, placed{p.field, p.written})
				continue
			}
			blocks := p.elements()
			for n, block := range blocks {
				next = append(next, placed{block.get(name), blockAt(p.written, n, len(blocks)).Get(name)})
			}
		}
		list = next
	}
	var set []placed
	for _, p := range list {
		if p.isUnknown() || p.value.Kind() != document.Array {
			if p.isSet() {
				set = append(set, p)
			}
			continue
		}
		for _, e := range p.elements() {
			set = append(set, placed{e, p.written})
		}
	}
	return set
}

// joinedText is one text, or several with commas.
func joinedText(list []placed) azure.Value[string] {
	var all azure.Value[string]
	for _, p := range list {
		switch t := p.text(); {
		case t.Unknown != nil:
			return t
		case t.IsSet() && all.IsSet():
			all.V += "," + t.V
		case t.IsSet():
			all = t
		}
	}
	return all
}

// partOf is the part of a text before ("0") or after ("1") its "_", or all of
// it.
func partOf(v azure.Value[string], part string) azure.Value[string] {
	before, after, _ := strings.Cut(v.V, "_")
	switch part {
	case "0":
		v.V = before
	case "1":
		v.V = after
	}
	return v
}

// addressOrPrefix reads an address or a prefix; a bare address is a prefix of full
// length.
func addressOrPrefix(f field) azure.Value[netip.Prefix] {
	if addr, err := netip.ParseAddr(f.known()); err == nil {
		return azure.Of(netip.PrefixFrom(addr, addr.BitLen()), f.at())
	}
	return parsed(f, azure.ParsePrefix)
}
