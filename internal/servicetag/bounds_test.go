package servicetag

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayleave/wayleave/internal/flow"
)

// inPublic are sets of public addresses, outside sets of addresses that no tag
// holds.
var (
	inPublic = []string{"13.66.136.192", "8.8.8.8", "198.51.100.7", "203.0.113.9", "24.255.255.255", "26.0.0.0", "2603:1030::1", "2000::", "3fff::"}
	outside  = []string{"10.0.0.4", "172.16.0.1", "172.31.255.255", "192.168.5.5", "168.63.129.16", "169.254.169.254", "100.64.0.1",
		"25.1.2.3", "192.0.2.10", "198.18.0.1", "224.0.0.5", "127.0.0.1", "0.0.0.1", "fd00::1", "fe80::1", "::1", "4000::", "1fff::1"}
)

// T41, T42: 25.1.2.3 and 192.0.2.10 are not Internet; 198.51.100.7 is.
func TestTAG21InternetBase(t *testing.T) {
	base := InternetBase()
	if got := base.Only(flow.IPv4).Count(); got != flow.CountOf(3_685_482_240) {
		t.Errorf("the base set has %v IPv4 addresses, expected 3685482240", got)
	}
	ranges := 0
	for range base.Only(flow.IPv4).Prefixes() {
		ranges++
	}
	if ranges != 76 {
		t.Errorf("the base set has %d prefixes, expected 76", ranges)
	}
	for _, a := range append(inPublic, "168.63.129.16") {
		if !base.ContainsAddr(addr(a)) {
			t.Errorf("%s is not in the base set", a)
		}
	}
	for _, a := range outside {
		if base.ContainsAddr(addr(a)) && a != "168.63.129.16" {
			t.Errorf("%s is in the base set", a)
		}
	}
}

func TestTAG24InternetInIPv6(t *testing.T) {
	equalSets(t, "IPv6", InternetBase().Only(flow.IPv6), addresses("2000::/3"))
}

func TestTAG33SymbolicTagIsPublic(t *testing.T) {
	must, may, reason := Symbolic().Scope([]string{"Storage", "Sql"}).Bounds("Storage")
	equalSets(t, "certain", must, addresses("Storage"))
	equalSets(t, "possible", may, PublicSpace().Union(addresses("Storage", "Sql")))
	if want := "the addresses of Storage are not known: no service-tag data is loaded"; reason != want {
		t.Errorf("got reason %q", reason)
	}
	for _, a := range inPublic {
		if !may.ContainsAddr(addr(a)) {
			t.Errorf("Storage cannot hold %s", a)
		}
	}
	for _, a := range outside {
		if may.ContainsAddr(addr(a)) {
			t.Errorf("Storage may hold %s", a)
		}
	}
}

func TestTAG30SymbolicRegionLiesInItsGlobalTag(t *testing.T) {
	s := Symbolic().Scope([]string{"storage", "Storage.WestEurope", "STORAGE", "AzureMonitor.Core", "AzureMonitor", "Internet"})
	all := addresses("Storage", "Storage.WestEurope", "AzureMonitor", "AzureMonitor.Core")
	for name, certain := range map[string]flow.AddressSet{
		"Storage":            addresses("Storage", "Storage.WestEurope"),
		"storage.westeurope": addresses("Storage.WestEurope"), // the global tag is wider
		"AzureMonitor":       addresses("AzureMonitor"),       // .Core is no region
		"AzureMonitor.Core":  addresses("AzureMonitor.Core"),
	} {
		must, may, reason := s.Bounds(name)
		equalSets(t, name+", certain", must, certain)
		equalSets(t, name+", possible", may, PublicSpace().Union(all))
		if reason == "" {
			t.Errorf("%s has no reason", name)
		}
	}
	equalSets(t, "points", s.PublicPoints(), all)
}

func TestTAG27AzureCloudIsNoSuperset(t *testing.T) {
	must, may, _ := Symbolic().Scope([]string{"AzureCloud", "Storage", "AzureCloud.westeurope"}).Bounds("AzureCloud")
	equalSets(t, "certain", must, addresses("AzureCloud", "AzureCloud.westeurope"))
	if !addresses("Storage").SubsetOf(may) {
		t.Error("AzureCloud cannot hold Storage")
	}
}

// T35, T36: allow AzureCloud, deny everything else; both destinations of a row
// are of the service, only the second is reached.
func TestTAG27AllowAzureCloudIsNotAllowStorage(t *testing.T) {
	c := small(t)
	cloud, _ := c.Addresses("AzureCloud")
	for _, row := range []struct{ tag, drop, accept string }{
		{"Storage", "52.239.191.5", "52.239.192.10"},
		{"AzureActiveDirectory", "20.190.172.10", "20.190.130.1"},
	} {
		set, _ := c.Addresses(row.tag)
		if !set.ContainsAddr(addr(row.drop)) || !set.ContainsAddr(addr(row.accept)) {
			t.Errorf("%s does not hold both %s and %s", row.tag, row.drop, row.accept)
		}
		if cloud.ContainsAddr(addr(row.drop)) || !cloud.ContainsAddr(addr(row.accept)) {
			t.Errorf("AzureCloud: %s must be out and %s in", row.drop, row.accept)
		}
	}
}

