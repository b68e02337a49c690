package flow

import "slices"

// service is the transport side of a cube: protocols, source ports and
// destination ports, where protocols without ports stand only beside all
// ports. The zero value is empty.
type service struct {
	protocols                     ProtocolSet
	sourcePorts, destinationPorts PortSet
}

// service returns the transport side of c.
func (c Cube) service() service {
	s := service{c.protocols(), c.SourcePorts, c.DestinationPorts}
	if s.protocols.IsEmpty() || s.sourcePorts.IsEmpty() || s.destinationPorts.IsEmpty() {
		return service{}
	}
	return s
}

func (s service) isEmpty() bool { return s.protocols.IsEmpty() }

func (s service) Equal(o service) bool {
	return s.protocols == o.protocols &&
		s.sourcePorts.Equal(o.sourcePorts) && s.destinationPorts.Equal(o.destinationPorts)
}

func (s service) intersect(o service) service {
	return Cube{
		Protocols:        s.protocols.Intersect(o.protocols),
		SourcePorts:      s.sourcePorts.Intersect(o.sourcePorts),
		DestinationPorts: s.destinationPorts.Intersect(o.destinationPorts),
	}.service()
}

// ported and portless are the protocols with and without ports.
func (s service) ported() ProtocolSet   { return s.protocols.Intersect(portProtocols) }
func (s service) portless() ProtocolSet { return s.protocols.Minus(portProtocols) }

// hash is equal for equal services.
func (s service) hash() uint64 {
	h := hashSeed
	for _, w := range s.protocols.w {
		h = spread(h, w)
	}
	return spread(spread(h, s.sourcePorts.hash()), s.destinationPorts.hash())
}

// hash is equal for equal sets.
func (s PortSet) hash() uint64 {
	h := hashSeed
	for _, r := range s.spans {
		h = spread(h, uint64(r.lo)<<16|uint64(r.hi))
	}
	return h
}

// joinServices makes few services of disjoint ones that together hold the same
// packets: those that differ in one field alone become one.
func joinServices(list []service) []service {
	for len(list) > 1 {
		before := len(list)
		list = joinBy(list,
			func(a, b *service) bool {
				return a.protocols == b.protocols && a.sourcePorts.Equal(b.sourcePorts)
			},
			func(a, b *service) { a.destinationPorts = a.destinationPorts.Union(b.destinationPorts) })
		list = joinBy(list,
			func(a, b *service) bool {
				return a.protocols == b.protocols && a.destinationPorts.Equal(b.destinationPorts)
			},
			func(a, b *service) { a.sourcePorts = a.sourcePorts.Union(b.sourcePorts) })
		list = joinBy(list,
			func(a, b *service) bool {
				return a.sourcePorts.Equal(b.sourcePorts) && a.destinationPorts.Equal(b.destinationPorts)
			},
			func(a, b *service) { a.protocols = a.protocols.Union(b.protocols) })
		if len(list) == before {
			return list
		}
	}
	return list
}

func joinBy(list []service, same func(a, b *service) bool, join func(a, b *service)) []service {
	var out []service
	for i := range list {
		at := slices.IndexFunc(out, func(o service) bool { return same(&o, &list[i]) })
		if at < 0 {
			out = append(out, list[i])
		} else {
			join(&out[at], &list[i])
		}
	}
	return out
}
