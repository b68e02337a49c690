package body

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// managedService reads a resource of a managed service by what its kind says.
func (r reader) managedService(res Resource, o object, kind *azure.ServiceKind) {
	m := &azure.ManagedService{
		Resource:   res.Resource,
		Properties: map[string]azure.Value[string]{},
		Addresses:  map[string][]azure.Value[netip.Prefix]{},
	}
	for _, path := range kind.Subnets {
		for _, v := range o.follow(path) {
			m.AddSubnet(o.referenceOf(v, []string{path}))
		}
	}
	for _, named := range kind.Named {
		m.AddSubnet(azure.SubnetOf(o.first(named.Network), o.joined(res, named.Subnet)))
	}
	for _, path := range kind.Properties {
		if v := o.joined(res, path); v.IsSet() {
			m.Properties[strings.ReplaceAll(path, "[]", "")] = v
		}
	}
	for _, path := range kind.Addresses {
		for _, e := range o.follow(path) {
			text := o.textOf(e, []string{path})
			if v, problems := azure.Parsed(text, ownAddress); v.IsSet() {
				o.report(problems)
				name := strings.TrimSuffix(path, "[].address")
				m.Addresses[name] = append(m.Addresses[name], v)
			}
		}
	}
	if len(m.Subnets) > 0 || !kind.Outside {
		r.inventory.ManagedServices = append(r.inventory.ManagedServices, m)
	}
}

// follow lists the values at a path of azure.ServiceKind. A value that is not
// known on the way stands for all behind it.
func (o object) follow(path string) []*value.Value {
	if o.doubt != nil {
		return []*value.Value{o.get(path)}
	}
	list := []*value.Value{o.value}
	for name := range strings.SplitSeq(path, ".") {
		name, each := strings.CutSuffix(name, "[]")
		var next []*value.Value
		for _, v := range list {
			if v = member(v, name); v.IsUnknown() || !each {
				next = append(next, v)
			} else {
				next = append(next, elements(v)...)
			}
		}
		list = next
	}
	return list
}

// member is a member of an object or of the properties in it.
func member(v *value.Value, name string) *value.Value {
	if v.IsUnknown() {
		return v
	}
	if m := v.Get(name); !m.IsNull() {
		return m
	}
	return v.Get("properties").Get(name)
}

// first is the reference at a path.
func (o object) first(path string) azure.Reference {
	for _, v := range o.follow(path) {
		return o.referenceOf(v, []string{path})
	}
	return azure.Reference{}
}

// joined is the scalar at a path, or those of a list with commas, in the
// properties or else beside them.
func (o object) joined(res Resource, path string) azure.Value[string] {
	values := o.follow(path)
	if head, rest, _ := strings.Cut(path, "."); len(values) == 1 && values[0].IsNull() {
		beside := map[string]*value.Value{"kind": res.Kind, "location": res.Location, "sku": res.SKU}[head]
		for name := range strings.SplitSeq(rest, ".") {
			if name != "" {
				beside = beside.Get(name)
			}
		}
		values = []*value.Value{beside}
	}
	var all azure.Value[string]
	for _, v := range values {
		switch t := o.textOf(v, []string{path}); {
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

// ownAddress reads an address or a prefix that a service states.
func ownAddress(text string, at azure.Position) (azure.Value[netip.Prefix], diagnostic.List) {
	if a, err := netip.ParseAddr(text); err == nil {
		return azure.Of(netip.PrefixFrom(a, a.BitLen()), at), nil
	}
	return azure.ParsePrefix(text, at)
}
