package workload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// all makes one workload of every sort.
func all(seed uint64) []*Workload {
	out := []*Workload{
		Realistic(Params{Rules: 1, Tag: 0, Seed: seed}),
		Realistic(Params{Rules: 40, Tag: 0, Seed: seed}),
		Realistic(Params{Rules: 120, Tag: 1000, Seed: seed}),
	}
	out = append(out, Tiny(seed))
	for _, k := range Kinds() {
		out = append(out, Adversarial(k, 12, 20, seed))
	}
	return out
}

func TestEqualParametersGiveEqualWorkloads(t *testing.T) {
	a, b, c := all(3), all(3), all(4)
	for i := range a {
		if !reflect.DeepEqual(a[i], b[i]) {
			t.Errorf("%s: two runs differ", a[i].Name)
		}
		if i >= 1 && i <= 4 && reflect.DeepEqual(Plain(a[i].Rules), Plain(c[i].Rules)) {
			t.Errorf("%s: another seed gives the same rules", a[i].Name)
		}
	}
}

func TestWorkloadsAreWellFormed(t *testing.T) {
	for seed := range uint64(20) {
		for _, w := range all(seed) {
			if strings.HasPrefix(w.Name, "tiny") {
				continue
			}
			if len(w.Edited) != len(w.Rules) {
				t.Errorf("%s: %d edited rules for %d", w.Name, len(w.Edited), len(w.Rules))
			}
			last := w.Rules[len(w.Rules)-1].Box()
			for f := range interval.Fields {
				if !last[f].Equal(f.Any()) {
					t.Errorf("%s: the last rule does not match everything", w.Name)
				}
			}
			matches := w.Requirements
			for _, r := range append(append([]Rule(nil), w.Rules...), w.Edited...) {
				matches = append(matches, r.Match)
			}
			for _, e := range w.Edits {
				matches = append(matches, e.Rule.Match)
			}
			for i := range matches {
				m := &matches[i]
				if box := m.Box(); !hasPorts(m.Protocols) && !box.AnyPort() {
					t.Errorf("%s: %v matches no packet", w.Name, box[2:])
				}
				for f, s := range m.Box() {
					if len(s) == 0 {
						t.Errorf("%s: a match has an empty field %d", w.Name, f)
					}
				}
			}
		}
	}
}

// The shape that the package promises; the bounds are three standard
// deviations wide or more.
func TestRealisticWorkloadsHaveTheirShape(t *testing.T) {
	w := Realistic(Params{Rules: 1000, Tag: 5000, Seed: 1})
	var deny, tagged, ported, inbound int
	for _, r := range w.Rules[:1000] {
		if !r.Allow {
			deny++
		}
		if isTag := func(a *Address) bool {
			return strings.HasPrefix(a.Tag, "AzureCloud") || strings.HasPrefix(a.Tag, "Service")
		}; isTag(r.Source) || isTag(r.Destination) {
			tagged++
			if isTag(r.Source) {
				inbound++
			}
		}
		if !r.SourcePorts.Equal(interval.SourcePort.Any()) {
			ported++
		}
	}
	for _, c := range []struct {
		what          string
		got, min, max int
	}{
		{"rules that deny", deny, 150, 280},
		{"rules with a service tag", tagged, 330, 480},
		{"rules with a service tag as source", inbound, 50, 140},
		{"rules with source ports", ported, 10, 50},
		{"requirements", len(w.Requirements), 100, 100},
		{"one-rule edits", len(w.Edits), 10, 10},
		{"prefixes behind the rules", w.Prefixes(), 15_000, 60_000},
		{"tags", len(w.Tags.All()), 1500, 3000},
		{"prefixes of the cloud-wide tag", len(w.Tags.Cloud.Blocks), 5000, 5000},
	} {
		if c.got < c.min || c.got > c.max {
			t.Errorf("%s: %d, want %d to %d", c.what, c.got, c.min, c.max)
		}
	}
	changed := 0
	a, b := Plain(w.Rules), Plain(w.Edited)
	for i := range a {
		if !reflect.DeepEqual(a[i], b[i]) {
			changed++
		}
	}
	if changed == 0 || changed > 20 {
		t.Errorf("the edited policy changes %d rules, want 1 to 20", changed)
	}
}

func TestCloudWideTagIsAsLargeAsAsked(t *testing.T) {
	for _, n := range []int{1, 10, 100, 1000, 20_000, 100_000} {
		for seed := range uint64(5) {
			tags := makeTags(rand.New(rand.NewPCG(seed, 9)), n)
			if got := len(tags.Cloud.Blocks); got != n {
				t.Errorf("seed %d: the cloud-wide tag has %d blocks, want %d", seed, got, n)
			}
		}
	}
}

func TestTagsNest(t *testing.T) {
	tags := makeTags(rand.New(rand.NewPCG(1, 2)), 3000)
	within := func(inner, outer Tag) {
		t.Helper()
		in, out := interval.Of(inner.Blocks...), interval.Of(outer.Blocks...)
		if !in.Intersect(out).Equal(in) {
			t.Errorf("%s is not within %s", inner.Name, outer.Name)
		}
	}
	for _, region := range tags.Regions {
		within(region, tags.Cloud)
	}
	for s, service := range tags.Global {
		var union []interval.Interval
		for g, local := range tags.Local[s] {
			within(local, tags.Regions[g])
			union = append(union, local.Blocks...)
		}
		if !interval.Of(union...).Equal(interval.Of(service.Blocks...)) {
			t.Errorf("%s is not the union of its regions", service.Name)
		}
	}
}

