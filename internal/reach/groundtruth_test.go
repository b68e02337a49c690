package reach_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// recorded is one answer of Azure itself with the configuration it was given
// for.
type recorded struct {
	ID     string
	SameAs string `json:"same_as"`
	Op     string
	Input  struct {
		VNet, Subnet, NIC    string
		NICGroup             []recordedRule `json:"nic_nsg"`
		SubnetGroup          []recordedRule `json:"subnet_nsg"`
		UDR                  []recordedRoute
		SubnetGroupIsPresent bool `json:"-"`
	}
	Question json.RawMessage
	Answer   json.RawMessage
}

type recordedRule struct {
	Name                                             string
	Priority                                         int
	Direction, Access, Protocol, Src, Dst, DPort, IP string
}

type recordedRoute struct{ Name, Prefix, NextHopType, IP string }

// recordings reads the cases by id; one that repeats another has its input.
func recordings(t *testing.T) map[string]recorded {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus(t), "ground-truth", "ground-truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]recorded{}
	for _, raw := range file.Cases {
		var c recorded
		if err := json.Unmarshal(raw, &c); err != nil {
			var id struct{ ID string }
			_ = json.Unmarshal(raw, &id)
			c = recorded{ID: id.ID} // of a shape that no test here uses
		}
		all[c.ID] = c
	}
	for id, c := range all {
		if c.SameAs != "" {
			c.Input = all[c.SameAs].Input
			all[id] = c
		}
	}
	return all
}

// network is the configuration of a recording. Where it does not name the
// virtual network or subnet they are around the network interface.
func (c recorded) network(t *testing.T) *azure.Network {
	t.Helper()
	space := c.Input.VNet
	if space == "" {
		space = "10.0.0.0/16"
	}
	subnet := c.Input.Subnet
	if subnet == "" {
		subnet = space
		if nic, err := netip.ParseAddr(c.Input.NIC); err == nil {
			p, _ := nic.Prefix(24)
			subnet = p.String()
		}
	}
	var at []Item
	if c.Input.SubnetGroup != nil {
		at = append(at, NSG("subnet-nsg", ruleItems(c.Input.SubnetGroup)...))
	}
	if c.Input.UDR != nil {
		var routes []Item
		for _, r := range c.Input.UDR {
			hop := r.NextHopType
			if r.IP != "" {
				hop = r.IP
			}
			routes = append(routes, Route(r.Prefix, hop))
		}
		at = append(at, Routes("rt", routes...))
	}
	if c.Input.NIC != "" {
		var own []Item
		if c.Input.NICGroup != nil {
			own = append(own, NSG("nic-nsg", ruleItems(c.Input.NICGroup)...))
		}
		at = append(at, NIC("vm", c.Input.NIC, own...))
	}
	return Net(t, VNet("v", space, Subnet("s", subnet, at...)))
}

func ruleItems(list []recordedRule) []Item {
	var out []Item
	for _, r := range list {
		out = append(out, Rule(r.Direction, r.Access, fmt.Sprint(r.Priority), r.Protocol, r.Src, r.Dst, r.DPort, Named(r.Name)))
	}
	return out
}

