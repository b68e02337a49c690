package source

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm"
	"github.com/wayleave/wayleave/internal/source/export"
	"github.com/wayleave/wayleave/internal/source/live/snapshot"
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
	snapshotForm
	reportForm
	tableForm
	applianceForm
)

// readers of the forms that are read file by file; templates need their
// parameters besides.
var readers = map[form]func(*document.Document, Options) *azure.Inventory{
	exportForm:   func(doc *document.Document, _ Options) *azure.Inventory { return export.Read(doc) },
	snapshotForm: func(doc *document.Document, _ Options) *azure.Inventory { return snapshot.Read(doc) },
	terraformForm: func(doc *document.Document, o Options) *azure.Inventory {
		return terraform.Read(doc, terraform.Options{Before: o.Before})
	},
}

func formOf(doc *document.Document) form {
	switch {
	case isParameterFile(doc.Root()):
		return parameterForm
	case arm.Recognise(doc):
		return templateForm
	case terraform.Recognise(doc):
		return terraformForm
	case isTagData(doc.Root()):
		return tagForm
	case snapshot.Recognise(doc):
		return snapshotForm
	case ownReport(doc.Root()) != "":
		return reportForm
	case export.Recognise(doc):
		return exportForm
	}
	return noForm
}

// isParameterFile tells a parameter file of a deployment template.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files,
// read 2026-11.
func isParameterFile(root document.Value) bool {
	schema, _ := root.GetFold("$schema").String()
	return strings.Contains(strings.ToLower(schema), "deploymentparameters.json")
}

// isTagData tells the service-tag file and the answer of the service-tag API
// (TAG-40, TAG-41).
func isTagData(root document.Value) bool {
	return root.GetFold("changeNumber").Exists() && root.GetFold("cloud").Exists() && root.GetFold("values").Kind() == document.Array
}

// ownReport tells what this program wrote for others to read, and names its
// form: an answer in JSON or SARIF. A snapshot is not among these.
func ownReport(root document.Value) string {
	if schema, _ := root.Get("schema").String(); strings.HasPrefix(schema, "wayleave.") {
		return schema
	}
	name, _ := root.Get("runs").Index(0).Get("tool").Get("driver").Get("name").String()
	if version, _ := root.Get("version").String(); name == "wayleave" && version != "" {
		return "SARIF " + version
	}
	return ""
}

// problemOf says why a document is no network.
func problemOf(doc *document.Document) diagnostic.Diagnostic {
	d, _ := export.Problem(doc)
	return d
}
