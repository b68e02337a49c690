package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// side is a subnet on one side of the edge of a rule.
type side struct {
	what, name, prefix string
	with               []Item
	met                bool
}

// sides are subnets just inside and just outside of what a rule asks.
func sides(r *service.AppliedRule, name string, tags map[string]string) []side {
	plain := side{"plain", name, "10.0.0.0/24", nil, true}
	with := func(what string, met bool, items ...Item) side {
		return side{what, name, "10.0.0.0/24", items, met}
	}
	sized := func(bits int, met bool) side {
		return side{fmt.Sprintf("a /%d", bits), name, fmt.Sprintf("10.0.0.0/%d", bits), nil, met}
	}
	attached := func(presence string, item Item) []side {
		return []side{with("none", presence == "forbidden"), with("one", presence == "required", item)}
	}
	switch rule := r.Rule; {
	case rule.Name != "":
		return []side{plain, {"another name", "other", "10.0.0.0/24", nil, false}}
	case rule.SmallestPrefix > 0:
		list := []side{sized(rule.SmallestPrefix, true)}
		if rule.SmallestPrefix < 29 { // Azure has no smaller subnet
			list = append(list, sized(rule.SmallestPrefix+1, false))
		}
		return list
	case rule.Addresses != nil:
		bits := 29
		for 1<<(32-bits) < r.Needed+5 {
			bits--
		}
		list := []side{sized(bits, true)}
		if bits < 29 {
			list = append(list, sized(bits+1, false))
		}
		return list
	case rule.Delegation == "none":
		return []side{plain, with("delegated", false, Delegate("Microsoft.Example/things"))}
	case rule.Delegation != "":
		return []side{with("delegated to it", true, Delegate(rule.Delegation)), with("to another", false, Delegate("Microsoft.Example/things")), with("to nobody", false)}
	case rule.Dedicated != "":
		return []side{plain, with("an interface in it", false, NIC("vm", "10.0.0.9"))}
	case rule.SecurityGroup != "":
		return attached(rule.SecurityGroup, NSG("g"))
	case rule.RouteTable != "":
		return attached(rule.RouteTable, Routes("rt"))
	case rule.NATGateway != "":
		return attached(rule.NATGateway, NATGateway("nat"))
	case rule.Propagation != "":
		required := rule.Propagation == "required"
		return []side{with("on", required, Routes("rt")), with("off", !required, Routes("rt", NoPropagation()))}
	}
	return routeSides(r, with, tags)
}

// routeSides are the platform's own routes, and a route of the user that leads
// the destination astray.
func routeSides(r *service.AppliedRule, with func(string, bool, ...Item) side, tags map[string]string) []side {
	need, far := r.Rule.Route, r.To
	destination := tags[far.Tag]
	switch {
	case far.Tag == "Internet" && need.DefaultRoute:
		destination = "0.0.0.0/0"
	case far.Tag == "Internet":
		destination = "20.0.0.0/8"
	case far.Is == service.InSubnet:
		destination = "10.0.0.0/24"
	}
	var hop string
	for _, candidate := range []string{"None", "VirtualNetworkGateway", "Internet"} {
		if len(need.Via) > 0 && !slices.Contains(need.Via, candidate) || slices.Contains(need.Not, candidate) {
			hop = candidate
			break
		}
	}
	list := []side{with("the platform's routes", true, Routes("rt")), with(destination+" to "+hop, false, Routes("rt", Route(destination, hop)))}
	if need.DefaultRoute {
		// Nothing but a route for everything, or half of it, is meant.
		list = append(list, with("a longer route", true, Routes("rt", Route("20.0.0.0/8", hop))), with("half of everything", false, Routes("rt", Route("128.0.0.0/1", hop))))
	}
	return list
}

// Every rule about subnets of every edition, in every setting, on both sides of
// its edge.
func TestMatrixOfSubnetRules(t *testing.T) {
	prefixes, tags := matrixTags(t)
	tried := 0
	for _, p := range otherProfiles(t) {
		for v, settings := range variants(p) {
			for i := range p.Subnets.Rules {
				tried += tryRule(t, fmt.Sprintf("%s/%d", p.Name(), v), p, p.Subnets.Rules[i].ID, settings, prefixes, tags)
			}
		}
	}
	if tried < 400 {
		t.Errorf("only %d subnets were tried", tried)
	}
}

// tryRule checks one rule on its sides; it counts the subnets.
func tryRule(t *testing.T, label string, p *service.Profile, id string, settings []service.Setting, prefixes map[string]string, tags *servicetag.Catalogue) int {
	t.Helper()
	name := "s"
	for _, r := range p.Subnets.Rules {
		if r.ID == id && (r.Name != "" || r.Subnet != "") {
			name = r.Name + r.Subnet
		}
	}
	applied := func(s side) (*azure.Network, *service.Binding, *service.AppliedRule, int) {
		network := Net(t, VNet("v", "10.0.0.0/8", Subnet(s.name, s.prefix, s.with...)))
		subnets, err := service.FindSubnets(network, []string{s.name})
		if err != nil {
			t.Fatal(err)
		}
		b, err := service.Bind(p, nil, subnets, settings)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range b.Rules() {
			if r.Rule.ID == id {
				return network, b, &r, i
			}
		}
		return nil, nil, nil, 0
	}
	_, _, rule, _ := applied(side{"", name, "10.0.0.0/24", nil, true})
	if rule == nil || len(rule.Open) > 0 || rule.Rule.Count > 0 {
		return 0 // left out in this setting; the number of subnets has a test of its own
	}
	list := sides(rule, name, prefixes)
	for _, s := range list {
		network, b, r, i := applied(s)
		if r == nil {
			t.Errorf("%s %s, %s: the rule is not asked of the subnet", label, id, s.what)
			continue
		}
		got := runOn(t, b, network, tags).SubnetRules[i]
		want, outcome := result.Allowed, result.Pass
		if !s.met {
			want = result.Blocked
			outcome = map[string]result.Outcome{service.Required: result.Fail, service.Optional: result.Warning, service.Advice: result.Pass}[r.Severity]
			if strings.Contains(got.OutcomeReason, "the service adds") {
				outcome = result.Warning
			}
		}
		if got.Verdict != want || got.Outcome != outcome {
			t.Errorf("%s %s, %s: %s, %s (%s; %v), want %s, %s", label, id, s.what, got.Verdict, got.Outcome, got.Found, got.Reasons, want, outcome)
		}
		if !s.met && (len(got.BlockedBy) != 1 || got.BlockedBy[0].At == nil) {
			t.Errorf("%s %s, %s: blocked by %+v, want one blocker with its place", label, id, s.what, got.BlockedBy)
		}
	}
	return len(list)
}
