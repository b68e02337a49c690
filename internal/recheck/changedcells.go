package recheck

import (
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

var (
	everything = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
	allPorts   = []ports{{0, 65535}}
	usual      = []uint8{1, 6, 17}
)

// changedCells are the packets that a change can decide, and their neighbours: those
// between the addresses of rules that are added or moved and those of the routes;
// where it is of something else, all that the subnets send and receive.
func (k *checker) changedCells(c *claims) []*cell {
	list := ruleCells(k.tags, k.changed)
	wide := false
	for _, v := range c.changes {
		switch e := editOf(v); e.kind {
		case "securityRule", "route":
		case "networkRule":
			list = append(list, firewallCell(k.tags, &e))
		default:
			wide = true
		}
	}
	if wide {
		own := near(k.after.network, func(*azure.Subnet) bool { return true })
		list = append(list,
			&cell{protocols: usual, source: own, destination: everything, sourcePorts: allPorts, targetPorts: allPorts},
			&cell{protocols: usual, source: everything, destination: own, sourcePorts: allPorts, targetPorts: allPorts})
	}
	return slices.DeleteFunc(list, func(c *cell) bool { return len(c.source) == 0 || len(c.destination) == 0 })
}

// ruleCells are the packets between the addresses of rules and of routes, whatever
// their ports: the neighbours of what a rule names are among them.
func ruleCells(tags plain.Tags, changed *changes) []*cell {
	var list []*cell
	for _, r := range changed.rules {
		c := &cell{
			protocols: usual, source: termPrefixes(tags, termsOf(r.Source), everything), destination: termPrefixes(tags, termsOf(r.Destination), everything),
			sourcePorts: allPorts, targetPorts: allPorts,
		}
		if r.Direction.V == azure.Outbound {
			c.source = meet(c.source, changed.near[r])
		} else {
			c.destination = meet(c.destination, changed.near[r])
		}
		list = append(list, c)
	}
	for _, r := range changed.routes {
		far := termPrefixes(tags, []azure.AddressTerm{r.route.Destination}, everything)
		list = append(list,
			&cell{protocols: []uint8{6, 17}, source: r.near, destination: far, sourcePorts: allPorts, targetPorts: allPorts},
			&cell{protocols: []uint8{6, 17}, source: far, destination: r.near, sourcePorts: allPorts, targetPorts: allPorts})
	}
	return list
}

// firewallCell are the packets between the addresses of a rule of a firewall.
func firewallCell(tags plain.Tags, e *edit) *cell {
	return &cell{
		protocols: usual, source: sidePrefixes(tags, e.values("sources")), destination: sidePrefixes(tags, e.values("destinations")),
		sourcePorts: allPorts, targetPorts: allPorts,
	}
}

// sidePrefixes are those of addresses, prefixes and tags; everything for other texts.
func sidePrefixes(tags plain.Tags, texts []azure.Value[string]) []netip.Prefix {
	var list []netip.Prefix
	for _, v := range texts {
		tag, isTag := tags[plain.FoldTag(v.V)]
		prefix, err := netip.ParsePrefix(v.V)
		address, err2 := netip.ParseAddr(v.V)
		switch {
		case isTag:
			list = append(list, slices.DeleteFunc(slices.Clone(tag.Prefixes), func(p netip.Prefix) bool { return !p.Addr().Is4() })...)
		case err == nil:
			list = append(list, prefix.Masked())
		case err2 == nil:
			list = append(list, netip.PrefixFrom(address, address.BitLen()))
		default:
			return everything
		}
	}
	return list
}
