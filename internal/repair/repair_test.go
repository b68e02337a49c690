package repair_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

func compile(t *testing.T, inventories ...*azure.Inventory) *fabric.Fabric {
	t.Helper()
	return compileWith(t, servicetag.Symbolic(), inventories...)
}

func compileWith(t *testing.T, tags *servicetag.Catalogue, inventories ...*azure.Inventory) *fabric.Fabric {
	t.Helper()
	network, list := azure.Build(inventories...)
	if network == nil {
		t.Fatal(list)
	}
	defaults, err := fabric.ParseAssumption("defaults")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if tags.IsSymbolic() {
		names = []string{"Sql", "Storage"}
	}
	f, list := fabric.Compile(network, tags, fabric.Assume(defaults), names...)
	if f == nil {
		t.Fatal(list)
	}
	return f
}

// need is a requirement in a few letters: "out app Sql tcp 1433",
// "in app 8.8.8.0/24 tcp,udp 443,8000-8010", "out app db tcp 443".
func need(t *testing.T, f *fabric.Fabric, text string) repair.Need {
	t.Helper()
	words := strings.Fields(text)
	s, err := service.FindSubnet(f.Network(), words[1])
	if err != nil {
		t.Fatal(err)
	}
	ports, err := service.ParsePorts(words[4])
	if err != nil {
		t.Fatal(err)
	}
	row := service.Row{
		Requirement: &service.Requirement{ID: strings.Join([]string{words[0], words[2], words[4]}, "-")}, Subnet: s,
		SourcePorts: flow.AllPorts(), DestinationPorts: ports,
	}
	for name := range strings.SplitSeq(words[3], ",") {
		row.Protocols = row.Protocols.Union(flow.Protocols(map[string]uint8{"tcp": flow.TCP, "udp": flow.UDP, "icmp": flow.ICMP}[name]))
	}
	far, end := service.Far{Tag: words[2]}, reach.Tag(words[2])
	if p, err := netip.ParsePrefix(words[2]); err == nil {
		far, end = service.Far{Prefixes: []netip.Prefix{p}}, reach.Addresses(flow.AddressSetOf(p))
	} else if o, err := service.FindSubnet(f.Network(), words[2]); err == nil {
		far, end = service.Far{Is: service.InService}, reach.Subnet(o.ID)
	}
	if words[2] == "Internet" {
		end = reach.Internet()
	}
	q := reach.Query{From: reach.Subnet(s.ID), To: end, Protocols: row.Protocols, SourcePorts: row.SourcePorts, DestinationPorts: ports, Managed: true}
	row.Source, row.Destination = service.Far{Is: service.InSubnet}, far
	if words[0] == "in" {
		q.From, q.To = q.To, q.From
		row.Source, row.Destination = row.Destination, row.Source
	}
	answer, err := reach.Explore(f, q)
	if err != nil {
		t.Fatal(err)
	}
	m := check.Missing{Row: row}
	for _, p := range answer.Counted() {
		if p.Space = withoutOwn(f, p.Space); p.Verdict == reach.Blocked && !p.Space.IsEmpty() {
			m.Parts = append(m.Parts, check.MissingPart{Packets: p.Space.Cubes(), Blockers: p.Blockers})
		}
	}
	if len(m.Parts) == 0 {
		t.Fatalf("%s is not blocked but %s", text, answer.Verdict())
	}
	return repair.Need{Service: "svc", Missing: m}
}

// withoutOwn leaves out the network's own public addresses, as check does.
func withoutOwn(f *fabric.Fabric, s flow.Space) flow.Space {
	var own flow.AddressSet
	for _, ip := range f.Network().PublicIPAddresses {
		if a, known := ip.IPAddress.Known(); known {
			own = own.Union(flow.Host(a))
		}
	}
	var list []flow.Cube
	for _, c := range s.Cubes() {
		c.Destination = c.Destination.Minus(own)
		list = append(list, c.Normal())
	}
	return flow.SpaceOf(list...)
}

