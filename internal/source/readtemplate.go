package source

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// readTemplate reads a deployment template with its parameter files.
func readTemplate(doc *document.Document, _ []*document.Document) *azure.Inventory {
	return &azure.Inventory{Source: doc.Name(), Rank: azure.RankTemplate, Diagnostics: diagnostic.List{
		diagnostic.Errorf("template", at(doc), "deployment templates are not read yet").
			WithHint("give a Terraform plan, or the deployed resources (az network vnet list)"),
	}}
}
