package compare

import (
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
	"github.com/wayleave/wayleave/internal/reach"
)

// hidden are what an input may leave out, and the readings under which the whole
// network is one of those that it can be. What the engine decides without it must be
// so in the whole network. Where the interpreter knows the reading too, it sees the
// same as the engine, and both say the same.
var hidden = []struct {
	what   string
	hide   func(*azure.Network) bool
	assume string
	// option is the reading for the interpreter, which then sees no more either; with
	// twin it does so without.
	option plain.Option
	twin   bool
}{
	{"the private address of a firewall", hideFirewall, "", "", false},
	{"the private address of a firewall", hideFirewall, "", "", true},
	{"the private address of a firewall", hideFirewall, string(plain.FirewallsComeFirst), "", false},
	{"the private address of a firewall", hideFirewall, string(plain.FirewallsComeFirst), plain.FirewallsComeFirst, true},
	{"a private address space", hideSpace(privateBlocks), "", "", false},
	{"an address space", hideSpace([]netip.Prefix{must("0.0.0.0/0")}), "unknownAddressSpace=any", "", false},
	{"that a gateway has learnt nothing", hideGateway, "", "", false},
	{"that a gateway has learnt nothing", hideGateway, "gateway.learnedRoutes=any", "", false},
	{"that a gateway has learnt nothing", hideGateway, string(plain.GatewaysKnowNothing), plain.GatewaysKnowNothing, true},
}

var privateBlocks = nets("10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10")

func hideFirewall(n *azure.Network) bool {
	for _, f := range n.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			if c.PrivateIPAddress.V.IsValid() {
				c.PrivateIPAddress = azure.NotKnown[netip.Addr](&azure.Unknown{Name: f.Name + ".private_ip_address", Why: "hidden"})
			}
		}
	}
	return len(n.AzureFirewalls) > 0
}

// hideSpace hides the first IPv4 prefix of the first network in some blocks.
func hideSpace(in []netip.Prefix) func(*azure.Network) bool {
	return func(n *azure.Network) bool {
		for _, v := range n.VirtualNetworks {
			for i, space := range v.AddressSpace {
				for _, block := range in {
					if p := space.V; p.Addr().Is4() && block.Bits() <= p.Bits() && block.Contains(p.Addr()) {
						v.AddressSpace[i] = azure.NotKnown[netip.Prefix](&azure.Unknown{Name: "the space of " + v.Name, Why: "hidden"})
						return true
					}
				}
			}
		}
		return false
	}
}

// hideGateway lets the first peering use the gateway of the other network.
func hideGateway(n *azure.Network) bool {
	for _, v := range n.VirtualNetworks {
		for _, link := range v.Peerings {
			link.UseRemoteGateways = azure.Of(true, link.At)
			return true
		}
	}
	return false
}

// TestSoakHidden compares the engine, from which a part of a network is hidden, with
// the interpreter.
func TestSoakHidden(t *testing.T) {
	r := plan(t, 90, 40)
	if testing.Short() {
		r.networks = 18
	}
	var packets, decided atomic.Uint64
	r.each(t, func(seed uint64) bool {
		h := hidden[seed%uint64(len(hidden))]
		n := networkOf(seed / uint64(len(hidden)))
		found := false
		hide := func(n *azure.Network) { found = h.hide(n) }
		p, err := newPair(n, hide)
		if err == nil && h.twin {
			p.slow, err = hiddenTwin(n, hide, h.option)
		}
		switch {
		case err != nil:
			t.Errorf("seed %d: %v", seed, err)
			return false
		case !found:
			return true
		}
		var settings []fabric.Setting
		for text := range strings.FieldsSeq("defaults " + h.assume) {
			s, err := fabric.ParseAssumption(text)
			if err != nil {
				t.Error(err)
				return false
			}
			settings = append(settings, s)
		}
		p.settled = p.open.Reading(fabric.Assume(settings...))
		questions := n.Questions(seed)
		for range r.questions {
			q := questions.Next()
			packets.Add(1)
			d, err := p.askHidden(q, h.twin)
			if d == nil && err == nil {
				continue
			}
			if err == nil && d.what == "" {
				decided.Add(1)
				continue
			}
			t.Errorf("seed %d, hidden is %s under %q: %v %v\nin\n%s", seed, h.what, h.assume, d, err, n)
			return false
		}
		return true
	})
	t.Logf("%d packets, %d decided", packets.Load(), decided.Load())
	if !t.Failed() && decided.Load() == 0 {
		t.Error("the engine decided nothing, so nothing was compared")
	}
}

// hiddenTwin is the interpreter of a network of which a part is hidden.
func hiddenTwin(n *random.Network, hide func(*azure.Network), o plain.Option) (*plain.Twin, error) {
	inventory, err := n.Inventory()
	if err != nil {
		return nil, err
	}
	network, problems := azure.Build(inventory)
	if network == nil {
		return nil, problems.Err()
	}
	hide(network)
	return plain.New(network, n.Tags(), plain.Documented().With(o, true))
}

// askHidden puts a question to both sides: what the fast one decides, the slow one
// must say too, and if exact also what it does not. It is nil for what is left
// undecided, and says nothing of what both decide alike.
func (p *pair) askHidden(q plain.Question, exact bool) (*disagreement, error) {
	d := &disagreement{question: q}
	var err error
	if d.slow, err = p.slow.Follow(q); err != nil {
		return nil, err
	}
	answer, err := reach.Explore(p.settled, query(q))
	if err != nil {
		return nil, err
	}
	if len(answer.Parts) != 1 {
		d.what = fmt.Sprintf("one packet is in %d parts", len(answer.Parts))
		return d, nil
	}
	d.fast = answer.Parts[0]
	same := d.fast.Verdict == verdicts[d.slow.Verdict]
	switch {
	case d.fast.Verdict == reach.Undecided && (same || !exact):
		return nil, nil
	case !same:
		d.what = "verdict"
	}
	return d, nil
}

// RT-49: a packet whose next hop is its own source goes nowhere, whether or not a
// firewall of which the address is not known is there.
func TestNextHopThatIsTheSourceOfAFirewallWithoutAddress(t *testing.T) {
	n := screened()
	own := &random.Table{Name: "own", Routes: []random.Route{route("10.1.1.0-24", "VirtualAppliance", "10.1.8.4")}}
	n.Tables = append(n.Tables, own)
	n.VNets[0].Subnets[2].Table = own.Name
	hide := func(n *azure.Network) { hideFirewall(n) }
	p, err := newPair(n, hide)
	if err != nil {
		t.Fatal(err)
	}
	if p.slow, err = hiddenTwin(n, hide, ""); err != nil {
		t.Fatal(err)
	}
	q := plain.Question{From: random.SubnetID("v", "AzureFirewallSubnet"), Packet: plain.Packet{Protocol: 6,
		Source: netip.MustParseAddr("10.1.8.4"), Destination: netip.MustParseAddr("10.1.1.4"), SourcePort: 51000, DestinationPort: 443}}
	if d, err := p.askHidden(q, true); err != nil || d == nil || d.what != "" || d.slow.Verdict != plain.Deny {
		t.Errorf("%v, %v", d, err)
	}
}