func lines(p *repair.Plan) string {
	var list []string
	for _, e := range p.Edits {
		if e.Change != nil {
			list = append(list, fmt.Sprintf("~%s: %s", e.Target().Name, e.Change.Text()))
			continue
		}
		if e.Route != nil {
			list = append(list, fmt.Sprintf("+%s %s: %s", e.Table.Name, e.Route.Name, e.Route.Text()))
			continue
		}
		sign := map[repair.Action]string{repair.Add: "+", repair.Modify: "~", repair.Remove: "-"}[e.Action]
		list = append(list, fmt.Sprintf("%s%s %s %d %s", sign, e.Group.Name, e.Rule.Direction, e.Rule.Priority, e.Rule.Text()))
	}
	for _, u := range p.Unfixable {
		list = append(list, "cannot: "+u.Reason)
	}
	return strings.Join(list, "\n")
}

func TestMake(t *testing.T) {
	for _, x := range []struct {
		name  string
		rules []Item
		needs []string
		keep  []string
		want  string
	}{
		{
			"a rule before the one that blocks, with the gap of its neighbours",
			[]Item{AllowOut(110, "*", "*", "10.9.0.0/16", "*"), AllowOut(130, "*", "*", "10.8.0.0/16", "*"), DenyOut(200, "tcp", "*", "*", "1433")},
			[]string{"out app Sql tcp 1433"}, nil,
			"+g Outbound 150 Allow Tcp 10.1.1.0/24 -> Sql port 1433",
		},
		{
			"after the last Allow where only the default rules block",
			[]Item{AllowIn(300, "tcp", "10.9.0.0/16", "*", "22")}, []string{"in app 8.8.8.0/24 tcp 443"}, nil,
			"+g Inbound 310 Allow Tcp 8.8.8.0/24 -> 10.1.1.0/24 port 443",
		},
		{
			"both protocols are two rules",
			[]Item{DenyOut(200, "*", "*", "*", "*")}, []string{"out app Sql tcp,udp 1433"}, nil,
			"+g Outbound 180 Allow Tcp 10.1.1.0/24 -> Sql port 1433\n+g Outbound 190 Allow Udp 10.1.1.0/24 -> Sql port 1433",
		},
		{
			"only the blocked protocol",
			[]Item{DenyOut(200, "udp", "*", "*", "*")}, []string{"out app Sql tcp,udp 1433"}, nil,
			"+g Outbound 190 Allow Udp 10.1.1.0/24 -> Sql port 1433",
		},
		{
			"one rule for two ports to the same place",
			[]Item{DenyOut(200, "tcp", "*", "*", "*")}, []string{"out app Sql tcp 1433", "out app Sql tcp 11000-11999"}, nil,
			"+g Outbound 190 Allow Tcp 10.1.1.0/24 -> Sql port 1433, 11000-11999",
		},
		{
			"one rule for two subnets of the group",
			[]Item{DenyOut(200, "tcp", "*", "*", "*")}, []string{"out app Sql tcp 1433", "out db Sql tcp 1433"}, nil,
			"+g Outbound 190 Allow Tcp 10.1.1.0/24, 10.1.2.0/24 -> Sql port 1433",
		},
		{
			"two tags cannot be in one rule",
			[]Item{DenyOut(200, "tcp", "*", "*", "*")}, []string{"out app Sql tcp 443", "out app Storage tcp 443"}, nil,
			"+g Outbound 180 Allow Tcp 10.1.1.0/24 -> Sql port 443\n+g Outbound 190 Allow Tcp 10.1.1.0/24 -> Storage port 443",
		},
		{
			"nor different ports for different subnets, for that would open more",
			[]Item{DenyOut(200, "tcp", "*", "*", "*")}, []string{"out app Sql tcp 1433", "out db Sql tcp 443"}, nil,
			"+g Outbound 180 Allow Tcp 10.1.1.0/24 -> Sql port 1433\n+g Outbound 190 Allow Tcp 10.1.2.0/24 -> Sql port 443",
		},
		{
			"a need within another needs no rule of its own",
			[]Item{DenyOut(200, "tcp", "*", "*", "*")}, []string{"out app 8.8.8.0/24 tcp 443", "out app 8.8.0.0/16 tcp 80,443"}, nil,
			"+g Outbound 190 Allow Tcp 10.1.1.0/24 -> 8.8.0.0/16 port 80, 443",
		},
		{
			"both ends of a way inside the network",
			[]Item{DenyOut(200, "tcp", "*", "10.1.2.0/24", "*"), DenyIn(300, "tcp", "10.1.1.0/24", "*", "*")}, []string{"out app db tcp 443"}, nil,
			"+g Inbound 290 Allow Tcp 10.1.1.0/24 -> 10.1.2.0/24 port 443\n+g Outbound 190 Allow Tcp 10.1.1.0/24 -> 10.1.2.0/24 port 443",
		},
		{
			"between two neighbours",
			[]Item{AllowOut(199, "udp", "*", "*", "1"), AllowOut(197, "udp", "*", "*", "2"), DenyOut(200, "tcp", "*", "*", "*")}, []string{"out app Sql tcp 443"}, nil,
			"+g Outbound 198 Allow Tcp 10.1.1.0/24 -> Sql port 443",
		},
		{
			"no room: the shortest run moves on, its order kept",
			[]Item{DenyOut(100, "tcp", "*", "*", "*"), AllowOut(101, "udp", "*", "*", "1"), AllowOut(103, "udp", "*", "*", "2")}, []string{"out app Sql tcp 443"}, nil,
			"+g Outbound 100 Allow Tcp 10.1.1.0/24 -> Sql port 443\n~g Outbound 101 Deny Tcp * -> *\n~g Outbound 102 Allow Udp * -> * port 1",
		},
		{
			"a rule that is kept is named, and nothing is planned for the need",
			[]Item{DenyOut(150, "tcp", "*", "Sql", "*", Named("no-sql")), DenyOut(200, "tcp", "*", "*", "*")}, []string{"out app Sql tcp 443", "out app Storage tcp 443"}, []string{"NO-SQL"},
			"+g Outbound 175 Allow Tcp 10.1.1.0/24 -> Storage port 443\ncannot: out-Sql-443 and the rule no-sql (outbound 150) of g, which is kept, cannot both hold: the rule denies what the requirement needs",
		},
		{
			"also where another rule blocks first",
			[]Item{DenyOut(100, "tcp", "*", "*", "443"), DenyOut(150, "tcp", "*", "Sql", "*", Named("no-sql"))}, []string{"out app Sql tcp 443"}, []string{"g/no-sql"},
			"cannot: out-Sql-443 and the rule no-sql (outbound 150) of g, which is kept, cannot both hold: the rule denies what the requirement needs",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			f := compile(t, Inventory(azure.RankExport, items(x.rules)...))
			var needs []repair.Need
			for _, text := range x.needs {
				needs = append(needs, need(t, f, text))
			}
			plan := repair.Make(f, needs, repair.Keep{Names: x.keep})
			if got := lines(plan); got != x.want {
				t.Errorf("got\n%s\nwant\n%s", got, x.want)
			}
			applied, err := repair.Apply([]*azure.Inventory{Inventory(azure.RankExport, items(x.rules)...)}, plan.Edits)
			if err != nil {
				t.Fatal(err)
			}
			compile(t, applied...)
		})
	}
}

