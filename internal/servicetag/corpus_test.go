package servicetag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
)

// plainFile reads the weekly file as the standard library does.
type plainFile struct {
	ChangeNumber int    `json:"changeNumber"`
	Cloud        string `json:"cloud"`
	Values       []struct {
		Name       string `json:"name"`
		ID         string `json:"id"`
		Properties struct {
			ChangeNumber    int      `json:"changeNumber"`
			Region          string   `json:"region"`
			RegionID        int      `json:"regionId"`
			Platform        string   `json:"platform"`
			SystemService   string   `json:"systemService"`
			AddressPrefixes []string `json:"addressPrefixes"`
			NetworkFeatures []string `json:"networkFeatures"`
		} `json:"properties"`
	} `json:"values"`
}

func readFile(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestCorpusAgreesWithThePlainReading compares every tag of every file with
// encoding/json and netip: properties, counts, and membership on both sides of
// the edges of each prefix.
func TestCorpusAgreesWithThePlainReading(t *testing.T) {
	for _, file := range corpus(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			c := load(t, file)
			var want plainFile
			if err := json.Unmarshal(readFile(t, file), &want); err != nil {
				t.Fatal(err)
			}
			if c.Cloud() != want.Cloud || c.ChangeNumber() != fmt.Sprint(want.ChangeNumber) || c.Len() != len(want.Values) {
				t.Fatalf("got %s %s with %d tags", c.Cloud(), c.ChangeNumber(), c.Len())
			}
			for _, v := range want.Values {
				tag, err := c.Lookup(strings.ToUpper(v.Name))
				p := v.Properties
				slices.Sort(p.NetworkFeatures)
				if err != nil || tag.Name != v.Name || tag.Region != p.Region || tag.SystemService != p.SystemService ||
					tag.ChangeNumber != fmt.Sprint(p.ChangeNumber) || !slices.Equal(tag.Features, p.NetworkFeatures) {
					t.Fatalf("got %+v, %v; expected %+v", tag, err, v)
				}
				set, ok := c.Addresses(v.Name)
				if !ok {
					t.Fatalf("%s has no addresses", v.Name)
				}
				checkMembers(t, v.Name, set, p.AddressPrefixes)
			}
		})
	}
}

func checkMembers(t *testing.T, name string, set flow.AddressSet, list []string) {
	t.Helper()
	var ps []netip.Prefix
	for _, s := range list {
		ps = append(ps, netip.MustParsePrefix(s))
	}
	in := func(a netip.Addr) bool {
		return slices.ContainsFunc(ps, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	step := max(1, len(ps)/50) // the plain reading takes quadratic time
	for i := 0; i < len(ps); i += step {
		for _, a := range []netip.Addr{ps[i].Addr(), ps[i].Addr().Prev(), lastOf(ps[i]), lastOf(ps[i]).Next()} {
			if a.IsValid() && set.ContainsAddr(a) != in(a) {
				t.Fatalf("%s: %v is in: got %v", name, a, set.ContainsAddr(a))
			}
		}
	}
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// TestCorpusKeepsTheCertainRelations: what this package takes for certain
// without data is true of every file, in both families. If this fails, a
// relation is no longer certain and Bounds must not use it.
func TestCorpusKeepsTheCertainRelations(t *testing.T) {
	for _, file := range corpus(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			c := load(t, file)
			if w := c.Warnings(); len(w) != 0 { // TAG-30 and TAG-33
				t.Errorf("%d tags break a certain relation, such as: %v", len(w), w[0])
			}
			for _, tag := range c.Tags() {
				if !WellFormed(tag.Name) {
					t.Errorf("%s is not well-formed", tag.Name)
				}
				global, _ := globalByName(tag.Name)
				if global != tag.Global || (tag.Region == "") != (tag.Global == "") {
					t.Errorf("%s of region %q belongs to %q, by its name to %q", tag.Name, tag.Region, tag.Global, global)
				}
				if got := canonicalByName(strings.ToLower(tag.Name)); tag.Global == "" && got != tag.Name {
					t.Errorf("%s is called %s without data", tag.Name, got)
				}
			}
		})
	}
}

// TestCorpusSymbolicBoundsAreSound holds the bounds without data against the
// newest data.
func TestCorpusSymbolicBoundsAreSound(t *testing.T) {
	c := load(t, newestPublic(t))
	tags := c.Tags()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		truth, unknown := map[string]flow.AddressSet{}, map[string]bool{}
		var names []string
		add := func(name string) {
			truth[name], _ = c.Addresses(name)
			unknown[name] = true
			names = append(names, name)
		}
		for len(names) < 12 {
			tag := tags[random.IntN(len(tags))]
			add(tag.Name)
			if tag.Global != "" && !unknown[tag.Global] {
				add(tag.Global)
			}
		}
		s := Symbolic().Scope(names)
		for _, name := range names {
			must, may, reason := s.Bounds(name)
			checkSound(t, truth, unknown, name, must, may, reason)
		}
	}
}

