package egress

import (
	"slices"
	"strconv"
	"sync"

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
	cubes   []int // in which some are
	sources []flow.AddressSet
	which   []byte // of the cubes, in full or of that sender alone
}

// of are the packets, of all those of the group.
func (s *shared) of(packets []flow.Cube) []flow.Cube {
	own := make([]flow.Cube, len(s.cubes))
	for i, at := range s.cubes {
		own[i] = packets[at]
		own[i].Source = s.sources[i]
	}
	return own
}

// divider divides the packets of groups by sender. Several may be divided at once.
type divider struct {
	fabric   *fabric.Fabric
	senders  []*azure.Subnet
	division *flow.Division // by the addresses of the senders
	shares   sync.Pool      // of *shares
}

// shares are what each sender has of the packets of a group.
type shares struct {
	each []shared // by sender
	some []int    // who has any, in no order
}

func newDivider(f *fabric.Fabric, senders []*azure.Subnet) *divider {
	var addresses []flow.AddressSet
	for _, s := range senders {
		addresses = append(addresses, f.Addresses(s))
	}
	d := &divider{fabric: f, senders: senders, division: flow.NewDivision(addresses)}
	d.shares.New = func() any { return &shares{each: make([]shared, len(senders))} }
	return d
}

// companies divides the packets of a group.
func (d *divider) companies(packets []flow.Cube) []company {
	of := d.shares.Get().(*shares)
	defer d.shares.Put(of)
	for i, c := range packets {
		d.share(of, i, c)
	}
	slices.Sort(of.some)
	at := map[string]int{}
	var out []company
	for _, n := range of.some {
		own := &of.each[n]
		i, ok := at[string(own.which)]
		if !ok {
			i = len(out)
			at[string(own.which)] = i
			out = append(out, company{packets: own.of(packets)})
		}
		out[i].subnets = append(out[i].subnets, d.senders[n])
		own.cubes, own.sources, own.which = own.cubes[:0], own.sources[:0], own.which[:0]
	}
	of.some = of.some[:0]
	return out
}

// share gives the senders what they have of a cube.
func (d *divider) share(of *shares, i int, c flow.Cube) {
	family := c.Destination.Families()[0] // a group's cubes are of one
	for _, piece := range d.division.Cut(c.Source) {
		n := piece.Part
		if n == flow.NoPart {
			continue
		}
		own := &of.each[n]
		if len(own.cubes) == 0 {
			of.some = append(of.some, n)
		}
		own.cubes, own.sources = append(own.cubes, i), append(own.sources, piece.Set)
		own.which = strconv.AppendInt(append(own.which, ' '), int64(i), 10)
		if !d.fabric.Addresses(d.senders[n]).Only(family).Equal(piece.Set) {
			own.which = strconv.AppendInt(append(own.which, " of "...), int64(n), 10)
		}
	}
}