func items(rules []Item) []Item {
	return []Item{
		NSG("g", rules...),
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", UseNSG("g")), Subnet("db", "10.1.2.0/24", UseNSG("g"))),
	}
}

// A user's route that takes packets or replies nowhere gets a more specific one
// beside it, for what the requirement names.
func TestMakeRoutes(t *testing.T) {
	for _, x := range []struct {
		name   string
		routes []Item
		needs  []string
		want   string
	}{
		{"forward", []Item{Route("0.0.0.0/0", "None")}, []string{"out app Sql tcp 1433"}, "+rt internet-Sql: route Sql to Internet"},
		{"the way back", []Item{Route("0.0.0.0/0", "None")}, []string{"in app Sql tcp 3443"}, "+rt internet-Sql: route Sql to Internet"},
		{"once for all needs", []Item{Route("0.0.0.0/0", "None")}, []string{"in app Sql tcp 3443", "out app Sql tcp 1433"}, "+rt internet-Sql: route Sql to Internet"},
		{"prefixes", []Item{Route("8.0.0.0/8", "10.1.9.9")}, []string{"out app 8.8.8.0/24 tcp 53"}, "+rt internet-8.8.8.0-24: route 8.8.8.0/24 to Internet"},
		{
			"a route for the same prefix gets another next hop", []Item{Route("8.8.8.0/24", "None")}, []string{"out app 8.8.8.0/24 tcp 53"},
			"~rt: route 8.8.8.0/24 to Internet, was to None",
		},
		{
			"inside the network likewise", []Item{Route("10.1.2.0/24", "None")}, []string{"out app db tcp 443"},
			"~rt: route 10.1.2.0/24 to VnetLocal, was to None",
		},
		{
			"or a route beside it", []Item{Route("10.1.0.0/16", "None")}, []string{"out app db tcp 443"},
			"+rt local-10.1.2.0-24: route 10.1.2.0/24 to VnetLocal",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			inventory := Inventory(azure.RankExport, NSG("g", AllowIn(100, "*", "*", "*", "*")), VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", UseNSG("g"), Routes("rt", x.routes...)), Subnet("db", "10.1.2.0/24", UseNSG("g"))))
			f := compile(t, inventory)
			var needs []repair.Need
			for _, text := range x.needs {
				needs = append(needs, need(t, f, text))
			}
			plan := repair.Make(f, needs, repair.Keep{})
			if got := lines(plan); got != x.want {
				t.Errorf("got %s\nwant %s", got, x.want)
			}
			if len(plan.Edits) == 0 {
				return
			}
			list, err := repair.Apply([]*azure.Inventory{inventory}, plan.Edits)
			if err != nil {
				t.Fatal(err)
			}
			after := compile(t, list...)
			for _, n := range plan.Needs {
				for _, p := range n.Parts {
					for _, c := range p.Packets {
						checkAllowed(t, after, n, c)
					}
				}
			}
		})
	}
}

