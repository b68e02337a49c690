package servicetag

import (
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
)

func TestShow(t *testing.T) {
	c := small(t)
	d, err := c.Show("storage")
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "Storage" || d.IPv4Prefixes != 3 || d.IPv6Prefixes != 1 || d.IPv4Ranges != 3 || d.IPv6Ranges != 1 {
		t.Errorf("got %+v", d.Summary)
	}
	if d.IPv4Addresses != flow.CountOf(16+16384+256) || d.IPv6Addresses.String() != "1208925819614629174706176" {
		t.Errorf("got %v and %v addresses", d.IPv4Addresses, d.IPv6Addresses)
	}
	if got := d.Ranges[0]; got != (AddressRange{addr("52.239.191.0"), addr("52.239.191.15")}) || len(d.Ranges) != 4 {
		t.Errorf("got %v first of %d", got, len(d.Ranges))
	}
	if want := []string{"Storage.FranceCentral", "Storage.WestEurope", "Storage.WestUS2"}; !slices.Equal(d.Regions, want) {
		t.Errorf("got regions %q", d.Regions)
	}
	got := []string{}
	for _, o := range d.Overlaps {
		got = append(got, o.Name+" "+string(o.Relation)+" "+o.IPv4Addresses.String())
	}
	want := []string{"AzureCloud overlaps 320", "AzureCloud.centralfrance contains 64", "AzureCloud.westeurope contains 256"}
	if !slices.Equal(got, want) {
		t.Errorf("got overlaps %q", got)
	}
	if d, _ = c.Show("AzureCloud.westeurope"); len(d.Overlaps) != 2 || d.Overlaps[0].Relation != Within || d.Overlaps[1].Relation != Within {
		t.Errorf("got %+v", d.Overlaps)
	}
	if d, _ = c.Show("Sql"); len(d.Overlaps)+len(d.Regions) != 0 {
		t.Errorf("got %+v", d)
	}
}

func TestShowEqualTags(t *testing.T) {
	c := catalogue(t, tag{"A", "", "", "20.0.0.0/24"}, tag{"B", "", "", "20.0.0.0/25 20.0.0.128/25"})
	if d, err := c.Show("A"); err != nil || len(d.Overlaps) != 1 || d.Overlaps[0].Relation != Equal {
		t.Errorf("got %+v, %v", d.Overlaps, err)
	}
}

