package servicetag

import "github.com/wayleave/wayleave/internal/diagnostic"

// cloudNames has the spelling of the files' "cloud" for every name that files,
// az and people give to a cloud.
var cloudNames = map[string]string{
	"public": "Public", "azurepublic": "Public", "azurecloud": "Public",
	"azuregovernment": "AzureGovernment", "azureusgovernment": "AzureGovernment", "usgovernment": "AzureGovernment", "usgov": "AzureGovernment",
	"china": "China", "azurechina": "China", "azurechinacloud": "China",
	"azuregermany": "AzureGermany", "germany": "AzureGermany", "azuregermancloud": "AzureGermany",
}

// CloudName returns the name that service-tag files use for a cloud, given in
// any case and also as az writes it (AzureCloud, AzureUSGovernment,
// AzureChinaCloud). A name it does not know is returned as it is.
func CloudName(name string) string {
	if canonical, ok := cloudNames[fold(name)]; ok {
		return canonical
	}
	return name
}

// CheckCloud returns an error if c holds the data of another cloud than the
// one wanted, because the addresses of a tag differ between clouds (TAG-4).
// Any cloud will do for an empty name, and the symbolic catalogue for any.
func (c *Catalogue) CheckCloud(wanted string) error {
	if wanted == "" || c.symbolic || fold(CloudName(wanted)) == fold(CloudName(c.cloud)) {
		return nil
	}
	return diagnostic.Errorf("wrong-cloud", diagnostic.Position{File: c.file},
		"the service tags are those of cloud %s, expected %s", c.cloud, CloudName(wanted)).
		WithHint("give the file of that cloud, or --cloud %s", c.cloud)
}
