package reach_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// smallTags has the shapes of the real file that matter: AzureCloud does not
// hold all of Storage (TAG-27), and the regional tags of Storage together do
// not either (TAG-30).
const smallTags = `{"changeNumber": 1, "cloud": "Public", "values": [
{"name": "AzureCloud", "id": "AzureCloud", "properties": {"changeNumber": 1, "region": "", "regionId": 0, "platform": "Azure", "systemService": "",
 "addressPrefixes": ["52.239.192.0/27", "20.190.130.0/24", "13.83.72.0/24", "2603:1000::/47"], "networkFeatures": ["NSG", "UDR"]}},
{"name": "AzureCloud.centralfrance", "id": "AzureCloud.centralfrance", "properties": {"changeNumber": 1, "region": "centralfrance", "regionId": 1, "platform": "Azure", "systemService": "",
 "addressPrefixes": ["20.190.130.0/24"], "networkFeatures": ["NSG", "UDR"]}},
{"name": "AzureActiveDirectory", "id": "AzureActiveDirectory", "properties": {"changeNumber": 1, "region": "", "regionId": 0, "platform": "Azure", "systemService": "AzureAD",
 "addressPrefixes": ["20.190.130.0/24", "20.190.172.0/24"], "networkFeatures": ["NSG", "UDR"]}},
{"name": "Storage", "id": "Storage", "properties": {"changeNumber": 1, "region": "", "regionId": 0, "platform": "Azure", "systemService": "AzureStorage",
 "addressPrefixes": ["13.83.72.16/28", "52.239.191.0/28", "52.239.192.0/26", "135.130.0.0/24"], "networkFeatures": ["NSG", "UDR"]}},
{"name": "Storage.WestUS", "id": "Storage.WestUS", "properties": {"changeNumber": 1, "region": "westus", "regionId": 2, "platform": "Azure", "systemService": "AzureStorage",
 "addressPrefixes": ["13.83.72.16/28", "52.239.191.0/28", "52.239.192.0/26"], "networkFeatures": ["NSG", "UDR"]}},
{"name": "Storage.FranceCentral", "id": "Storage.FranceCentral", "properties": {"changeNumber": 1, "region": "centralfrance", "regionId": 1, "platform": "Azure", "systemService": "AzureStorage",
 "addressPrefixes": ["52.239.192.0/27"], "networkFeatures": ["NSG", "UDR"]}},
{"name": "Sql", "id": "Sql", "properties": {"changeNumber": 1, "region": "", "regionId": 0, "platform": "Azure", "systemService": "AzureSQL",
 "addressPrefixes": ["13.66.136.0/24"], "networkFeatures": ["NSG", "UDR"]}},
{"name": "ApiManagement", "id": "ApiManagement", "properties": {"changeNumber": 1, "region": "", "regionId": 0, "platform": "Azure", "systemService": "AzureApiManagement",
 "addressPrefixes": ["13.69.64.0/28"], "networkFeatures": ["NSG", "UDR"]}},
{"name": "AzureConnectors", "id": "AzureConnectors", "properties": {"changeNumber": 1, "region": "", "regionId": 0, "platform": "Azure", "systemService": "AzureConnectors",
 "addressPrefixes": ["13.69.231.0/28"], "networkFeatures": ["NSG"]}},
{"name": "LogicApps", "id": "LogicApps", "properties": {"changeNumber": 1, "region": "", "regionId": 0, "platform": "Azure", "systemService": "LogicApps",
 "addressPrefixes": ["13.95.147.0/28"], "networkFeatures": ["NSG"]}},
{"name": "LogicApps.WestEurope", "id": "LogicApps.WestEurope", "properties": {"changeNumber": 1, "region": "westeurope", "regionId": 3, "platform": "Azure", "systemService": "LogicApps",
 "addressPrefixes": ["13.95.147.0/28"], "networkFeatures": null}}
]}`

