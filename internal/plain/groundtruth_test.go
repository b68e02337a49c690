package plain_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// recorded is one case of the ground truth: what the live service answered.
type recorded struct {
	ID, Grade, Op string
	SameAs        string          `json:"same_as"`
	Input         json.RawMessage `json:"input"`
	Question      json.RawMessage `json:"question"`
	Answer        json.RawMessage `json:"answer"`
}

// configuration is the input of the cases about one network.
type configuration struct {
	VNet, Subnet, NIC string
	NICGroup          *[]recordedRule `json:"nic_nsg"`
	SubnetGroup       *[]recordedRule `json:"subnet_nsg"`
	UDR               []struct{ Prefix, NextHopType, IP string }
}

type recordedRule struct {
	Name                        string
	Priority                    int
	Direction, Access, Protocol string
	Src, Dst, Dport             string
}

func groundTruth(t *testing.T) map[string]recorded {
	t.Helper()
	corpus := os.Getenv("WAYLEAVE_CORPUS")
	if corpus == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the recorded answers of Azure are not compared")
	}
	text, err := os.ReadFile(filepath.Join(corpus, "ground-truth", "ground-truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []recorded }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	cases := map[string]recorded{}
	for _, c := range file.Cases {
		cases[c.ID] = c
	}
	return cases
}

// setting builds the network a case was recorded in, as far as it says so.
func (c recorded) setting(t *testing.T, cases map[string]recorded) (setting, netip.Addr) {
	t.Helper()
	input := c.Input
	if c.SameAs != "" {
		input = cases[c.SameAs].Input
	}
	var conf configuration
	if err := json.Unmarshal(input, &conf); err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	local := netip.MustParseAddr(conf.NIC)
	if conf.VNet == "" {
		conf.VNet = netip.PrefixFrom(local, 16).Masked().String()
	}
	if conf.Subnet == "" {
		conf.Subnet = netip.PrefixFrom(local, max(24, netip.MustParsePrefix(conf.VNet).Bits())).Masked().String()
	}
	s := setting{&random.Network{
		VNets:      []*random.VNet{{Name: "V", Space: nets(conf.VNet), Subnets: []*random.Subnet{{Name: "s", Prefixes: nets(conf.Subnet)}}}},
		Interfaces: []*random.Interface{{Name: "nic", VNet: "V", Subnet: "s", Addresses: []netip.Addr{local}}},
	}}
	add := func(where string, rules *[]recordedRule) {
		if rules == nil {
			return
		}
		s = s.group(where)
		g := s.Groups[len(s.Groups)-1]
		for _, r := range *rules {
			g.Rules = append(g.Rules, random.Rule{Name: r.Name, Priority: r.Priority, Direction: r.Direction, Access: r.Access, Protocol: r.Protocol,
				Source: []string{r.Src}, Destination: []string{r.Dst}, SourcePorts: []string{"*"}, DestinationPorts: []string{r.Dport}})
		}
	}
	add("nic:nic", conf.NICGroup)
	add("s", conf.SubnetGroup)
	var routes []string
	for _, r := range conf.UDR {
		routes = append(routes, r.Prefix+" "+r.NextHopType+" "+r.IP)
	}
	if len(routes) > 0 {
		s = s.routes("s", routes...)
	}
	return s, local
}

// IP flow verify (ifv-*): the verdict and the deciding rule.
func TestGroundTruthIPFlowVerify(t *testing.T) {
	cases := groundTruth(t)
	asked := 0
	for id, c := range cases {
		if c.Op != "ipFlowVerify" || c.Grade != "measured" {
			continue
		}
		var q struct{ Direction, Protocol, Local, Remote string }
		var want struct{ Access, RuleName string }
		unmarshal(t, c.Question, &q)
		unmarshal(t, c.Answer, &want)
		if want.Access == "Unknown" {
			continue // Azure itself did not know (ifv-11)
		}
		asked++
		s, address := c.setting(t, cases)
		p := plain.Packet{Protocol: 6}
		local, remote := &p.Source, &p.Destination
		localPort, remotePort := &p.SourcePort, &p.DestinationPort
		if q.Direction == "Inbound" {
			local, remote, localPort, remotePort = remote, local, remotePort, localPort
		}
		*local, *localPort = wildcardEnd(t, q.Local)
		*remote, *remotePort = wildcardEnd(t, q.Remote)
		answer, err := s.twin(t).Verify(s.id("s"), address, azure.Direction(q.Direction), p)
		if err != nil {
			t.Fatal(err)
		}
		rule := want.RuleName[strings.LastIndexByte(want.RuleName, '/')+1:]
		if !strings.EqualFold(string(answer.Verdict), want.Access) || answer.Decider.Name != rule {
			t.Errorf("%s: got %s by %s, Azure says %s by %s", id, answer.Verdict, answer.Decider.Name, want.Access, rule)
		}
		kind := plain.NSGRule
		if strings.HasPrefix(want.RuleName, "default") {
			kind = plain.NSGDefaultRule
		}
		if answer.Decider.Kind != kind {
			t.Errorf("%s: the decider is a %s, want %s", id, answer.Decider.Kind, kind)
		}
	}
	if asked < 10 {
		t.Errorf("only %d cases were asked", asked)
	}
}

func unmarshal(t *testing.T, text json.RawMessage, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// wildcardEnd reads "10.0.0.4:22"; the port "*" becomes an ephemeral one.
func wildcardEnd(t *testing.T, text string) (netip.Addr, uint16) {
	t.Helper()
	address, port, _ := strings.Cut(text, ":")
	if port == "*" {
		port = "49152"
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return netip.MustParseAddr(address), uint16(n)
}

// Network configuration diagnostic (ncd-*): which field of which rule matched.
func TestGroundTruthNetworkConfigurationDiagnostic(t *testing.T) {
	cases := groundTruth(t)
	type row struct {
		Rule                                                       string
		Protocol, Source, SourcePort, Destination, DestinationPort bool
	}
	var trace []row
	var first struct{ Trace []row }
	unmarshal(t, cases["ncd-01"].Answer, &first)
	for _, id := range []string{"ncd-01", "ncd-02"} {
		c := cases[id]
		trace = first.Trace
		if id == "ncd-02" {
			trace = trace[1:] // the same without the user's rule
		}
		var q struct{ Source, Destination, DestinationPort string }
		unmarshal(t, c.Question, &q)
		port, err := strconv.Atoi(q.DestinationPort)
		if err != nil {
			t.Fatal(err)
		}
		p := plain.Packet{Protocol: 6, Source: netip.MustParseAddr(q.Source), SourcePort: 51000,
			Destination: netip.MustParseAddr(q.Destination), DestinationPort: uint16(port)}
		s, _ := c.setting(t, cases)
		network := s.network(t)
		steps := s.twin(t).Diagnose(network.NetworkSecurityGroups[0].ID, s.id("s"), azure.Inbound, p)
		var got []row
		for _, step := range steps {
			name := "UserRule_" + step.Rule.Name
			if step.Rule.Default {
				name = "DefaultRule_" + step.Rule.Name
			}
			got = append(got, row{name, step.Protocol, step.Source, step.SourcePort, step.Destination, step.DestinationPort})
		}
		if !slices.Equal(got, trace) {
			t.Errorf("%s: got\n%v\nAzure says\n%v", id, got, trace)
		}
	}
}

// Next hop (nh-*): type, address and whether a user's route decides.
func TestGroundTruthNextHop(t *testing.T) {
	cases := groundTruth(t)
	asked := 0
	for id, c := range cases {
		if c.Op != "nextHop" {
			continue
		}
		asked++
		var q struct{ Destination string }
		var want struct{ NextHopType, NextHopIPAddress, RouteTableID string }
		unmarshal(t, c.Question, &q)
		unmarshal(t, c.Answer, &want)
		s, _ := c.setting(t, cases)
		got, err := s.twin(t).NextHop(s.id("s"), netip.MustParseAddr(q.Destination))
		if err != nil {
			t.Fatal(err)
		}
		if want.NextHopType == "VirtualNetwork" {
			want.NextHopType = "VnetLocal" // the name changed in 2019 (nh-04)
		}
		address := ""
		if got.Address.IsValid() {
			address = got.Address.String()
		}
		if string(got.Type) != want.NextHopType || address != want.NextHopIPAddress || (got.Route == nil) != (want.RouteTableID == "System Route") {
			t.Errorf("%s: got %+v, Azure says %+v", id, got, want)
		}
	}
	if asked != 5 {
		t.Errorf("%d cases were asked, want 5", asked)
	}
}

// What tags hold (tag-*): every border of the recorded lists, on both sides.
func TestGroundTruthTags(t *testing.T) {
	cases := groundTruth(t)
	check := func(id string, s setting, tag string, want []netip.Prefix) {
		t.Helper()
		twin := s.twin(t)
		for _, p := range slices.Concat(want, nets("0.0.0.0/0", "10.0.0.0/8", "128.0.0.0/1", "169.254.169.254/32")) {
			for _, a := range []netip.Addr{p.Addr(), p.Addr().Prev(), last(p), last(p).Next()} {
				if !a.IsValid() {
					continue
				}
				in := slices.ContainsFunc(want, func(p netip.Prefix) bool { return p.Contains(a) })
				if got := twin.Contains(s.id("s"), tag, a); got != in {
					t.Errorf("%s: %s contains %v: got %v, Azure says %v", id, tag, a, got, in)
				}
			}
		}
	}
	var one []string
	unmarshal(t, cases["tag-01"].Answer, &one)
	check("tag-01", network("10.17.3.0/24").routes("s", "10.1.3.0/24 VirtualAppliance 10.0.1.2"), "VirtualNetwork", nets(one...))

	var two map[string]json.RawMessage
	unmarshal(t, cases["tag-02"].Answer, &two)
	for _, tag := range []string{"VirtualNetwork", "AzureLoadBalancer"} {
		var list []string
		unmarshal(t, two[tag], &list)
		check("tag-02", network("10.0.0.0/16"), tag, nets(list...))
	}

	var five map[string]json.RawMessage
	unmarshal(t, cases["tag-05"].Answer, &five)
	for year, text := range five {
		if !strings.HasPrefix(year, "2017") {
			continue // the base set of later years is not in the record in full
		}
		var missing []string
		unmarshal(t, text, &missing)
		s := network("10.0.0.0/16")
		twin := s.twin(t)
		for _, p := range nets(missing...) {
			for _, a := range []netip.Addr{p.Addr(), last(p)} {
				if twin.Contains(s.id("s"), "Internet", a) {
					t.Errorf("tag-05: Internet contains %v", a)
				}
			}
			for _, a := range []netip.Addr{p.Addr().Prev(), last(p).Next()} {
				outside := a.IsValid() && !slices.ContainsFunc(nets(missing...), func(p netip.Prefix) bool { return p.Contains(a) })
				if outside && !twin.Contains(s.id("s"), "Internet", a) {
					t.Errorf("tag-05: Internet lacks %v", a)
				}
			}
		}
	}
}

// tag-04: a public address hits AllowVnetOutBound where a route to an
// appliance covers it.
func TestGroundTruthPublicAddressInVirtualNetwork(t *testing.T) {
	cases := groundTruth(t)
	var q struct{ Local string }
	var want struct{ Rule string }
	unmarshal(t, cases["tag-04"].Question, &q)
	unmarshal(t, cases["tag-04"].Answer, &want)
	s := network("10.193.160.0/20").routes("s", "0.0.0.0/0 VirtualAppliance 10.1.9.4").group("s")
	local := netip.MustParseAddr(q.Local)
	answer, err := s.twin(t).Verify(s.id("s"), local, azure.Outbound, packet("tcp "+q.Local+" -> 40.85.232.72:443"))
	if err != nil || "DefaultRule_"+answer.Decider.Name != want.Rule {
		t.Errorf("got %v, %v, Azure says %s", answer, err, want.Rule)
	}
}

// network is one virtual network that is one subnet.
func network(space string) setting {
	return setting{&random.Network{VNets: []*random.VNet{{Name: "V", Space: nets(space), Subnets: []*random.Subnet{{Name: "s", Prefixes: nets(space)}}}}}}
}

func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
