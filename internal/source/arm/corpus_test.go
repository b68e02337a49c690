package arm

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// corpus lists the real templates.
func corpus(t testing.TB) []string {
	t.Helper()
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the real templates are not read")
	}
	files, err := filepath.Glob(filepath.Join(root, "arm", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates in %s (%v)", root, err)
	}
	return files
}

// What is in some templates, by the corpus manifest, which counted it without
// this program: of those whose counts do not depend on parameters.
var manifest = map[string]string{
	"Azure__Azure-Network-Security__labdeployment.json":                                                       "3 networks, 12 subnets, 4 peerings, 0 groups, 0 rules, 1 tables",
	"Azure__Azure-Network-Security__azureLinkedTemplate.json":                                                 "2 networks, 4 subnets, 2 peerings, 0 groups, 0 rules, 2 tables",
	"Azure__Azure-Network-Security__AzNetSecdeploy.json":                                                      "3 networks, 6 subnets, 4 peerings, 2 groups, 4 rules, 1 tables",
	"Azure__avdaccelerator__NSGs.json":                                                                        "0 networks, 0 subnets, 0 peerings, 1 groups, 25 rules, 0 tables",
	"samaea__azure-quickstart-templates__ipv6-in-vnet__azuredeploy.json":                                      "1 networks, 1 subnets, 0 peerings, 1 groups, 4 rules, 1 tables",
	"samaea__azure-quickstart-templates__multi-tier-service-networking__azuredeploy.json":                     "1 networks, 3 subnets, 0 peerings, 3 groups, 12 rules, 0 tables",
	"samaea__azure-quickstart-templates__api-management-create-with-external-vnet-publicip__azuredeploy.json": "1 networks, 1 subnets, 0 peerings, 1 groups, 18 rules, 0 tables",
	"samaea__azure-quickstart-templates__api-management-create-with-internal-vnet__azuredeploy.json":          "1 networks, 1 subnets, 0 peerings, 1 groups, 18 rules, 0 tables",
	"samaea__azure-quickstart-templates__databricks-all-in-one-template-for-vnet-injection__azuredeploy.json": "1 networks, 2 subnets, 0 peerings, 1 groups, 6 rules, 0 tables",
	"samaea__azure-quickstart-templates__vnet-to-vnet-peering__azuredeploy.json":                              "2 networks, 2 subnets, 2 peerings, 0 groups, 0 rules, 0 tables",
	"samaea__azure-quickstart-templates__integration-service-environment__azuredeploy.json":                   "1 networks, 4 subnets, 0 peerings, 0 groups, 0 rules, 0 tables",
	"samaea__azure-quickstart-templates__application-security-group__azuredeploy.json":                        "1 networks, 1 subnets, 0 peerings, 1 groups, 2 rules, 0 tables",
	"khanasif1__Azure-Networ-Firewall__RouteTable-Spoke1__template.json":                                      "0 networks, 0 subnets, 0 peerings, 0 groups, 0 rules, 1 tables",
	"Azure__bicep__modules-vwan-to-vnet-s2s-with-fw__main.json":                                               "1 networks, 4 subnets, 0 peerings, 2 groups, 6 rules, 0 tables",
	"Azure__bicep__modules-vwan-to-vnet-s2s-with-fw__main.symbolicnames.json":                                 "1 networks, 4 subnets, 0 peerings, 2 groups, 6 rules, 0 tables",
	"Azure__bicep__main.json":                             "2 networks, 2 subnets, 2 peerings, 0 groups, 0 rules, 1 tables",
	"nicolgit__hub-and-spoke-playground__any-to-any.json": "0 networks, 7 subnets, 0 peerings, 0 groups, 0 rules, 3 tables",
}

func TestCorpusTemplatesAreReadOrRefusedWithAPlace(t *testing.T) {
	files := corpus(t)
	for name := range manifest {
		if !slices.ContainsFunc(files, func(file string) bool { return filepath.Base(file) == name }) {
			t.Errorf("the corpus has no %s", name)
		}
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			doc, err := document.Load(file, document.Options{Dialect: document.ARM})
			if err != nil {
				t.Fatal(err)
			}
			if !Recognise(doc) {
				// A parameter file, and the input of another tool.
				if !strings.Contains(name, "parameters") && !strings.Contains(name, "shared-services-stack") {
					t.Error("not recognised as a template")
				}
				return
			}
			n, problems := azure.Build(Read(doc, Options{}))
			if n == nil && !problems.HasErrors() {
				t.Error("neither a network nor an error")
			}
			for _, d := range problems {
				if d.At.Line == 0 && d.Code != "template-too-large" {
					t.Errorf("%v has no place", d)
				}
			}
			if want, ok := manifest[name]; ok {
				if n == nil {
					t.Fatalf("no network: %v", problems)
				}
				if diff := cmp.Diff(want, counts(n)); diff != "" {
					t.Error(diff)
				}
			}
			checkPlaces(t, file, n)
		})
	}
}

