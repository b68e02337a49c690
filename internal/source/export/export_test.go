package export

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

var update = flag.Bool("update", false, "rewrite the expected messages in testdata")

func load(t *testing.T, file string) *document.Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Parse(filepath.Base(file), data, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func parse(t *testing.T, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse("input.json", []byte(text), document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// mustRead gives the network of a document without any diagnostics.
func mustRead(t *testing.T, doc *document.Document) *azure.Network {
	t.Helper()
	n, list := azure.Build(Read(doc))
	if len(list) > 0 || n == nil {
		t.Fatalf("%s: %v", doc.Name(), list)
	}
	return n
}

// TestOK: files under testdata/ok are silent.
func TestOK(t *testing.T) {
	files, _ := filepath.Glob("testdata/ok/*.json")
	for _, file := range files {
		doc := load(t, strings.TrimPrefix(filepath.ToSlash(file), "testdata/"))
		if !Recognise(doc) {
			t.Errorf("%s is not recognised", file)
		}
		mustRead(t, doc)
	}
	if len(files) == 0 {
		t.Error("no files")
	}
}

// TestErr: files under testdata/err say what stands in the .out beside them.
func TestErr(t *testing.T) {
	files, _ := filepath.Glob("testdata/err/*.json")
	for _, file := range files {
		doc := load(t, strings.TrimPrefix(filepath.ToSlash(file), "testdata/"))
		n, list := azure.Build(Read(doc))
		if (n == nil) != list.HasErrors() {
			t.Errorf("%s: a network and an error, or neither", file)
		}
		var b strings.Builder
		for _, d := range list {
			if err := diagnostic.Format(&b, d); err != nil {
				t.Fatal(err)
			}
			if d.At.File == "" || d.At.Line == 0 {
				t.Errorf("%s: %v has no place", file, d)
			}
		}
		out := strings.TrimSuffix(file, ".json") + ".out"
		if *update {
			if err := os.WriteFile(out, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(out)
		if err != nil {
			t.Errorf("%v (make it with: go test -update)", err)
			continue
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" || b.Len() == 0 {
			t.Errorf("%s: (-want +got)\n%s", file, diff)
		}
	}
	if len(files) == 0 {
		t.Error("no files")
	}
}

// sameModel compares networks in all that is modelled: not where things stand
// and not how they are spelled.
var sameModel = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(_, _ azure.Position) bool { return true }),
	cmp.Transformer("terms", func(s azure.Side) (terms []azure.AddressTerm) {
		for _, t := range s.Terms() {
			terms = append(terms, t)
		}
		return terms
	}),
	cmp.FilterPath(func(p cmp.Path) bool {
		switch p.Last().String() {
		case ".Text", ".Address", ".byID":
			return true
		}
		return false
	}, cmp.Ignore()),
}

// T100: the same group as ARM, az, Resource Graph and PowerShell print it.
func TestT100JSON2TheCarriersGiveOneModel(t *testing.T) {
	want := mustRead(t, load(t, "ok/nsg-arm.json"))
	for _, file := range []string{"ok/nsg-cli.json", "ok/nsg-graph.json", "ok/nsg-powershell.json"} {
		if diff := cmp.Diff(want, mustRead(t, load(t, file)), sameModel); diff != "" {
			t.Errorf("%s: (-arm +this)\n%s", file, diff)
		}
	}
	g := want.NetworkSecurityGroups[0]
	if g.Name != "web" || len(g.Rules) != 2 || len(g.EchoedDefaults) != 1 || !g.FlushConnection.V {
		t.Fatalf("got %+v", g)
	}
	web, db := g.Rules[0], g.Rules[1]
	if web.Name != "allow-web" || web.Source.Term(0).Tag != "Internet" || web.Destination.Len() != 2 || len(web.DestinationPorts.Terms) != 3 || web.Description != "[web] everybody [may]" {
		t.Errorf("got %+v", web)
	}
	// T15: the empty prefix is not "*".
	if db.Source.Len() != 1 || db.Source.Term(0).Kind != azure.GroupAddress || db.Source.Term(0).Group.ID.Name() != "apps" {
		t.Errorf("got %+v", db.Source)
	}
	if s := want.Subnets(); len(s) != 1 || !s[0].Stub || s[0].NetworkSecurityGroup.ID != g.ID {
		t.Errorf("the back-reference makes a stub, got %+v", s)
	}
}

// The carriers agree, so giving two of them is no conflict.
func TestTwoCarriersOfOneGroupAreOneGroup(t *testing.T) {
	n, list := azure.Build(Read(load(t, "ok/nsg-arm.json")), Read(load(t, "ok/nsg-graph.json")))
	if len(list) > 0 || len(n.NetworkSecurityGroups) != 1 || len(n.NetworkSecurityGroups[0].Rules) != 2 {
		t.Errorf("got %v", list)
	}
}

// NSG-36: how long idle flows live is no part of the model, and no error.
func TestNSG36IdleTimeChangesNothing(t *testing.T) {
	data, err := os.ReadFile("testdata/ok/network.json")
	if err != nil {
		t.Fatal(err)
	}
	want := mustRead(t, load(t, "ok/network.json"))
	for _, value := range []string{"4", "30", "null"} {
		text := strings.Replace(string(data), `"dhcpOptions":`, `"flowTimeoutInMinutes": `+value+`, "dhcpOptions":`, 1)
		if text == string(data) {
			t.Fatal("the network has no place for the property")
		}
		if diff := cmp.Diff(want, mustRead(t, parse(t, text)), sameModel); diff != "" {
			t.Errorf("%s minutes: (-without +with)\n%s", value, diff)
		}
	}
}

func TestEveryFieldOfANetworkIsRead(t *testing.T) {
	n := mustRead(t, load(t, "ok/network.json"))
	v := n.VirtualNetworks[0]
	if v.AddressSpace[1].V.String() != "fd00:1::/48" || v.DNSServers[0].V.String() != "10.1.9.10" || v.APIVersion != "2024-05-01" || v.Location.V != "westeurope" || v.Location.At.Line == 0 {
		t.Errorf("network: %+v", v)
	}
	app, db := v.Subnets[0], v.Subnets[1]
	if g, ok := n.NetworkSecurityGroup(app.NetworkSecurityGroup.ID); !ok || g.Name != "web" {
		t.Errorf("group of app: %+v", app.NetworkSecurityGroup)
	}
	if rt, ok := n.RouteTable(app.RouteTable.ID); !ok || !rt.DisableBGPRoutePropagation.V || len(rt.Routes) != 2 {
		t.Errorf("table of app: %+v", app.RouteTable)
	}
	if len(app.Prefixes) != 2 || app.NATGateway.ID.Name() != "nat" || app.ServiceEndpoints[0].Service.V != "Microsoft.Storage" || len(app.ServiceEndpoints[0].Locations) != 2 ||
		app.Delegations[0].V != "Microsoft.Sql/managedInstances" || app.PrivateEndpointNetworkPolicies.V != "Disabled" || app.DefaultOutboundAccess.Or(true) {
		t.Errorf("app: %+v", app)
	}
	if db.Prefixes[0].V.String() != "10.1.2.0/24" || db.Delegations[0].V != "Microsoft.Web/hostingEnvironments" || db.NetworkSecurityGroup.IsSet() || db.DefaultOutboundAccess.IsSet() {
		t.Errorf("db: %+v", db)
	}
	p := v.Peerings[0]
	if p.Remote.ID.Name() != "spoke" || p.State.V != "Connected" || !p.AllowForwardedTraffic.V || !p.AllowGatewayTransit.V || p.UseRemoteGateways.V || !p.UseRemoteGateways.IsSet() ||
		p.RemoteAddressSpace[0].V.String() != "10.2.0.0/16" || p.PeerCompleteVnets.Or(true) || p.LocalSubnetNames[0].V != "app" || p.RemoteSubnetNames[0].V != "web" {
		t.Errorf("peering: %+v", p)
	}
	nic := n.NetworkInterfaces[0]
	if !nic.EnableIPForwarding.V || len(nic.IPConfigurations) != 3 || nic.NetworkSecurityGroup.ID.Name() != "web" {
		t.Fatalf("interface: %+v", nic)
	}
	first, block, single := nic.IPConfigurations[0], nic.IPConfigurations[1], nic.IPConfigurations[2]
	if first.PrivateIPAddress.V.String() != "10.1.1.4" || first.PublicIPAddress.ID.Name() != "pip" || !first.Primary.V || n.Members(n.ApplicationSecurityGroups[0].ID)[0] != first {
		t.Errorf("ip configuration: %+v", first)
	}
	if block.PrivateIPAddress.Unknown == nil || single.PrivateIPAddress.V.String() != "10.1.1.5" {
		t.Errorf("block %+v, single %+v", block.PrivateIPAddress, single.PrivateIPAddress)
	}
	if pip := n.PublicIPAddresses[0]; pip.SKU.V != "Standard" || pip.IPAddress.V.String() != "20.1.2.3" {
		t.Errorf("public address: %+v", pip)
	}
	ise := n.ManagedServices[0]
	if ise.Properties["networkConfiguration.accessEndpoint.type"].V != "Internal" || ise.Properties["sku.name"].V != "Premium" || len(ise.Subnets) != 2 {
		t.Errorf("service: %+v", ise)
	}
	if a := ise.Addresses["endpointsConfiguration.workflow.outgoingIpAddresses"]; len(a) != 2 || a[0].V.String() != "40.69.195.162/32" || a[1].V.String() != "10.43.1.0/24" {
		t.Errorf("addresses: %+v", ise.Addresses)
	}
	if s, ok := n.Subnet(ise.Subnets[0].ID); !ok || s != app {
		t.Error("the subnet of the service is not found")
	}
	nat := n.NATGateways[0]
	if nat.SKU.V != "Standard" || len(nat.PublicIPAddresses) != 1 || len(nat.Subnets) != 1 {
		t.Errorf("NAT gateway: %+v", nat)
	}
	if p, ok := n.PublicIPPrefix(nat.PublicIPPrefixes[0].ID); !ok || p.Prefix.V.String() != "20.9.8.0/30" || p.Length.V != 30 {
		t.Errorf("prefix: %+v", p)
	}
	if len(n.NotModelled) != 1 || !strings.Contains(n.NotModelled[0].Effect, "application gateway") {
		t.Errorf("not modelled: %+v", n.NotModelled)
	}
}

func TestChildrenAsResourcesOfTheirOwn(t *testing.T) {
	n := mustRead(t, load(t, "ok/children.json"))
	g := n.NetworkSecurityGroups[0]
	if !g.Stub || len(g.Rules) != 1 || len(g.EchoedDefaults) != 1 || g.Rules[0].DestinationPorts.Terms[0].First != 443 {
		t.Errorf("group: %+v", g)
	}
	if v := n.VirtualNetworks[0]; !v.Stub || len(v.Subnets) != 1 || v.Subnets[0].Stub || v.Peerings[0].Remote.ID.Name() != "spoke" {
		t.Errorf("network: %+v", v)
	}
	if rt := n.RouteTables[0]; !rt.Stub || len(rt.Routes) != 1 || len(rt.UnknownRoutes) != 1 {
		t.Errorf("table: %+v", rt)
	}
}

func TestEveryFieldHasItsPlace(t *testing.T) {
	n := mustRead(t, load(t, "ok/nsg-arm.json"))
	r := n.NetworkSecurityGroups[0].Rules[0]
	for what, row := range map[string]struct {
		at           azure.Position
		line, column int
	}{
		"rule":             {r.At, 12, 7},
		"protocol":         {r.Protocol.At, 18, 23},
		"priority":         {r.Priority.At, 24, 23},
		"direction":        {r.Direction.At, 25, 24},
		"access":           {r.Access.At, 23, 21},
		"source":           {r.Source.Term(0).At, 21, 34},
		"second prefix":    {r.Destination.Term(1).At, 22, 57},
		"destination":      {r.Destination.At, 22, 42},
		"source ports":     {r.SourcePorts.Terms[0].At, 19, 30},
		"destination port": {r.DestinationPorts.Terms[2].At, 20, 50},
		"group":            {n.NetworkSecurityGroups[0].At, 1, 1},
	} {
		if row.at.File != "nsg-arm.json" || row.at.Line != row.line || row.at.Column != row.column {
			t.Errorf("%s stands at %v, want %d:%d", what, row.at, row.line, row.column)
		}
	}
}

func TestKindByTypeElseIDElseShape(t *testing.T) {
	const provider = `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/`
	for _, row := range []struct{ json, want string }{
		{`{"type":"microsoft.network/VIRTUALNETWORKS"}`, azure.TypeVirtualNetwork},
		{`{"id":"` + provider + `virtualNetworks/v"}`, azure.TypeVirtualNetwork},
		{`{"id":"` + provider + `virtualNetworks/v/subnets/s"}`, azure.TypeSubnet},
		{`{"id":"` + provider + `networkSecurityGroups/g/defaultSecurityRules/r"}`, azure.TypeDefaultSecurityRule},
		{`{"id":"/subscriptions/s/providers/Microsoft.Network/virtualNetworks/v/providers/Microsoft.Authorization/locks/l"}`, "Microsoft.Authorization/locks"},
		{`{"id":"` + provider + `virtualNetworks"}`, ""},
		{`{"id":"/subscriptions/s"}`, ""},
		{`{"type":"Microsoft.Network/natGateways"}`, "Microsoft.Network/natGateways"},
		{`{"type":"azurerm_subnet"}`, ""},
		{`{"name":"g","properties":{"securityRules":[]}}`, azure.TypeNetworkSecurityGroup},
		{`{"name":"g","defaultSecurityRules":[]}`, azure.TypeNetworkSecurityGroup},
		{`{"name":"v","addressSpace":{},"subnets":[]}`, azure.TypeVirtualNetwork},
		{`{"name":"t","routes":[]}`, azure.TypeRouteTable},
		{`{"name":"n","ipConfigurations":[],"enableIpForwarding":false}`, azure.TypeNetworkInterface},
		{`{"name":"n","ipConfigurations":[]}`, ""},
		{`{"name":"p","remoteVirtualNetwork":{}}`, azure.TypePeering},
		{`{"name":"r","addressPrefix":"10.0.0.0/8","nextHopType":"None"}`, azure.TypeRoute},
		{`{"name":"s","addressPrefix":"10.0.0.0/8"}`, azure.TypeSubnet},
		{`{"name":"p","publicIpAllocationMethod":"Static"}`, azure.TypePublicIPAddress},
		{`{"name":"left-pad","version":"1.0.0"}`, ""},
		{`{}`, ""}, {`7`, ""}, {`null`, ""},
	} {
		if got := kindOf(parse(t, row.json).Root()).name; got != row.want {
			t.Errorf("%s is %q, want %q", row.json, got, row.want)
		}
	}
}

func TestRecognise(t *testing.T) {
	for text, want := range map[string]bool{
		`[]`: true, `{"value":[]}`: true, `{"data":[],"count":0}`: true,
		`[{"type":"Microsoft.Network/virtualNetworks","name":"v"}]`: true,
		`{"name":"left-pad"}`:                       false,
		`{"access":"Deny","ruleName":"UserRule"}`:   false,
		`{"value":[{"effectiveSecurityRules":[]}]}`: false,
		`"text"`: false, `null`: false, `[1]`: false,
	} {
		doc := parse(t, text)
		if got := Recognise(doc); got != want {
			t.Errorf("%s: recognised %v, want %v", text, got, want)
		}
		if _, refused := Problem(doc); refused == want {
			t.Errorf("%s: refused %v", text, refused)
		}
	}
}

func TestJSON3ReferencesMayBeExpanded(t *testing.T) {
	n := mustRead(t, parse(t, `[
	  {"id": "/providers/Microsoft.Network/networkInterfaces/vm", "ipConfigurations": [
	    {"name": "c", "subnet": {"id": "/v/SUBNETS/App", "addressPrefix": "10.9.9.0/24", "networkSecurityGroup": {"id": "/other"}}}
	  ], "enableIPForwarding": null},
	  {"id": "/providers/Microsoft.Network/virtualNetworks/v", "addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}, "subnets": [
	    {"id": "/v/subnets/app", "addressPrefix": "10.1.1.0/24", "networkSecurityGroup": {}, "routeTable": null}
	  ]}
	]`))
	s, ok := n.Subnet(n.NetworkInterfaces[0].IPConfigurations[0].Subnet.ID)
	if !ok || s.Prefixes[0].V.String() != "10.1.1.0/24" || s.NetworkSecurityGroup.IsSet() || s.RouteTable.IsSet() {
		t.Errorf("got %+v", s)
	}
	if n.NetworkInterfaces[0].EnableIPForwarding.IsSet() {
		t.Error("null is not set")
	}
}