func TestCorpusTAG27AzureCloudIsNoSuperset(t *testing.T) {
	c := load(t, newestPublic(t))
	cloud := set(t, c, "AzureCloud")
	for _, name := range []string{"Storage", "AzureActiveDirectory", "AzureFrontDoor.Frontend", "AzureFrontDoor.Backend"} {
		out := set(t, c, name).Minus(cloud).Only(flow.IPv4)
		if out.IsEmpty() {
			t.Errorf("%s lies within AzureCloud", name)
		}
		t.Logf("%s: %v of %v IPv4 addresses are outside AzureCloud", name, out.Count(), set(t, c, name).Only(flow.IPv4).Count())
	}
	for _, name := range []string{"AzureFrontDoor.FirstParty", "AzureFrontDoor.MicrosoftSecurity"} {
		if set(t, c, name).Only(flow.IPv4).Overlaps(cloud) {
			t.Errorf("%s has an address in AzureCloud", name)
		}
	}
	for _, name := range []string{"Sql", "EventHub", "AzureMonitor", "AppService", "LogicApps"} {
		if !set(t, c, name).Only(flow.IPv4).SubsetOf(cloud) {
			t.Errorf("%s does not lie within AzureCloud", name)
		}
	}
	// T35, T36, T37, on the real addresses.
	for _, row := range []struct {
		tag, address string
		cloud        bool
	}{
		{"Storage", "52.239.191.5", false},
		{"Storage", "52.239.192.10", true},
		{"Storage", "52.239.192.80", false},
		{"AzureActiveDirectory", "20.190.172.10", false},
		{"AzureActiveDirectory", "20.190.130.1", true},
	} {
		if a := addr(row.address); !set(t, c, row.tag).ContainsAddr(a) || cloud.ContainsAddr(a) != row.cloud {
			t.Errorf("%s: in %s %v, in AzureCloud %v", a, row.tag, set(t, c, row.tag).ContainsAddr(a), cloud.ContainsAddr(a))
		}
	}
}

func TestCorpusTAG30RegionsAreLessThanTheirGlobalTag(t *testing.T) {
	c := load(t, newestPublic(t))
	regions := map[string]flow.AddressSet{}
	for _, tag := range c.Tags() {
		if tag.Global != "" {
			regions[tag.Global] = regions[tag.Global].Union(set(t, c, tag.Name)).Only(flow.IPv4)
		}
	}
	strict := 0
	for global, union := range regions {
		if !union.Equal(set(t, c, global).Only(flow.IPv4)) {
			strict++
		}
	}
	t.Logf("the regions are a strict part of %d of %d global tags", strict, len(regions))
	if strict < len(regions)/2 {
		t.Errorf("the regions are a strict part of only %d of %d global tags", strict, len(regions))
	}
	for _, name := range []string{"Storage", "EventHub", "Sql", "AzureConnectors", "LogicApps"} {
		if rest := set(t, c, name).Only(flow.IPv4).Minus(regions[name]); rest.IsEmpty() {
			t.Errorf("every address of %s is in a region", name)
		} else {
			t.Logf("%s: %v addresses are in no region", name, rest.Count())
		}
	}
	// T37
	if a := addr("135.130.0.1"); !set(t, c, "Storage").ContainsAddr(a) || regions["Storage"].ContainsAddr(a) {
		t.Errorf("%v: in Storage %v, in a region of it %v", a, set(t, c, "Storage").ContainsAddr(a), regions["Storage"].ContainsAddr(a))
	}
}

func TestCorpusTAG31ContainmentsOfTheNewestFile(t *testing.T) {
	c := load(t, newestPublic(t))
	for inner, outer := range map[string]string{
		"LogicAppsManagement":                  "LogicApps",
		"AzureActiveDirectoryDomainServices":   "AzureActiveDirectory",
		"AzureActiveDirectory.ServiceEndpoint": "AzureActiveDirectory",
		"AzureMonitor.Core":                    "AzureMonitor",
		"DataFactoryManagement":                "DataFactory",
	} {
		a, b := set(t, c, inner).Only(flow.IPv4), set(t, c, outer).Only(flow.IPv4)
		if !a.SubsetOf(b) || b.SubsetOf(a) {
			t.Errorf("%s is no proper part of %s", inner, outer)
		}
	}
}

