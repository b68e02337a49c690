package servicetag

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// UnknownError says that the data has no tag of a well-formed name.
type UnknownError struct {
	// Name is the name as written.
	Name string
	// Close are the tags of the data that the name is a misspelling of, best
	// first, at most three. With any the name is an input error (decision 28).
	Close []string
	// Similar are tags that may be meant although the name can be one that is
	// newer than the data, at most three.
	Similar []string
	// Source and Version say which data.
	Source, Version string
	// Partial is set where the data is one page of several.
	Partial bool
}

// Misspelt reports whether the name is an input error: the data has a tag of
// nearly the same spelling. Otherwise the name may be that of a tag newer than
// the data, and its addresses are unknown.
func (e *UnknownError) Misspelt() bool { return len(e.Close) > 0 }

// Error implements error.
func (e *UnknownError) Error() string { return e.Diagnostic(diagnostic.Position{}).Summary }

// Diagnostic returns the error at the given position: an input error for a
// misspelt name, else a warning that names the date of the data.
func (e *UnknownError) Diagnostic(at diagnostic.Position) diagnostic.Diagnostic {
	const code = "unknown-service-tag"
	if e.Misspelt() {
		return diagnostic.Errorf(code, at, "service tag %q does not exist in %s (%s)", e.Name, e.Source, e.Version).
			WithHint("did you mean %s?", strings.Join(e.Close, " or "))
	}
	reason := "is not in %s (%s)"
	if e.Partial {
		reason = "is not on this page of %s (%s), which has more"
	}
	hint := "newer data may hold it: wayleave tags import FILE"
	if len(e.Similar) > 0 {
		hint = fmt.Sprintf("did you mean %s? Otherwise %s", strings.Join(e.Similar, " or "), hint)
	}
	return diagnostic.Warningf(code, at, "service tag %q "+reason+": its addresses are unknown", e.Name, e.Source, e.Version).
		WithHint("%s", hint)
}

// Resolve looks up a tag that stands in a place of the input, and says all
// that is to be said there: an error for a name that no tag can have or that
// is misspelt, a warning for one that the data does not have (decision 28) or
// that cannot be used in such a place (TAG-44). ok is false exactly if there
// is an error; the tag is then empty. A tag that only the data lacks is
// symbolic.
func (c *Catalogue) Resolve(name string, p Place, at diagnostic.Position) (tag Tag, found diagnostic.List, ok bool) {
	tag, err := c.Lookup(name)
	switch e := err.(type) {
	case nil:
		return tag, c.checkUsable(tag, p, at), true
	case *UnknownError:
		found = diagnostic.List{e.Diagnostic(at)}
		if e.Misspelt() {
			return Tag{}, found, false
		}
		return symbolicTag(name), found, true
	default: // a malformed or a contextual name
		return Tag{}, diagnostic.List{e.(interface {
			Diagnostic(diagnostic.Position) diagnostic.Diagnostic
		}).Diagnostic(at)}, false
	}
}

// unknown explains why the data has no such tag.
func (c *Catalogue) unknown(name string) *UnknownError {
	e := &UnknownError{Name: name, Source: c.source, Version: c.Version(), Partial: c.partial}
	e.Close, e.Similar = c.suggest(name)
	if e.Partial { // the name itself may be on another page
		e.Close, e.Similar = nil, append(e.Close, e.Similar...)
	}
	return e
}
