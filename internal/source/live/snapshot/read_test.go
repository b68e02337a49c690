package snapshot

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

func parse(t *testing.T, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse("snapshot.json", []byte(text), document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// snapshotOf is the text of a snapshot of the subscription.
func snapshotOf(missing string, resources ...string) string {
	return fmt.Sprintf("{\n  \"schema\": \"wayleave.snapshot/v1\", \"cloud\": \"Public\", \"subscriptions\": [%q], \"takenAt\": \"2026-11-20T10:00:00Z\",\n  \"missing\": [%s],\n  \"resources\": [%s]\n}\n",
		sub, missing, strings.Join(resources, ",\n    "))
}

func lacks(typ, scope string) string {
	return fmt.Sprintf(`{"type":%q,"scope":%q,"reason":"no permission for %s/read (AuthorizationFailed)"}`, typ, scope, typ)
}

func build(t *testing.T, text string) (*azure.Network, diagnostic.List) {
	t.Helper()
	n, list := azure.Build(Read(parse(t, text)))
	if n == nil {
		t.Fatal(list)
	}
	return n, list
}

// A place in the network is the place of its own text in the snapshot.
func TestPositionsPointAtTheText(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "testdata", "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(data), strings.Join(strings.Fields(string(data)), ""), "\n\n \n" + string(data)} {
		inv := Read(parse(t, text))
		lines := strings.Split(text, "\n")
		places := 0
		rest := func(at azure.Position) string {
			places++
			return strings.Join(lines[at.Line-1:], "\n")[at.Column-1:]
		}
		for _, v := range inv.VirtualNetworks {
			if got := rest(v.At); !strings.HasPrefix(got, "{") || !strings.Contains(got[:min(len(got), 300)], v.Address) {
				t.Errorf("%v is not the place of %s", v.At, v.Address)
			}
			for _, p := range v.AddressSpace {
				if !strings.HasPrefix(rest(p.At), `"10.0.0.0/16"`) {
					t.Errorf("%v is not the place of the address space", p.At)
				}
			}
		}
		for _, n := range inv.NotModelled {
			if !strings.HasPrefix(rest(n.At), "{") {
				t.Errorf("%v is not the place of %s", n.At, n.Address)
			}
		}
		if places < 5 {
			t.Errorf("only %d places", places)
		}
	}
}

func TestMissingListsAreSaid(t *testing.T) {
	for typ, effect := range map[string]string{
		"microsoft.network/networksecuritygroups": "what meets a security group there is undecided",
		network("azureFirewalls"):                 "traffic routed to a firewall is followed up to it",
		TypeAll:                                   "what else there is, such as managed services and gateways, is not known",
		"Microsoft.Network/future":                "what depends on them is not known",
	} {
		inv := Read(parse(t, snapshotOf(lacks(typ, under(sub)))))
		if len(inv.Diagnostics) != 1 || len(inv.NotModelled) != 1 {
			t.Fatalf("%s: %+v", typ, inv)
		}
		d, n := inv.Diagnostics[0], inv.NotModelled[0]
		if d.Severity != diagnostic.Warning || d.Code != "missing-from-snapshot" || d.At.Line != 3 || d.Detail != effect || d.Hint == "" || !strings.Contains(d.Summary, typ) {
			t.Errorf("%s: %+v", typ, d)
		}
		if n.Type != typ || n.Address != under(sub) || !strings.Contains(n.Effect, effect) || n.At.Line != 3 {
			t.Errorf("%s: %+v", typ, n)
		}
	}
}

// answers tells what becomes of packets to port 22 of an address of subnet app,
// behind a security group that allows them.
func answers(t *testing.T, text, to string) fabric.Effect {
	t.Helper()
	n, _ := build(t, text)
	f, list := fabric.Compile(n, servicetag.Symbolic(), fabric.Assumptions{})
	if f == nil {
		t.Fatal(list)
	}
	app, ok := n.Subnet(azure.MakeID(subnetID("v", "app")))
	if !ok {
		t.Fatal("no subnet app")
	}
	packets := []flow.Cube{{
		Source: flow.Prefix(netip.MustParsePrefix("10.0.9.9/32")), Destination: flow.Prefix(netip.MustParsePrefix(to + "/32")),
		Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.PortRange(50000, 50000), DestinationPorts: flow.PortRange(22, 22),
	}}
	worst := fabric.Pass
	for _, stage := range f.Inbound(app) {
		var next []flow.Cube
		for _, o := range stage.Split(packets, true) {
			switch o.Effect {
			case fabric.Pass:
				next = append(next, o.Packets...)
			default:
				worst = o.Effect
			}
		}
		packets = next
	}
	return worst
}

const openRule = `"securityRules":[{"name":"in","id":"RULE","properties":{"protocol":"*","sourcePortRange":"*","destinationPortRange":"*","sourceAddressPrefix":"*","destinationAddressPrefix":"*","access":"Allow","priority":100,"direction":"Inbound"}}]`

func open(name string) string {
	return made("rg", network("networkSecurityGroups"), name, strings.Replace(openRule, "RULE", id("rg", network("networkSecurityGroups"), name)+"/securityRules/in", 1))
}

func configuration(nic string) string {
	return id("rg", network("networkInterfaces"), nic) + "/ipConfigurations/ip"
}

// What a missing list hides is undecided, what it cannot hide is decided.
func TestWhatMissingListsLeaveUndecided(t *testing.T) {
	guarded := refer("networkSecurityGroup", id("rg", network("networkSecurityGroups"), "g"))
	app := func(configurations ...string) string {
		return vnet("v", subnet("v", "app", "10.0.1.0/24", guarded, configurations...))
	}
	foreign := strings.ReplaceAll(configuration("platform"), sub, other)
	scaleSet := id("rg", azure.TypeScaleSet, "pool") + "/virtualMachines/0/networkInterfaces/n/ipConfigurations/ip"
	for name, c := range map[string]struct {
		text string
		to   string
		want fabric.Effect
	}{
		"all is read": {snapshotOf("", open("g"), app(configuration("a")), nic("a", subnetID("v", "app"), "10.0.1.4")), "10.0.1.4", fabric.Pass},
		"security groups are missing": {
			snapshotOf(lacks(network("networkSecurityGroups"), under(sub)), app()), "10.0.1.4", fabric.Doubtful},
		"network interfaces are missing": {
			snapshotOf(lacks(azure.TypeNetworkInterface, under(sub)), open("g"), app(configuration("a"))), "10.0.1.4", fabric.Doubtful},
		"network interfaces are missing, and the subnet has none": {
			snapshotOf(lacks(azure.TypeNetworkInterface, under(sub)), open("g"), app()), "10.0.1.4", fabric.Pass},
		"one network interface is in a group that was not asked for": {
			snapshotOf("", open("g"), app(configuration("a"), configuration("b")), nic("a", subnetID("v", "app"), "10.0.1.4")), "10.0.1.5", fabric.Doubtful},
		"the other one is known, with its security group": {
			snapshotOf("", open("g"), app(configuration("a"), configuration("b")),
				strings.Replace(nic("a", subnetID("v", "app"), "10.0.1.4"), `"enableIPForwarding"`, guarded+`,"enableIPForwarding"`, 1)), "10.0.1.4", fabric.Pass},
		"a scale set has network interfaces of its own": {
			snapshotOf("", open("g"), app(scaleSet)), "10.0.1.4", fabric.Doubtful},
		"a service's network interface in a subscription of the platform": {
			snapshotOf("", open("g"), app(foreign)), "10.0.1.4", fabric.Pass},
		"load balancers are missing": {
			snapshotOf(lacks(network("loadBalancers"), under(sub)), open("g"), app()), "10.0.1.4", fabric.Pass},
	} {
		if got := answers(t, c.text, c.to); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// ASG-1: who is in an application security group stands in the network
// interfaces, so it is known only if all of the subscription are.
func TestApplicationSecurityGroupsNeedAllInterfaces(t *testing.T) {
	asg := made("rg", network("applicationSecurityGroups"), "apps", "")
	limited := strings.Replace(snapshotOf("", asg), `"takenAt"`, `"resourceGroups": ["rg"], "takenAt"`, 1)
	for name, c := range map[string]struct {
		text string
		kept bool
	}{
		"whole subscription":             {snapshotOf("", asg), true},
		"interfaces missing":             {snapshotOf(lacks(azure.TypeNetworkInterface, under(sub)), asg), false},
		"interfaces missing in a group":  {snapshotOf(lacks(azure.TypeNetworkInterface, under(sub)+"/resourceGroups/x"), asg), false},
		"interfaces missing elsewhere":   {snapshotOf(lacks(azure.TypeNetworkInterface, under(other)), asg), true},
		"one resource group":             {limited, false},
		"something else that is missing": {snapshotOf(lacks(network("natGateways"), under(sub)), asg), true},
	} {
		n, _ := build(t, c.text)
		if kept := len(n.ApplicationSecurityGroups) == 1; kept != c.kept {
			t.Errorf("%s: kept %t", name, kept)
		}
		said := false
		for _, left := range n.NotModelled {
			said = said || left.Type == azure.TypeApplicationSecurityGroup && strings.Contains(left.Effect, "undecided")
		}
		if said == c.kept {
			t.Errorf("%s: said %t", name, said)
		}
	}
}

func TestWhatASubnetHoldsAndTheSnapshotDoesNot(t *testing.T) {
	gateway := id("rg", network("virtualNetworkGateways"), "gw") + "/ipConfigurations/default"
	balancer := id("rg", network("loadBalancers"), "lb") + "/frontendIPConfigurations/"
	text := snapshotOf("", vnet("v",
		subnet("v", "GatewaySubnet", "10.0.0.0/27", "", gateway),
		subnet("v", "app", "10.0.1.0/24", "", balancer+"a", balancer+"b", "nonsense", "/providers/x", configuration("b"), configuration("a"), configuration("a"))),
		made("rg", network("virtualNetworkGateways"), "GW", ""))
	n, list := build(t, text)
	var left []string
	for _, r := range n.NotModelled {
		left = append(left, r.Type+" "+lastSegment(r.Address)+": "+r.Effect)
	}
	want := "Microsoft.Network/loadBalancers lb: it has an address in subnet app and is not in the snapshot\n" +
		"Microsoft.Network/virtualNetworkGateways GW: the routes learned from a gateway are not known"
	if got := strings.Join(left, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(n.NetworkInterfaces) != 1 || n.NetworkInterfaces[0].Address != "a and 1 more" || n.NetworkInterfaces[0].NetworkSecurityGroup.Unknown == nil {
		t.Errorf("got %+v", n.NetworkInterfaces)
	}
	if len(list) > 0 {
		t.Errorf("got %v", list)
	}
}

func TestLimitedSnapshotsSaySo(t *testing.T) {
	text := strings.Replace(snapshotOf("", vnet("v")), `"takenAt"`, `"resourceGroups": ["hub", "spoke"], "takenAt"`, 1)
	_, list := build(t, text)
	if len(list) != 1 || list[0].Severity != diagnostic.Info || list[0].Code != "partial-snapshot" || !strings.Contains(list[0].Summary, "hub, spoke") || list[0].At.Line != 2 {
		t.Errorf("got %v", list)
	}
}

func TestDamagedSnapshotsAreOneError(t *testing.T) {
	good := snapshotOf(lacks(network("natGateways"), under(sub)), vnet("v"))
	for _, c := range []struct{ from, to, code string }{
		{"snapshot/v1", "snapshot/v2", "unknown-schema"},
		{`"wayleave.snapshot/v1"`, `7`, "unknown-schema"},
		{`"takenAt": "2026-11-20T10:00:00Z"`, `"takenAt": "yesterday"`, "wrong-type"},
		{`"takenAt": "2026-11-20T10:00:00Z",`, ``, "wrong-type"},
		{`"subscriptions": ["` + sub + `"]`, `"subscriptions": "x"`, "wrong-type"},
		{`"subscriptions": ["` + sub + `"]`, `"subscriptions": [null]`, "wrong-type"},
		{`"subscriptions"`, `"resourceGroups": [1], "subscriptions"`, "wrong-type"},
		{`"missing": [{`, `"missing": {"a": [{`, ""},
		{`"missing"`, `"lost"`, "wrong-type"},
		{`"resources"`, `"things"`, "wrong-type"},
		{`"reason"`, `"why"`, "wrong-type"},
		{`"schema"`, `"Schema": 1, "schema"`, "unknown-schema"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if text == good {
			t.Fatalf("%q is not in the snapshot", c.from)
		}
		doc, err := document.Parse("snapshot.json", []byte(text), document.Options{})
		if c.code == "" {
			if err == nil {
				t.Errorf("%s: accepted", c.to)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		n, list := azure.Build(Read(doc))
		if n != nil || len(list) != 1 || list[0].Code != c.code || list[0].At.File != "snapshot.json" || list[0].At.Line == 0 {
			t.Errorf("%s to %s: want one %s, got %v", c.from, c.to, c.code, list)
		}
	}
	if n, list := azure.Build(Read(parse(t, good))); n == nil || len(list) != 1 {
		t.Errorf("the undamaged one: %v", list)
	}
}

func TestRecognise(t *testing.T) {
	for text, want := range map[string]bool{
		snapshotOf(""):                       true,
		`{"schema":"wayleave.snapshot/v9"}`:  true,
		`{"schema":"wayleave.snapshots/v1"}`: false,
		`{"schema":"wayleave.check/v1"}`:     false,
		`{"schema":{}}`:                      false, `[]`: false, `{}`: false,
	} {
		if got := Recognise(parse(t, text)); got != want {
			t.Errorf("%.50s: %t", text, got)
		}
	}
}

// Security admin rules that nobody could read leave every subnet open, with a
// group and without; a list of network managers that is missing does not.
func TestUnreadAdminRulesLeaveSubnetsOpen(t *testing.T) {
	plain := subnet("v", "plain", "10.0.1.0/24", "")
	for typ, open := range map[string]bool{TypeAdminSettings: true, TypeAdminCollection: true, azure.TypeAdminRule: true, TypeNetworkManager: false, TypeNetworkGroup: false} {
		n, _ := build(t, snapshotOf(lacks(typ, id("rg", TypeNetworkManager, "m")), vnet("v", plain)))
		s, _ := n.Subnet(azure.MakeID(subnetID("v", "plain")))
		if got := len(s.AdminRules) > 0 && s.AdminRules[0].Doubt != nil; got != open {
			t.Errorf("without %s the subnet is left open: %v, want %v", typ, got, open)
		}
	}
}
