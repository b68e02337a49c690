package check_test

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The matrix is generated from the profiles: every row allowed and blocked in
// at least two settings. What to expect is worked out here, with prefixes and
// intervals, from the words of the row alone.

// otherProfiles are all editions but those of the integration service
// environment, whose rows have tests of their own.
func otherProfiles(t *testing.T) []*service.Profile {
	t.Helper()
	catalogue, err := service.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var list []*service.Profile
	for _, p := range catalogue.Profiles() {
		if p.Service != "logic-apps-ise" {
			list = append(list, p)
		}
	}
	return list
}

// variants are settings of a profile: each value of each parameter stands in one
// of them, lists are given, and each row and rule has its conditions met in two
// of them that differ, wherever its conditions leave a choice.
func variants(p *service.Profile) [][]service.Setting {
	count := 2
	for _, q := range p.Parameters {
		count = max(count, len(q.Values))
	}
	var all [][]service.Setting
	seen := map[string]bool{}
	add := func(settings []service.Setting) {
		if key := fmt.Sprint(settings); !seen[key] {
			seen[key] = true
			all = append(all, settings)
		}
	}
	for v := range count {
		add(turn(p, v, nil))
	}
	var conditions []map[string]string
	for i := range p.Requirements {
		conditions = append(conditions, p.Requirements[i].When)
	}
	for i := range p.Subnets.Rules {
		conditions = append(conditions, p.Subnets.Rules[i].When)
	}
	for _, when := range conditions {
		for v := range 2 {
			if met := len(meeting(all, when)); met < 2 {
				add(turn(p, v, when))
			}
		}
	}
	return all
}

// turn is one setting of each parameter: the v-th of its values, of those that
// meet the conditions.
func turn(p *service.Profile, v int, when map[string]string) []service.Setting {
	var settings []service.Setting
	for i, q := range p.Parameters {
		s := service.Setting{Name: q.Name}
		values := q.Values
		if asked, ok := when[q.Name]; ok {
			values = strings.Split(asked, "|")
		}
		switch {
		case len(values) > 0:
			s.Values = []string{values[v%len(values)]}
		case q.Format == "addresses":
			s.Values = []string{fmt.Sprintf("52.100.%d.0/24", i)}
		case q.Format == "ports":
			s.Values = []string{"8443", fmt.Sprintf("9000-90%02d", v)}
		case q.Format == "number":
			s.Values = []string{strconv.Itoa(v + 1)}
		case q.Format == "region":
			s.Values = []string{[]string{"westeurope", "northeurope"}[v%2]}
		}
		settings = append(settings, s)
	}
	return settings
}

// meeting are the settings in which all conditions hold.
func meeting(all [][]service.Setting, when map[string]string) [][]service.Setting {
	return slices.DeleteFunc(slices.Clone(all), func(settings []service.Setting) bool {
		return slices.ContainsFunc(settings, func(s service.Setting) bool {
			asked, ok := when[s.Name]
			return ok && !slices.Contains(strings.Split(asked, "|"), s.Values[0])
		})
	})
}

// choices counts the settings that meet the conditions, up to two: one where
// they leave nothing to choose.
func choices(p *service.Profile, when map[string]string) int {
	for _, q := range p.Parameters {
		asked, ok := when[q.Name]
		switch {
		case ok && strings.Contains(asked, "|"), !ok && len(q.Values) > 1, !ok && slices.Contains([]string{"ports", "number", "region"}, q.Format):
			return 2
		}
	}
	return 1
}

// Each row and each rule of each edition is in the matrix in two settings at
// least, unless its conditions leave one only.
func TestMatrixHasEachRowInTwoSettings(t *testing.T) {
	for _, p := range otherProfiles(t) {
		plot := plotFor(p)
		network := plot.network(t)
		tried := map[string]int{}
		for _, settings := range variants(p) {
			b := plot.bind(t, p, network, settings)
			here := map[string]bool{}
			for _, row := range b.Rows() {
				here[row.Requirement.ID] = here[row.Requirement.ID] || len(row.Open) == 0
			}
			for _, r := range b.Rules() {
				here[r.Rule.ID] = here[r.Rule.ID] || len(r.Open) == 0
			}
			for id, known := range here {
				if known {
					tried[id]++
				}
			}
		}
		want := func(id string, when map[string]string) {
			if tried[id] < choices(p, when) {
				t.Errorf("%s: %s is tried in %d settings, want %d", p.Name(), id, tried[id], choices(p, when))
			}
		}
		for i := range p.Requirements {
			want(p.Requirements[i].ID, p.Requirements[i].When)
		}
		for i := range p.Subnets.Rules {
			want(p.Subnets.Rules[i].ID, p.Subnets.Rules[i].When)
		}
	}
}