// shortName is a rule's name without the words that tell whose it is (NSG-20).
func shortName(name string) string {
	for _, prefix := range []string{"securityRules/", "defaultSecurityRules/", "UserRule_", "DefaultRule_"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return name
}

// What IP flow verify (NW-1) answered: the verdict and the deciding rule.
func TestRecordedIPFlowVerify(t *testing.T) {
	tested := 0
	for id, c := range recordings(t) {
		var q struct{ Direction, Protocol, Local, Remote string }
		var want struct{ Access, RuleName string }
		if !strings.HasPrefix(id, "ifv-") || json.Unmarshal(c.Question, &q) != nil || json.Unmarshal(c.Answer, &want) != nil {
			continue
		}
		if want.Access == "Unknown" {
			continue // ifv-11: Azure itself does not tell
		}
		t.Run(id, func(t *testing.T) {
			tested++
			local, localPort, _ := strings.Cut(q.Local, ":")
			remote, remotePort, _ := strings.Cut(q.Remote, ":")
			query := reach.Query{Protocols: flow.Protocols(flow.TCP), ByRule: true}
			vm, far := reach.Interface(NICID("vm")), reach.Addresses(flow.Host(netip.MustParseAddr(remote)))
			if q.Direction == "Outbound" {
				query.From, query.To, query.SourcePorts, query.DestinationPorts = vm, far, anyPort(t, localPort), anyPort(t, remotePort)
			} else {
				query.From, query.To, query.SourcePorts, query.DestinationPorts = far, vm, anyPort(t, remotePort), anyPort(t, localPort)
			}
			a, err := reach.Explore(compile(t, c.network(t), servicetag.Symbolic()), query)
			if err != nil {
				t.Fatalf("%s from %s: %v", id, local, err)
			}
			var hop *reach.Hop
			for _, p := range a.Parts {
				for i, h := range p.Trace {
					if hop == nil && (h.Kind == fabric.KindNSGRule || h.Kind == fabric.KindNSGDefaultRule) {
						hop = &p.Trace[i]
					}
				}
			}
			if hop == nil || hop.Name != shortName(want.RuleName) || !strings.EqualFold(string(hop.Decision), want.Access) {
				t.Errorf("Azure says %s by %s, got %s", want.Access, want.RuleName, describe(a))
			}
		})
	}
	if tested < 10 {
		t.Errorf("%d recordings were compared, want 10", tested)
	}
}

func anyPort(t *testing.T, text string) flow.PortSet {
	if text == "*" {
		return flow.AllPorts()
	}
	return portSet(t, text)
}

// What the diagnosis of groups (NW-6) answered: which field of which rule matched.
func TestRecordedNSGDiagnostic(t *testing.T) {
	all := recordings(t)
	var q struct{ Source, Destination, DestinationPort string }
	var want struct {
		MatchedRule string
		Trace       []struct {
			Rule                                                       string
			Protocol, Source, SourcePort, Destination, DestinationPort bool
		}
	}
	c := all["ncd-01"]
	if err := json.Unmarshal(c.Question, &q); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(c.Answer, &want); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"ncd-01", "ncd-02"} {
		network := all[id].network(t)
		f := compile(t, network, servicetag.Symbolic())
		nic, _ := network.NetworkInterface(NICID("vm"))
		s, _ := network.Subnet(SubnetID("v", "s"))
		policy := f.InterfaceRules(nic, s, azure.Inbound)
		effective := policy.Rules()
		trace := want.Trace
		if id == "ncd-02" {
			trace = trace[1:] // the same without the user's rule
		}
		if len(effective) != len(trace) {
			t.Fatalf("%s: %d rules, want %d", id, len(effective), len(trace))
		}
		port := portSet(t, q.DestinationPort)
		for i, w := range trace {
			r := effective[i]
			m := r.Must[0]
			got := []bool{m.Protocols.Contains(flow.TCP), m.Source.ContainsAddr(netip.MustParseAddr(q.Source)), m.SourcePorts.IsAll(),
				m.Destination.ContainsAddr(netip.MustParseAddr(q.Destination)), port.SubsetOf(m.DestinationPorts)}
			if r.Rule.Name != shortName(w.Rule) || !slices.Equal(got, []bool{w.Protocol, w.Source, w.SourcePort, w.Destination, w.DestinationPort}) {
				t.Errorf("%s: rule %s matches %v, Azure says %+v", id, r.Rule.Name, got, w)
			}
		}
		packets := []flow.Cube{{Source: flow.Host(netip.MustParseAddr(q.Source)), Destination: flow.Host(netip.MustParseAddr(q.Destination)),
			Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.AllPorts(), DestinationPorts: port}}
		if o := policy.Split(packets, true); len(o) != 1 || o[0].Hops[0].Name != shortName(want.MatchedRule) {
			t.Errorf("%s: decided by %+v, Azure says %s", id, o, want.MatchedRule)
		}
	}
}

// What next hop (NW-2) answered: its type, address and route.
func TestRecordedNextHop(t *testing.T) {
	tested := 0
	for id, c := range recordings(t) {
		var q struct{ Destination string }
		var want struct{ NextHopType, NextHopIPAddress, RouteTableID string }
		if !strings.HasPrefix(id, "nh-") || json.Unmarshal(c.Question, &q) != nil || json.Unmarshal(c.Answer, &want) != nil {
			continue
		}
		tested++
		network := c.network(t)
		f := compile(t, network, servicetag.Symbolic())
		s, _ := network.Subnet(SubnetID("v", "s"))
		legs := f.Routes(s).Partition(flow.Host(netip.MustParseAddr(q.Destination)))
		if len(legs) != 1 || !legs[0].Certain() {
			t.Errorf("%s: legs %+v", id, legs)
			continue
		}
		r := legs[0].Routes[0]
		got, address := string(r.Hop), ""
		if r.Hop == fabric.VirtualAppliance {
			address = r.Appliance.String()
			if f.Appliance(s.VirtualNetwork, s, r).Effect == fabric.Stop {
				got = string(fabric.None) // Azure's name for an appliance nobody owns
			}
		}
		synonyms := map[string]string{"VirtualNetwork": "VnetLocal"} // NW-2
		if wanted, ok := synonyms[want.NextHopType]; ok {
			want.NextHopType = wanted
		}
		if got != want.NextHopType || address != want.NextHopIPAddress || (r.User == nil) != (want.RouteTableID == "System Route") {
			t.Errorf("%s: %s %s by %+v, Azure says %+v", id, got, address, r, want)
		}
	}
	if tested != 5 {
		t.Errorf("%d recordings were compared, want 5", tested)
	}
}

