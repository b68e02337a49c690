package azure

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// writer makes inventories for tests; every value it writes stands on a line
// of its own, in the order of writing.
type writer struct {
	inv  *Inventory
	line int
}

func input(rank Rank, file string) *writer {
	return &writer{inv: &Inventory{Source: file, Rank: rank}}
}

func (w *writer) at() Position {
	w.line++
	return Position{File: w.inv.Source, Line: w.line, Column: 1}
}

// net, nsg and table are ids as Azure writes them.
func net(name string) string {
	return "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/" + name
}
func nsg(name string) string {
	return "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/" + name
}
func table(name string) string {
	return "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/routeTables/" + name
}
func sub(network, name string) string { return net(network) + "/subnets/" + name }

func (w *writer) resource(id string) Resource {
	return Resource{ID: MakeID(id), Address: MakeID(id).Name(), At: w.at()}
}

func (w *writer) prefixes(texts ...string) []Value[netip.Prefix] {
	var prefixes []Value[netip.Prefix]
	for _, text := range texts {
		v, list := ParsePrefix(text, w.at())
		w.inv.Diagnostics = append(w.inv.Diagnostics, list...)
		prefixes = append(prefixes, v)
	}
	return prefixes
}

// vnet writes a network "name space space ..." and returns it.
func (w *writer) vnet(spec string) *VirtualNetwork {
	f := strings.Fields(spec)
	v := &VirtualNetwork{Resource: w.resource(net(f[0]))}
	v.AddressSpace = w.prefixes(f[1:]...)
	w.inv.VirtualNetworks = append(w.inv.VirtualNetworks, v)
	return v
}

// subnet makes a subnet "name prefix ..." of a network.
func (w *writer) subnet(network, spec string) *Subnet {
	f := strings.Fields(spec)
	s := &Subnet{Resource: w.resource(sub(network, f[0]))}
	s.Name = f[0]
	s.Prefixes = w.prefixes(f[1:]...)
	return s
}

// inline writes a subnet into the list of a network.
func (w *writer) inline(v *VirtualNetwork, spec string) *Subnet {
	s := w.subnet(v.ID.Name(), spec)
	v.Subnets = append(v.Subnets, s)
	return s
}

func (w *writer) separate(network, spec string) *Subnet {
	s := w.subnet(network, spec)
	w.inv.Subnets = append(w.inv.Subnets, Child[*Subnet]{Parent: Ref(net(network), s.At), Resource: s})
	return s
}

func (w *writer) group(name string, rules ...string) *NetworkSecurityGroup {
	g := &NetworkSecurityGroup{Resource: w.resource(nsg(name))}
	for _, spec := range rules {
		g.Rules = append(g.Rules, w.rule(name, spec))
	}
	w.inv.NetworkSecurityGroups = append(w.inv.NetworkSecurityGroups, g)
	return g
}

// rule makes a rule "name priority Inbound|Outbound Allow|Deny protocol source
// sourcePorts destination destinationPorts"; several prefixes or ports are
// separated by commas, "-" is not given.
func (w *writer) rule(group, spec string) *SecurityRule {
	f := strings.Fields(spec)
	one := func(s string) Value[string] {
		if s == "-" || strings.Contains(s, ",") {
			return Value[string]{}
		}
		return Given(s, w.at())
	}
	many := func(s string) (l []Value[string]) {
		if strings.Contains(s, ",") {
			for e := range strings.SplitSeq(s, ",") {
				l = append(l, Given(e, w.at()))
			}
		}
		return l
	}
	r := w.resource(nsg(group) + "/securityRules/" + f[0])
	r.Name = f[0]
	rule, list := MakeRule(RuleFields{
		Resource: r, Priority: one(f[1]), Direction: one(f[2]), Access: one(f[3]), Protocol: one(f[4]),
		Source:           SideFields{Singular: one(f[5]), Plural: many(f[5]), At: r.At},
		SourcePorts:      PortFields{Singular: one(f[6]), Plural: many(f[6]), At: r.At},
		Destination:      SideFields{Singular: one(f[7]), Plural: many(f[7]), At: r.At},
		DestinationPorts: PortFields{Singular: one(f[8]), Plural: many(f[8]), At: r.At},
	})
	w.inv.Diagnostics = append(w.inv.Diagnostics, list...)
	return rule
}

