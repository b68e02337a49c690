package source

import (
	"path/filepath"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm"
)

// parameters opens a parameter file that was named for every template.
func (l *loader) parameters(path string) {
	if !l.once(path) {
		return
	}
	data, ok := l.bytes(path)
	if !ok {
		return
	}
	doc := l.parse(path, data)
	if doc == nil {
		return
	}
	if formOf(doc) != parameterForm {
		l.report(diagnostic.Errorf("parameters", at(doc), "this is no template parameter file").
			WithHint("expected a file whose $schema is .../deploymentParameters.json#"))
		return
	}
	l.shared = append(l.shared, &file{path: path, form: parameterForm, doc: doc})
}

// readTemplates reads the templates, each with the parameter files named for
// all of them, else with the one beside it that has its name.
func (l *loader) readTemplates() {
	taken, links := map[*file]bool{}, map[*file][]*file{}
	for _, t := range l.files {
		if t.form != templateForm {
			continue
		}
		parameters := l.shared
		if len(parameters) == 0 {
			parameters = l.beside(t)
		}
		var docs []*document.Document
		for _, p := range parameters {
			taken[p] = true
			docs = append(docs, p.doc)
		}
		linked := func(link arm.Link) *document.Document {
			if f := l.linked(t, link); f != nil {
				return f.doc
			}
			return nil
		}
		entered := func(doc *document.Document) {
			f := l.fileOf(doc)
			taken[f], links[t] = true, append(links[t], f)
		}
		t.inventory = arm.Read(t.doc, arm.Options{Parameters: docs, Linked: linked, Entered: entered})
		l.count(t)
	}
	leaveOutLinked(links)
	for _, p := range append(l.shared, l.files...) {
		if p.form == parameterForm && !taken[p] {
			l.reportUntaken(p)
		}
		p.doc = nil
	}
}

// reportUntaken tells that a parameter file is not used.
func (l *loader) reportUntaken(p *file) {
	if p.folder != nil && len(l.shared) > 0 {
		l.report(diagnostic.Infof("parameters", at(p.doc), "not used: other parameters were named for all templates"))
		return
	}
	if p.folder == nil && len(l.files) == 0 && len(l.options.Documents) == 0 {
		l.report(diagnostic.Errorf("parameters", at(p.doc), "these are parameters of a template, expected the template").
			WithHint("wayleave check TEMPLATE.json --parameters %s", p.path))
		return
	}
	l.report(diagnostic.Warningf("parameters", at(p.doc), "no template takes these parameters").
		WithHint("give the template with them; in a folder, main.parameters.json goes with main.json"))
}

// beside finds the parameter file of a template in its own folder:
// main.parameters.json goes with main.json. With several, such as
// main.parameters.prod.json, none is chosen.
func (l *loader) beside(template *file) []*file {
	stem := strings.TrimSuffix(filepath.Base(template.path), filepath.Ext(template.path))
	var found []*file
	for _, f := range l.files {
		if f.form == parameterForm && filepath.Dir(f.path) == filepath.Dir(template.path) && goesWith(filepath.Base(f.path), stem) {
			found = append(found, f)
		}
	}
	if len(found) > 1 {
		d := diagnostic.Warningf("parameters", at(template.doc), "several parameter files go with this template; none is used").
			WithHint("name one with --parameters")
		for _, f := range found {
			d = d.WithRelated(at(f.doc), "one of them")
		}
		l.report(d)
		return nil
	}
	return found
}

// goesWith tells whether a file has the name of a template's parameter file.
func goesWith(name, stem string) bool {
	name, stem = strings.ToLower(name), strings.ToLower(stem)
	return strings.HasPrefix(name, stem+".param") || (stem == "azuredeploy" || stem == "template") && strings.HasPrefix(name, "parameters.")
}
