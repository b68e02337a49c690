package egress

import (
	"fmt"
	"slices"
	"strings"

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
	own := map[int][]flow.Cube{}
	has := map[int]*strings.Builder{} // which cubes, in full or of that sender alone
	for i, c := range packets {
		for _, piece := range division.Cut(c.Source) {
			if piece.Part == flow.NoPart {
				continue
			}
			sent := c
			sent.Source = piece.Set
			own[piece.Part] = append(own[piece.Part], sent)
			if has[piece.Part] == nil {
				has[piece.Part] = &strings.Builder{}
			}
			family := c.Destination.Families()[0] // a group's cubes are of one
			if !f.Addresses(senders[piece.Part]).Only(family).Equal(piece.Set) {
				fmt.Fprint(has[piece.Part], "of ", piece.Part, " ")
			}
			fmt.Fprint(has[piece.Part], i, " ")
		}
	}
	at := map[string]int{}
	var out []company
	for n, s := range senders {
		if own[n] == nil {
			continue
		}
		key := has[n].String()
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, company{packets: own[n]})
		}
		out[i].subnets = append(out[i].subnets, s)
	}
	return out
}
