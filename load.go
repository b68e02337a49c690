package wayleave

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
	"github.com/wayleave/wayleave/internal/source"
)

// LoadOptions say what to read and how to read it.
type LoadOptions struct {
	// Paths are files, folders, or "-" for Stdin; together they are one network.
	Paths []string
	Stdin io.Reader
	// Documents are inputs in memory, such as a snapshot that was just taken.
	Documents []Document
	// Before reads Terraform plans as the network before their apply.
	Before bool
	// Parameters are parameter files for ARM templates.
	Parameters []string
	// Tags is a service-tag file; empty means the newest imported data, and
	// where nothing is imported tags are known by name only.
	Tags string
	// TagFiles are further service-tag files that the caller makes use of. Beside
	// Tags no other may stand among the paths.
	TagFiles []string
	// Cloud of the imported data; empty means the only one, else Public.
	Cloud string
	// Assume settles open points: "name=value" or "defaults", in order.
	Assume []string
	// Project fills what the fields above leave open; its assumptions come
	// before those of Assume. Check takes services and settings from it too.
	Project *Project
	// Profiles are files and folders of service profiles beside those that come
	// with the program.
	Profiles []string
	// Getenv finds the folder of imported data; nil means os.Getenv.
	Getenv func(string) string
}

// Document is an input in memory. Name stands for its path in positions; Data
// must not change afterwards.
type Document struct {
	Name string
	Data []byte
}

// Network is what the inputs describe, ready for questions. It is frozen and
// safe for concurrent use.
type Network struct {
	network *azure.Network
	// inventories are the statements that make the network, paths and reading
	// where they were read from and how.
	inventories []*azure.Inventory
	paths       []string
	reading     source.Options
	catalogue   *servicetag.Catalogue
	services    *service.Catalogue
	assumptions fabric.Assumptions
	diagnostics diagnostic.List
	project     *Project
}

// Load reads a network. The error is an *InputError where an input cannot be
// read or is invalid, and a *UsageError for an assumption nobody knows.
func Load(o LoadOptions) (*Network, error) {
	named := o.Tags
	o = o.defaults()
	assume := given(o.Assume)
	if o.Project != nil {
		assume = append(o.Project.Assume[:len(o.Project.Assume):len(o.Project.Assume)], assume...)
	}
	var settings []fabric.Setting
	for _, t := range assume {
		s, err := fabric.ParseAssumption(t.Value)
		if err != nil {
			return nil, blame(t, err, "wayleave explain --assumptions lists them")
		}
		settings = append(settings, s)
	}
	known, err := services(o.Profiles)
	if err != nil {
		return nil, err
	}
	from := source.Options{Parameters: o.Parameters, Stdin: o.Stdin, Before: o.Before}
	for _, d := range o.Documents {
		from.Documents = append(from.Documents, source.Input(d))
	}
	inventories, found := source.Load(o.Paths, from)
	if found.HasErrors() {
		return nil, &InputError{Diagnostics: append(found, readingProblems(inventories)...)}
	}
	used := append(o.TagFiles[:len(o.TagFiles):len(o.TagFiles)], o.Tags)
	if found, err = withoutTagFiles(found, o.Paths, named, used); err != nil {
		return nil, err
	}
	network, built := azure.Build(inventories...)
	list := append(found, built...)
	if network == nil {
		return nil, &InputError{Diagnostics: list}
	}
	known.Tell(network)
	catalogue, err := TagOptions{File: o.Tags, Cloud: o.Cloud, Getenv: o.Getenv}.catalogue()
	if err != nil {
		return nil, err
	}
	list = append(list, catalogue.Warnings()...)
	return &Network{
		network: network, inventories: inventories, paths: o.Paths, reading: from, catalogue: catalogue, services: known, assumptions: fabric.Assume(settings...), diagnostics: list,
		project: o.Project,
	}, nil
}

// withoutTagFiles leaves out what was said of service-tag files that are in use
// anyway. Beside the one that the caller named it refuses any other that is named as
// an input: a pattern that the shell made several files of would rest the answer on
// the first of them.
func withoutTagFiles(found diagnostic.List, paths []string, named string, used []string) (diagnostic.List, error) {
	var left diagnostic.List
	for _, d := range found {
		is := func(path string) bool { return filepath.Clean(path) == filepath.Clean(filepath.FromSlash(d.At.File)) }
		switch {
		case d.Code != "tag-data":
		case slices.ContainsFunc(used, is):
			continue
		case named != "" && slices.ContainsFunc(paths, is):
			return nil, &UsageError{
				Message: fmt.Sprintf("%s is service-tag data and no input; --tags takes one file, and %s is it", d.At.File, named),
				Hints:   []string{"name the one file that the answer is to rest on; --tags with a pattern such as *.json takes the first, and the others become inputs"},
			}
		}
		left = append(left, d)
	}
	return left, nil
}

// readingProblems are what the readers said, where the network is not built.
func readingProblems(inventories []*azure.Inventory) diagnostic.List {
	var list diagnostic.List
	for _, i := range inventories {
		list = append(list, i.Diagnostics...)
	}
	return list
}

// compile prepares the network for questions that speak of the given tags.
func (n *Network) compile(mentioned []string) (*fabric.Fabric, diagnostic.List, error) {
	f, problems := fabric.Compile(n.network, n.catalogue, n.assumptions, mentioned...)
	list := append(n.diagnostics[:len(n.diagnostics):len(n.diagnostics)], problems...)
	if f == nil {
		return nil, nil, &InputError{Diagnostics: list}
	}
	return f, list, nil
}

// notModelled counts the resources that were read and left alone, by type.
func (n *Network) notModelled() []result.NotModelled {
	var list []result.NotModelled
	at := map[string]int{}
	for _, r := range n.network.NotModelled {
		key := r.Type + "\n" + r.Effect
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key] = i
			list = append(list, result.NotModelled{Type: r.Type, Effect: r.Effect})
		}
		list[i].Count++
	}
	return list
}
