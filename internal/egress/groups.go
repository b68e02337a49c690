package egress

import (
	"maps"
	"slices"
	"strconv"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// batches divides subnets so that those of a batch share no address: the source of
// a packet then tells who has sent it. Each is in the order of the query.
func (q Query) batches(f *fabric.Fabric) [][]*azure.Subnet {
	type batch struct {
		subnets []*azure.Subnet
		managed bool
		held    flow.AddressSet
	}
	var list []*batch
	for _, s := range q.From {
		own, managed := f.Addresses(s), f.IsManaged(s)
		i := slices.IndexFunc(list, func(b *batch) bool { return b.managed == managed && !b.held.Overlaps(own) })
		if i < 0 {
			i = len(list)
			list = append(list, &batch{managed: managed})
		}
		list[i].subnets, list[i].held = append(list[i].subnets, s), list[i].held.Union(own)
	}
	var out [][]*azure.Subnet
	for _, b := range list {
		out = append(out, b.subnets)
	}
	return out
}

// company is senders of a group whose packets are the same but for their source.
type company struct {
	subnets []*azure.Subnet
	packets []flow.Cube // of the first
}

// shared is what one of the senders has of the packets of a group.
type shared struct {
	packets []flow.Cube
	which   []byte // of the cubes, in full or of that sender alone
}

// companies divides the packets of a group by sender; division is by the addresses
// of the senders.
func companies(f *fabric.Fabric, senders []*azure.Subnet, division *flow.Division, packets []flow.Cube) []company {
	of := map[int]*shared{}
	for i, c := range packets {
		family := c.Destination.Families()[0] // a group's cubes are of one
		for _, piece := range division.Cut(c.Source) {
			n := piece.Part
			if n == flow.NoPart {
				continue
			}
			if of[n] == nil {
				of[n] = &shared{}
			}
			own, sent := of[n], c
			sent.Source = piece.Set
			own.packets = append(own.packets, sent)
			own.which = strconv.AppendInt(append(own.which, ' '), int64(i), 10)
			if !f.Addresses(senders[n]).Only(family).Equal(piece.Set) {
				own.which = strconv.AppendInt(append(own.which, " of "...), int64(n), 10)
			}
		}
	}
	at := map[string]int{}
	var out []company
	for _, n := range slices.Sorted(maps.Keys(of)) {
		own := of[n]
		i, ok := at[string(own.which)]
		if !ok {
			i = len(out)
			at[string(own.which)] = i
			out = append(out, company{packets: own.packets})
		}
		out[i].subnets = append(out[i].subnets, senders[n])
	}
	return out
}