func smallCatalogue(t testing.TB) *servicetag.Catalogue {
	t.Helper()
	c, err := servicetag.Parse("ServiceTags_Public_20251117.json", []byte(smallTags))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// corpusCatalogue is a real tag file.
func corpusCatalogue(t testing.TB) *servicetag.Catalogue {
	t.Helper()
	c, err := servicetag.Load(filepath.Join(corpus(t), "servicetags", "ryanborMSFT__AzureServiceTagsJson__ServiceTags_Public_20251028.json"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WAYLEAVE_CORPUS")
	if dir == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the recorded data is not compared")
	}
	return dir
}

var onlyCloud = onlyTo("AzureCloud")

// dataTraps hold on the small file and on the real one alike.
var dataTraps = []trap{
	{"T35", "AzureCloud does not hold all of Storage", onlyCloud,
		in("tcp/443", "nic:vma", "52.239.191.5"), reach.Blocked, "deny-out-200", ""},
	{"T35", "only a part", onlyCloud,
		in("tcp/443", "nic:vma", "52.239.192.10"), reach.Allowed, "allow-out-100", ""},
	{"T36", "nor all of AzureActiveDirectory", onlyCloud,
		in("tcp/443", "nic:vma", "20.190.172.10"), reach.Blocked, "deny-out-200", ""},
	{"T36", "only a part", onlyCloud,
		in("tcp/443", "nic:vma", "20.190.130.1"), reach.Allowed, "allow-out-100", ""},
	{"T40", "the seed's spelling of Sql", lab{app: items(NSG("g", AllowOut(100, "tcp", "*", "SQL", "1433"), DenyOut(200, "*", "*", "*", "*")))},
		in("tcp/1433", "nic:vma", "sql"), reach.Allowed, "allow-out-100", ""},
	{"T40", "and of ApiManagement", lab{app: items(NSG("g", AllowIn(100, "tcp", "APIManagement", "*", "3443")))},
		in("tcp/3443", "ApiManagement", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T54", "a service endpoint does not put its service into VirtualNetwork", lab{app: items(Endpoint("Microsoft.Storage.Global"), NSG("g", AllowOut(100, "*", "*", "VirtualNetwork", "*"), DenyOut(200, "*", "*", "*", "*")))},
		in("tcp/443", "nic:vma", "52.239.192.10"), reach.Blocked, "deny-out-200", "vnetTag.serviceEndpoints"},
	{"T54", "a default route to an appliance does", lab{app: items(Endpoint("Microsoft.Storage.Global"), toNVA, NSG("g", AllowOut(100, "*", "*", "VirtualNetwork", "*"), DenyOut(200, "*", "*", "*", "*")))},
		in("tcp/443", "nic:vma", "52.239.192.10"), reach.Allowed, "allow-out-100", ""},
	{"T52", "RT-23, a service endpoint wins over any user route", lab{app: items(Endpoint("Microsoft.Storage.Global"), Routes("rt", Route("Storage", "10.1.9.4"), Route("0.0.0.0/0", "10.1.9.4")))},
		in("tcp/443", "nic:vma", "52.239.192.10"), reach.Allowed, "service endpoint Microsoft.Storage.Global", ""},
	{"T53", "RT-9, but only in its own subnet", lab{db: items(Endpoint("Microsoft.Storage.Global")), app: items(Routes("rt", Route("Storage", "10.1.9.4"), Route("0.0.0.0/0", "10.1.9.4")))},
		in("tcp/443", "nic:vma", "52.239.192.10"), reach.Undecided, "10.1.9.4", ""},
	{"T103", "a deny of Internet denies the service tags too", lab{app: items(NSG("g", DenyIn(100, "*", "Internet", "*", "*"), AllowIn(200, "tcp", "AzureConnectors", "VirtualNetwork", "454")))},
		in("tcp/454", "AzureConnectors", "v/app"), reach.Blocked, "deny-in-100", ""},
	{"T103", "the other way round it does not", lab{app: items(NSG("g", AllowIn(100, "tcp", "AzureConnectors", "VirtualNetwork", "454"), DenyIn(200, "*", "Internet", "*", "*")))},
		in("tcp/454", "AzureConnectors", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T70", "a route for one destination leaves inbound management alone", lab{app: items(NSG("g", AllowIn(100, "tcp", "LogicApps", "*", "454")), Routes("rt", Route("198.51.100.10/32", "10.1.9.4")))},
		in("tcp/454", "LogicApps", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T68", "a default route to an appliance takes the replies of management", lab{app: items(NSG("g", AllowIn(100, "tcp", "ApiManagement", "*", "3443")), toNVA)},
		in("tcp/3443", "ApiManagement", "v/app"), reach.Undecided, "allow-in-100", ""},
	{"T69", "unless a route sends them straight out", lab{app: items(NSG("g", AllowIn(100, "tcp", "ApiManagement", "*", "3443")), Routes("rt", Route("0.0.0.0/0", "10.1.9.4"), Route("ApiManagement", "Internet")))},
		in("tcp/3443", "ApiManagement", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"TAG-2", "a regional tag holds its region", onlyTo("Storage.WestUS"), in("tcp/443", "nic:vma", "13.83.72.20"), reach.Allowed, "allow-out-100", ""},
	{"TAG-2", "not another", onlyTo("Storage.FranceCentral"), in("tcp/443", "nic:vma", "13.83.72.20"), reach.Blocked, "deny-out-200", ""},
	{"TAG-2", "the global one holds all", onlyTo("Storage"), in("tcp/443", "nic:vma", "13.83.72.20"), reach.Allowed, "allow-out-100", ""},
	{"TAG-26", "AzureCloud holds addresses of no service tag", onlyTo("AzureCloud"), in("tcp/443", "nic:vma", "13.83.72.1"), reach.Allowed, "allow-out-100", ""},
	{"TAG-26", "of a region those there", onlyTo("AzureCloud.centralfrance"), in("tcp/443", "nic:vma", "13.83.72.1"), reach.Blocked, "deny-out-200", ""},
	{"TAG-28", "the file lists IPv6 for AzureCloud", dual(append(onlyTo("AzureCloud").app, NIC("six", "fd00:db8:1:1::9", PublicIP("Standard", "2603:1020::9")))...), in("tcp/443", "fd00:db8:1:1::9", "2603:1000::1"), reach.Allowed, "allow-out-100", "tag.ipv6"},
	{"TAG-28", "not all of it", dual(onlyTo("AzureCloud").app...), in("tcp/443", "fd00:db8:1:1::9", "2001:4860::8888"), reach.Blocked, "deny-out-200", ""},
}

// onlyTo lets HTTPS out of app to a tag, and nothing else.
func onlyTo(tag string) lab {
	return lab{app: items(NSG("g", AllowOut(100, "tcp", "*", tag, "443"), DenyOut(200, "*", "*", "*", "*")))}
}

// smallTraps rest on the prefixes of the small file.
var smallTraps = []trap{
	{"T37", "the regional tags do not make up the global one", lab{app: items(NSG("g", AllowOut(100, "tcp", "*", "Storage.WestUS", "443"), DenyOut(200, "*", "*", "*", "*")))},
		in("tcp/443", "nic:vma", "135.130.0.1"), reach.Blocked, "deny-out-200", ""},
	{"T55", "of two tags with one prefix the regional wins", lab{app: items(Routes("rt", Route("Storage", "None"), Route("Storage.WestUS", "Internet")))},
		in("tcp/443", "nic:vma", "13.83.72.17"), reach.Allowed, "to-Storage.WestUS", ""},
	{"T56", "an explicit prefix wins over a tag's", lab{app: items(Routes("rt", Route("13.83.72.16/28", "None"), Route("Storage.WestUS", "Internet")))},
		in("tcp/443", "nic:vma", "13.83.72.17"), reach.Blocked, "to-13.83.72.16-28", ""},
	{"RT-9", "a service endpoint covers the network's own region", inRegion("West US", Endpoint("Microsoft.Storage")),
		in("tcp/443", "nic:vma", "13.83.72.17"), reach.Allowed, "service endpoint Microsoft.Storage", ""},
	{"RT-9", "whether another is its pair no input tells", inRegion("France Central", Endpoint("Microsoft.Storage")),
		in("tcp/443", "nic:vma", "13.83.72.17"), reach.Undecided, "", ""},
	{"RT-9", "nor whether it covers what is in no regional tag", inRegion("westus", Endpoint("Microsoft.Storage")),
		in("tcp/443", "nic:vma", "135.130.0.1"), reach.Undecided, "", ""},
	{"RT-9", "the regions that it states count, not the network's", inRegion("westus", Endpoint("Microsoft.Storage", "francecentral")),
		in("tcp/443", "nic:vma", "13.83.72.17"), reach.Undecided, "", ""},
	{"RT-9", "those that it states and nobody knows too", inRegion("westus", Endpoint("Microsoft.Storage", "?")),
		in("tcp/443", "nic:vma", "13.83.72.17"), reach.Undecided, "", ""},
	{"RT-9", "a network of which the region is not known", inRegion("?", Endpoint("Microsoft.Storage")),
		in("tcp/443", "nic:vma", "13.83.72.17"), reach.Undecided, "", ""},
	{"RT-9", "no prefix of another service", inRegion("westus", Endpoint("Microsoft.Storage")),
		in("tcp/443", "nic:vma", "13.66.136.1"), reach.Blocked, "to-0.0.0.0-0", ""},
	{"RT-9", "no tag lists what an endpoint for another service covers", inRegion("westus", Endpoint("Microsoft.CognitiveServices", "*")),
		in("tcp/443", "nic:vma", "192.88.99.7"), reach.Undecided, "", ""},
	{"RT-9", "two endpoints for one address", inRegion("westus", Endpoint("Microsoft.Storage"), Endpoint("Microsoft.Storage.Global")),
		in("tcp/443", "nic:vma", "13.83.72.17"), reach.Allowed, "service endpoint Microsoft.Storage", ""},
}

// inRegion has a network in a region, with service endpoints in app, from which nothing
// else leaves.
func inRegion(name string, endpoints ...Item) lab {
	return lab{app: append(items(Routes("rt", Route("0.0.0.0/0", "None"))), endpoints...), vnet: items(Location(name))}
}

// What tags hold at a place, by its routes (PIPE-2).
func TestTagTraps(t *testing.T) {
	small := smallCatalogue(t)
	for _, row := range append(append([]trap{}, dataTraps...), smallTraps...) {
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, small) })
	}
}

func TestTagTrapsOnTheRealFile(t *testing.T) {
	real := corpusCatalogue(t)
	for _, row := range dataTraps {
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, real) })
	}
}

