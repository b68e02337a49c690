package fabric

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
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

// Untold reports whether what is seen is one public address that no input tells: it
// may be any of those.
func (s Seen) Untold() bool {
	return s.Kind == SeenPublic && len(s.Addresses) == 1 && strings.HasPrefix(s.Addresses[0], "<")
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
