package check_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The tags of the table, each with one prefix of its own.
var tagPrefixes = map[string]string{
	"AzureActiveDirectory": "20.190.128.0/24", "Storage": "20.60.0.0/24", "AppService": "20.40.0.0/24",
	"AzureMonitor": "20.50.0.0/24", "AzureTrafficManager": "20.70.0.0/24", "AppServiceManagement": "20.80.0.0/24",
	"AzureConnectors": "20.90.0.0/24", "Sql": "20.100.0.0/24", "ApiManagement": "20.110.0.0/24",
	"EventHub": "20.120.0.0/24", "LogicApps": "20.130.0.0/24", "LogicAppsManagement": "20.130.0.0/28",
	"AzureKeyVault": "20.140.0.0/24",
}

func tagData(t *testing.T) *servicetag.Catalogue {
	t.Helper()
	var values []string
	for name, prefix := range tagPrefixes {
		values = append(values, fmt.Sprintf(`{"name":%q,"id":%q,"properties":{"changeNumber":1,"region":"","addressPrefixes":[%q],"networkFeatures":["API","NSG","UDR","FW"]}}`, name, name, prefix))
	}
	slices.Sort(values)
	c, err := servicetag.Parse("tags.json", []byte(`{"changeNumber":1,"cloud":"Public","values":[`+strings.Join(values, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The four subnets of the environment, and one of its clients.
var iseSubnets = map[string]string{"a": "10.0.0.0/27", "b": "10.0.0.32/27", "c": "10.0.0.64/27", "d": "10.0.0.96/27"}

// environment is the four subnets with one security group that lets everything
// pass after the given rules, beside a client subnet without a group.
func environment(t *testing.T, rules ...Item) *azure.Network {
	t.Helper()
	return Net(t, environmentItems(rules...)...)
}

func environmentItems(rules ...Item) []Item {
	rules = append(rules, AllowIn(4000, "*", "*", "*", "*"), AllowOut(4000, "*", "*", "*", "*"))
	return []Item{
		NSG("nsg", rules...),
		VNet("v", "10.0.0.0/16",
			Subnet("a", iseSubnets["a"], UseNSG("nsg")), Subnet("b", iseSubnets["b"], UseNSG("nsg")),
			Subnet("c", iseSubnets["c"], UseNSG("nsg")), Subnet("d", iseSubnets["d"], UseNSG("nsg")),
			Subnet("clients", "10.0.1.0/24")),
	}
}

// bind binds the profile to the four subnets.
func bind(t *testing.T, network *azure.Network, settings ...string) *service.Binding {
	t.Helper()
	catalogue, err := service.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := catalogue.Find("logic-apps-ise@2019-11-06")
	if err != nil {
		t.Fatal(err)
	}
	subnets, err := service.FindSubnets(network, []string{"a", "b", "c", "d"})
	if err != nil {
		t.Fatal(err)
	}
	var list []service.Setting
	for _, text := range settings {
		s, err := service.ParseSetting(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	binding, err := service.Bind(profile, nil, subnets, list)
	if err != nil {
		t.Fatal(err)
	}
	return binding
}

func checkEnvironment(t *testing.T, network *azure.Network, tags *servicetag.Catalogue, settings ...string) result.Service {
	t.Helper()
	f, problems := fabric.Compile(network, tags, fabric.Assume())
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	answer, _ := check.Run(f, bind(t, network, settings...))
	return answer
}

// space is the packets a row needs, or a rule denies, worked out by hand:
// prefixes, with "Internet" for public addresses.
type space struct {
	source, destination []string
	ports               string
}

// The words of the table as prefixes, for the row of subnet own. "Public" is
// the word Internet of a requirement, without the platform's addresses
// (decisions 8).
func words(far service.Far, own string) []string {
	switch {
	case far.Is == service.InSubnet:
		return []string{iseSubnets[own]}
	case far.Is == service.InService:
		return []string{iseSubnets["a"], iseSubnets["b"], iseSubnets["c"], iseSubnets["d"]}
	case far.Is == service.InNetwork:
		return []string{"10.0.0.0/16"}
	case far.Tag == "Internet":
		return []string{"Public"}
	case far.Tag == "AzureLoadBalancer":
		return []string{"168.63.129.16/32"}
	case far.Tag != "":
		return []string{tagPrefixes[far.Tag]}
	}
	var list []string
	for _, p := range far.Prefixes {
		list = append(list, p.String())
	}
	return list
}

func spaceOf(r *service.Row) space {
	return space{words(r.Source, r.Subnet.Name), words(r.Destination, r.Subnet.Name), strings.Join(r.Requirement.DestinationPorts, ",")}
}

// deniedSpace is what a rule denies that names the words of the row.
func deniedSpace(r *service.Row) space {
	s := spaceOf(r)
	for _, list := range [][]string{s.source, s.destination} {
		for i := range list {
			list[i] = strings.Replace(list[i], "Public", "Internet", 1)
		}
	}
	return s
}

func (s space) meets(o space) bool {
	return anyMeets(s.source, o.source, prefixesMeet) && anyMeets(s.destination, o.destination, prefixesMeet) &&
		anyMeets(strings.Split(s.ports, ","), strings.Split(o.ports, ","), portsMeet)
}

func anyMeets(a, b []string, meet func(a, b string) bool) bool {
	for _, x := range a {
		for _, y := range b {
			if meet(x, y) {
				return true
			}
		}
	}
	return false
}

func prefixesMeet(a, b string) bool {
	pa, errA := netip.ParsePrefix(a)
	pb, errB := netip.ParsePrefix(b)
	switch {
	case errA != nil && errB != nil: // two words for public addresses
		return true
	case errA != nil:
		return wordHolds(a, pb)
	case errB != nil:
		return wordHolds(b, pa)
	}
	return pa.Overlaps(pb)
}

// wordHolds: the tag Internet holds 168.63.129.16 as well (TAG-21), so a rule
// that denies Internet denies probes; the word of a requirement does not.
func wordHolds(word string, p netip.Prefix) bool {
	if p.Addr() == netip.MustParseAddr("168.63.129.16") {
		return word == "Internet"
	}
	return !p.Addr().IsPrivate() && !p.Addr().IsLinkLocalUnicast()
}

func portsMeet(a, b string) bool {
	af, al := portRange(a)
	bf, bl := portRange(b)
	return af <= bl && bf <= al
}

func portRange(text string) (first, last int) {
	if text == "*" {
		return 0, 65535
	}
	low, high, ok := strings.Cut(text, "-")
	if !ok {
		high = low
	}
	first, _ = strconv.Atoi(low)
	last, _ = strconv.Atoi(high)
	return first, last
}

// Each row of the page, in each direction it states and with both endpoints:
// a rule that denies just this row on subnet a blocks it there, together with
// exactly the rows whose packets meet the denied ones (decisions 31).
func TestSeedEachRowBlockedAlone(t *testing.T) {
	tags := tagData(t)
	open := environment(t)
	for _, endpoint := range []string{"external", "internal"} {
		for _, row := range bind(t, open, "endpoint="+endpoint).Rows() {
			if row.Subnet.Name != "a" || row.Severity != service.Required {
				continue
			}
			t.Run(endpoint+"/"+row.Requirement.ID, func(t *testing.T) {
				denied := deniedSpace(&row)
				answer := checkEnvironment(t, environment(t, denyRule(&row, denied)), tags, "endpoint="+endpoint)
				for _, r := range bind(t, open, "endpoint="+endpoint).Rows() {
					if len(r.Open) > 0 {
						continue
					}
					want := spaceOf(&r).meets(denied)
					got := entry(t, answer, r.Requirement.ID, r.Subnet.Name)
					if want != (got.Verdict != result.Allowed) {
						t.Errorf("%s on %s is %s, want blocked %v", r.Requirement.ID, r.Subnet.Name, got.Verdict, want)
					}
				}
				own := entry(t, answer, row.Requirement.ID, "a")
				checkBlocked(t, own, denied)
				if own.Consequence != row.Requirement.ConsequenceText() {
					t.Errorf("consequence is %q, want %q", own.Consequence, row.Requirement.ConsequenceText())
				}
			})
		}
	}
}

func denyRule(row *service.Row, s space) Item {
	source, destination := strings.Join(s.source, ","), strings.Join(s.destination, ",")
	deny := DenyOut
	if row.Requirement.Direction == "inbound" {
		deny = DenyIn
	}
	return deny(100, "*", source, destination, s.ports, Named("deny-this"))
}

// checkBlocked asserts the blocker, the outcome and that the witness is a
// packet which the rule denies.
func checkBlocked(t *testing.T, r *result.Requirement, denied space) {
	t.Helper()
	if r.Verdict != result.Blocked || r.Outcome != result.Fail {
		t.Errorf("verdict %s, outcome %s; want blocked and fail", r.Verdict, r.Outcome)
	}
	if len(r.BlockedBy) == 0 || r.BlockedBy[0].Name != "deny-this" || r.BlockedBy[0].Kind != "nsgRule" ||
		r.BlockedBy[0].Priority != 100 || r.BlockedBy[0].At == nil {
		t.Errorf("blocked by %+v, want the rule deny-this with its place", r.BlockedBy)
	}
	w := r.Witness
	if w == nil || w.SourcePort == nil || w.DestinationPort == nil {
		t.Fatalf("the witness is %+v", w)
	}
	packet := space{[]string{w.Source + "/32"}, []string{w.Destination + "/32"}, fmt.Sprint(*w.DestinationPort)}
	if !packet.meets(denied) {
		t.Errorf("the witness %+v is not a packet that the rule denies", packet)
	}
	if *w.SourcePort < 49152 {
		t.Errorf("the witness has source port %d, want an ephemeral one", *w.SourcePort)
	}
}

func entry(t *testing.T, s result.Service, id, subnet string) *result.Requirement {
	t.Helper()
	for i := range s.Requirements {
		if r := &s.Requirements[i]; r.ID == id && strings.HasSuffix(r.Subnet, subnet) {
			return r
		}
	}
	t.Fatalf("no entry for %s on %s", id, subnet)
	return nil
}

// With nothing denied every row is allowed, with data and by name alone.
func TestSeedEachRowAllowed(t *testing.T) {
	for _, endpoint := range []string{"external", "internal"} {
		for name, tags := range map[string]*servicetag.Catalogue{"with data": tagData(t), "by name": servicetag.Symbolic()} {
			answer := checkEnvironment(t, environment(t), tags, "endpoint="+endpoint)
			for _, r := range answer.Requirements {
				if r.Severity != service.Advice && (r.Verdict != result.Allowed || r.Outcome != result.Pass) {
					t.Errorf("%s, %s: %s on %s is %s: %v %v", endpoint, name, r.ID, r.Subnet, r.Verdict, r.BlockedBy, r.Reasons)
				}
			}
			if answer.Verdict != result.Allowed || answer.Outcome != result.Pass {
				t.Errorf("%s, %s: the service is %s, %s", endpoint, name, answer.Verdict, answer.Outcome)
			}
		}
	}
}

// Decisions 13: no security group at all satisfies every row.
func TestDecision13NoSecurityGroup(t *testing.T) {
	network := Net(t, VNet("v", "10.0.0.0/16", Subnet("a", iseSubnets["a"]), Subnet("b", iseSubnets["b"]),
		Subnet("c", iseSubnets["c"]), Subnet("d", iseSubnets["d"])))
	for _, tags := range []*servicetag.Catalogue{tagData(t), servicetag.Symbolic()} {
		answer := checkEnvironment(t, network, tags)
		if answer.Outcome != result.Pass {
			t.Errorf("the service is %s, %s", answer.Verdict, answer.Outcome)
		}
	}
}

// Decisions 13: the default rules alone satisfy what goes out, what stays
// inside and the probes, and block what comes from outside.
func TestDecision13DefaultRulesOnly(t *testing.T) {
	fromOutside := map[string][]string{
		"external": {"la-comm-in", "la-run-history", "traffic-manager", "designer-dynamic-props", "app-service-mgmt", "connector-deploy", "connector-policy-deploy", "apim-mgmt"},
		"internal": {"traffic-manager", "designer-dynamic-props", "app-service-mgmt", "connector-deploy", "connector-policy-deploy", "apim-mgmt"},
	}
	network := Net(t, NSG("nsg"), VNet("v", "10.0.0.0/16",
		Subnet("a", iseSubnets["a"], UseNSG("nsg")), Subnet("b", iseSubnets["b"], UseNSG("nsg")),
		Subnet("c", iseSubnets["c"], UseNSG("nsg")), Subnet("d", iseSubnets["d"], UseNSG("nsg"))))
	for endpoint, blocked := range fromOutside {
		for _, tags := range []*servicetag.Catalogue{tagData(t), servicetag.Symbolic()} {
			answer := checkEnvironment(t, network, tags, "endpoint="+endpoint)
			for _, r := range answer.Requirements {
				if r.Severity != service.Required {
					continue
				}
				want := result.Allowed
				if slices.Contains(blocked, r.ID) {
					want = result.Blocked
				}
				if r.Verdict != want {
					t.Errorf("%s: %s is %s, want %s: %v %v", endpoint, r.ID, r.Verdict, want, r.BlockedBy, r.Reasons)
				}
				if want == result.Blocked && (len(r.BlockedBy) == 0 || r.BlockedBy[0].Name != "DenyAllInBound" || r.BlockedBy[0].Kind != "nsgDefaultRule") {
					t.Errorf("%s: %s is blocked by %v, want DenyAllInBound", endpoint, r.ID, r.BlockedBy)
				}
			}
		}
	}
}