// plot is the network a profile is tried in: subnets /24 of the service, and one
// of its clients.
type plot struct {
	names    []string
	prefixes map[string]string
	// with are what the subnets have beside their security group.
	with []Item
	// bare are subnets on which Azure allows no security group.
	bare map[string]bool
}

func plotFor(p *service.Profile) *plot {
	f := &plot{prefixes: map[string]string{}, bare: map[string]bool{}}
	count := 1
	add := func(name string) {
		name = strings.ToLower(name) // as ids are
		if name != "" && !slices.Contains(f.names, name) {
			f.names = append(f.names, name)
		}
	}
	for i := range p.Subnets.Rules {
		r := &p.Subnets.Rules[i]
		add(r.Name)
		add(r.Subnet)
		count = max(count, r.Count)
		if r.SecurityGroup == "forbidden" && len(r.When) == 0 {
			for _, name := range f.names {
				f.bare[name] = r.Subnet == "" || strings.EqualFold(r.Subnet, name)
			}
		}
		if r.Delegation != "" && r.Delegation != "none" && len(r.When) == 0 {
			f.with = append(f.with, Delegate(r.Delegation))
		}
	}
	for i := range p.Requirements {
		add(p.Requirements[i].Subnet)
	}
	for i := 0; len(f.names) < count; i++ {
		add(string(rune('a' + i)))
	}
	for i, name := range f.names {
		f.prefixes[name] = fmt.Sprintf("10.0.%d.0/24", i)
	}
	return f
}

// network is the plot with one security group that lets all pass after rules.
func (f *plot) network(t *testing.T, rules ...Item) *azure.Network {
	t.Helper()
	rules = append(rules, AllowIn(4000, "*", "*", "*", "*"), AllowOut(4000, "*", "*", "*", "*"))
	var subnets []Item
	for _, name := range f.names {
		with := f.with
		if !f.bare[name] {
			with = append([]Item{UseNSG("nsg")}, with...)
		}
		subnets = append(subnets, Subnet(name, f.prefixes[name], with...))
	}
	return Net(t, NSG("nsg", rules...), VNet("v", "10.0.0.0/16", append(subnets, Subnet("clients", "10.0.99.0/24"))...))
}