func TestCorpusTAG32OverlapsOfTheSeedsTags(t *testing.T) {
	c := load(t, newestPublic(t))
	tags := []string{"AzureActiveDirectory", "Storage", "AppService", "AzureMonitor", "AzureTrafficManager", "AppServiceManagement",
		"AzureConnectors", "Sql", "ApiManagement", "EventHub", "LogicApps", "LogicAppsManagement"}
	var got []string
	for i, a := range tags {
		for _, b := range tags[i+1:] {
			if x := set(t, c, a).Intersect(set(t, c, b)).Only(flow.IPv4); !x.IsEmpty() {
				got = append(got, a+"/"+b)
			}
		}
	}
	if want := []string{"LogicApps/LogicAppsManagement"}; !slices.Equal(got, want) {
		t.Errorf("got %q, expected %q", got, want)
	}
}

func TestCorpusTAG46RegionNames(t *testing.T) {
	c := load(t, newestPublic(t))
	for name, want := range map[string]string{
		"AzureCloud.francecentral":      "AzureCloud.centralfrance",
		"AzureCloud.norwayeast":         "AzureCloud.norwaye",
		"AzureCloud.germanywestcentral": "AzureCloud.germanywc",
		"Storage.norwaye":               "Storage.NorwayEast",
		"Storage.centralfrance":         "Storage.FranceCentral",
		"Sql.WestEurop":                 "Sql.WestEurope",
	} {
		_, err := c.Lookup(name)
		if e, ok := err.(*UnknownError); !ok || !slices.Equal(e.Close, []string{want}) {
			t.Errorf("Lookup(%q) gives %#v", name, err)
		}
	}
}

// A tag of one edition or cloud that another lacks is unknown there; it must
// not be called a misspelling. The one exception is Microsoft's own: in 2022
// the region IsraelCentral was written isrealcentral.
func TestCorpusOtherEditionsAreNotMisspelt(t *testing.T) {
	var all []*Catalogue
	for _, file := range corpus(t) {
		all = append(all, load(t, file))
	}
	var wrong []string
	absent := 0
	for _, c := range all {
		for _, other := range all {
			for i, tag := range other.Tags() {
				if c.has(tag.Name) || tag.Global != "" && i%8 != 0 {
					continue
				}
				absent++
				if e := c.unknown(tag.Name); e.Misspelt() && tag.Name != "AzureCloud.israelcentral" {
					wrong = append(wrong, fmt.Sprintf("%s: %s for %q", c.Source(), tag.Name, e.Close))
				}
			}
		}
	}
	if len(wrong) > 0 {
		t.Errorf("%d of %d absent tags are called misspelt, such as\n%s", len(wrong), absent, strings.Join(wrong[:min(20, len(wrong))], "\n"))
	}
}

func TestCorpusTAG45DiffRebuildsTheNewerFile(t *testing.T) {
	dir := filepath.Dir(newestPublic(t))
	const name = "ryanborMSFT__AzureServiceTagsJson__ServiceTags_Public_"
	old, now := load(t, filepath.Join(dir, name+"20190722.json")), load(t, filepath.Join(dir, name+"20191209.json"))
	d, err := Diff(old, now)
	if err != nil {
		t.Fatal(err)
	}
	changed, numbered := 0, 0
	for _, ch := range d.Changed {
		equalSets(t, ch.New.Name, set(t, old, ch.Old.Name).Union(ch.Opened).Minus(ch.Closed), set(t, now, ch.New.Name))
		if !ch.Opened.IsEmpty() || !ch.Closed.IsEmpty() {
			changed++
			if ch.Old.ChangeNumber != ch.New.ChangeNumber {
				numbered++
			}
		}
	}
	t.Logf("%d tags added, %d removed, %d changed addresses, %d of them with a new change number", len(d.Added), len(d.Removed), changed, numbered)
	if changed == 0 || numbered != changed {
		t.Errorf("%d tags changed addresses, only %d their change number (TAG-45)", changed, numbered)
	}
	if old.Len()+len(d.Added)-len(d.Removed) != now.Len() {
		t.Errorf("%d tags and %d added and %d removed do not make %d", old.Len(), len(d.Added), len(d.Removed), now.Len())
	}
}

func TestCorpusTruncatedFilesAreOnePositionedError(t *testing.T) {
	for _, file := range corpus(t) {
		data := bytes.TrimSpace(readFile(t, file))
		random := rand.New(rand.NewPCG(3, 4))
		for range 20 {
			n := random.IntN(len(data))
			if len(data) > 1<<20 { // the whole prefix is read each time
				n %= 1 << 18
			}
			c, err := Parse(file, data[:n])
			if d := diagnosticOf(t, err); c != nil || d.At.File != file || d.At.Line == 0 && n > 0 {
				t.Fatalf("the first %d bytes of %s give %v", n, file, d)
			}
		}
	}
}

func set(t *testing.T, c *Catalogue, name string) flow.AddressSet {
	t.Helper()
	s, ok := c.Addresses(name)
	if !ok {
		t.Fatalf("%s has no tag %s", c.Source(), name)
	}
	return s
}