// The recorded next hop None of nh-01 blocks, and says by what.
func TestRecordedNextHopBlocks(t *testing.T) {
	c := recordings(t)["nh-01"]
	a := explore(t, compile(t, c.network(t), servicetag.Symbolic()), in("tcp/443", "v/s", "10.1.3.6"))
	if b := a.Blockers(); a.Verdict() != reach.Blocked || b[0].Kind != fabric.KindRoute || b[0].Name != "to-10.1.3.0-24" {
		t.Errorf("want blocked by the route, got %s", describe(a))
	}
}

func TestRecordedTags(t *testing.T) {
	all := recordings(t)
	virtualNetwork := func(c recorded) flow.AddressSet {
		network := c.network(t)
		s, _ := network.Subnet(SubnetID("v", "s"))
		b := compile(t, network, servicetag.Symbolic()).VirtualNetworkTag(s)
		if !b.Exact() {
			t.Errorf("%s: VirtualNetwork is not certain: %+v", c.ID, b)
		}
		return b.Must
	}
	want := func(id, key string) flow.AddressSet {
		raw := all[id].Answer
		if key != "" {
			var byTag map[string]json.RawMessage
			if err := json.Unmarshal(raw, &byTag); err != nil {
				t.Fatal(err)
			}
			raw = byTag[key]
		}
		var list []string
		if err := json.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		s, ok := addressSet(strings.Join(list, ","))
		if !ok {
			t.Fatalf("%s: %v", id, list)
		}
		return s
	}
	if got, w := virtualNetwork(all["tag-01"]), want("tag-01", ""); !got.Equal(w) {
		t.Errorf("tag-01: VirtualNetwork is %v, Azure says %v", got, w)
	}
	if got, w := virtualNetwork(all["tag-02"]), want("tag-02", "VirtualNetwork"); !got.Equal(w) {
		t.Errorf("tag-02: VirtualNetwork is %v, Azure says %v", got, w)
	}
	probes := want("tag-02", "AzureLoadBalancer")
	for _, name := range []string{"168.63.129.16", "fe80::1234:5678:9abc"} {
		if !probes.ContainsAddr(netip.MustParseAddr(name)) {
			t.Errorf("tag-02 does not hold %s", name)
		}
	}
	network := Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", NSG("g", DenyIn(100, "*", "AzureLoadBalancer", "*", "*"), AllowIn(200, "*", "*", "*", "*")))))
	f := compile(t, network, servicetag.Symbolic())
	s, _ := network.Subnet(SubnetID("v", "s"))
	if got := f.SubnetRules(s, azure.Inbound).Rules()[0].Must[0].Source; !got.Equal(probes) {
		t.Errorf("tag-02: AzureLoadBalancer is %v, Azure says %v", got, probes)
	}
	outside := want("tag-05", "2017 (scobb, samedder, nsg-parser: 76 prefixes)")
	if got := flow.AllIPv4().Minus(f.InternetTag(s).Must); !got.Equal(outside) {
		t.Errorf("tag-05: outside Internet is %v, Azure says %v", got, outside)
	}
}

// tag-04: public addresses hit AllowVnetOutBound where a route covers them.
func TestRecordedFlowLog(t *testing.T) {
	var q struct{ Remote []string }
	var want struct{ Rule string }
	c := recordings(t)["tag-04"]
	if json.Unmarshal(c.Question, &q) != nil || json.Unmarshal(c.Answer, &want) != nil || len(q.Remote) == 0 {
		t.Fatalf("tag-04 is of another shape: %s", c.Question)
	}
	f := compile(t, lab{app: items(NSG("g"), toNVA)}.net(t), servicetag.Symbolic())
	for _, remote := range q.Remote {
		host, port, _ := strings.Cut(remote, ":")
		if a := explore(t, f, in("tcp/"+port, "nic:vma", host)); !decided(a, shortName(want.Rule)) {
			t.Errorf("tag-04: to %s want %s, got %s", remote, want.Rule, describe(a))
		}
	}
}
