package arm

import (
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// Limits. Azure refuses what is beyond them: templates of more than 4 MB, copy
// loops of more than 800 iterations, and so on; the others bound our own work:
// 3 MB compiled from Bicep take less than 200,000 steps.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices
// (template limits), read 2026-11.
const (
	maxTemplate   = 4 << 20
	maxCopies     = 800
	maxParameters = 256
	maxVariables  = 512
	maxOutputs    = 64
	maxResources  = 800
	maxSteps      = 2_000_000
	// What a resource and a nested template take, in steps.
	resourceSteps, templateSteps = 50, 250
	// maxNesting bounds deployments within deployments, parameters and
	// variables that ask for each other, and properties within properties.
	maxNesting = 200
)

// checkLimits warns of a template with more members than Azure accepts. What it
// would deploy is read all the same.
func (r *reader) checkLimits(root document.Value) {
	for _, part := range []struct {
		name string
		most int
	}{{"parameters", maxParameters}, {"variables", maxVariables}, {"outputs", maxOutputs}} {
		if v := root.GetFold(part.name); v.Len() > part.most {
			r.report(diagnostic.Warningf("template-limit", v.Position(), "the template has %d %s, Azure accepts %d", v.Len(), part.name, part.most))
		}
	}
}

// countResource warns of a template with more resources than Azure accepts.
func (t *template) countResource(at diagnostic.Position) {
	if t.resources++; t.resources == maxResources+1 {
		t.r.report(diagnostic.Warningf("template-limit", at, "the template has more than %d resources, copies counted, and Azure accepts no more", maxResources).
			WithHint("put some of them into nested deployments"))
	}
}
