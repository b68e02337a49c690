package export

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// managedService reads a resource of a managed service by what its kind says.
func (r *reader) managedService(o *object, id azure.Resource, kind *azure.ServiceKind) {
	m := &azure.ManagedService{
		Resource:   id,
		Properties: map[string]azure.Value[string]{},
		Addresses:  map[string][]azure.Value[netip.Prefix]{},
	}
	for _, path := range kind.Subnets {
		for _, v := range o.follow(path) {
			m.AddSubnet(r.reference(v))
		}
	}
	for _, named := range kind.Named {
		for _, v := range o.follow(named.Network) {
			m.AddSubnet(azure.SubnetOf(r.reference(v), o.joined(named.Subnet)))
		}
	}
	for _, path := range kind.Properties {
		if v := o.joined(path); v.IsSet() {
			m.Properties[strings.ReplaceAll(path, "[]", "")] = v
		}
	}
	for _, path := range kind.Addresses {
		for _, e := range o.follow(path) {
			if v := r.text(e); v.IsSet() {
				name := strings.TrimSuffix(path, "[].address")
				m.Addresses[name] = append(m.Addresses[name], r.ownAddress(v))
			}
		}
	}
	if len(m.Subnets) > 0 || !kind.Outside {
		r.inventory.ManagedServices = append(r.inventory.ManagedServices, m)
	}
}

// follow lists the values at a path of azure.ServiceKind.
func (o *object) follow(path string) []document.Value {
	list := []document.Value{o.row}
	for name := range strings.SplitSeq(path, ".") {
		name, each := strings.CutSuffix(name, "[]")
		var next []document.Value
		for _, v := range list {
			v = member(v, name)
			if !each || v.Kind() != document.Array {
				next = append(next, v)
				continue
			}
			for e := range v.Elements() {
				next = append(next, e)
			}
		}
		list = next
	}
	return list
}

// member is a member of the properties of an object, or else of the object:
// az and PowerShell lift the properties (JSON-2).
func member(v document.Value, name string) document.Value {
	if v.Kind() != document.Object {
		return document.Value{}
	}
	if m := member(v.GetFold("properties"), name); !m.IsZero() {
		return m
	}
	return v.GetFold(name)
}

// joined is the scalar at a path, or those of a list with commas.
func (o *object) joined(path string) azure.Value[string] {
	var all azure.Value[string]
	for _, v := range o.follow(path) {
		switch t := o.r.text(v); {
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

// ownAddress reads an address or a prefix that the service states.
func (r *reader) ownAddress(text azure.Value[string]) azure.Value[netip.Prefix] {
	if text.Unknown != nil {
		return azure.NotKnown[netip.Prefix](text.Unknown)
	}
	v, list := azure.Parsed(text, func(s string, at azure.Position) (azure.Value[netip.Prefix], diagnostic.List) {
		if a, err := netip.ParseAddr(s); err == nil {
			s = netip.PrefixFrom(a, a.BitLen()).String()
		}
		return azure.ParsePrefix(s, at)
	})
	r.reportAll(list)
	return v
}
