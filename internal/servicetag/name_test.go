package servicetag

import (
	"errors"
	"strings"
	"testing"
)

func TestWellFormed(t *testing.T) {
	for _, name := range []string{"Sql", "Storage.WestEurope", "AzureFrontDoor.FirstParty", "M365ManagementActivityApi", "A", strings.Repeat("a", maxName)} {
		if !WellFormed(name) {
			t.Errorf("%q is refused", name)
		}
	}
	for _, name := range []string{"", ".", "Storage.", ".WestEurope", "Storage..WestEurope", "10.0.0.0", "Virtual Network",
		"VIRTUAL_NETWORK", "10.0.0.0/8", "Störage", "Storage\n", "*", strings.Repeat("a", maxName+1)} {
		if WellFormed(name) {
			t.Errorf("%q is accepted", name)
		}
	}
}

func TestTAG1PLAT5ContextualTagsAreInNoData(t *testing.T) {
	for _, name := range []string{"VirtualNetwork", "internet", "AZURELOADBALANCER", "AzurePlatformDNS", "AzurePlatformIMDS", "AzurePlatformLKM"} {
		canonical, ok := Contextual(name)
		if !ok || !strings.EqualFold(canonical, name) {
			t.Errorf("Contextual(%q) = %q, %v", name, canonical, ok)
		}
		for _, c := range []*Catalogue{small(t), Symbolic()} {
			var want *ContextualError
			if _, err := c.Lookup(name); !errors.As(err, &want) || want.Name != canonical {
				t.Errorf("Lookup(%q) gives %v", name, err)
			}
		}
	}
	for _, name := range []string{"AzurePlatformDNS.WestEurope", "AzurePlatformLKM.WestUS"} { // PLAT-5: not regional
		if _, ok := Contextual(name); ok {
			t.Errorf("%s is taken for a contextual tag", name)
		}
		if got, err := small(t).Lookup(name); err == nil {
			t.Errorf("%s is the tag %+v", name, got)
		}
	}
	if _, ok := Contextual("AzureCloud"); ok {
		t.Error("AzureCloud is taken for a contextual tag")
	}
}

func TestTAG3RegionDecidesNotTheDot(t *testing.T) {
	c := small(t)
	for name, global := range map[string]string{
		"Storage.WestEurope":                   "Storage",
		"AzureCloud.centralfrance":             "AzureCloud",
		"AzureActiveDirectory.ServiceEndpoint": "",
		"Storage":                              "",
	} {
		if got, err := c.Lookup(name); err != nil || got.Global != global {
			t.Errorf("with data %s belongs to %q, %v; expected %q", name, got.Global, err, global)
		}
	}
	for name, global := range map[string]string{
		"Storage.WestEurope":                   "Storage",
		"storage.WESTEUROPE":                   "Storage",
		"AzureCloud.centralfrance":             "AzureCloud",
		"Storage.FranceCentral":                "Storage",
		"Storage.USGovVirginia":                "Storage",
		"BrandNew.WestEurope":                  "BrandNew",
		"AzureFrontDoor.Frontend":              "",
		"AzureFrontDoor.Backend":               "",
		"AzureFrontDoor.FirstParty":            "",
		"AzureFrontDoor.MicrosoftSecurity":     "",
		"AzureActiveDirectory.ServiceEndpoint": "",
		"AzureMonitor.Core":                    "",
		"Storage.Atlantis":                     "",
		"WestEurope":                           "",
	} {
		if got, err := Symbolic().Lookup(name); err != nil || got.Global != global {
			t.Errorf("without data %s belongs to %q, %v; expected %q", name, got.Global, err, global)
		}
	}
}

// T40: the seed writes SQL and APIManagement.
func TestTAG5NamesFoldCaseAndEchoTheCanonicalSpelling(t *testing.T) {
	for _, c := range []*Catalogue{small(t), Symbolic()} {
		for name, want := range map[string]string{
			"SQL": "Sql", "APIManagement": "ApiManagement", "storage": "Storage",
			"STORAGE.WestEurope": "Storage.WestEurope", "azurecloud": "AzureCloud",
		} {
			if got, err := c.Lookup(name); err != nil || got.Name != want {
				t.Errorf("symbolic %v: Lookup(%q) = %q, %v; expected %q", c.IsSymbolic(), name, got.Name, err, want)
			}
		}
	}
}

func TestTAG5OnlyASCIIFolds(t *testing.T) {
	const dotless = "AzureBotServ\u0131ce"
	if _, err := catalogue(t, tag{"AzureDevOpsK", "", "", "20.0.0.0/24"}).Lookup("AzureDevOps\u212a"); err == nil {
		t.Error("the Kelvin sign is taken for a k")
	}
	if _, err := Symbolic().Lookup(dotless); err == nil {
		t.Errorf("%q is taken for a tag", dotless)
	}
}

func TestTAG6ClassicNamesAreRefused(t *testing.T) {
	for name, instead := range map[string]string{"VIRTUAL_NETWORK": "VirtualNetwork", "azure_loadbalancer": "AzureLoadBalancer", "MY_TAG": ""} {
		_, err := Symbolic().Lookup(name)
		var malformed *MalformedError
		if !errors.As(err, &malformed) || malformed.Instead != instead {
			t.Errorf("Lookup(%q) gives %v", name, err)
		}
	}
	if c, ok := Contextual("INTERNET"); !ok || c != "Internet" {
		t.Errorf("INTERNET is %q, %v; expected Internet", c, ok)
	}
}

// TAG-5: what is looked up without a folded copy is what is found under it.
func TestFindFolds(t *testing.T) {
	names := map[string]int{"storage.westeurope": 1, "azurez": 2, "\u212aey": 3, "K\u00e9y": 4, strings.Repeat("n", 200): 5}
	for _, name := range []string{"Storage.WestEurope", "AzureZ", "AZUREZ", "azure[", "\u212aey", "Key", "K\u00e9y", "k\u00e9y", strings.Repeat("N", 200), strings.Repeat("n", maxName+1), ""} {
		want, known := names[fold(name)]
		if got, ok := find(names, name); got != want || ok != known {
			t.Errorf("%q is found as %d, %v, want %d, %v", name, got, ok, want, known)
		}
	}
}
