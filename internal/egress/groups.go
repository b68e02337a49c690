package egress

import (
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

// companies divides the packets of a group by sender; division is by the addresses
// of the senders.
func companies(f *fabric.Fabric, senders []*azure.Subnet, division *flow.Division, packets []flow.Cube) []company {
	own := make([][]flow.Cube, len(senders))
	has := make([][]byte, len(senders)) // which cubes, in full or of that sender alone
	for i, c := range packets {
		family := c.Destination.Families()[0] // a group's cubes are of one
		for _, piece := range division.Cut(c.Source) {
			n := piece.Part
			if n == flow.NoPart {
				continue
			}
			sent := c
			sent.Source = piece.Set
			own[n] = append(own[n], sent)
			has[n] = strconv.AppendInt(append(has[n], ' '), int64(i), 10)
			if !f.Addresses(senders[n]).Only(family).Equal(piece.Set) {
				has[n] = strconv.AppendInt(append(has[n], " of "...), int64(n), 10)
			}
		}
	}
	at := map[string]int{}
	var out []company
	for n, s := range senders {
		if own[n] == nil {
			continue
		}
		i, ok := at[string(has[n])]
		if !ok {
			i = len(out)
			at[string(has[n])] = i
			out = append(out, company{packets: own[n]})
		}
		out[i].subnets = append(out[i].subnets, s)
	}
	return out
}
