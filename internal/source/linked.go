package source

import (
	"path/filepath"
	"strings"
)

// linked is the input that a template means by the address of a link: the file at
// that path beside it, else the only one whose path ends like the address, else the
// only one of that name.
func (l *loader) linked(from *file, address string, parameters bool) *file {
	form := templateForm
	if parameters {
		form = parameterForm
	}
	address = strings.TrimLeft(filepath.ToSlash(filepath.Clean(address)), "./")
	beside := filepath.ToSlash(filepath.Join(filepath.Dir(from.path), address))
	var ending, named []*file
	for _, f := range l.files {
		if f.form != form || f == from {
			continue
		}
		path := strings.ToLower(filepath.ToSlash(f.path))
		switch {
		case strings.EqualFold(path, beside):
			return f
		case strings.HasSuffix("/"+path, "/"+strings.ToLower(address)):
			ending = append(ending, f)
		case strings.EqualFold(filepath.Base(f.path), filepath.Base(address)):
			named = append(named, f)
		}
	}
	switch {
	case len(ending) == 1:
		return ending[0]
	case len(ending) == 0 && len(named) == 1:
		return named[0]
	}
	return nil
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