func (w *writer) table(name string, routes ...string) *RouteTable {
	t := &RouteTable{Resource: w.resource(table(name))}
	for _, spec := range routes {
		t.Routes = append(t.Routes, w.route(name, spec))
	}
	w.inv.RouteTables = append(w.inv.RouteTables, t)
	return t
}

// route makes a route "name prefix nextHopType [address]".
func (w *writer) route(table_, spec string) *Route {
	f := append(strings.Fields(spec), "", "")
	r := w.resource(table(table_) + "/routes/" + f[0])
	r.Name = f[0]
	route, list := MakeRoute(RouteFields{Resource: r, AddressPrefix: Given(f[1], w.at()), NextHopType: Given(f[2], w.at()), NextHopIPAddress: Given(f[3], w.at())})
	w.inv.Diagnostics = append(w.inv.Diagnostics, list...)
	return route
}

func (w *writer) nic(name, subnet, address string) *NetworkInterface {
	n := &NetworkInterface{Resource: w.resource("/nic/" + name)}
	c := &IPConfiguration{Resource: Resource{Name: "ipconfig1", At: w.at()}, Subnet: Ref(subnet, w.at())}
	c.PrivateIPAddress, _ = ParseAddr(address, w.at())
	n.IPConfigurations = append(n.IPConfigurations, c)
	w.inv.NetworkInterfaces = append(w.inv.NetworkInterfaces, n)
	return n
}

func (w *writer) associate(kind AssociationKind, from, to string) {
	w.inv.Associations = append(w.inv.Associations, Association{Kind: kind, From: Ref(from, w.at()), To: Ref(to, w.at()), At: w.at()})
}

func build(inputs ...*writer) (*Network, diagnostic.List) {
	var all []*Inventory
	for _, w := range inputs {
		all = append(all, w.inv)
	}
	return Build(all...)
}

// mustBuild fails the test unless the only diagnostics have these codes.
func mustBuild(t *testing.T, codes string, inputs ...*writer) *Network {
	t.Helper()
	n, list := build(inputs...)
	if got := codesOf(list); got != codes {
		t.Fatalf("diagnostics %q, want %q:\n%v", got, codes, list)
	}
	if n == nil {
		t.Fatalf("no network: %v", list)
	}
	return n
}

// mustFail checks that the inputs give one error, with the code and the
// places it names.
func mustFail(t *testing.T, code, says string, inputs ...*writer) diagnostic.Diagnostic {
	t.Helper()
	n, list := build(inputs...)
	if n != nil {
		t.Fatalf("a network came out: %v", list)
	}
	var errors diagnostic.List
	for _, d := range list {
		if d.Severity == diagnostic.Error {
			errors = append(errors, d)
		}
	}
	if len(errors) != 1 || errors[0].Code != code || !strings.Contains(errors[0].Summary, says) {
		t.Fatalf("got %v, want one %s that says %q", errors, code, says)
	}
	if errors[0].At.Line == 0 {
		t.Errorf("%v has no place", errors[0])
	}
	return errors[0]
}

func codesOf(list diagnostic.List) string {
	var codes []string
	for _, d := range list {
		codes = append(codes, d.Severity.String()+" "+d.Code)
	}
	return strings.Join(codes, ", ")
}

// severities checks what decisions 5 says of a topology Azure would refuse: an
// error in what shall be deployed, a warning in what exists.
func severities(t *testing.T, code string, write func(w *writer)) {
	t.Helper()
	for _, rank := range []Rank{RankPlan, RankTemplate} {
		w := input(rank, "planned.json")
		write(w)
		mustFail(t, code, "", w)
	}
	for _, rank := range []Rank{RankState, RankLive, RankExport} {
		w := input(rank, "existing.json")
		write(w)
		mustBuild(t, "warning "+code, w)
	}
}

func TestChildrenFindTheirParentsWithCaseFolded(t *testing.T) {
	w := input(RankExport, "a.json")
	w.vnet("VNet 10.1.0.0/16")
	w.separate("vnet", "Db 10.1.2.0/24")
	app := w.separate("VNET", "App 10.1.1.0/24")
	app.NetworkSecurityGroup = Ref(strings.ToUpper(nsg("web")), w.at())
	w.group("Web", "allow 100 Inbound Allow Tcp * * * 443")
	n := mustBuild(t, "", w)
	var names []string
	for _, s := range n.Subnets() {
		names = append(names, s.Name)
		if s.VirtualNetwork != n.VirtualNetworks[0] {
			t.Errorf("%s is not in its network", s.Name)
		}
	}
	if diff := cmp.Diff([]string{"App", "Db"}, names); diff != "" {
		t.Error(diff)
	}
	found, _ := n.Subnet(MakeID(sub("VNET", "APP")))
	g, ok := n.NetworkSecurityGroup(found.NetworkSecurityGroup.ID)
	if !ok || g.Rules[0].Group != g {
		t.Error("the group of the subnet is not found")
	}
}

