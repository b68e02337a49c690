package difference

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Change is a set of packets that fare differently in the two networks and for
// one reason.
type Change struct {
	// From and To are the endpoints: labels of subnets and of public IP addresses, or
	// one of Internet, Platform and Elsewhere.
	From, To []string
	Space    flow.Space
	// Because are the hops that stop the packets in the one network and those
	// that let them pass in the other.
	Because []Cause
}

// Names of endpoints that are no subnet.
const (
	Internet  = "the internet"
	Platform  = "the platform"
	Elsewhere = "outside the network"
)

// Cause is a hop that one of the networks has and the other has not.
type Cause struct {
	// New tells which network has it.
	New bool
	Hop fabric.Hop
}

// Doubt is a set of packets of which it is not known whether they fare
// differently.
type Doubt struct {
	From, To []string
	Space    flow.Space
	// Was and Is are what becomes of the packets in the one network and in the
	// other, Reasons what is not known, sorted.
	Was, Is string
	Reasons []string
}

// Answer tells how two networks differ.
type Answer struct {
	// Opened and Closed are disjoint; each is sorted by endpoints.
	Opened, Closed []Change
	Undecided      []Doubt
	// Added and Removed are the subnets that only the one network has, by label.
	Added, Removed []string
	// whole is what an endpoint holds in either network, by label.
	whole map[string]flow.AddressSet
	// short are the names of subnets in sentences, by label.
	short map[string]string
	now   *fabric.Fabric
	// Subnets is the number of subnets of both networks together, and Walked
	// the number of those of which packets had to be carried through both.
	Subnets, Walked int
}

// Equal reports whether it is proved that every packet fares alike, of those from
// and to subnets and those from the internet to public addresses that are known.
func (a *Answer) Equal() bool {
	return len(a.Opened) == 0 && len(a.Closed) == 0 && len(a.Undecided) == 0
}

// OpenedSpace is all packets that are opened, ClosedSpace those closed. Where
// the networks hold the same addresses twice, both are meant.
func (a *Answer) OpenedSpace() flow.Space { return union(a.Opened) }

// ClosedSpace is all packets that are closed.
func (a *Answer) ClosedSpace() flow.Space { return union(a.Closed) }

func union(list []Change) flow.Space {
	var all flow.Space
	for _, c := range list {
		all = all.Union(c.Space)
	}
	return all
}

// Options of a comparison.
type Options struct {
	// Managed are the subnets, by id in either network, of managed services,
	// whose frontends and outbound translation are the service's (decisions 14).
	Managed map[azure.ID]bool
	// NeedsGroup are those of them whose frontends let nothing in without a security
	// group.
	NeedsGroup map[azure.ID]bool
}

// Compare compares two networks. Both fabrics must be compiled with the tags
// that the other names ([fabric.TagNames]) and under the same assumptions.
func Compare(old, now *fabric.Fabric, o Options) (*Answer, error) {
	c := &comparison{old: old, now: now, options: o, subnets: match(old.Network(), now.Network())}
	c.everywhere = sync.OnceValue(func() flow.AddressSet { return old.EveryAddress().Union(now.EveryAddress()) })
	c.users = sync.OnceValue(c.findUsers)
	c.entrances = sync.OnceValue(c.findEntrances)
	c.translated = sync.OnceValue(c.findTranslated)
	c.unused = [2]map[*azure.VirtualNetwork]flow.AddressSet{{}, {}}
	c.find()
	answer := &Answer{Subnets: len(c.subnets), whole: c.whole(), short: c.short(), now: now}
	for _, p := range c.subnets {
		switch {
		case p.old == nil:
			answer.Added = append(answer.Added, p.label())
		case p.now == nil:
			answer.Removed = append(answer.Removed, p.label())
		}
		if len(p.out) > 0 || len(p.in) > 0 {
			answer.Walked++
		}
	}
	for _, p := range c.subnets {
		for _, inward := range []bool{false, true} {
			if err := c.walk(p, inward); err != nil {
				return nil, fmt.Errorf("subnet %s: %w", p.label(), err)
			}
		}
	}
	if answer.Walked > 0 {
		if err := c.walkDoors(); err != nil {
			return nil, fmt.Errorf("from the internet: %w", err)
		}
	}
	answer.Opened, answer.Closed, answer.Undecided = join(c.opened), join(c.closed), joinDoubts(c.doubts)
	slices.Sort(answer.Added)
	slices.Sort(answer.Removed)
	return answer, nil
}

// comparison is one run.
type comparison struct {
	old, now *fabric.Fabric
	options  Options
	subnets  []*pair
	// everything says that all packets of all subnets are walked.
	everything bool
	// everywhere is every address of either network, users the subnets about which a
	// group decides, entrances what is translated to receivers, by network, translated
	// what firewalls and appliances give packets, unused by network what nobody there
	// has; each is derived once.
	everywhere func() flow.AddressSet
	users      func() map[azure.ID][]*pair
	entrances  func() [2][]entrance
	translated func() flow.AddressSet
	unused     [2]map[*azure.VirtualNetwork]flow.AddressSet

	opened, closed []Change
	doubts         []Doubt
}

// fabrics are both, the old one first.
func (c *comparison) fabrics() [2]*fabric.Fabric { return [2]*fabric.Fabric{c.old, c.now} }

// whole is what every endpoint holds in either network.
func (c *comparison) whole() map[string]flow.AddressSet {
	held := map[string]flow.AddressSet{Platform: fabric.PlatformAddresses()}
	for i, f := range c.fabrics() {
		held[Internet] = held[Internet].Union(f.PublicInternet())
		for label, address := range doors(f) {
			held[label] = held[label].Union(address)
		}
		for _, p := range c.subnets {
			if s := p.sides()[i]; s != nil {
				held[p.label()] = held[p.label()].Union(f.Addresses(s))
			}
		}
	}
	return held
}

// short is the subnet's name by label, with its network's where others have the
// same.
func (c *comparison) short() map[string]string {
	count := map[string]int{}
	own := func(p *pair) *azure.Subnet {
		if p.now != nil {
			return p.now
		}
		return p.old
	}
	for _, p := range c.subnets {
		count[strings.ToLower(own(p).Name)]++
	}
	names := map[string]string{}
	for _, f := range c.fabrics() {
		for _, p := range f.Published() {
			names[p.Label()] = "public IP " + p.Name
		}
	}
	for _, p := range c.subnets {
		s := own(p)
		names[p.label()] = s.Name
		if count[strings.ToLower(s.Name)] > 1 {
			names[p.label()] = s.VirtualNetwork.Name + "/" + s.Name
		}
	}
	return names
}