// T37: the regional tags together are less than the global one.
func TestTAG30AllRegionsAreNotTheGlobalTag(t *testing.T) {
	c := small(t)
	global, _ := c.Addresses("Storage")
	var regions flow.AddressSet
	for _, tag := range c.Tags() {
		if tag.Global == "Storage" {
			set, _ := c.Addresses(tag.Name)
			regions = regions.Union(set)
		}
	}
	if !regions.SubsetOf(global) || regions.ContainsAddr(addr("135.130.0.1")) || !global.ContainsAddr(addr("135.130.0.1")) {
		t.Error("135.130.0.1 must be in Storage and in no region of it")
	}
}

// T103: AzureConnectors lies in Internet, so "Deny In Internet" blocks it.
func TestTAG33TagLiesInInternet(t *testing.T) {
	set, _ := small(t).Addresses("AzureConnectors")
	if !set.SubsetOf(InternetBase()) {
		t.Error("AzureConnectors is not within Internet")
	}
	s := Symbolic().Scope([]string{"AzureConnectors"})
	if must, _, _ := s.Bounds("AzureConnectors"); !must.SubsetOf(InternetBase().Union(s.PublicPoints())) {
		t.Error("without data AzureConnectors is not within Internet")
	}
}

func TestBoundsWithDataAreExact(t *testing.T) {
	c := small(t)
	want, _ := c.Addresses("Storage")
	s := c.Scope([]string{"Sql", "Storage", "Internet", "AzureCloud"})
	must, may, reason := s.Bounds("STORAGE")
	equalSets(t, "certain", must, want)
	equalSets(t, "possible", may, want)
	if reason != "" || !s.PublicPoints().IsEmpty() {
		t.Errorf("got reason %q, points %v", reason, s.PublicPoints())
	}
}

func TestDecision28UnknownTagBesideData(t *testing.T) {
	c := small(t)
	s := c.Scope([]string{"Sql", "BrandNew", "Storage.NewRegion", "Storage.WestUS3"})
	points := addresses("BrandNew", "Storage.NewRegion", "Storage.WestUS3")

	must, may, reason := s.Bounds("brandnew")
	equalSets(t, "BrandNew, certain", must, addresses("BrandNew"))
	equalSets(t, "BrandNew, possible", may, PublicSpace().Union(points))
	if want := "the addresses of BrandNew are not known: BrandNew is not in ServiceTags_Public_20251028.json (2025-10-28, change number 375)"; reason != want {
		t.Errorf("got reason %q", reason)
	}

	sql, _ := c.Addresses("Sql")
	must, may, reason = s.Bounds("Sql")
	equalSets(t, "Sql, certain", must, sql)
	equalSets(t, "Sql, possible", may, sql.Union(points))
	if !strings.HasPrefix(reason, "whether BrandNew, Storage.NewRegion, Storage.WestUS3 overlaps Sql is not known: ") {
		t.Errorf("got reason %q", reason)
	}

	// A region that the data lacks lies in the global tag; a name with a dot
	// that is no region may.
	storage, _ := c.Addresses("Storage")
	must, _, _ = s.Bounds("Storage")
	equalSets(t, "Storage, certain", must, storage.Union(addresses("Storage.WestUS3")))
}

func TestBoundsOfOtherNames(t *testing.T) {
	s := Symbolic().Scope([]string{"Storage"})
	must, may, reason := s.Bounds("VirtualNetwork")
	if !must.IsEmpty() || !flow.AllAddresses().Union(s.PublicPoints()).Equal(may) || reason == "" {
		t.Errorf("VirtualNetwork: got %v, %v, %q", must, may, reason)
	}
	must, may, reason = s.Bounds("Sql") // not mentioned
	if !must.IsEmpty() || !may.Equal(PublicSpace().Union(addresses("Storage"))) || reason == "" {
		t.Errorf("Sql: got %v, %v, %q", must, may, reason)
	}
}

func TestTwoSpellingsAreOneTag(t *testing.T) {
	s := Symbolic().Scope([]string{"brandnew", "BrandNew", "SQL", "sql"})
	equalSets(t, "points", s.PublicPoints(), addresses("BrandNew", "Sql"))
	must, _, _ := s.Bounds("BRANDNEW")
	equalSets(t, "certain", must, addresses("BrandNew"))
}

