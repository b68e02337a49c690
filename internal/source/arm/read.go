package arm

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/expression"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// reader holds what the steps of Read share.
type reader struct {
	options   Options
	doc       *document.Document
	inventory *azure.Inventory
	budget    *expression.Budget
	// parsed expressions, by their text.
	parsed map[string]expression.Node
	// linking are the documents of linked templates that are being entered.
	linking map[*document.Document]bool
	// depth of values that ask for each other.
	depth int
	// resources in the order of the template.
	resources []*resource
	byID      map[azure.ID]*resource
	// deployments with an inline template, by id.
	deployments map[azure.ID]*deployment
	// labels of nested templates, with how often each was given.
	labels map[string]int
	// unsupported functions, with the place of the first call.
	unsupported map[string]azure.Position
}

// Recognise reports whether the document is a deployment template.
func Recognise(doc *document.Document) bool {
	schema, _ := doc.Root().GetFold("$schema").String()
	return strings.Contains(strings.ToLower(schema), "deploymenttemplate.json")
}

// Options shape Read. The zero value reads a template without parameters.
type Options struct {
	// Parameters are parameter files, of which later ones count over earlier ones.
	Parameters []*document.Document
	// Linked finds the input that a link means; nil where none is it. Entered is told
	// of each that is read as what a deployment links.
	Linked  func(Link) *document.Document
	Entered func(*document.Document)
	// Deployment is set where another input deploys the template.
	Deployment *Deployment
}

// Link is the address of a template, or of a parameter file, that stands elsewhere.
type Link struct {
	// From is the name of the document that states the link.
	From string
	// Address is a path from the folder of From where Relative is set, else the
	// last file in what is known of an address.
	Address              string
	Relative, Parameters bool
}

// Deployment is what another input says of a template that it deploys.
type Deployment struct {
	// Name of it, for people and for unknowns of its template.
	Name string
	// SubscriptionID and ResourceGroup it is deployed to, where they are known.
	SubscriptionID, ResourceGroup string
	// Open says why the parameters are not known, nil where they are.
	Open *azure.Unknown
}

// Read reads a template. What is wrong is in the Diagnostics of the inventory; an
// error among them makes [azure.Build] fail.
func Read(doc *document.Document, o Options) *azure.Inventory {
	r := &reader{
		options:     o,
		doc:         doc,
		inventory:   &azure.Inventory{Source: doc.Name(), Rank: azure.RankTemplate},
		budget:      expression.NewBudget(maxSteps),
		parsed:      map[string]expression.Node{},
		linking:     map[*document.Document]bool{},
		byID:        map[azure.ID]*resource{},
		deployments: map[azure.ID]*deployment{},
		labels:      map[string]int{},
		unsupported: map[string]azure.Position{},
	}
	if doc.Size() > maxTemplate {
		r.report(diagnostic.Warningf("template-too-large", diagnostic.Position{File: doc.Name()}, "the template has %d bytes, Azure accepts %d", doc.Size(), maxTemplate))
	}
	if list := doc.Root().FoldedDuplicates(); len(list) > 0 {
		r.inventory.Diagnostics = append(r.inventory.Diagnostics, list...)
		return r.inventory
	}
	t := r.newTemplate(doc.Root(), r.rootPlace(doc.Root()), "")
	if d := o.Deployment; d != nil {
		t.label = d.Name
		if d.Open != nil {
			t.openParameters(d.Open.Why)
		}
	}
	for _, p := range o.Parameters {
		r.applyParameterFile(t, p)
	}
	if err := r.expand(t.root.GetFold("resources"), &scope{t: t}, t.place, nil); err != nil {
		r.fail(err)
		return r.inventory
	}
	r.convert()
	r.settle()
	r.reportUnsupported()
	return r.inventory
}

func (r *reader) report(d diagnostic.Diagnostic) {
	r.inventory.Diagnostics = append(r.inventory.Diagnostics, d)
}

