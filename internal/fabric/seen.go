package fabric

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// SeenKind says what kind of source address the other end of a flow sees.
type SeenKind string

// Kinds of source addresses.
const (
	// SeenUnchanged: nothing on the way changes the address.
	SeenUnchanged SeenKind = ""
	// SeenPublic is one public address, or addresses that are the sender's own.
	SeenPublic SeenKind = "public"
	// SeenUnpredictable is any of several public addresses.
	SeenUnpredictable SeenKind = "unpredictable"
	// SeenPrivate is an address of a virtual network.
	SeenPrivate SeenKind = "private"
	// SeenNone is an address that nobody can answer.
	SeenNone SeenKind = "none"
	// SeenUnknown is one that the input does not tell.
	SeenUnknown SeenKind = "unknown"
)

// Seen is the source address that the other end of a flow sees.
type Seen struct {
	Kind SeenKind
	// Addresses it can be, sorted: each an address, a prefix, or in angle
	// brackets the resource whose address is not known.
	Addresses []string
	// Origin says in words whose address it is.
	Origin string
}

// Key is equal for what looks the same.
func (s Seen) Key() string {
	return string(s.Kind) + "\t" + strings.Join(s.Addresses, " ") + "\t" + s.Origin
}

// String is the address in words, empty where nothing changes it.
func (s Seen) String() string {
	return strings.TrimSpace(string(s.Kind) + " " + strings.Join(s.Addresses, ", "))
}

// publicSeen says that one address is predictable and several are not (S-20).
func publicSeen(addresses []string, origin string) Seen {
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	s := Seen{Kind: SeenPublic, Addresses: addresses, Origin: origin}
	if len(addresses) > 1 {
		s.Kind = SeenUnpredictable
	}
	return s
}

// ownAddress divides packets that a subnet sends to the internet by the public
// address they get, in the order of RT-31: a NAT gateway's, the sender's own, a
// managed service's, and by default one of Microsoft's.
func (d leaving) ownAddress(packets []flow.Cube) []Outcome {
	f := d.fabric
	if ref := d.subnet.NATGateway; ref.IsSet() && ref.Unknown == nil {
		carried := f.everyPacket()
		carried.Protocols = flow.Protocols(flow.TCP, flow.UDP)
		through, others := match(packets, carried)
		seen := f.gatewaySeen(ref, "NAT gateway "+ref.ID.Name())
		hop := Hop{Kind: KindNATGateway, Decision: Translate, Resource: ref.ID, Name: ref.ID.Name(), At: ref.At, Note: seen.text()}
		if gateway, ok := f.network.NATGateway(ref.ID); ok {
			hop.Address, hop.At = gateway.Label(), gateway.At
		}
		return append([]Outcome{{Packets: through, Seen: seen, Hops: []Hop{hop}}}, d.without(others)...)
	}
	return d.without(packets)
}

// without divides packets that no NAT gateway carries.
func (d leaving) without(packets []flow.Cube) []Outcome {
	f := d.fabric
	var out []Outcome
	for _, c := range f.configurationsIn(d.subnet) {
		if !c.PublicIPAddress.IsSet() {
			continue
		}
		var own []flow.Cube
		own, packets = BySource(packets, f.configuration(c).Must)
		out = append(out, Outcome{Packets: own, Seen: f.addressesSeen([]azure.Reference{c.PublicIPAddress}, "the public IP address of "+c.Interface.Name)})
	}
	seen := Seen{Kind: SeenPublic, Origin: "default outbound access: an address of Microsoft's, which is not told and may change"}
	if service := f.serviceIn(d.subnet); service != nil {
		seen = Seen{Kind: SeenPublic, Origin: "the public address of " + service.Name + " itself, which the input does not tell"}
		if list := outgoing(service); len(list) > 0 {
			seen = publicSeen(list, "the public addresses of "+service.Name+" itself")
		}
	} else if d.managed {
		seen = Seen{Kind: SeenPublic, Origin: "the service's own public address, which the input does not tell"}
	}
	return append(out, Outcome{Packets: packets, Seen: seen})
}

// serviceIn is the managed service that runs in a subnet, or nil.
func (f *Fabric) serviceIn(s *azure.Subnet) *azure.ManagedService {
	for _, service := range f.network.ManagedServices {
		for _, ref := range service.Subnets {
			if ref.ID == s.ID {
				return service
			}
		}
	}
	return nil
}

// outgoing are the addresses that a managed service says it sends from.
func outgoing(service *azure.ManagedService) []string {
	var list []string
	for property, prefixes := range service.Addresses {
		if !strings.Contains(strings.ToLower(property), "outgoing") {
			continue
		}
		for _, v := range prefixes {
			switch p, ok := v.Known(); {
			case !ok, p.Addr().IsPrivate(): // those in its own subnets
			case p.IsSingleIP():
				list = append(list, p.Addr().String())
			default:
				list = append(list, p.String())
			}
		}
	}
	return list
}
