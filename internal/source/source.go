// Package source turns files into inventories: it finds the files, recognises
// from its content what each one is, and hands it to the reader of that form.
//
//   - export: resources as az, the REST API or Resource Graph write them
//   - terraform: plans and states in JSON
//   - csv: tables of security rules
//   - appliance: what a user states of network virtual appliances
//   - arm: deployment templates with their parameter files
//   - live/snapshot: what `wayleave pull` wrote
package source

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/appliance"
)

// Options shape Load. The zero value reads with default limits and has no
// standard input.
type Options struct {
	// Parameters are template parameter files that count for every template.
	Parameters []string
	// Before reads Terraform plans as the network before their apply; other
	// inputs are the same either way.
	Before bool
	// Documents are inputs that are in memory already, read before the paths.
	Documents []Input
	// Stdin is what the path "-" reads; nil is empty.
	Stdin io.Reader
	// Instead are contents to read in place of those of files, by the path with
	// "/" between folders.
	Instead map[string][]byte
	// MaxBytes, MaxDepth and MaxNodes bound each file, as in document.Options;
	// zero takes the defaults there.
	MaxBytes           int64
	MaxDepth, MaxNodes int
}

// Input is a file in memory.
type Input struct {
	// Name stands for the path in positions.
	Name string
	// Data must not change afterwards.
	Data []byte
}

// document are the options for one file. Comments and trailing commas are
// accepted in every file: strict JSON means the same with them.
func (o Options) document() document.Options {
	return document.Options{Dialect: document.ARM, MaxBytes: o.MaxBytes, MaxDepth: o.MaxDepth, MaxNodes: o.MaxNodes}
}

// Load reads all paths as one network. A path is a file, "-" for standard
// input, or a folder, of which all *.json, *.jsonc, *.tfstate and *.csv files
// below it are read, hidden folders, .terraform and node_modules left out. A file that
// is reached twice is read once.
//
// The diagnostics are those of finding and recognising the files; what a
// reader says of its file is in the Diagnostics of its inventory, and
// azure.Build returns both that and what is wrong with the whole. Inventories
// are in the order of the paths, files of a folder by name. In a folder, JSON
// that is no network is skipped with an info diagnostic; it is an error where
// the file was named, where it is not even JSON, and where a folder has
// nothing else.
func Load(paths []string, o Options) ([]*azure.Inventory, diagnostic.List) {
	l := &loader{options: o, seen: map[string]bool{}}
	for _, p := range o.Parameters {
		l.parameters(p)
	}
	for _, d := range o.Documents {
		l.readData(d.Name, d.Data)
	}
	for _, p := range paths {
		if p != "" { // a variable of a script that is not set
			l.path(p)
		}
	}
	if len(paths)+len(o.Documents) == 0 || slices.Contains(paths, "") {
		l.report(diagnostic.Errorf("no-input", diagnostic.Position{}, "no file or folder was given").
			WithHint("name a file, a folder, or - for standard input"))
	}
	l.readTemplates()
	for _, f := range l.folders {
		l.checkFolder(f)
	}
	return l.inventories(), l.list
}

// loader holds what the steps of Load share.
type loader struct {
	options Options
	list    diagnostic.List
	// files that hold a network or parameters, in the order found.
	files []*file
	// seen are the files that were read, by absolute path.
	seen map[string]bool
	// shared are the parameter files that count for every template.
	shared  []*file
	folders []*folder
	// inFolder is the folder being read, nil for a file that was named.
	inFolder *folder
}

// file is one file that was read.
type file struct {
	path      string
	form      form
	doc       *document.Document
	inventory *azure.Inventory
	folder    *folder
	// absolute is what place gives, once it was asked.
	absolute string
}

// folder is a path that is a folder, with what was found in it.
type folder struct {
	path string
	// looked are the files looked at, used how many of them gave a network.
	looked       []string
	used, failed int
}

func (l *loader) report(d diagnostic.Diagnostic) { l.list = append(l.list, d) }

func (l *loader) inventories() []*azure.Inventory {
	var all []*azure.Inventory
	for _, f := range l.files {
		if f.inventory != nil {
			all = append(all, f.inventory)
		}
	}
	return all
}

// once reports whether the file is met for the first time.
func (l *loader) once(path string) bool {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	if l.seen[abs] {
		return false
	}
	l.seen[abs] = true
	return true
}

