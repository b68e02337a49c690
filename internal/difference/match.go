package difference

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// pair is one subnet in both networks; one side is nil where only the other
// network has it.
type pair struct {
	old, now *azure.Subnet
	// out and in are the packets from and to the subnet that may fare
	// differently.
	out, in []flow.Cube
	// door marks the public addresses of both networks, which are in no subnet.
	door bool
}

// label is what the pair is called, as the new network has it.
func (p *pair) label() string {
	if p.door {
		return "public addresses"
	}
	if p.now != nil {
		return p.now.Label()
	}
	return p.old.Label()
}

// sides are both subnets, the old one first.
func (p *pair) sides() [2]*azure.Subnet { return [2]*azure.Subnet{p.old, p.now} }

// match finds the subnets that are the same in both networks: by id, then by
// the names of network and subnet where these are unique, for two inputs of
// different kinds call one resource by different ids.
func match(old, now *azure.Network) []*pair {
	var pairs []*pair
	left := map[azure.ID]*azure.Subnet{}
	for _, s := range old.Subnets() {
		left[s.ID] = s
	}
	var rest []*azure.Subnet
	for _, s := range now.Subnets() {
		if was, ok := left[s.ID]; ok {
			delete(left, s.ID)
			pairs = append(pairs, &pair{old: was, now: s})
		} else {
			rest = append(rest, s)
		}
	}
	named, count := byName(left), map[string]int{}
	for _, s := range rest {
		count[name(s)]++
	}
	for _, s := range rest {
		p := &pair{now: s}
		if was := named[name(s)]; was != nil && count[name(s)] == 1 {
			p.old = was
			delete(left, was.ID)
		}
		pairs = append(pairs, p)
	}
	for _, s := range old.Subnets() {
		if left[s.ID] != nil {
			pairs = append(pairs, &pair{old: s})
		}
	}
	return pairs
}

func name(s *azure.Subnet) string { return strings.ToLower(s.VirtualNetwork.Name + "/" + s.Name) }

// byName are the subnets whose name no other of them has.
func byName(subnets map[azure.ID]*azure.Subnet) map[string]*azure.Subnet {
	named := map[string]*azure.Subnet{}
	for _, s := range subnets {
		if _, twice := named[name(s)]; twice {
			named[name(s)] = nil
			continue
		}
		named[name(s)] = s
	}
	return named
}
