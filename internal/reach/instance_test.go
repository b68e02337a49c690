package reach

import (
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// open is a stage that lets all packets pass.
type open struct{ fabric.Stage }

func (open) Split(packets []flow.Cube, _ bool) []fabric.Outcome {
	var met []flow.Cube
	for _, c := range packets {
		if c = c.Normal(); !c.IsEmpty() {
			met = append(met, c)
		}
	}
	if len(met) == 0 {
		return nil
	}
	return []fabric.Outcome{{Effect: fabric.Pass, Packets: met}}
}

// A stage asked for an IPv4 address in place of the source answers about IPv4; that
// IPv6 packets have none there is undecided, and no packet is lost.
func TestInstanceLosesNoPacketsOfAnotherFamily(t *testing.T) {
	prefix := func(texts ...string) flow.AddressSet {
		var set flow.AddressSet
		for _, text := range texts {
			set = set.Union(flow.Prefix(netip.MustParsePrefix(text)))
		}
		return set
	}
	d := instance{Stage: open{}, sources: prefix("10.0.8.0/26"), unsure: fabric.Hop{Name: "fw"}}
	for _, row := range []struct {
		name             string
		from, to         flow.AddressSet
		passed, doubtful string
	}{
		{"one family", prefix("10.1.0.0/24"), prefix("8.8.8.0/24"), "10.1.0.0/24", "none"},
		{"both", prefix("10.1.0.0/24", "fd00::/64"), prefix("8.8.8.0/24", "2001:db8::/64"), "10.1.0.0/24", "fd00::/64"},
		{"the other alone", prefix("fd00::/64"), prefix("2001:db8::/64"), "none", "fd00::/64"},
	} {
		c := flow.Cube{Source: row.from, Destination: row.to, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.AllPorts(), DestinationPorts: flow.Ports(443)}
		got := map[fabric.Effect]flow.AddressSet{}
		var all flow.Space
		for _, o := range d.Split([]flow.Cube{c}, false) {
			for _, p := range o.Packets {
				got[o.Effect] = got[o.Effect].Union(p.Source)
			}
			all = all.Union(flow.SpaceOf(o.Packets...))
			if o.Effect == fabric.Doubtful && (len(o.Reasons) == 0 || len(o.Hops) == 0) {
				t.Errorf("%s: undecided without a reason", row.name)
			}
		}
		if got[fabric.Pass].String() != row.passed || got[fabric.Doubtful].String() != row.doubtful || !all.Equal(flow.SpaceOf(c)) {
			t.Errorf("%s: passed %s, undecided %s, want %s and %s", row.name, got[fabric.Pass], got[fabric.Doubtful], row.passed, row.doubtful)
		}
	}
}
