package fabric

import (
	"strings"
	"sync"

	"github.com/wayleave/wayleave/internal/azure"
)

// place is where rules and routes are evaluated: all that the contextual tags
// and the effective routes of a subnet depend on. Subnets of one virtual
// network with the same route table and service endpoints share a place.
type place struct {
	fabric *Fabric
	vnet   *azure.VirtualNetwork
	// table is the attached route table, nil for none or one that is unknown.
	table *azure.RouteTable
	// missing says why the route table is not known.
	missing *azure.Unknown
	// endpoints are the service endpoints (RT-9).
	endpoints []azure.ServiceEndpoint
	// subnets that share the place; the first one in subnet peerings decides
	// what it takes part in (RT-47).
	name string

	tagsOnce   sync.Once
	tagsValue  *contextualTags
	routesOnce sync.Once
	routesList *Routes
}

// placeOf finds the place of a subnet.
func (f *Fabric) placeOf(s *azure.Subnet) *place {
	return f.placesOf.of(s, func() *place {
		table, missing := f.attachedTable(s)
		p := &place{fabric: f, vnet: s.VirtualNetwork, table: table, missing: missing, endpoints: s.ServiceEndpoints}
		if f.hasSubnetPeering(s.VirtualNetwork) {
			p.name = s.Name
		}
		return f.shared(p)
	})
}

// unallocated is the place of addresses of a virtual network that belong to no
// subnet: there are no user routes.
func (f *Fabric) unallocated(v *azure.VirtualNetwork) *place {
	return f.shared(&place{fabric: f, vnet: v})
}

// shared returns the one place of the same content.
func (f *Fabric) shared(p *place) *place {
	var key strings.Builder
	key.WriteString(string(p.vnet.ID))
	key.WriteByte('\n')
	if p.table != nil {
		key.WriteString(string(p.table.ID))
	}
	if p.missing != nil {
		key.WriteString("?" + p.missing.Name)
	}
	for _, e := range p.endpoints {
		key.WriteByte('\n')
		key.WriteString(strings.ToLower(e.Service.V))
		if e.Service.Unknown != nil {
			key.WriteString("?" + e.Service.Unknown.Name)
		}
		for _, location := range e.Locations {
			key.WriteString(" in " + location.Or("?"))
		}
		key.WriteString(" by " + e.PolicyNames())
	}
	key.WriteString("\n=" + strings.ToLower(p.name))
	f.mu.Lock()
	defer f.mu.Unlock()
	if have, ok := f.places[key.String()]; ok {
		return have
	}
	f.places[key.String()] = p
	return p
}

// attachedTable finds the route table of a subnet; missing says why it is not
// known.
func (f *Fabric) attachedTable(s *azure.Subnet) (table *azure.RouteTable, missing *azure.Unknown) {
	ref := s.RouteTable
	switch {
	case !ref.IsSet():
		return nil, nil
	case ref.Unknown != nil:
		return nil, ref.Unknown
	}
	if table, ok := f.network.RouteTable(ref.ID); ok {
		return table, nil
	}
	return nil, notStated("route table", ref)
}

// notStated is the unknown for a reference that leads to no resource.
func notStated(what string, ref azure.Reference) *azure.Unknown {
	return &azure.Unknown{Name: string(ref.ID), Why: "no input states the " + what + " " + ref.ID.Name(), At: ref.At}
}

func (f *Fabric) hasSubnetPeering(v *azure.VirtualNetwork) bool {
	for _, link := range v.Peerings {
		if link.PeerCompleteVnets.IsSet() && !link.PeerCompleteVnets.Or(false) {
			return true
		}
	}
	return false
}
