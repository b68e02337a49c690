package servicetag

import (
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Warnings returns what a user should know about the data itself, in a fixed
// order: that it is incomplete, or that it breaks a relation which holds in
// every archived file, so that it is damaged or Azure has changed. The data
// counts as it stands all the same. The list is computed at the first call and
// must not be changed.
func (c *Catalogue) Warnings() diagnostic.List {
	c.once.warnings.Do(func() {
		at := diagnostic.Position{File: c.file}
		if c.partial {
			c.warnings = append(c.warnings, diagnostic.Warningf("incomplete-service-tags", at,
				"the answer has further pages (nextLink): tags that are not on this page are unknown").
				WithHint("export all pages: az network list-service-tags --location LOCATION"))
		}
		for i := range c.entries {
			c.warnings = append(c.warnings, c.oddities(c.entries[i], at)...)
		}
	})
	return c.warnings
}

// oddities checks one tag against TAG-33 and TAG-30.
func (c *Catalogue) oddities(e *entry, at diagnostic.Position) (found diagnostic.List) {
	const code = "unusual-service-tag"
	if outside := e.set.Minus(publicSpace); !outside.IsEmpty() {
		found = append(found, diagnostic.Warningf(code, at,
			"service tag %s holds addresses outside the public space: %s", e.tag.Name, outside.Folded(3)))
	}
	global, ok := c.byName[fold(e.tag.Global)]
	if !ok {
		return found
	}
	if outside := e.set.Minus(c.entries[global].set); !outside.IsEmpty() {
		found = append(found, diagnostic.Warningf(code, at,
			"regional service tag %s holds addresses outside %s: %s", e.tag.Name, e.tag.Global, outside.Folded(3)))
	}
	return found
}
