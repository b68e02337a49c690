package service

import (
	"embed"
	"io/fs"
	"sync"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

//go:embed profiles/*.yaml
var builtin embed.FS

// Builtin is the catalogue of the profiles that come with the program.
var Builtin = sync.OnceValues(func() (*Catalogue, error) {
	files, err := fs.Glob(builtin, "profiles/*.yaml")
	if err != nil {
		return nil, err
	}
	var profiles []*Profile
	for _, file := range files {
		data, err := builtin.ReadFile(file)
		if err != nil {
			return nil, err
		}
		p, problems := Parse(file, data)
		if err := problems.Err(); err != nil {
			return nil, err
		}
		p.ours = true
		profiles = append(profiles, p)
	}
	return NewCatalogue(profiles...)
})

// Parse reads and validates one profile. The profile is nil when the list has
// errors. Unknown fields, unknown words and inconsistent rows are errors with
// the position of the offending value.
func Parse(name string, data []byte) (*Profile, diagnostic.List) {
	var p Profile
	doc, err := document.DecodeYAML(name, data, document.Options{}, &p)
	if err != nil {
		return nil, diagnostic.Of(err, "unreadable-file")
	}
	problems := validate(&p, doc.Root())
	if problems.HasErrors() {
		problems.Sort()
		return nil, problems
	}
	return &p, problems
}