// RT-26: a route to a tag has the prefixes of the file, which its addresses do
// not tell: neighbours, one within another, the order.
func TestRT26ListedPrefixesAreThoseOfTheFile(t *testing.T) {
	list := "20.0.0.128/25 20.0.0.0/25 20.0.0.0/28 2603:1030::/48"
	c := catalogue(t, tag{"Storage", "", "", list}, tag{"Sql", "", "", "20.1.0.0/24"})
	for name, want := range map[string]string{"storage": list, "Sql": "20.1.0.0/24", "EventHub": "", "Internet": ""} {
		got := []string{}
		for p := range c.Listed(name) {
			got = append(got, p.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", name, got, want)
		}
	}
	for p := range Symbolic().Listed("Storage") {
		t.Errorf("the symbolic catalogue lists %v", p)
	}
}

func TestShowWhatIsNotThere(t *testing.T) {
	for name, want := range map[string]string{"Storge": "does not exist", "BrandNew": "is not in", "Internet": "depends on the network", "a b": "is not the name"} {
		if _, err := small(t).Show(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Show(%q) gives %v", name, err)
		}
	}
	_, err := Symbolic().Show("Storage")
	if d := diagnosticOf(t, err); d.Code != "no-service-tag-data" || !strings.Contains(d.Hint, "wayleave tags import") {
		t.Errorf("got %v, hint %q", d, d.Hint)
	}
}

func TestTAG4CloudsAreNotMixed(t *testing.T) {
	c := small(t)
	for _, ok := range []string{"", "Public", "public", "AzureCloud"} {
		if err := c.CheckCloud(ok); err != nil {
			t.Errorf("CheckCloud(%q) gives %v", ok, err)
		}
	}
	if err := c.CheckCloud("china"); diagnosticOf(t, err).Code != "wrong-cloud" {
		t.Errorf("got %v", err)
	}
	if err := Symbolic().CheckCloud("China"); err != nil {
		t.Errorf("without data: %v", err)
	}
	if got := CloudName("USNat"); got != "USNat" {
		t.Errorf("a cloud nobody knows becomes %q", got)
	}
}

func TestWarningsOfUnusualData(t *testing.T) {
	if w := small(t).Warnings(); len(w) != 0 {
		t.Errorf("got %v", w)
	}
	c := catalogue(t,
		tag{"Storage", "", "", "52.239.192.0/18"},
		tag{"Storage.WestEurope", "westeurope", "", "52.239.192.0/24 53.0.0.0/24"}, // TAG-30
		tag{"Platform", "", "", "168.63.129.16/32 10.0.0.0/8 fd00::/8"},            // TAG-33
	)
	got := []string{}
	for _, w := range c.Warnings() {
		got = append(got, w.Summary)
	}
	want := []string{
		"service tag Platform holds addresses outside the public space: 10.0.0.0/8, 168.63.129.16, fd00::/8",
		"regional service tag Storage.WestEurope holds addresses outside Storage: 53.0.0.0/24",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// T105: what a newer file changes, with the addresses.
func TestT105TAG45Diff(t *testing.T) {
	old := catalogue(t,
		tag{"Storage", "", "NSG", "20.0.0.0/24"},
		tag{"Sql", "", "NSG", "20.0.2.0/24"},
		tag{"Gone", "", "NSG", "20.0.3.0/24"},
		tag{"Recut", "", "NSG", "20.0.4.0/24"},
		tag{"Moved", "", "NSG", "20.0.5.0/24"},
	)
	now := catalogue(t,
		tag{"Storage", "", "NSG", "20.0.0.0/25 20.0.1.0/24"},
		tag{"Sql", "", "NSG UDR", "20.0.2.0/24"},
		tag{"Recut", "", "NSG", "20.0.4.0/25 20.0.4.128/25"},
		tag{"Moved", "", "NSG", "20.0.5.0/24"},
		tag{"Fresh", "", "NSG", "20.0.6.0/24"},
	)
	now.entries[now.byName["moved"]].tag.ChangeNumber = "8"
	d, err := Diff(old, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Added) != 1 || d.Added[0].Name != "Fresh" || len(d.Removed) != 1 || d.Removed[0].Name != "Gone" {
		t.Errorf("added %v, removed %v", d.Added, d.Removed)
	}
	if len(d.Changed) != 3 || d.Changed[0].New.Name != "Moved" || d.Changed[1].New.Name != "Sql" || d.Changed[2].New.Name != "Storage" {
		t.Fatalf("changed %+v", d.Changed)
	}
	equalSets(t, "Sql opened", d.Changed[1].Opened, flow.AddressSet{})
	equalSets(t, "Storage opened", d.Changed[2].Opened, addresses("20.0.1.0/24"))
	equalSets(t, "Storage closed", d.Changed[2].Closed, addresses("20.0.0.128/25"))

	if same, err := Diff(now, now); err != nil || !same.IsEmpty() || d.IsEmpty() {
		t.Errorf("a file differs from itself: %+v, %v", same, err)
	}
}

func TestDiffRefusesWhatCannotBeCompared(t *testing.T) {
	public := small(t)
	china, err := Parse("f", weekly("China", tag{"Sql", "", "", "20.0.0.0/24"}))
	if err != nil {
		t.Fatal(err)
	}
	page, err := Parse("f", []byte(strings.Replace(apiAnswer, "LINK", `"https://example.invalid/2"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []*Catalogue{china, page, Symbolic()} {
		if _, err := Diff(public, other); err == nil {
			t.Errorf("a file is compared with %s of %s", other.Version(), other.Cloud())
		}
	}
}