func (f *plot) bind(t *testing.T, p *service.Profile, network *azure.Network, settings []service.Setting) *service.Binding {
	t.Helper()
	subnets, err := service.FindSubnets(network, f.names)
	if err != nil {
		t.Fatal(err)
	}
	b, err := service.Bind(p, nil, subnets, settings)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func runOn(t *testing.T, b *service.Binding, network *azure.Network, tags *servicetag.Catalogue) result.Service {
	t.Helper()
	compiled, problems := fabric.Compile(network, tags, fabric.Assume(), b.Tags()...)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	answer, _ := check.Run(compiled, b)
	return answer
}

// matrixTags gives each tag of the profiles prefixes of its own; a regional tag
// lies within the whole one.
func matrixTags(t *testing.T) (map[string]string, *servicetag.Catalogue) {
	t.Helper()
	bases := map[string]bool{}
	regions := map[string]bool{}
	note := func(p *service.Peer) {
		for _, peer := range append(slices.Collect(maps.Values(p.Cases)), *p) {
			base, _, regional := strings.Cut(peer.Tag, ".{")
			if base != "" && base != "Internet" && base != "AzureLoadBalancer" {
				bases[base] = true
				regions[base] = regions[base] || regional
			}
		}
	}
	for _, p := range otherProfiles(t) {
		for i := range p.Requirements {
			note(&p.Requirements[i].Source)
			note(&p.Requirements[i].Destination)
		}
		for i := range p.Subnets.Rules {
			if n := p.Subnets.Rules[i].Route; n != nil {
				note(&n.Destination)
			}
		}
	}
	prefixes := map[string]string{}
	for i, base := range slices.Sorted(maps.Keys(bases)) {
		prefixes[base] = fmt.Sprintf("20.%d.0.0/24", 20+i)
		if regions[base] {
			prefixes[base+".westeurope"] = fmt.Sprintf("20.%d.0.0/28", 20+i)
			prefixes[base+".northeurope"] = fmt.Sprintf("20.%d.0.16/28", 20+i)
		}
	}
	var values []string
	for _, name := range slices.Sorted(maps.Keys(prefixes)) {
		base, region, _ := strings.Cut(name, ".")
		values = append(values, fmt.Sprintf(`{"name":%q,"id":%q,"properties":{"changeNumber":1,"region":%q,"systemService":%q,"addressPrefixes":[%q],"networkFeatures":["API","NSG","UDR","FW"]}}`, name, name, region, base, prefixes[name]))
	}
	c, err := servicetag.Parse("tags.json", []byte(`{"changeNumber":1,"cloud":"Public","values":[`+strings.Join(values, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return prefixes, c
}

// matrix holds what the cells share.
type matrix struct {
	plot *plot
	tags map[string]string
}

func (m *matrix) words(far service.Far, subnet string) []string {
	switch {
	case far.Is == service.InSubnet:
		return []string{m.plot.prefixes[subnet]}
	case far.Is == service.InService:
		return slices.Sorted(maps.Values(m.plot.prefixes))
	case far.Is == service.InNetwork:
		return []string{"10.0.0.0/16"}
	case far.Is == service.Elsewhere:
		return []string{"10.0.99.0/24"}
	case far.Tag == "Internet":
		return []string{"Public"}
	case far.Tag == "AzureLoadBalancer":
		return []string{"168.63.129.16/32"}
	case far.Tag != "":
		return []string{m.tags[far.Tag]}
	}
	var list []string
	for _, p := range far.Prefixes {
		list = append(list, p.String())
	}
	return list
}

func (m *matrix) space(r *service.Row) space {
	return space{m.words(r.Source, r.Subnet.Name), m.words(r.Destination, r.Subnet.Name), strings.ReplaceAll(r.DestinationPorts.String(), " ", "")}
}

// denied is what a rule denies that names the words of the row.
func (m *matrix) denied(r *service.Row) space {
	s := m.space(r)
	for _, list := range [][]string{s.source, s.destination} {
		for i := range list {
			list[i] = strings.Replace(list[i], "Public", "Internet", 1)
		}
	}
	return s
}

// deny is a rule for just the row's packets.
func (m *matrix) deny(r *service.Row, s space) Item {
	protocol := "*"
	switch {
	case !r.Protocols.Contains(flow.UDP):
		protocol = "tcp"
	case !r.Protocols.Contains(flow.TCP):
		protocol = "udp"
	}
	deny := DenyOut
	if r.Requirement.Direction == "inbound" {
		deny = DenyIn
	}
	return deny(100, protocol, strings.Join(s.source, ","), strings.Join(s.destination, ","), s.ports, Named("deny-this"))
}

// deniable reports whether a security group of the service can deny the row:
// the platform's name service is out of its reach, and so is a row between
// others.
func deniable(r *service.Row) bool {
	own, far := r.Source, r.Destination
	if r.Requirement.Direction == "inbound" {
		own, far = far, own
	}
	return own.Is != "" && !slices.ContainsFunc(far.Prefixes, func(p netip.Prefix) bool { return fabric.PlatformAddresses().Contains(flow.AddressOf(p.Addr())) })
}

// Every row of every edition, in every setting: allowed where nothing is
// denied, and blocked by a rule that denies just its packets, together with
// exactly the rows whose packets meet them (decisions 31).
func TestMatrixOfRows(t *testing.T) {
	prefixes, tags := matrixTags(t)
	for _, p := range otherProfiles(t) {
		m := &matrix{plotFor(p), prefixes}
		for v, settings := range variants(p) {
			t.Run(fmt.Sprintf("%s/%d", p.Name(), v), func(t *testing.T) {
				t.Parallel()
				m.rows(t, p, settings, tags)
			})
		}
	}
}

func (m *matrix) rows(t *testing.T, p *service.Profile, settings []service.Setting, tags *servicetag.Catalogue) {
	open := m.plot.network(t)
	rows := m.plot.bind(t, p, open, settings).Rows()
	answer := runOn(t, m.plot.bind(t, p, open, settings), open, tags)
	for i := range answer.Requirements {
		if r := &answer.Requirements[i]; r.Verdict != result.Allowed && len(rows[i].Open) == 0 && r.Severity != service.Advice {
			t.Errorf("with nothing denied, %s is %s: %v %v", r.ID, r.Verdict, r.BlockedBy, r.Reasons)
		}
	}
	for i := range rows {
		row := &rows[i]
		if len(row.Open) > 0 || row.Subnet.Name != m.plot.names[0] && row.Requirement.Subnet == "" || m.plot.bare[row.Subnet.Name] || !deniable(row) {
			continue
		}
		denied := m.denied(row)
		network := m.plot.network(t, m.deny(row, denied))
		answer := runOn(t, m.plot.bind(t, p, network, settings), network, tags)
		for j := range answer.Requirements {
			got, other := &answer.Requirements[j], &rows[j]
			if len(other.Open) > 0 || !deniable(other) {
				continue
			}
			want := m.space(other).meets(denied) && other.Protocols.Overlaps(row.Protocols)
			if want != (got.Verdict != result.Allowed) {
				t.Errorf("with %s denied, %s on %s is %s, want blocked %v", row.Requirement.ID, got.ID, got.Subnet, got.Verdict, want)
			}
		}
		m.own(t, row, &answer.Requirements[i], denied)
	}
}

// licensing tells which packets of a row may go to Azure's licensing servers,
// which no rule stops, and whose addresses are published nowhere (PLAT-4).
func licensing(r *service.Row) part {
	port := flow.PortRange(1688, 1688)
	switch {
	case r.Requirement.Direction != "outbound" || r.Destination.Is != "" || !r.Protocols.Contains(flow.TCP) || !r.DestinationPorts.Overlaps(port):
		return none
	case r.DestinationPorts.String() == "1688":
		return all
	}
	return some
}

type part int

const (
	none part = iota
	some
	all
)

// own checks the answer of the row that is denied.
func (m *matrix) own(t *testing.T, row *service.Row, got *result.Requirement, denied space) {
	t.Helper()
	outcome := map[string]result.Outcome{service.Required: result.Fail, service.Optional: result.Warning, service.Advice: result.Pass}[row.Severity]
	verdict := result.Blocked
	switch licensing(row) {
	case all:
		verdict = result.Undecided
	case some:
		verdict = result.Partial
	}
	if got.Verdict != verdict || got.Outcome != outcome {
		t.Errorf("%s denied: verdict %s, outcome %s (%s); want %s and %s", got.ID, got.Verdict, got.Outcome, got.OutcomeReason, verdict, outcome)
	}
	if verdict == result.Undecided {
		return
	}
	if len(got.BlockedBy) == 0 || got.BlockedBy[0].Name != "deny-this" || got.BlockedBy[0].Priority != 100 || got.BlockedBy[0].At == nil {
		t.Errorf("%s is blocked by %+v, want the rule deny-this with its place", got.ID, got.BlockedBy)
	}
	if got.Consequence != row.Requirement.ConsequenceText() {
		t.Errorf("%s: consequence %q, want %q", got.ID, got.Consequence, row.Requirement.ConsequenceText())
	}
	w := got.Witness
	if w == nil || w.SourcePort == nil || w.DestinationPort == nil {
		t.Fatalf("%s: the witness is %+v", got.ID, w)
	}
	packet := space{[]string{w.Source + "/32"}, []string{w.Destination + "/32"}, fmt.Sprint(*w.DestinationPort)}
	if !packet.meets(denied) || *w.SourcePort < 49152 {
		t.Errorf("%s: the witness %+v from port %d is not a packet that the rule denies", got.ID, packet, *w.SourcePort)
	}
}
