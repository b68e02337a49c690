package compare

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// edited is a network with one edit: a rule or a route less, a rule turned, a
// group less at a subnet. It is nil where there is nothing to edit.
func edited(n *random.Network, r *rand.Rand) *random.Network {
	n = n.Clone()
	switch r.IntN(4) {
	case 0, 1:
		g := n.Groups[r.IntN(len(n.Groups))]
		if len(g.Rules) == 0 {
			return nil
		}
		i := r.IntN(len(g.Rules))
		if r.IntN(2) == 0 {
			g.Rules = slices.Delete(g.Rules, i, i+1)
		} else if rule := &g.Rules[i]; rule.Access == "Allow" {
			rule.Access = "Deny"
		} else {
			rule.Access = "Allow"
		}
	case 2:
		if len(n.Tables) == 0 {
			return nil
		}
		t := n.Tables[r.IntN(len(n.Tables))]
		if len(t.Routes) == 0 {
			return nil
		}
		i := r.IntN(len(t.Routes))
		t.Routes = slices.Delete(t.Routes, i, i+1)
	case 3:
		v := n.VNets[r.IntN(len(n.VNets))]
		if len(v.Subnets) == 0 {
			return nil
		}
		v.Subnets[r.IntN(len(v.Subnets))].Group = ""
	}
	return n
}

// compareNetworks compares two networks, the tags of both in mind.
func compareNetworks(old, now *pair) (*difference.Answer, error) {
	with := func(p, other *pair) *fabric.Fabric {
		return p.settled.Mention(fabric.TagNames(other.settled.Network())...)
	}
	return difference.Compare(with(old, now), with(now, old), difference.Options{})
}

// told is what an answer says of the packet of a question.
func told(a *difference.Answer, n *azure.Network, q plain.Question) string {
	p := flow.Packet{Protocol: q.Packet.Protocol, Source: flow.AddressOf(q.Packet.Source), Destination: flow.AddressOf(q.Packet.Destination)}
	if flow.HasPorts(p.Protocol) {
		p.SourcePort, p.DestinationPort = q.Packet.SourcePort, q.Packet.DestinationPort
	}
	id := q.From
	if id == "" {
		id = q.To
	}
	end := doorLabel(n, q.Packet.Destination)
	if s, ok := n.Subnet(id); ok {
		end = s.Label()
	}
	here := func(from, to []string, space flow.Space) bool {
		ends := from
		if q.From == "" {
			ends = to
		}
		return slices.Contains(ends, end) && space.Contains(p)
	}
	for _, c := range a.Opened {
		if here(c.From, c.To, c.Space) {
			return "opened"
		}
	}
	for _, c := range a.Closed {
		if here(c.From, c.To, c.Space) {
			return "closed"
		}
	}
	for _, d := range a.Undecided {
		if here(d.From, d.To, d.Space) {
			return "undecided"
		}
	}
	return "alike"
}

// TestSoakDifferenceEqualsInterpreter asks the interpreter in both networks
// what becomes of packets, those among them that are said to be opened and
// closed, and compares with the difference.
func TestSoakDifferenceEqualsInterpreter(t *testing.T) {
	r := plan(t, 10, 60)
	var packets, changed atomic.Uint64
	r.each(t, func(seed uint64) bool {
		before := random.New(seed)
		after := edited(before, rand.New(rand.NewPCG(seed, 5)))
		if after == nil {
			return true
		}
		old, err := newPair(before, nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		now, err := newPair(after, nil)
		if err != nil {
			return true // the edit left no valid network
		}
		a, err := compareNetworks(old, now)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		questions := before.Questions(seed)
		asked := witnesses(a, old.settled.Network())
		for range r.questions {
			asked = append(asked, questions.Next())
			if in, ok := questions.IntoPublic(); ok && len(asked)%4 == 0 && doorLabel(old.settled.Network(), in.Packet.Source) == "" {
				asked = append(asked, in) // what has a public address of the network comes from inside
			}
		}
		for _, q := range asked {
			q.Managed = false
			was, err1 := old.slow.Follow(q)
			is, err2 := now.slow.Follow(q)
			if err1 != nil || err2 != nil {
				continue
			}
			packets.Add(1)
			got := told(a, old.settled.Network(), q)
			if want := wanted(was.Verdict, is.Verdict); !slices.Contains(want, got) {
				t.Errorf("seed %d: %+v\nis told to be %s, was %v\nis %v\nin\n%s\nafter\n%s", seed, q, got, was, is, before, after)
				return false
			}
			if got == "opened" || got == "closed" {
				changed.Add(1)
			}
		}
		return true
	})
	t.Logf("%d packets, %d of them opened or closed", packets.Load(), changed.Load())
	if changed.Load() == 0 {
		t.Error("no packet was opened or closed")
	}
}

// doorLabel is the label of the public IP address that is an address, "" if none is.
func doorLabel(n *azure.Network, address netip.Addr) string {
	for _, ip := range n.PublicIPAddresses {
		if ip.IPAddress.V == address {
			return ip.Label()
		}
	}
	return ""
}

// wanted is what a difference may say of a packet. One that is undecided in
// both networks may be for the same cause.
func wanted(was, is plain.Verdict) []string {
	switch {
	case was == plain.Undecided && is == plain.Undecided:
		return []string{"undecided", "alike"}
	case was == plain.Undecided || is == plain.Undecided:
		return []string{"undecided"}
	case was == is:
		return []string{"alike"}
	case is == plain.Allow:
		return []string{"opened"}
	}
	return []string{"closed"}
}

// witnesses are questions about one packet of each change.
func witnesses(a *difference.Answer, n *azure.Network) []plain.Question {
	var list []plain.Question
	for _, c := range slices.Concat(a.Opened, a.Closed) {
		w, ok := c.Space.Witness(flow.Preference{})
		if !ok || w.Source.IsOpaque() || w.Destination.IsOpaque() {
			continue
		}
		q := plain.Question{Packet: plain.Packet{
			Protocol: w.Protocol, Source: w.Source.Addr(), Destination: w.Destination.Addr(), SourcePort: w.SourcePort, DestinationPort: w.DestinationPort,
		}}
		for _, s := range n.Subnets() {
			held := func(ip flow.Address) bool {
				return slices.ContainsFunc(s.Prefixes, func(v azure.Value[netip.Prefix]) bool { return v.V.Contains(ip.Addr()) })
			}
			switch {
			case slices.Contains(c.From, s.Label()) && held(w.Source):
				q.From, q.To = s.ID, ""
			case q.From == "" && slices.Contains(c.To, s.Label()) && held(w.Destination):
				q.To = s.ID
			}
		}
		if q.From == "" && q.To == "" && doorLabel(n, q.Packet.Destination) == "" {
			panic(fmt.Sprintf("no end of %v is in the network", w))
		}
		list = append(list, q)
	}
	return list
}