// T31: with a default route to an appliance Internet is empty, or is not.
func TestT31DenyInternetUnderADefaultRoute(t *testing.T) {
	network := lab{app: items(NSG("g", DenyOut(100, "*", "*", "Internet", "*")), toNVA)}.net(t)
	ask := in("tcp/443", "nic:vma", "8.8.8.8")
	for _, row := range []struct {
		assume string
		want   reach.Verdict
		by     string
	}{
		{"internet.minusVnetTag=true", reach.Undecided, "AllowVnetOutBound"}, // it goes on to the appliance
		{"internet.minusVnetTag=false", reach.Blocked, "deny-out-100"},
	} {
		a := explore(t, compile(t, network, servicetag.Symbolic(), row.assume), ask)
		if a.Verdict() != row.want || !decided(a, row.by) {
			t.Errorf("with %s want %s by %s, got %s", row.assume, row.want, row.by, describe(a))
		}
	}
}

// T38, T39: names that the data does not have or that rules cannot use.
func TestT38T39TagNames(t *testing.T) {
	rule := func(tag string) lab { return lab{app: items(NSG("g", AllowOut(100, "tcp", "*", tag, "443")))} }
	f, list := fabric.Compile(rule("AzureCloud.francecentral").net(t), smallCatalogue(t), fabric.Assume())
	if f != nil || !list.HasErrors() || !strings.Contains(list[0].Hint, "AzureCloud.centralfrance") {
		t.Errorf("AzureCloud.francecentral gave %v", list)
	}
	f, list = fabric.Compile(rule("LogicApps.WestEurope").net(t), smallCatalogue(t), fabric.Assume())
	if f == nil || len(list) != 1 || list[0].Code != "tag-not-usable" {
		t.Errorf("LogicApps.WestEurope gave %v", list)
	}
	f, list = fabric.Compile(rule("BrandNewService").net(t), smallCatalogue(t), fabric.Assume())
	if f == nil || len(list) != 1 {
		t.Fatalf("BrandNewService gave %v", list)
	}
	a := explore(t, f, in("tcp/443", "nic:vma", "8.8.8.8"))
	if a.Verdict() != reach.Allowed {
		t.Errorf("a rule that allows an unknown tag changes nothing before AllowInternetOutBound: %s", describe(a))
	}
}
