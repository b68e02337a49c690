package live

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Cloud is one of Azure's clouds. The zero Cloud is the public one.
type Cloud struct {
	name     string
	settings cloud.Configuration
}

// clouds are those one can sign in to. Azure Germany closed in October 2021.
var clouds = []Cloud{
	{"Public", cloud.AzurePublic},
	{"AzureGovernment", cloud.AzureGovernment},
	{"China", cloud.AzureChina},
}

// CloudNamed finds a cloud by the name that service-tag files, az or people
// give to it, in any case: "Public", "AzureUSGovernment", "China". The empty
// name is the public cloud. The error is a Diagnostic.
func CloudNamed(name string) (Cloud, error) {
	if name == "" {
		return clouds[0], nil
	}
	canonical := servicetag.CloudName(name)
	for _, c := range clouds {
		if c.name == canonical {
			return c, nil
		}
	}
	return Cloud{}, diagnostic.Errorf("unknown-cloud", diagnostic.Position{}, "%q is no cloud one can sign in to, expected Public, AzureGovernment or China", name)
}

func (c Cloud) orPublic() Cloud {
	if c.name == "" {
		return clouds[0]
	}
	return c
}