// checkAllowed asks about missing packets again.
func checkAllowed(t *testing.T, f *fabric.Fabric, n repair.Need, c flow.Cube) {
	t.Helper()
	q := reach.Query{From: reach.SubnetAddresses(n.Row.Subnet.ID, c.Source), To: reach.Addresses(c.Destination), Protocols: c.Protocols, SourcePorts: c.SourcePorts, DestinationPorts: c.DestinationPorts, Managed: true}
	if n.Row.Source.Is != service.InSubnet {
		q.From, q.To = reach.Addresses(c.Source), reach.SubnetAddresses(n.Row.Subnet.ID, c.Destination)
	}
	a, err := reach.Explore(f, q)
	if err != nil {
		t.Fatal(err)
	}
	if a.Verdict() != reach.Allowed {
		t.Errorf("%s is %s after the change: %v", c, a.Verdict(), a.Parts[0].Reasons)
	}
}

// A rule is added to a group that an input states, and to no other.
func TestApplyNeedsTheGroupItself(t *testing.T) {
	f := compile(t, Inventory(azure.RankExport, items([]Item{DenyOut(100, "tcp", "*", "*", "*")})...))
	plan := repair.Make(f, []repair.Need{need(t, f, "out app Sql tcp 443")}, repair.Keep{})
	_, err := repair.Apply([]*azure.Inventory{Inventory(azure.RankExport)}, plan.Edits)
	if list := diagnostic.Of(err, ""); len(list) != 1 || list[0].Code != "fix" || list[0].Hint == "" {
		t.Errorf("got %v, want fix with a hint", err)
	}
}

// A change makes no use of what it was made from: the inventories stay as they
// were.
func TestApplyLeavesTheInputAlone(t *testing.T) {
	inventory := Inventory(azure.RankExport, items([]Item{DenyOut(100, "tcp", "*", "*", "*")})...)
	f := compile(t, inventory)
	plan := repair.Make(f, []repair.Need{need(t, f, "out app Sql tcp 443")}, repair.Keep{})
	if _, err := repair.Apply([]*azure.Inventory{inventory}, plan.Edits); err != nil {
		t.Fatal(err)
	}
	rules := inventory.NetworkSecurityGroups[0].Rules
	if len(rules) != 1 || rules[0].Priority.V != 100 {
		t.Errorf("the input has %d rules now, the first at %d", len(rules), rules[0].Priority.V)
	}
}