// bytes reads a file; an error was reported where it cannot.
func (l *loader) bytes(path string) (data []byte, ok bool) {
	if data, ok := l.options.Instead[filepath.ToSlash(path)]; ok {
		return data, true
	}
	most := cmp.Or(l.options.MaxBytes, document.DefaultMaxBytes)
	var err error
	if path == "-" {
		stdin := l.options.Stdin
		if stdin == nil {
			stdin = strings.NewReader("")
		}
		data, err = document.ReadAll(path, stdin, most)
	} else {
		data, err = document.ReadFile(path, most)
	}
	return data, l.succeeded(err)
}

// succeeded reports an error of a file, if there is one.
func (l *loader) succeeded(err error) bool {
	if err == nil {
		return true
	}
	l.list = append(l.list, diagnostic.Of(err, "unreadable-file")...)
	if l.inFolder != nil {
		l.inFolder.failed++
	}
	return false
}

// parse parses JSON; nil when it is none, which was reported then.
func (l *loader) parse(path string, data []byte) *document.Document {
	doc, err := document.Parse(filepath.ToSlash(path), data, l.options.document())
	if !l.succeeded(err) {
		return nil
	}
	return doc
}

// read reads one file: JSON, or a table.
func (l *loader) read(path string) {
	if data, ok := l.bytes(path); ok {
		l.readData(path, data)
	}
}

func (l *loader) readData(path string, data []byte) {
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case ext == ".yaml", ext == ".yml":
		f := &file{path: path, form: applianceForm, inventory: appliance.Read(path, data), folder: l.inFolder}
		l.count(f)
		l.files = append(l.files, f)
		return
	case isTable(path, data):
		l.readTable(path, data)
		return
	}
	if doc := l.parse(path, data); doc != nil {
		l.recognise(path, doc)
	}
}

// recognise reads a parsed file by its form.
func (l *loader) recognise(path string, doc *document.Document) {
	f := &file{path: path, doc: doc, form: formOf(doc), folder: l.inFolder}
	switch f.form {
	case noForm:
		l.skip(doc)
		return
	case tagForm:
		l.report(diagnostic.Infof("tag-data", at(doc), "this is service-tag data, not a network").
			WithHint("name it with --tags, or import it once: wayleave tags import %s", doc.Name()))
		return
	case reportForm:
		l.passBy(doc)
		return
	case parameterForm:
		if l.inFolder == nil {
			l.shared = append(l.shared, f)
			return
		}
	case templateForm:
		// Read when all parameter files are known.
	default:
		f.inventory = readers[f.form](doc, l.options)
		f.doc = nil
		l.count(f)
	}
	l.files = append(l.files, f)
}

func at(doc *document.Document) diagnostic.Position { return doc.Root().Position() }

func (l *loader) count(f *file) {
	if f.folder != nil {
		f.folder.used++
	}
}

// skip handles a file that is no network: an error where it was named.
func (l *loader) skip(doc *document.Document) {
	d := problemOf(doc)
	if l.inFolder == nil {
		l.report(d)
		return
	}
	l.report(diagnostic.Infof("skipped", d.At, "skipped: %s", strings.SplitN(d.Summary, ";", 2)[0]))
}

// passBy handles a report of this program: an error where it was named.
func (l *loader) passBy(doc *document.Document) {
	form := ownReport(doc.Root())
	if l.inFolder != nil {
		l.report(diagnostic.Infof("own-report", at(doc), "passed by: a report of wayleave (%s), not a network", form))
		return
	}
	l.report(diagnostic.Errorf("own-report", at(doc), "a report of wayleave (%s), expected the files it was made from", form).
		WithHint("name the folder or the files that hold the network"))
}

// checkFolder reports a folder in which nothing is a network.
func (l *loader) checkFolder(f *folder) {
	if f.used > 0 || f.failed > 0 {
		return
	}
	place := diagnostic.Position{File: filepath.ToSlash(f.path)}
	const hint = "az network vnet list -o json > vnets.json; az network nsg list -o json > nsgs.json; or terraform show -json PLANFILE > plan.json"
	if len(f.looked) == 0 {
		l.report(diagnostic.Errorf("nothing-to-read", place, "the folder has no .json, .jsonc, .tfstate or .csv file").WithHint(hint))
		return
	}
	l.report(diagnostic.Errorf("nothing-to-read", place, "the folder has no network; %s", lookedAt(f.looked)).WithHint(hint))
}

// lookedAt lists the files that were looked at, at most a few by name.
func lookedAt(files []string) string {
	const most = 8
	names := files[:min(len(files), most)]
	text := fmt.Sprintf("looked at %d files: %s", len(files), strings.Join(names, ", "))
	if len(files) == 1 {
		text = "looked at one file: " + files[0]
	}
	if len(files) > most {
		text += " ..."
	}
	return text
}