func TestRealmsAreOneToOne(t *testing.T) {
	prefix := netip.MustParsePrefix
	realms := map[string]Realm{
		"IPv4":            InIPv4(),
		"IPv6, whole":     InIPv6(prefix("::/0")),
		"IPv6, low half":  InIPv6(prefix("2001:db8::/96")),
		"IPv6, straddles": InIPv6(prefix("2001:db8::/48")),
		"both":            InBoth(prefix("fd00::/72")),
		"opaque":          WithOpaque(5, 6, 1<<31),
	}
	r := rand.New(rand.NewPCG(1, 1))
	for name, realm := range realms {
		for range 200 {
			var v []interval.Interval
			for range 1 + r.IntN(4) {
				lo := r.Uint32() >> r.IntN(32)
				v = append(v, interval.Interval{Lo: lo, Hi: lo + min(r.Uint32()>>r.IntN(32), ^lo)})
			}
			s := interval.Of(v...)
			image := realm.Addresses(s)
			want := s.Size()
			if got := image.Only(flow.IPv4).Count(); !strings.HasPrefix(name, "IPv6") && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v has %v addresses of IPv4, want %d", name, s, got, want)
			}
			for from, to := range image.Ranges() {
				for _, ip := range []netip.Addr{from, to} {
					x, ok := realm.Number(flow.AddressOf(ip))
					if !ok || !s.Has(x) {
						t.Errorf("%s: %v comes from %d (%v), which is not in %v", name, ip, x, ok, s)
					}
				}
			}
			if rest := realm.Addresses(s.Complement(interval.Source.Top())); rest.Overlaps(image) {
				t.Errorf("%s: %v and its complement overlap", name, s)
			}
		}
	}
}

// What is written is the policy: read back by hand it is the same boxes.
func TestWrittenSecurityGroupIsThePolicy(t *testing.T) {
	w := Realistic(Params{Rules: 80, Tag: 500, Seed: 2})
	named := map[string]interval.Set{}
	for _, r := range w.Rules {
		named[r.Source.Tag], named[r.Destination.Tag] = r.Source.Ranges, r.Destination.Ranges
	}
	delete(named, "")
	for _, naming := range []Naming{ByName, Expanded} {
		var b bytes.Buffer
		if err := w.WriteSecurityGroup(&b, naming); err != nil {
			t.Fatal(err)
		}
		var group SecurityGroup
		if err := json.Unmarshal(b.Bytes(), &group); err != nil {
			t.Fatal(err)
		}
		for i, written := range group.Properties.SecurityRules {
			p := written.Properties
			want := w.Rules[i].Box()
			got := interval.Box{
				interval.Source:          readAddresses(t, named, p.SourceAddressPrefix, p.SourceAddressPrefixes),
				interval.Destination:     readAddresses(t, named, p.DestinationAddressPrefix, p.DestinationAddressPrefixes),
				interval.Protocol:        map[string]interval.Set{"Tcp": tcp, "Udp": udp, "Icmp": icmp, "*": interval.Protocol.Any()}[p.Protocol],
				interval.SourcePort:      readPorts(t, p.SourcePortRange, p.SourcePortRanges),
				interval.DestinationPort: readPorts(t, p.DestinationPortRange, p.DestinationPortRanges),
			}
			if !reflect.DeepEqual(got, want) || (p.Access == "Allow") != w.Rules[i].Allow || p.Priority != 100+i {
				t.Errorf("rule %d: wrote %+v for %v", i, p, want)
			}
			if naming == Expanded && (named[p.SourceAddressPrefix] != nil && p.SourceAddressPrefix != "*") {
				t.Errorf("rule %d names %s, which should be expanded", i, p.SourceAddressPrefix)
			}
		}
	}
}

func TestWrittenServiceTagsAreTheTags(t *testing.T) {
	w := Realistic(Params{Rules: 5, Tag: 300, Seed: 1})
	var b bytes.Buffer
	if err := w.Tags.WriteServiceTags(&b); err != nil {
		t.Fatal(err)
	}
	var file ServiceTags
	if err := json.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	all := w.Tags.All()
	if len(file.Values) != len(all) {
		t.Fatalf("wrote %d tags, want %d", len(file.Values), len(all))
	}
	for i, tag := range all {
		got := readAddresses(t, nil, "", file.Values[i].Properties.AddressPrefixes)
		if want := interval.Of(tag.Blocks...); !got.Equal(want) || file.Values[i].Name != tag.Name {
			t.Errorf("wrote %s with %v, want %s with %v", file.Values[i].Name, got, tag.Name, want)
		}
	}
}

func readAddresses(t *testing.T, named map[string]interval.Set, one string, many []string) interval.Set {
	t.Helper()
	if s, ok := named[one]; ok {
		return s
	}
	if one != "" {
		many = []string{one}
	}
	var v []interval.Interval
	for _, text := range many {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			t.Fatal(err)
		}
		x, _ := InIPv4().Number(flow.AddressOf(p.Addr()))
		v = append(v, interval.Prefix(x, p.Bits()))
	}
	return interval.Of(v...)
}

func readPorts(t *testing.T, one string, many []string) interval.Set {
	t.Helper()
	if one == "*" {
		return interval.SourcePort.Any()
	}
	if one != "" {
		many = []string{one}
	}
	var v []interval.Interval
	for _, text := range many {
		var lo, hi uint32
		if n, _ := fmt.Sscanf(text, "%d-%d", &lo, &hi); n == 1 {
			hi = lo
		} else if n != 2 {
			t.Fatalf("%q is no range of ports", text)
		}
		v = append(v, interval.Interval{Lo: lo, Hi: hi})
	}
	return interval.Of(v...)
}