// A prefix nobody knows yet can be named by no rule; where the group decides for
// nothing else, "*" says the same.
func TestUnknownPrefixOfTheOnlySubnet(t *testing.T) {
	network := func(more ...Item) *fabric.Fabric {
		return compile(t, Inventory(azure.RankPlan,
			NSG("g", DenyOut(200, "tcp", "*", "*", "*")),
			VNet("v", "10.1.0.0/16", append([]Item{Subnet("app", "?app.prefix", UseNSG("g"))}, more...)...),
		))
	}
	f := network()
	if got := lines(repair.Make(f, []repair.Need{need(t, f, "out app Sql tcp 443")}, repair.Keep{})); got != "+g Outbound 190 Allow Tcp * -> Sql port 443" {
		t.Error(got)
	}
	f = network(Subnet("db", "10.1.2.0/24", UseNSG("g")))
	if got := lines(repair.Make(f, []repair.Need{need(t, f, "out app Sql tcp 443")}, repair.Keep{})); got != "cannot: the addresses of app.prefix are not known, so no rule can name them" {
		t.Error(got)
	}
}

func TestKeepByDescription(t *testing.T) {
	f := compile(t, Inventory(azure.RankExport, items([]Item{DenyOut(200, "tcp", "*", "*", "*", Described("Decided by security. Wayleave:keep"))})...))
	plan := repair.Make(f, []repair.Need{need(t, f, "out app Sql tcp 443")}, repair.Keep{})
	if len(plan.Edits) != 0 || len(plan.Unfixable) != 1 || len(plan.Unfixable[0].Conflicts) != 1 {
		t.Errorf("the plan is %s", lines(plan))
	}
	if err := (repair.Keep{Names: []string{"nobody"}}).Check(f.Network()); err == nil {
		t.Error("a rule nobody has is taken")
	}
}

// A conflict names the rules of which each alone cannot hold with the need: it is
// there as soon as one of them is kept, and gone when none is.
func TestConflictNamesTheMinimalSets(t *testing.T) {
	rules := []Item{
		DenyOut(100, "tcp", "*", "10.9.0.0/16", "*", Named("other")), DenyOut(110, "tcp", "*", "Sql", "1-99", Named("other-ports")),
		DenyOut(120, "tcp", "*", "*", "443"), DenyOut(150, "tcp", "*", "Sql", "*", Named("no-sql")),
		DenyOut(160, "udp", "*", "Sql", "*", Named("udp")), DenyOut(170, "*", "*", "*", "*", Named("nothing")),
	}
	inConflict := map[string]bool{"no-sql": true, "nothing": true}
	names := []string{"other", "other-ports", "no-sql", "udp", "nothing"}
	f := compile(t, Inventory(azure.RankExport, items(rules)...))
	for chosen := range 1 << len(names) {
		var keep, want []string
		for i, name := range names {
			if chosen&(1<<i) != 0 {
				keep = append(keep, name)
				if inConflict[name] {
					want = append(want, name)
				}
			}
		}
		plan := repair.Make(f, []repair.Need{need(t, f, "out app Sql tcp 443")}, repair.Keep{Names: keep})
		var got []string
		for _, u := range plan.Unfixable {
			for _, r := range u.Conflicts {
				got = append(got, r.Name)
			}
		}
		if !slices.Equal(got, want) || (len(want) > 0) != (len(plan.Edits) == 0) {
			t.Errorf("keeping %v: in conflict are %v, want %v; the change is %s", keep, got, want, lines(plan))
		}
	}
}

// Names are unique in the group whatever their case, and valid (NSG-1).
func TestNames(t *testing.T) {
	f := compile(t, Inventory(azure.RankExport, items([]Item{
		DenyOut(200, "tcp", "*", "*", "*"), AllowIn(100, "udp", "*", "*", "1", Named("Allow-out-8.8.8.0-24-443")),
	})...))
	plan := repair.Make(f, []repair.Need{need(t, f, "out app 8.8.8.0/24 tcp 443")}, repair.Keep{})
	if name := plan.Edits[0].Rule.Name; name != "allow-out-8.8.8.0-24-443-2" {
		t.Error(name)
	}
}
