package source

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/export"
	"github.com/wayleave/wayleave/internal/source/terraform"
)

// form is what a file is, told from its content.
type form uint8

const (
	noForm form = iota
	exportForm
	terraformForm
	templateForm
	parameterForm
	tagForm
)

// readers of the forms that are read file by file; templates need their
// parameters besides.
var readers = map[form]func(*document.Document) *azure.Inventory{
	exportForm:    export.Read,
	terraformForm: terraform.Read,
}

func formOf(doc *document.Document) form {
	root := doc.Root()
	schema, _ := root.GetFold("$schema").String()
	schema = strings.ToLower(schema)
	switch {
	case strings.Contains(schema, "deploymentparameters.json"):
		return parameterForm
	case strings.Contains(schema, "deploymenttemplate.json"):
		return templateForm
	case terraform.Recognise(doc):
		return terraformForm
	case isTagData(root):
		return tagForm
	case export.Recognise(doc):
		return exportForm
	}
	return noForm
}

// isTagData tells the service-tag file and the answer of the service-tag API
// (TAG-40, TAG-41).
func isTagData(root document.Value) bool {
	return root.GetFold("changeNumber").Exists() && root.GetFold("cloud").Exists() && root.GetFold("values").Kind() == document.Array
}

// problemOf says why a document is no network.
func problemOf(doc *document.Document) diagnostic.Diagnostic {
	d, _ := export.Problem(doc)
	return d
}
