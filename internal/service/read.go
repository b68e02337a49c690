package service

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// ProfileFile is a profile of the user and the file it was read from.
type ProfileFile struct {
	*Profile
	Path string
}

func (f *ProfileFile) at() diagnostic.Position { return diagnostic.Position{File: f.Path} }

// Read reads profiles from files and folders, in that order. In a folder every
// .yaml and .yml file is a profile, but for files of this program that are
// something else by name; folders in it are not looked at. A path that is named
// twice counts once. The list holds all that is wrong with any of them, and
// warnings.
func Read(paths []string) ([]ProfileFile, diagnostic.List) {
	var read []ProfileFile
	var problems diagnostic.List
	for i, path := range paths {
		if slices.Contains(paths[:i], path) {
			continue
		}
		files, list := profileFiles(path)
		problems = append(problems, list...)
		for _, file := range files {
			data, err := document.ReadFile(file, document.DefaultMaxYAMLBytes)
			if err != nil {
				problems = append(problems, diagnostic.Of(err, "unreadable-file")...)
				continue
			}
			p, list := Parse(filepath.ToSlash(file), data)
			problems = append(problems, list...)
			if p != nil {
				read = append(read, ProfileFile{p, filepath.ToSlash(file)})
			}
		}
	}
	return read, problems
}

// profileFiles are the files that a path of the user means.
func profileFiles(path string) ([]string, diagnostic.List) {
	at := diagnostic.Position{File: filepath.ToSlash(path)}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, nil // reading it says what is wrong
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, diagnostic.Of(err, "unreadable-file")
	}
	var files []string
	for _, e := range entries {
		named := slices.Contains([]string{"wayleave.yaml", "wayleave.test.yaml"}, e.Name()) || e.Name()[0] == '.'
		if ext := filepath.Ext(e.Name()); !e.IsDir() && !named && (ext == ".yaml" || ext == ".yml") {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, diagnostic.List{diagnostic.Errorf("no-profile", at, "the folder has no profile; expected files *.yaml").
			WithHint("schemas/profile.schema.json describes a profile")}
	}
	return files, nil
}

// With adds the profiles of a user. One of the name of another, "service@edition",
// stands in its place; a default edition of the user is the default of its
// service, and so is the only edition of a service that the user adds. The
// user's profiles come first where several fit a name or a resource.
func (c *Catalogue) With(files []ProfileFile) (*Catalogue, diagnostic.List) {
	if len(files) == 0 {
		return c, nil
	}
	problems := clashes(files)
	var own, rest []*Profile
	named, chosen := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		named[f.Name()] = true
		chosen[f.Service] = chosen[f.Service] || f.Default
		own = append(own, f.Profile)
	}
	editions := map[string]int{}
	for _, p := range c.profiles {
		if named[p.Name()] {
			continue
		}
		editions[p.Service]++
		if p.Default && chosen[p.Service] {
			other := *p
			other.Default = false
			p = &other
		}
		rest = append(rest, p)
	}
	for _, f := range files {
		editions[f.Service]++
	}
	hasDefault := func(p *Profile) bool { return p.Default }
	for _, f := range files {
		sameService := func(p *Profile) bool { return p.Service == f.Service && hasDefault(p) }
		switch {
		case slices.ContainsFunc(slices.Concat(own, rest), sameService):
		case editions[f.Service] == 1:
			f.Default = true
		default:
			problems = append(problems, diagnostic.Errorf("invalid-profile", f.at(), "no edition of %s is the default, expected one", f.Service).
				WithHint("write default: true into one of them"))
		}
	}
	if problems.HasErrors() {
		return nil, problems
	}
	joined, err := NewCatalogue(slices.Concat(own, rest)...)
	if err != nil {
		return nil, diagnostic.Of(err, "invalid-profile")
	}
	joined.lookup = slices.Concat(own, rest)
	return joined, problems
}

// clashes are files that cannot stand beside each other.
func clashes(files []ProfileFile) diagnostic.List {
	var problems diagnostic.List
	for i, f := range files {
		for _, first := range files[:i] {
			switch {
			case first.Name() == f.Name():
				problems = append(problems, diagnostic.Errorf("invalid-profile", f.at(), "%s is stated twice, expected once", f.Name()).
					WithRelated(first.at(), "the first"))
			case first.Service == f.Service && first.Default && f.Default:
				problems = append(problems, diagnostic.Errorf("invalid-profile", f.at(), "%s has a second default edition, expected one", f.Service).
					WithRelated(first.at(), "the first"))
			}
		}
	}
	return problems
}
