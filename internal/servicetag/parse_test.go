package servicetag

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/flow"
)

// T98: networkFeatures is null in half of the entries.
func TestT98TAG40WeeklyFile(t *testing.T) {
	c := small(t)
	if c.Cloud() != "Public" || c.ChangeNumber() != "375" || c.Source() != fileName || !c.Complete() || c.Len() != 15 {
		t.Errorf("got cloud %q, change %q, source %q, complete %v, %d tags", c.Cloud(), c.ChangeNumber(), c.Source(), c.Complete(), c.Len())
	}
	if day, ok := c.Date(); !ok || !day.Equal(time.Date(2025, 10, 28, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got date %v, %v", day, ok)
	}
	if got := c.Version(); got != "2025-10-28, change number 375" {
		t.Errorf("got version %q", got)
	}
	regional, err := c.Lookup("LogicApps.WestEurope")
	if err != nil || regional.Region != "westeurope" || regional.ChangeNumber != "7" || regional.Usage != UsageListed || len(regional.Features) != 0 {
		t.Errorf("got %+v, %v", regional, err)
	}
	set, ok := c.Addresses("storage.westeurope")
	if !ok {
		t.Fatal("Storage.WestEurope has no addresses")
	}
	equalSets(t, "IPv4 and IPv6 of one list", set, addresses("52.239.193.0/24", "2603:1030::/64"))
	names := []string{}
	for _, tag := range c.Tags() {
		names = append(names, tag.Name)
	}
	if got := strings.Join(names[:4], " "); got != "ApiManagement AzureActiveDirectory AzureActiveDirectory.ServiceEndpoint AzureCloud" {
		t.Errorf("the tags are not sorted: %s", got)
	}
}

const apiAnswer = `{
  "name": "public", "id": "/subscriptions/s/providers/Microsoft.Network/serviceTags/public",
  "type": "Microsoft.Network/serviceTags", "changeNumber": "63", "cloud": "Public",
  "values": [
    {"name": "ApiManagement", "id": "ApiManagement", "serviceTagChangeNumber": "63", "properties":
      {"changeNumber": "7", "region": "", "state": "", "systemService": "AzureApiManagement",
       "addressPrefixes": ["13.64.39.16/32", "40.74.146.80/31"]}}
  ],
  "nextLink": LINK
}`

// T99: change numbers are strings in the API and integers in the file.
func TestT99TAG41Answer(t *testing.T) {
	c, err := Parse("tags.json", []byte(strings.Replace(apiAnswer, "LINK", "null", 1)))
	if err != nil {
		t.Fatal(err)
	}
	tag, err := c.Lookup("APIManagement")
	if err != nil || tag.ChangeNumber != "7" || tag.SystemService != "AzureApiManagement" || tag.Usage != UsageAPI {
		t.Errorf("got %+v, %v", tag, err)
	}
	if _, dated := c.Date(); c.ChangeNumber() != "63" || dated || c.Version() != "change number 63" || !c.Complete() || len(c.Warnings()) != 0 {
		t.Errorf("got change %q, dated %v, version %q, complete %v, warnings %v", c.ChangeNumber(), dated, c.Version(), c.Complete(), c.Warnings())
	}
}

// A page of an answer knows its own tags only: an absent name is never called
// a misspelling.
func TestTAG41NextLinkIsOnePage(t *testing.T) {
	c, err := Parse("tags.json", []byte(strings.Replace(apiAnswer, "LINK", `"https://example.invalid/2"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if c.Complete() || len(c.Warnings()) != 1 || c.Warnings()[0].Code != "incomplete-service-tags" {
		t.Errorf("complete %v, warnings %v", c.Complete(), c.Warnings())
	}
	_, err = c.Lookup("ApiManagment")
	unknown, ok := err.(*UnknownError)
	if !ok || unknown.Misspelt() || !unknown.Partial || len(unknown.Similar) != 1 {
		t.Errorf("got %#v", err)
	}
}

func TestTAG42PowerShellSpelling(t *testing.T) {
	c, err := Parse("tags.json", []byte(`{"Name":"Public","Type":"Microsoft.Network/serviceTags","ChangeNumber":"63","Cloud":"Public",
		"Values":[{"Name":"Sql","Properties":{"ChangeNumber":"7","Region":"","SystemService":"AzureSQL","AddressPrefixes":["13.66.136.192/29"]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	set, _ := c.Addresses("Sql")
	equalSets(t, "Sql", set, addresses("13.66.136.192/29"))
}

func TestLineEndsAndByteOrderMark(t *testing.T) {
	plain := weekly("Public", tag{"Sql", "", "NSG", "13.66.136.192/29"})
	crlf := bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n"))
	for name, data := range map[string][]byte{"CRLF": crlf, "mark": append([]byte("\ufeff"), plain...), "both": append([]byte("\ufeff"), crlf...)} {
		c, err := Parse("f", data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		set, _ := c.Addresses("Sql")
		equalSets(t, name, set, addresses("13.66.136.192/29"))
	}
}

func TestPrefixesMerge(t *testing.T) {
	c := catalogue(t, tag{"Sql", "", "", "10.0.0.128/25 10.0.0.0/25 10.0.0.64/26 10.0.1.0/24 10.0.3.0/32"})
	list := c.List()
	if got := list[0]; got.IPv4Prefixes != 5 || got.IPv4Ranges != 2 || got.IPv6Prefixes != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestRefusedDataHasOnePositionedError(t *testing.T) {
	entry := func(properties string) string {
		return `{"changeNumber":1,"cloud":"Public","values":[` + "\n" + `{"name":"Sql","properties":` + properties + `}]}`
	}
	prefixes := func(list string) string { return entry(`{"region":"","addressPrefixes":` + list + `}`) }
	for _, c := range []struct{ name, data, want string }{
		{"nothing", ``, "f.json: error: the file is empty"},
		{"an array", `[]`, "f.json:1:1: error: not a service-tag file"},
		{"another document", `{"resources":[]}`, "f.json:1:1: error: not a service-tag file"},
		{"a page of details", `{"value":[],"nextLink":null}`, `f.json:1:1: error: found a list under "value" without a cloud`},
		{"no tags", `{"changeNumber":1,"cloud":"Public","values":[]}`, "f.json:1:45: error: the list of service tags is empty"},
		{"no addresses at all", prefixes(`[]`), "f.json:1:45: error: no service tag has an address prefix"},
		{"no cloud", `{"changeNumber":1,"values":[]}`, `f.json:1:1: error: $ has no "cloud", expected the name of a cloud`},
		{"an empty cloud", `{"changeNumber":1,"cloud":"","values":[]}`, "f.json:1:27: error: $.cloud is empty"},
		{"a cloud that is a path", `{"changeNumber":1,"cloud":"../x","values":[]}`, `f.json:1:27: error: "../x" is not the name of a cloud`},
		{"no change number", `{"cloud":"Public","values":[]}`, `f.json:1:1: error: $ has no "changeNumber"`},
		{"a fraction", `{"changeNumber":1.5,"cloud":"Public","values":[]}`, "f.json:1:17: error: $.changeNumber is a number, expected a change number"},
		{"a change number in words", `{"changeNumber":"new","cloud":"Public","values":[]}`, "f.json:1:17: error: $.changeNumber is a string"},
		{"two spellings of one property", `{"changeNumber":1,"cloud":"Public","values":[],"Values":[]}`, "f.json:1:48: error: names"},
		{"a tag that is a string", `{"changeNumber":1,"cloud":"Public","values":["Sql"]}`, `f.json:1:46: error: $.values[0] has no "name"`},
		{"a name with a control character", `{"changeNumber":1,"cloud":"Public","values":[{"name":"S\u001bql"}]}`, "f.json:1:54: error: \"S\\x1bql\" is not the name"},
		{"no properties", `{"changeNumber":1,"cloud":"Public","values":[{"name":"Sql"}]}`, `f.json:1:46: error: $.values[0] has no "properties"`},
		{"no prefixes (TAG-8)", entry(`{"region":""}`), `f.json:2:28: error: $.values[0].properties has no "addressPrefixes"`},
		{"null prefixes (TAG-8)", prefixes(`null`), "f.json:2:59: error: $.values[0].properties.addressPrefixes is null"},
		{"shortened prefixes", prefixes(`"10.0.0.0/8 11.0.0.0/8"`), "f.json:2:59: error: $.values[0].properties.addressPrefixes is a string"},
		{"a prefix that is a number", prefixes(`[10]`), "f.json:2:60: error: $.values[0].properties.addressPrefixes[0] is a number"},
		{"a bare address", prefixes(`["13.66.136.192"]`), `f.json:2:60: error: address prefix "13.66.136.192" of service tag Sql is not one`},
		{"host bits", prefixes(`["13.66.136.193/29"]`), `f.json:2:60: error: address prefix "13.66.136.193/29" of service tag Sql has bits beyond its length, expected 13.66.136.192/29`},
		{"IPv6 host bits", prefixes(`["2603:1030::1/64"]`), `f.json:2:60: error: address prefix "2603:1030::1/64" of service tag Sql has bits beyond its length, expected 2603:1030::/64`},
		{"mapped", prefixes(`["::ffff:13.66.136.192/125"]`), `is an IPv4 prefix written as IPv6`},
		{"a range", prefixes(`["13.66.136.192-13.66.136.200"]`), "is not one"},
		{"features in a string", entry(`{"addressPrefixes":["13.0.0.0/8"],"networkFeatures":"NSG"}`), "networkFeatures is a string"},
		{"a region that is a number", entry(`{"region":1,"addressPrefixes":[]}`), "f.json:2:38: error: $.values[0].properties.region is a number"},
		{"one tag twice", string(weekly("Public", tag{"Sql", "", "", "13.0.0.0/8"}, tag{"SQL", "", "", "14.0.0.0/8"})),
			"f.json:15:5: error: service tag SQL stands twice"},
		{"a second document", string(weekly("Public", tag{"Sql", "", "", "13.0.0.0/8"})) + "{}", "f.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse("f.json", []byte(c.data))
			if err == nil || got != nil {
				t.Fatalf("got %v and a catalogue: %v", err, got != nil)
			}
			d := diagnosticOf(t, err)
			if !strings.Contains(d.Error(), c.want) || d.At.Line == 0 && c.data != "" {
				t.Errorf("got  %v\nwant %s", d, c.want)
			}
		})
	}
}

func TestTruncatedAnywhereIsOnePositionedError(t *testing.T) {
	data := weekly("Public", tag{"Storage", "", "NSG", "52.239.192.0/18 2603:1030::/48"}, tag{"Storage.WestEurope", "westeurope", "null", "52.239.193.0/24"})
	for n := range len(data) {
		c, err := Parse("f.json", data[:n])
		if c != nil {
			t.Fatalf("the first %d bytes of %d give a catalogue", n, len(data))
		}
		if d := diagnosticOf(t, err); d.At.File != "f.json" || d.At.Line == 0 && n > 0 {
			t.Fatalf("the first %d bytes give %v", n, d)
		}
	}
}

func TestLoadWithoutFile(t *testing.T) {
	if _, err := Load("no/such/file.json"); diagnosticOf(t, err).Code != "unreadable-file" {
		t.Errorf("got %v", err)
	}
}

func TestDateOfName(t *testing.T) {
	for name, want := range map[string]string{
		"ServiceTags_Public_20251028.json":         "2025-10-28",
		"ServiceTags_Public_20251028 (1).json":     "2025-10-28",
		"99999999_ServiceTags_China_20260720.json": "2026-07-20",
		"ServiceTags_Public_20251345.json":         "",
		"ServiceTags_Public_120251028.json":        "",
		"tags.json":                                "",
		"20240229":                                 "2024-02-29",
		"20230229":                                 "",
	} {
		got := ""
		if day := dateOf(name); !day.IsZero() {
			got = day.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%s: got %q, expected %q", name, got, want)
		}
	}
}

// A catalogue is frozen: the parts built at the first call are built once,
// whoever asks first.
func TestCatalogueIsSafeForConcurrentUse(t *testing.T) {
	c := small(t)
	var group sync.WaitGroup
	indexes := make([]*flow.TagIndex, 8)
	for i := range indexes {
		group.Go(func() {
			indexes[i] = c.Index()
			c.Warnings()
			c.Scope([]string{"BrandNew"}).Bounds("Storage")
		})
	}
	group.Wait()
	for _, x := range indexes {
		if x != indexes[0] || x.Len() != c.Len() {
			t.Fatal("two indexes of one catalogue")
		}
	}
}
