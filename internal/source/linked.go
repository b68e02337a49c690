package source

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm"
)

// linked is the input that a link in a template means, read from the top one: the only
// one that fits best.
func (l *loader) linked(top *file, link arm.Link) *file {
	form := templateForm
	if link.Parameters {
		form = parameterForm
	}
	fits := fitsAddress(top, link)
	if link.Relative {
		fits = fitsPath(link)
	}
	var best fit
	var found []*file
	for _, f := range l.files {
		if f.form != form || f == top || filepath.ToSlash(f.path) == link.From {
			continue
		}
		switch how := fits(f.place()); {
		case how > best:
			best, found = how, []*file{f}
		case how == best && how > unfit:
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// fit is how well the place of a file goes with a link, the best last.
type fit int

const (
	unfit fit = iota
	// asFarAsGiven: the address ends with the path from the linking template.
	asFarAsGiven
	// asFarAsKnown: the path ends with what is known of the address.
	asFarAsKnown
	// beside: the path from the linking template is what is known of the address.
	beside
)

// fitsPath fits the file at a path from the folder of the template that states it.
func fitsPath(link arm.Link) func(place string) fit {
	address := strings.ToLower(strings.ReplaceAll(link.Address, `\`, "/"))
	want := path.Join(path.Dir(placeOf(link.From)), address)
	return func(place string) fit {
		if place == want && !path.IsAbs(address) {
			return beside
		}
		return unfit
	}
}

// fitsAddress fits files by an address, of which the front may not be known. It may lead
// from the template that states it or, handed down as a parameter, from the top one. A
// name alone is not enough: templates of many folders are called azuredeploy.json.
func fitsAddress(top *file, link arm.Link) func(place string) fit {
	address := path.Clean(strings.ToLower(link.Address))
	known := address
	for strings.HasPrefix(known, "../") {
		known = known[len("../"):]
	}
	folders := []string{path.Dir(placeOf(link.From)), path.Dir(top.place())}
	return func(place string) fit {
		switch {
		case slices.ContainsFunc(folders, func(folder string) bool { return path.Join(folder, address) == place }):
			return beside
		case strings.HasSuffix(place, "/"+known):
			return asFarAsKnown
		case slices.ContainsFunc(folders, func(folder string) bool {
			inside, ok := strings.CutPrefix(place, strings.TrimSuffix(folder, "/"))
			return ok && strings.HasPrefix(inside, "/") && strings.HasSuffix("/"+known, inside)
		}):
			return asFarAsGiven
		}
		return unfit
	}
}

// place is where a file is, to compare with others.
func (f *file) place() string {
	if f.absolute == "" {
		f.absolute = placeOf(f.path)
	}
	return f.absolute
}

func placeOf(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	return strings.ToLower(filepath.ToSlash(name))
}

func (l *loader) fileOf(doc *document.Document) *file {
	return l.files[slices.IndexFunc(l.files, func(f *file) bool { return f.doc == doc })]
}

// leaveOutLinked drops what was read of linked templates by themselves: they are
// deployed by those that link them, which give their parameters.
func leaveOutLinked(links map[*file][]*file) {
	isLinked := map[*file]bool{}
	for _, list := range links {
		for _, f := range list {
			isLinked[f] = true
		}
	}
	var drop func(f *file)
	drop = func(f *file) {
		for _, linked := range links[f] {
			if linked.inventory != nil {
				linked.inventory = nil
				drop(linked)
			}
		}
	}
	for f := range links {
		if !isLinked[f] {
			drop(f)
		}
	}
}
