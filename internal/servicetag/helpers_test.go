package servicetag

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/flow"
)

// tag is one entry of a test file. features is "NSG UDR", "null" or "" for a
// property that is absent; prefixes are separated by spaces.
type tag struct{ name, region, features, prefixes string }

// weekly writes a file in the form of Microsoft's weekly one.
func weekly(cloud string, tags ...tag) []byte {
	type properties struct {
		ChangeNumber    int             `json:"changeNumber"`
		Region          string          `json:"region"`
		AddressPrefixes []string        `json:"addressPrefixes"`
		NetworkFeatures json.RawMessage `json:"networkFeatures,omitempty"`
	}
	type value struct {
		Name       string     `json:"name"`
		Properties properties `json:"properties"`
	}
	file := struct {
		ChangeNumber int     `json:"changeNumber"`
		Cloud        string  `json:"cloud"`
		Values       []value `json:"values"`
	}{375, cloud, []value{}}
	for _, t := range tags {
		v := value{t.name, properties{7, t.region, strings.Fields(t.prefixes), nil}}
		switch t.features {
		case "":
		case "null":
			v.Properties.NetworkFeatures = json.RawMessage("null")
		default:
			v.Properties.NetworkFeatures, _ = json.Marshal(strings.Fields(t.features))
		}
		file.Values = append(file.Values, v)
	}
	data, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		panic(err)
	}
	return data
}

const fileName = "ServiceTags_Public_20251028.json"

// catalogue returns a public catalogue of these tags.
func catalogue(t testing.TB, tags ...tag) *Catalogue {
	t.Helper()
	c, err := Parse("data/"+fileName, weekly("Public", tags...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// small has the shapes that matter, with addresses of the file of 2025-10-28.
func small(t testing.TB) *Catalogue {
	const all = "API NSG UDR FW"
	return catalogue(t,
		tag{"Storage", "", "API NSG UDR FW VSE", "52.239.191.0/28 52.239.192.0/18 135.130.0.0/24 2603:1030::/48"},
		tag{"Storage.FranceCentral", "centralfrance", all, "52.239.192.0/24"},
		tag{"Storage.WestEurope", "westeurope", all, "52.239.193.0/24 2603:1030::/64"},
		tag{"Storage.WestUS2", "westus2", all, "52.239.194.0/24"},
		tag{"AzureCloud", "", "API NSG", "52.239.192.0/26 52.239.193.0/24 20.190.130.0/24"},
		tag{"AzureCloud.centralfrance", "centralfrance", "API NSG", "52.239.192.0/26"},
		tag{"AzureCloud.westeurope", "westeurope", "API NSG", "52.239.193.0/24"},
		tag{"AzureActiveDirectory", "", all, "20.190.130.0/24 20.190.172.0/24"},
		tag{"AzureActiveDirectory.ServiceEndpoint", "", "null", "20.190.172.0/25"},
		tag{"Sql", "", all, "13.66.136.192/29"},
		tag{"ApiManagement", "", all, "13.64.39.16/32"},
		tag{"LogicApps", "", all, "13.65.86.56/31"},
		tag{"LogicApps.WestEurope", "westeurope", "null", "13.65.86.56/32"},
		tag{"AzureConnectors", "", all, "13.65.86.58/31"},
		tag{"EventHub", "", all, "13.68.20.0/24"},
	)
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// addresses returns a set of prefixes and of the points of tags.
func addresses(items ...string) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, item := range items {
		if p, err := netip.ParsePrefix(item); err == nil {
			b.AddPrefix(p)
		} else {
			b.AddSet(pointsOf(item))
		}
	}
	return b.Set()
}

func equalSets(t *testing.T, what string, got, want flow.AddressSet) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// diagnosticOf returns the only diagnostic of an error.
func diagnosticOf(t *testing.T, err error) diagnostic.Diagnostic {
	t.Helper()
	list := diagnostic.Of(err, "")
	if len(list) != 1 || list[0].Code == "" {
		t.Fatalf("got %#v, expected one diagnostic", err)
	}
	return list[0]
}

// corpus returns the service-tag files of real life, and skips without them.
func corpus(t testing.TB) []string {
	t.Helper()
	dir := os.Getenv("WAYLEAVE_CORPUS")
	if dir == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the real service-tag files are not tested")
	}
	files, err := filepath.Glob(filepath.Join(dir, "servicetags", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no service-tag files in %s (%v)", dir, err)
	}
	return files
}

// newestPublic returns the newest file of the public cloud.
func newestPublic(t testing.TB) string {
	newest := ""
	for _, file := range corpus(t) {
		if strings.Contains(file, "ServiceTags_Public_") && file > newest {
			newest = file
		}
	}
	if newest == "" {
		t.Fatal("the corpus has no file of the public cloud")
	}
	return newest
}

func load(t testing.TB, file string) *Catalogue {
	t.Helper()
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