// fail reports an error of evaluating. One mistake in a variable shows wherever
// it is used: it is reported once.
func (r *reader) fail(err error) {
	for _, d := range diagnostic.Of(err, "expression") {
		if !slices.ContainsFunc(r.inventory.Diagnostics, func(have diagnostic.Diagnostic) bool { return have.Is(d) }) {
			r.report(d)
		}
	}
}

// rootPlace is where the template itself is deployed.
func (r *reader) rootPlace(root document.Value) expression.Place {
	at := root.Position()
	open := func(name string) *value.Value {
		return value.NotKnown(name, "known only when the template is deployed", at)
	}
	place := expression.Place{SubscriptionID: open("subscription().subscriptionId"), Deployment: open("deployment().name")}
	if !deploysToSubscription(root) {
		place.ResourceGroup = open("resourceGroup().name")
	}
	if d := r.options.Deployment; d != nil {
		if d.SubscriptionID != "" {
			place.SubscriptionID = value.OfString(d.SubscriptionID, at)
		}
		if d.ResourceGroup != "" && place.ResourceGroup != nil {
			place.ResourceGroup = value.OfString(d.ResourceGroup, at)
		}
		place.Deployment = value.OfString(d.Name, at)
	}
	return place
}

// deploysToSubscription tells a template for a subscription, a management group
// or a tenant by its schema.
func deploysToSubscription(root document.Value) bool {
	schema, _ := root.GetFold("$schema").String()
	schema = strings.ToLower(schema)
	return strings.Contains(schema, "subscriptiondeploymenttemplate") || strings.Contains(schema, "managementgroupdeploymenttemplate") ||
		strings.Contains(schema, "tenantdeploymenttemplate")
}

// problemAt gives a problem of an expression its place in the file.
func (r *reader) problemAt(v document.Value, err error) error {
	var p *expression.Problem
	if !errors.As(err, &p) {
		return err
	}
	at := v.PositionWithin(1 + rawOffset(v.Raw(), p.Offset))
	return diagnostic.Errorf(p.Code, at, "%s", p.Text).WithHint("%s", p.Hint)
}

// rawOffset is where the n-th byte of a JSON string stands within its quotes in
// the file: escapes take more bytes there.
func rawOffset(raw string, n int) int {
	text := strings.TrimSuffix(strings.TrimPrefix(raw, `"`), `"`)
	i := 0
	for i < len(text) && n > 0 {
		width, bytes := 1, 1
		if text[i] == '\\' {
			width = 2
			if strings.HasPrefix(text[i:], `\u`) {
				width, bytes = escapedRune(text[i:])
			}
		}
		i += width
		n -= bytes
	}
	return min(i, len(text))
}

// escapedRune is the width of a \u escape, or of the two that make one
// character, and the bytes of the character.
func escapedRune(text string) (width, bytes int) {
	unit := func(at int) rune {
		if len(text) < at+6 || text[at:at+2] != `\u` {
			return utf8.RuneError
		}
		n, err := strconv.ParseUint(text[at+2:at+6], 16, 16)
		if err != nil {
			return utf8.RuneError
		}
		return rune(n)
	}
	first := unit(0)
	if pair := utf16.DecodeRune(first, unit(6)); pair != utf8.RuneError {
		return 12, utf8.RuneLen(pair)
	}
	return 6, max(utf8.RuneLen(first), 1)
}

// reportUnsupported tells once which functions are not evaluated.
func (r *reader) reportUnsupported() {
	if len(r.unsupported) == 0 {
		return
	}
	names := make([]string, 0, len(r.unsupported))
	var first azure.Position
	for name, at := range r.unsupported {
		names = append(names, name)
		if first.IsZero() || at.Compare(first) < 0 {
			first = at
		}
	}
	slices.Sort(names)
	r.report(diagnostic.Infof("unsupported-function", first, "%s not evaluated: %s", plural(len(names), "function is", "functions are"), strings.Join(names, ", ")).
		WithDetail("what they give is a named unknown"))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprint(n, " ", one)
	}
	return fmt.Sprint(n, " ", many)
}