// counts tells what a network has; networks that are only named do not count.
func counts(n *azure.Network) string {
	networks, subnets, peerings, rules := 0, 0, 0, 0
	for _, v := range n.VirtualNetworks {
		subnets += len(v.Subnets)
		if !v.Stub {
			networks++
			peerings += len(v.Peerings)
		}
	}
	for _, g := range n.NetworkSecurityGroups {
		rules += len(g.Rules)
	}
	return fmt.Sprintf("%d networks, %d subnets, %d peerings, %d groups, %d rules, %d tables",
		networks, subnets, peerings, len(n.NetworkSecurityGroups), rules, len(n.RouteTables))
}

// checkPlaces reads the fields of rules again at the place they are said to
// stand: a literal is there as it is, everything else is an expression.
func checkPlaces(t *testing.T, file string, n *azure.Network) {
	t.Helper()
	if n == nil {
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	at := func(p azure.Position) string { return lines[p.Line-1][p.Column-1:] }
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			for term := range r.AddressTerms() {
				if found := at(term.At); term.Kind != azure.GroupAddress && !strings.HasPrefix(found, `"`+term.Text+`"`) && !strings.HasPrefix(found, `"[`) {
					t.Errorf("%v: %s, found %.20s", term.At, term.Text, found)
				}
			}
			if found := at(r.At); !strings.HasPrefix(found, "{") && !strings.HasPrefix(found, `"[`) {
				t.Errorf("%v: the rule %s, found %.20s", r.At, r.Name, found)
			}
		}
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// What is read of every template with its default parameters, in numbers. What
// is not followed is there by type, so that nobody makes that list longer
// without seeing it.
func TestCorpusGolden(t *testing.T) {
	var b strings.Builder
	for _, file := range corpus(t) {
		doc, err := document.Load(file, document.Options{Dialect: document.ARM})
		if err != nil {
			t.Fatal(err)
		}
		if !Recognise(doc) {
			continue
		}
		inventory := Read(doc, Options{})
		n, problems := azure.Build(inventory)
		fmt.Fprintln(&b, filepath.Base(file))
		if n == nil {
			fmt.Fprintf(&b, "  refused: %s\n", tally(onlyErrors(problems), func(d diagnostic.Diagnostic) string { return d.Code }))
			continue
		}
		routes := 0
		for _, table := range n.RouteTables {
			routes += len(table.Routes)
		}
		fmt.Fprintf(&b, "  %s, %d routes, %d interfaces, %d addresses, %d services\n",
			counts(n), routes, len(n.NetworkInterfaces), len(n.PublicIPAddresses), len(n.ManagedServices))
		if line := firewallCounts(n); line != "" {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		if all := unknowns(n); len(all) > 0 {
			fmt.Fprintf(&b, "  not known: %s\n", tally(all, cause))
		}
		if len(n.NotModelled) > 0 {
			fmt.Fprintf(&b, "  not followed: %s\n", tally(n.NotModelled, func(m azure.NotModelled) string { return strings.ToLower(m.Type) }))
		}
		for _, d := range problems {
			if d.Code == "unsupported-function" {
				t.Errorf("%v", d)
			}
		}
	}
	const golden = "testdata/corpus.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("run with -update if this is right: %s", diff)
	}
}

// firewallCounts is what is read about firewalls and NAT gateways, empty where
// there is nothing.
func firewallCounts(n *azure.Network) string {
	collections, groups, rules, addresses := 0, 0, 0, 0
	count := func(list []*azure.RuleCollection) {
		collections += len(list)
		for _, k := range list {
			rules += len(k.Rules)
		}
	}
	for _, f := range n.AzureFirewalls {
		count(f.RuleCollections)
	}
	for _, p := range n.FirewallPolicies {
		groups += len(p.Groups)
		for _, g := range p.Groups {
			count(g.Collections)
		}
	}
	for _, g := range n.IPGroups {
		addresses += len(g.Addresses)
	}
	if len(n.AzureFirewalls)+len(n.FirewallPolicies)+len(n.IPGroups)+len(n.NATGateways)+len(n.PublicIPPrefixes) == 0 {
		return ""
	}
	return fmt.Sprintf("%d firewalls, %d policies, %d rule collection groups, %d collections, %d rules, %d IP groups with %d addresses, %d NAT gateways, %d public prefixes",
		len(n.AzureFirewalls), len(n.FirewallPolicies), groups, collections, rules, len(n.IPGroups), addresses, len(n.NATGateways), len(n.PublicIPPrefixes))
}

func onlyErrors(list diagnostic.List) diagnostic.List {
	return slices.DeleteFunc(list, func(d diagnostic.Diagnostic) bool { return d.Severity != diagnostic.Error })
}

// tally counts by a name: "2 a, 1 b", in order of name.
func tally[T any](all []T, name func(T) string) string {
	number := map[string]int{}
	for _, one := range all {
		number[name(one)]++
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(number)) {
		list = append(list, fmt.Sprintf("%d %s", number[name], name))
	}
	return strings.Join(list, ", ")
}

// unknowns lists what is not known of rules, routes, subnets and interfaces.
func unknowns(n *azure.Network) []*azure.Unknown {
	var all []*azure.Unknown
	note := func(list ...*azure.Unknown) {
		for _, u := range list {
			if u != nil {
				all = append(all, u)
			}
		}
	}
	for _, s := range n.Subnets() {
		note(s.NetworkSecurityGroup.Unknown, s.RouteTable.Unknown)
		for _, p := range s.Prefixes {
			note(p.Unknown)
		}
	}
	for _, g := range n.NetworkSecurityGroups {
		note(g.UnknownRules...)
		for _, r := range g.Rules {
			note(r.Direction.Unknown, r.Access.Unknown, r.Priority.Unknown, r.Protocol.Unknown)
			for term := range r.AddressTerms() {
				note(term.Unknown)
			}
			for _, term := range slices.Concat(r.SourcePorts.Terms, r.DestinationPorts.Terms) {
				note(term.Unknown)
			}
		}
	}
	for _, table := range n.RouteTables {
		note(table.UnknownRoutes...)
		for _, r := range table.Routes {
			note(r.Destination.Unknown, r.NextHopType.Unknown, r.NextHopIPAddress.Unknown)
		}
	}
	for _, c := range n.NetworkInterfaces {
		for _, ip := range c.IPConfigurations {
			note(ip.PrivateIPAddress.Unknown, ip.Subnet.Unknown)
		}
	}
	return all
}

// causes are why a value is not known before deployment, in the names that
// unknown values have: a parameter without a value, or what Azure alone knows.
var causes = []string{
	"reference(", "subscription()", "resourceGroup()", "deployment()", "environment()", "uniqueString(", "guid(", "newGuid(", "utcNow(", "parameters('",
}

// cause is the first of the causes that stands in the name of an unknown value,
// or what Azure chooses for a resource that does not state it.
func cause(u *azure.Unknown) string {
	for _, c := range causes {
		if strings.Contains(u.Name, c) {
			return strings.TrimRight(c, "(')")
		}
	}
	return u.Why
}

func TestCorpusDamagedTemplatesDoNotPanic(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, file := range corpus(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 100_000 {
			continue
		}
		for range 10 {
			readAnything(t, data[:random.IntN(len(data))])
			// Bytes of the template in wrong places of it.
			broken := append([]byte(nil), data...)
			for range 3 {
				from, to := random.IntN(len(data)-8), random.IntN(len(data)-8)
				copy(broken[to:to+1+random.IntN(6)], data[from:])
			}
			readAnything(t, broken)
		}
	}
}

// readAnything reads data if it is JSON, whatever it holds: nothing may panic,
// and what is refused has a reason.
func readAnything(t *testing.T, data []byte) {
	doc, err := document.Parse("main.json", data, document.Options{Dialect: document.ARM})
	if err != nil {
		return
	}
	n, problems := azure.Build(Read(doc, Options{Parameters: []*document.Document{doc}}))
	if n == nil && !problems.HasErrors() {
		t.Error("no network and no error")
	}
}

func FuzzARMTemplate(f *testing.F) {
	f.Add([]byte(text(`"parameters": {"p": {"type": "array"}, "q": {"type": "int", "defaultValue": 7, "value": 1}}, "variables": {"copy": [{"name": "v", "count": 2, "input": "[copyIndex('v')]"}]}`,
		group("[concat('g', variables('v')[1])]", rule("one", `"[parameters('q')]"`)),
		res("networkSecurityGroups/securityRules", "g/x", ruleProperties(100), `"condition": "[equals(parameters('p'), 1)]"`),
		vnet("v", subnet("a", "10.0.0.0/24", groupReference)),
		res("virtualNetworks/subnets", "[format('v/{0}', copyIndex())]", `"addressPrefix": "[parameters('p')[0]]"`, `"copy": {"name": "l", "count": 2}`))))
	f.Add([]byte(text("", nested("n", "inner", `"x": {"value": "[reference('m').outputs.y.value]"}`, `"parameters": {"x": {"type": "string"}}`, group("[parameters('x')]")),
		nested("m", "outer", "", `"outputs": {"y": {"type": "string", "value": "[reference('n').outputs.z.value]"}}`))))
	f.Add([]byte(`{"languageVersion": "2.0", "resources": {"a": {"type": "Microsoft.Network/routeTables", "name": "t", "properties": {"routes": [{"name": "[if(true(), 'a', 1)]"}]}}}}`))
	f.Fuzz(readAnything)
}