func TestRulesAreSortedByDirectionAndPriority(t *testing.T) {
	w := input(RankPlan, "plan.json")
	w.group("web",
		"o2 200 Outbound Allow Tcp * * * 443", "i2 300 Inbound Deny * * * * *",
		"o1 100 Outbound Deny Tcp * * * 443", "i1 100 Inbound Allow Tcp * * * 443") // T09: 100 in both directions
	n := mustBuild(t, "", w)
	var names []string
	for _, r := range n.NetworkSecurityGroups[0].Rules {
		names = append(names, r.Name)
	}
	if diff := cmp.Diff([]string{"i1", "i2", "o1", "o2"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestBuildDoesNotChangeTheInventories(t *testing.T) {
	w := input(RankExport, "a.json")
	g := w.group("web", "b 200 Inbound Allow Tcp * * * 443", "a 100 Inbound Allow Tcp * * * 80")
	g.Subnets = []Reference{Ref(sub("v", "app"), w.at())}
	first := mustBuild(t, "", w)
	second := mustBuild(t, "", w)
	if g.Rules[0].Name != "b" || g.Rules[0].Group != nil || len(g.Rules) != 2 {
		t.Error("the inventory was changed")
	}
	if first.NetworkSecurityGroups[0] == second.NetworkSecurityGroups[0] {
		t.Error("two networks share a group")
	}
}

func TestAReadersErrorGivesNoNetwork(t *testing.T) {
	w := input(RankExport, "a.json")
	w.group("web", "a 100 Inbound Allow Tcp 10.0.0.1/8 * * 80")
	mustFail(t, "host-bits", "10.0.0.1/8", w)
}

// --- the same resource from several inputs -------------------------------

func TestDecision29TheBetterRankIsUsed(t *testing.T) {
	plan, export := input(RankPlan, "plan.json"), input(RankExport, "nsgs.json")
	plan.group("web", "a 100 Inbound Allow Tcp * * * 443")
	export.group("web", "a 100 Inbound Allow Tcp * * * 80", "old 200 Inbound Allow Tcp * * * 22")
	for _, inputs := range [][]*writer{{plan, export}, {export, plan}} {
		n := mustBuild(t, "info superseded", inputs...)
		g := n.NetworkSecurityGroups[0]
		if len(g.Rules) != 1 || g.Rules[0].DestinationPorts.Terms[0].First != 443 || g.Rank != RankPlan {
			t.Errorf("got %d rules, port %v", len(g.Rules), g.Rules[0].DestinationPorts)
		}
	}
}

func TestDecision29OneRankMustAgree(t *testing.T) {
	a, b := input(RankExport, "a.json"), input(RankExport, "b.json")
	a.group("web", "a 100 Inbound Allow Tcp * * * 443")
	b.group("web", "a 100 Inbound Allow TCP 0.0.0.0/0 * * 443")
	d := mustFail(t, "conflicting-inputs", "source", a, b)
	if d.At.File != "b.json" || d.Related[0].At.File != "a.json" || !strings.Contains(d.Related[0].Message, "*") {
		t.Errorf("both places must be named: %+v", d)
	}
}

func TestDecision29AgreeingStatementsCountOnce(t *testing.T) {
	a, b := input(RankExport, "a.json"), input(RankExport, "b.json")
	for _, w := range []*writer{a, b} {
		v := w.vnet("v 10.1.0.0/16")
		v.APIVersion = w.inv.Source
		w.inline(v, "app 10.1.1.0/24")
	}
	// What one does not tell the other does.
	b.inv.VirtualNetworks[0].Location = Of("westeurope", b.at())
	// Spelling and order are no difference.
	a.group("web", "a 100 Inbound Allow Tcp 10.0.0.0/8,10.9.0.0/16 * Internet 80,443")
	b.group("WEB", "A 100 inbound ALLOW TCP 10.9.0.0/16,10.0.0.0/8 0-65535 INTERNET 443,80")
	a.table("t", "r 0.0.0.0/0 None")
	b.table("t", "r 0.0.0.0/0 none")
	n := mustBuild(t, "", a, b)
	if len(n.VirtualNetworks) != 1 || len(n.Subnets()) != 1 || len(n.NetworkSecurityGroups[0].Rules) != 1 || len(n.RouteTables[0].Routes) != 1 {
		t.Error("a resource came out twice")
	}
	if n.VirtualNetworks[0].Location.V != "westeurope" {
		t.Error("the location that one input states is lost")
	}
}

// The region that one input leaves open is no other one (RT-9).
func TestDecision29RegionsOfNetworks(t *testing.T) {
	a, b := input(RankTemplate, "a.json"), input(RankTemplate, "b.json")
	for _, w := range []*writer{a, b} {
		w.vnet("v 10.1.0.0/16")
	}
	a.inv.VirtualNetworks[0].Location = NotKnown[string](&Unknown{Name: "resourceGroup().location", At: a.at()})
	b.inv.VirtualNetworks[0].Location = Of("westeurope", b.at())
	for _, inputs := range [][]*writer{{a, b}, {b, a}} {
		if n := mustBuild(t, "", inputs...); n.VirtualNetworks[0].Location.V != "westeurope" {
			t.Errorf("the location is %+v", n.VirtualNetworks[0].Location)
		}
	}
	a.inv.VirtualNetworks[0].Location = Of("eastus", a.at())
	mustFail(t, "conflicting-inputs", "location", a, b)
}

func TestDecision29EveryModelledFieldCounts(t *testing.T) {
	for name, change := range map[string]func(w *writer, v *VirtualNetwork){
		"addressSpace":         func(w *writer, v *VirtualNetwork) { v.AddressSpace = w.prefixes("10.0.0.0/8") },
		"addressPrefixes":      func(w *writer, v *VirtualNetwork) { v.Subnets[0].Prefixes = w.prefixes("10.1.1.0/25") },
		"networkSecurityGroup": func(w *writer, v *VirtualNetwork) { v.Subnets[0].NetworkSecurityGroup = Ref(nsg("x"), w.at()) },
		"routeTable":           func(w *writer, v *VirtualNetwork) { v.Subnets[0].RouteTable = Ref(table("x"), w.at()) },
		"natGateway":           func(w *writer, v *VirtualNetwork) { v.Subnets[0].NATGateway = Ref("/nat/x", w.at()) },
		"serviceEndpoints": func(w *writer, v *VirtualNetwork) {
			v.Subnets[0].ServiceEndpoints = []ServiceEndpoint{{Service: Of("Microsoft.Sql", w.at())}}
		},
		"delegations":           func(w *writer, v *VirtualNetwork) { v.Subnets[0].Delegations = []Value[string]{Of("x", w.at())} },
		"defaultOutboundAccess": func(w *writer, v *VirtualNetwork) { v.Subnets[0].DefaultOutboundAccess = Of(false, w.at()) },
		"remoteVirtualNetwork":  func(w *writer, v *VirtualNetwork) { v.Peerings[0].Remote = Ref(net("z"), w.at()) },
		"allowForwardedTraffic": func(w *writer, v *VirtualNetwork) { v.Peerings[0].AllowForwardedTraffic = Of(true, w.at()) },
		"peeringState":          func(w *writer, v *VirtualNetwork) { v.Peerings[0].State = Of("Disconnected", w.at()) },
	} {
		a, b := input(RankLive, "a.json"), input(RankLive, "b.json")
		for _, w := range []*writer{a, b} {
			v := w.vnet("v 10.1.0.0/16")
			w.inline(v, "app 10.1.1.0/24").DefaultOutboundAccess = Of(true, w.at())
			v.Peerings = []*Peering{{Resource: w.resource(net("v") + "/virtualNetworkPeerings/p"), Remote: Ref(net("w"), w.at()), State: Of("Connected", w.at())}}
		}
		change(b, b.inv.VirtualNetworks[0])
		mustFail(t, "conflicting-inputs", name, a, b)
	}
}

func TestDecision29OptionalFieldsAreFilledIn(t *testing.T) {
	a, b := input(RankExport, "a.json"), input(RankExport, "b.json")
	a.inline(a.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
	b.inline(b.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24").DefaultOutboundAccess = Of(false, b.at())
	n := mustBuild(t, "", a, b)
	if v, ok := n.Subnets()[0].DefaultOutboundAccess.Known(); !ok || v {
		t.Error("what one statement leaves out and the other tells is lost")
	}
}

func TestJSON8InlineAndSeparateRulesAreUnitedWithAWarning(t *testing.T) {
	w := input(RankPlan, "plan.json")
	w.group("web", "a 100 Inbound Allow Tcp * * * 443")
	w.separateRule("web", "b 200 Inbound Deny * * * * *")
	n := mustBuild(t, "warning mixed-children", w)
	if len(n.NetworkSecurityGroups[0].Rules) != 2 {
		t.Error("both rules count")
	}

	same := input(RankPlan, "plan.json")
	same.group("web", "a 100 Inbound Allow Tcp * * * 443")
	same.separateRule("web", "a 100 Inbound Allow Tcp * * * 443")
	if n := mustBuild(t, "", same); len(n.NetworkSecurityGroups[0].Rules) != 1 {
		t.Error("the same rule inline and apart counts once")
	}

	// The inline list of a plan is what was last read: the separate rule is newer.
	stale := input(RankPlan, "plan.json")
	stale.group("web", "a 100 Inbound Allow Tcp * * * 443")
	stale.separateRule("web", "a 100 Inbound Allow Tcp * * * 8443")
	n = mustBuild(t, "warning mixed-children", stale)
	if r := n.NetworkSecurityGroups[0].Rules; len(r) != 1 || r[0].DestinationPorts.Terms[0].First != 8443 {
		t.Errorf("got %v", r[0].DestinationPorts)
	}

	// Two exports were taken at different times.
	export := input(RankExport, "export.json")
	export.group("web", "a 100 Inbound Allow Tcp * * * 443")
	export.separateRule("web", "b 200 Inbound Deny * * * * *")
	mustFail(t, "conflicting-inputs", `"b"`, export)
}

func (w *writer) separateRule(group, spec string) *SecurityRule {
	r := w.rule(group, spec)
	w.inv.SecurityRules = append(w.inv.SecurityRules, Child[*SecurityRule]{Parent: Ref(nsg(group), r.At), Resource: r})
	return r
}

func TestAPlanDoesNotSayWhetherASubnetKeepsItsGroup(t *testing.T) {
	plan, export := input(RankPlan, "plan.json"), input(RankExport, "vnets.json")
	plan.separate("v", "app 10.1.1.0/24")
	v := export.vnet("v 10.1.0.0/16")
	export.inline(v, "app 10.1.1.0/24").NetworkSecurityGroup = Ref(nsg("web"), export.at())
	n := mustBuild(t, "warning unstated, info superseded", plan, export)
	if s := n.Subnets()[0]; s.NetworkSecurityGroup.Unknown == nil || s.NetworkSecurityGroup.ID != "" {
		t.Errorf("got %+v, want an unknown", s.NetworkSecurityGroup)
	}
	// A template states all there is.
	template := input(RankTemplate, "main.json")
	template.separate("v", "app 10.1.1.0/24")
	n = mustBuild(t, "info superseded", template, export)
	if n.Subnets()[0].NetworkSecurityGroup.IsSet() {
		t.Error("the template takes the group away")
	}
}

// --- associations ----------------------------------------------------------

func TestAssociationsJoinBothEnds(t *testing.T) {
	w := input(RankPlan, "plan.json")
	w.inline(w.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
	w.group("web")
	w.table("t", "r 0.0.0.0/0 Internet")
	w.nic("vm", sub("v", "app"), "10.1.1.4")
	w.associate(SubnetToNetworkSecurityGroup, strings.ToUpper(sub("v", "app")), nsg("web"))
	w.associate(SubnetToRouteTable, sub("v", "app"), table("t"))
	w.associate(SubnetToNATGateway, sub("v", "app"), "/nat")
	w.associate(InterfaceToNetworkSecurityGroup, "/nic/vm", nsg("web"))
	w.associate(InterfaceToApplicationSecurityGroup, "/nic/vm", "/asg/web")
	w.inv.ApplicationSecurityGroups = append(w.inv.ApplicationSecurityGroups, &ApplicationSecurityGroup{Resource: w.resource("/ASG/web")})
	n := mustBuild(t, "", w)
	s := n.Subnets()[0]
	g := MakeID(nsg("web"))
	if s.NetworkSecurityGroup.ID != g || s.RouteTable.ID != MakeID(table("t")) || s.NATGateway.ID != "/nat" || n.NetworkInterfaces[0].NetworkSecurityGroup.ID != g {
		t.Errorf("got %+v", s)
	}
	if s.NetworkSecurityGroup.At.IsZero() {
		t.Error("the association has no place")
	}
	if m := n.Members("/asg/web"); len(m) != 1 || m[0].Interface != n.NetworkInterfaces[0] {
		t.Errorf("members %v", m)
	}
}

func TestAssociationToASubnetNoInputStatesMakesAStub(t *testing.T) {
	w := input(RankPlan, "plan.json")
	w.group("web", "a 100 Outbound Deny * * * * *")
	w.associate(SubnetToNetworkSecurityGroup, sub("v", "app"), nsg("web"))
	n := mustBuild(t, "", w)
	s, ok := n.Subnet(MakeID(sub("v", "app")))
	if !ok || !s.Stub || !s.VirtualNetwork.Stub || s.NetworkSecurityGroup.ID != MakeID(nsg("web")) {
		t.Fatalf("got %+v", s)
	}
	if s.RouteTable.Unknown == nil || s.Prefixes[0].Unknown == nil || s.VirtualNetwork.AddressSpace[0].Unknown == nil {
		t.Error("what is not stated must be unknown")
	}
}

func TestNSG23OneGroupOfASubnetOrInterface(t *testing.T) {
	w := input(RankPlan, "plan.json")
	w.inline(w.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
	w.associate(SubnetToNetworkSecurityGroup, sub("v", "app"), nsg("web"))
	w.associate(SubnetToNetworkSecurityGroup, sub("v", "app"), nsg("web"))
	mustBuild(t, "", w)
	w.associate(SubnetToNetworkSecurityGroup, sub("v", "app"), nsg("db"))
	mustFail(t, "conflicting-inputs", "attached", w)

	// One group can serve many.
	w = input(RankPlan, "plan.json")
	v := w.vnet("v 10.1.0.0/16")
	w.inline(v, "app 10.1.1.0/24")
	w.inline(v, "db 10.1.2.0/24")
	w.nic("vm", sub("v", "app"), "10.1.1.4")
	for _, from := range []string{sub("v", "app"), sub("v", "db")} {
		w.associate(SubnetToNetworkSecurityGroup, from, nsg("web"))
	}
	w.associate(InterfaceToNetworkSecurityGroup, "/nic/vm", nsg("web"))
	w.group("web")
	w.group("db")
	mustBuild(t, "", w)
	w.associate(InterfaceToNetworkSecurityGroup, "/nic/vm", nsg("db"))
	mustFail(t, "conflicting-inputs", "attached", w)
}

func TestAnUnknownEndIsNeverNone(t *testing.T) {
	u := &Unknown{Name: "local.subnet_id"}
	w := input(RankPlan, "plan.json")
	v := w.vnet("v 10.1.0.0/16")
	w.inline(v, "app 10.1.1.0/24")
	w.inline(v, "db 10.1.2.0/24").NetworkSecurityGroup = Ref(nsg("db"), w.at())
	w.inv.Associations = []Association{{Kind: SubnetToNetworkSecurityGroup, From: Reference{Unknown: u}, To: Ref(nsg("web"), w.at()), At: w.at()}}
	n := mustBuild(t, "warning unknown-parent", w)
	if s := n.Subnets(); s[0].NetworkSecurityGroup.Unknown != u || s[1].NetworkSecurityGroup.ID != MakeID(nsg("db")) {
		t.Errorf("got %+v", s[0].NetworkSecurityGroup)
	}

	to := input(RankPlan, "plan.json")
	to.inline(to.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
	to.inv.Associations = []Association{{Kind: SubnetToRouteTable, From: Ref(sub("v", "app"), to.at()), To: Reference{Unknown: u}, At: to.at()}}
	if n := mustBuild(t, "", to); n.Subnets()[0].RouteTable.Unknown != u {
		t.Error("a subnet with an unknown table has a table")
	}

	rules := input(RankPlan, "plan.json")
	rules.group("web")
	rules.table("t")
	rules.vnet("v 10.1.0.0/16")
	r := rules.rule("web", "a 100 Inbound Allow Tcp * * * 443")
	rules.inv.SecurityRules = []Child[*SecurityRule]{{Parent: Reference{Unknown: u}, Resource: r}}
	rules.inv.Routes = []Child[*Route]{{Parent: Reference{Unknown: u}, Resource: rules.route("t", "r 0.0.0.0/0 None")}}
	rules.inv.Peerings = []Child[*Peering]{{Parent: Reference{Unknown: u}, Resource: &Peering{Resource: rules.resource("/p"), Remote: Ref(net("w"), rules.at())}}}
	n = mustBuild(t, "warning unknown-parent, warning unknown-parent, warning unknown-parent", rules)
	if len(n.NetworkSecurityGroups[0].UnknownRules) != 1 || len(n.RouteTables[0].UnknownRoutes) != 1 || n.VirtualNetworks[0].Peerings[0].Remote.Unknown != u {
		t.Error("an unknown parent may be any")
	}
}

func TestAnUnknownParentMayStandInAnotherInput(t *testing.T) {
	u := &Unknown{Name: "data.azurerm_network_security_group.hub"}
	plan, export := input(RankPlan, "plan.json"), input(RankExport, "hub.json")
	plan.inv.SecurityRules = []Child[*SecurityRule]{{Parent: Reference{Unknown: u}, Resource: plan.rule("web", "a 100 Inbound Deny Tcp * * * 443")}}
	plan.inv.Associations = []Association{
		{Kind: SubnetToNetworkSecurityGroup, From: Reference{Unknown: u}, To: Ref(nsg("web"), plan.at()), At: plan.at()},
		{Kind: InterfaceToApplicationSecurityGroup, From: Reference{Unknown: u}, To: Ref("/asg/web", plan.at()), At: plan.at()},
		{Kind: InterfaceToNetworkSecurityGroup, From: Reference{Unknown: u}, To: Ref(nsg("web"), plan.at()), At: plan.at()},
	}
	export.group("hub")
	export.inline(export.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
	export.nic("vm", sub("v", "app"), "10.1.1.4")
	for _, inputs := range [][]*writer{{plan, export}, {export, plan}} {
		n := mustBuild(t, "warning unknown-parent, warning unknown-parent, warning unknown-parent, warning unknown-parent", inputs...)
		nic := n.NetworkInterfaces[0]
		if len(n.NetworkSecurityGroups[0].UnknownRules) != 1 || n.Subnets()[0].NetworkSecurityGroup.Unknown != u ||
			nic.NetworkSecurityGroup.Unknown != u || nic.IPConfigurations[0].ApplicationSecurityGroups[0].Unknown != u {
			t.Error("what is not known of one input may concern the other")
		}
	}
}

func TestAParentNoInputStatesIsAStub(t *testing.T) {
	w := input(RankExport, "rules.json")
	w.separateRule("web", "a 100 Inbound Deny Tcp * * * 443")
	w.inv.Routes = []Child[*Route]{{Parent: Ref(table("t"), w.at()), Resource: w.route("t", "r 0.0.0.0/0 None")}}
	w.separate("v", "app 10.1.1.0/24")
	n := mustBuild(t, "", w)
	if g := n.NetworkSecurityGroups[0]; !g.Stub || len(g.Rules) != 1 || len(g.UnknownRules) != 1 {
		t.Errorf("got %+v", g)
	}
	if rt := n.RouteTables[0]; !rt.Stub || len(rt.Routes) != 1 || len(rt.UnknownRoutes) != 1 {
		t.Errorf("got %+v", rt)
	}
	if v := n.VirtualNetworks[0]; !v.Stub || v.AddressSpace[0].Unknown == nil || v.Subnets[0].Stub {
		t.Errorf("got %+v", v)
	}
}

func TestAReferenceNothingResolvesStays(t *testing.T) {
	w := input(RankExport, "vnets.json")
	w.inline(w.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24").NetworkSecurityGroup = Ref(nsg("web"), w.at())
	n := mustBuild(t, "", w)
	ref := n.Subnets()[0].NetworkSecurityGroup
	if _, ok := n.NetworkSecurityGroup(ref.ID); ok || !ref.IsSet() {
		t.Errorf("got %+v", ref)
	}
}

// --- back-references (JSON-4) ------------------------------------------------

func TestJSON4TheSubnetIsAuthoritative(t *testing.T) {
	write := func(attached, back string) *writer {
		w := input(RankExport, "a.json")
		s := w.inline(w.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
		if attached != "" {
			s.NetworkSecurityGroup = Ref(nsg(attached), w.at())
		}
		g := w.group("web")
		if back != "" {
			g.Subnets = []Reference{Ref(strings.ToUpper(back), w.at())}
		}
		return w
	}
	mustBuild(t, "", write("web", sub("v", "app")))
	mustBuild(t, "", write("web", "")) // absence is not disagreement (decisions 26)
	mustBuild(t, "", write("", ""))
	d := mustFail(t, "back-reference", "which names none", write("", sub("v", "app")))
	if len(d.Related) != 1 || d.Related[0].At.IsZero() {
		t.Errorf("both places must be named: %+v", d)
	}
	mustFail(t, "back-reference", "which names db", write("db", sub("v", "app")))
	mustFail(t, "back-reference", "does not have", write("", sub("v", "gone")))

	tables := input(RankExport, "a.json")
	tables.inline(tables.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
	tables.table("t").Subnets = []Reference{Ref(sub("v", "app"), tables.at())}
	mustFail(t, "back-reference", "which names none", tables)

	nics := input(RankExport, "a.json")
	nics.nic("vm", sub("v", "app"), "10.1.1.4")
	nics.group("web").NetworkInterfaces = []Reference{Ref("/nic/vm", nics.at()), Ref("/nic/unstated", nics.at())}
	mustFail(t, "back-reference", "which names none", nics)
}

func TestJSON4ABackReferenceMakesAStubSubnet(t *testing.T) {
	w := input(RankExport, "nsgs.json")
	w.group("web", "deny 100 Outbound Deny * * * * *").Subnets = []Reference{Ref(sub("v", "app"), w.at())}
	w.table("t").Subnets = []Reference{Ref(sub("v", "app"), w.at()), Ref(sub("v", "db"), w.at())}
	n := mustBuild(t, "", w)
	if len(n.VirtualNetworks) != 1 || len(n.Subnets()) != 2 {
		t.Fatalf("got %d networks, %d subnets", len(n.VirtualNetworks), len(n.Subnets()))
	}
	app, _ := n.Subnet(MakeID(sub("v", "app")))
	db, _ := n.Subnet(MakeID(sub("v", "db")))
	if !app.Stub || app.NetworkSecurityGroup.ID != MakeID(nsg("web")) || app.RouteTable.ID != MakeID(table("t")) {
		t.Errorf("app: %+v", app)
	}
	if db.RouteTable.ID != MakeID(table("t")) || db.NetworkSecurityGroup.Unknown == nil || db.NATGateway.Unknown == nil {
		t.Errorf("db: %+v", db)
	}
	for what, u := range map[string]*Unknown{
		"prefixes": app.Prefixes[0].Unknown, "space": app.VirtualNetwork.AddressSpace[0].Unknown, "peerings": app.VirtualNetwork.Peerings[0].Remote.Unknown,
		"endpoints": app.ServiceEndpoints[0].Service.Unknown, "delegations": app.Delegations[0].Unknown,
		"policies": app.PrivateEndpointNetworkPolicies.Unknown, "outbound": app.DefaultOutboundAccess.Unknown,
	} {
		if u == nil || u.Name == "" || u.Why == "" {
			t.Errorf("%s: %+v is not a named unknown", what, u)
		}
	}
	two := input(RankExport, "nsgs.json")
	two.group("web").Subnets = []Reference{Ref(sub("v", "app"), two.at())}
	two.group("db").Subnets = []Reference{Ref(sub("v", "app"), two.at())}
	mustFail(t, "back-reference", "which names", two)
}

func TestJSON4ABetterInputIsNotContradictedByAnOlderBackReference(t *testing.T) {
	export := input(RankExport, "nsgs.json")
	export.group("web").Subnets = []Reference{Ref(sub("v", "app"), export.at())}
	template := input(RankTemplate, "main.json")
	template.inline(template.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
	if n := mustBuild(t, "", template, export); n.Subnets()[0].NetworkSecurityGroup.IsSet() {
		t.Error("the template takes the group away")
	}
	plan := input(RankPlan, "plan.json")
	plan.separate("v", "app 10.1.1.0/24")
	if n := mustBuild(t, "warning unstated", plan, export); n.Subnets()[0].NetworkSecurityGroup.Unknown == nil {
		t.Error("whether the plan keeps the group is not known")
	}
}

func TestNotModelledResourcesAreListedOnce(t *testing.T) {
	a, b := input(RankExport, "a.json"), input(RankExport, "b.json")
	for _, w := range []*writer{a, b} {
		w.inv.NotModelled = []NotModelled{{Type: "Microsoft.Network/natGateways", Address: "/n", At: w.at()}, {Type: "microsoft.network/azurefirewalls", Address: "/f", At: w.at()}}
	}
	n := mustBuild(t, "", a, b)
	if len(n.NotModelled) != 2 || n.NotModelled[0].Address != "/f" {
		t.Errorf("got %+v", n.NotModelled)
	}
}