func TestNumericPrefixesAndPoints(t *testing.T) {
	s := Symbolic().Scope([]string{"Storage", "Sql"})
	v4, all := s.PublicPoints().Only(flow.IPv4), s.PublicPoints()
	for _, row := range []struct {
		name      string
		set       flow.AddressSet
		must, may flow.AddressSet
	}{
		{"private", addresses("10.0.0.0/8", "fd00::/8"), flow.AddressSet{}, flow.AddressSet{}},
		{"platform", addresses("168.63.129.16/32"), flow.AddressSet{}, flow.AddressSet{}},
		{"one address", addresses("8.8.8.8/32"), flow.AddressSet{}, v4},
		{"IPv4", addresses("0.0.0.0/0"), v4, v4},
		{"IPv4 in halves", addresses("0.0.0.0/1", "128.0.0.0/1"), v4, v4},
		{"all but one address", flow.AllIPv4().Minus(addresses("8.8.8.8/32")), flow.AddressSet{}, v4},
		{"all but private", flow.AllIPv4().Minus(addresses("10.0.0.0/8")), v4, v4},
		{"everything", flow.AllAddresses(), all, all},
		{"Internet", InternetBase(), all, all},
	} {
		must, may := s.Numeric(row.set)
		equalSets(t, row.name+", certain", must, row.set.Union(row.must))
		equalSets(t, row.name+", possible", may, row.set.Union(row.may))
	}
}

// The bounds of an analysis without data hold whatever the data turns out to
// be: checked against catalogues that keep the two certain relations.
func TestBoundsAreSound(t *testing.T) {
	names := []string{"Storage", "Storage.WestEurope", "Storage.FranceCentral", "AzureCloud", "AzureCloud.centralfrance", "Sql", "AzureMonitor.Core"}
	space := []string{"20.0.0.0/32", "20.0.0.1/32", "20.0.0.2/32", "20.0.0.3/32", "2603::/64", "2603:0:0:1::/64"}
	rapid.Check(t, func(t *rapid.T) {
		truth := map[string]flow.AddressSet{}
		for _, name := range names {
			for _, p := range space {
				global, regional := globalByName(name)
				in := !regional || addresses(p).SubsetOf(truth[global])
				if in && rapid.Bool().Draw(t, name+p) {
					truth[name] = truth[name].Union(addresses(p))
				}
			}
		}
		known := rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, "known")
		c := catalogueOf(truth, known)
		s, unknown := c.Scope(names), map[string]bool{}
		for _, name := range names {
			unknown[name] = !slices.Contains(known, name)
		}
		for _, name := range names {
			must, may, reason := s.Bounds(name)
			checkSound(t, truth, unknown, name, must, may, reason)
		}
	})
}

// catalogueOf returns the data of the known tags only.
func catalogueOf(truth map[string]flow.AddressSet, known []string) *Catalogue {
	if len(known) == 0 {
		return Symbolic()
	}
	c := &Catalogue{byName: map[string]int{}}
	for i, name := range known {
		c.entries = append(c.entries, &entry{tag: Tag{Name: name}, set: truth[name]})
		c.byName[fold(name)] = i
	}
	return c
}

type reporter interface {
	Helper()
	Fatalf(string, ...any)
}

// checkSound holds the bounds of a tag against the truth, in which a point
// stands for any address of its tag.
func checkSound(t reporter, truth map[string]flow.AddressSet, unknown map[string]bool, name string, must, may flow.AddressSet, reason string) {
	t.Helper()
	if !must.SubsetOf(may) || must.Equal(may) != (reason == "") {
		t.Fatalf("%s: from %v to %v because %q", name, must, may, reason)
	}
	holds := truth[name]
	points := func(s flow.AddressSet) flow.AddressSet {
		var b flow.AddressSetBuilder
		for _, o := range s.Opaques() {
			b.AddSet(pointsOf(o))
		}
		return b.Set()
	}
	certain, possible := must.Minus(points(must)), may.Minus(points(may))
	if !certain.SubsetOf(holds) {
		t.Fatalf("%s certainly holds %v, but is %v", name, certain, holds)
	}
	for _, other := range must.Opaques() {
		if !truth[other].SubsetOf(holds) {
			t.Fatalf("%s certainly holds %s, but is %v and that %v", name, other, holds, truth[other])
		}
	}
	// An address that the tag holds is possible itself, or a point of may
	// stands for it.
	rest := holds.Minus(possible)
	for _, other := range may.Opaques() {
		rest = rest.Minus(truth[other])
	}
	if !rest.IsEmpty() {
		t.Fatalf("%s cannot hold %v, but does", name, rest)
	}
	for other, set := range truth {
		if unknown[other] && !pointsOf(other).Overlaps(may) && set.Overlaps(holds) {
			t.Fatalf("%s cannot hold %s, but they share %v", name, other, set.Intersect(holds))
		}
	}
}
