package diagnostic

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// List is several diagnostics. It implements error, so that errors.As finds
// both the list and, through it, a single Diagnostic.
type List []Diagnostic

// Sort orders the list by position, then code, then summary. Equal entries
// keep their order.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Summary, b.Summary))
	})
}

// HasErrors reports whether an entry has severity Error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Err returns the whole list, warnings included, when it has an error, and nil
// otherwise.
func (l List) Err() error {
	if l.HasErrors() {
		return l
	}
	return nil
}

// Error returns the string form of every entry, one a line.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the entries for errors.As and errors.Is: those of severity
// Error first, in the order of the list.
func (l List) Unwrap() []error {
	out := make([]error, 0, len(l))
	for _, d := range l {
		if d.Severity == Error {
			out = append(out, d)
		}
	}
	for _, d := range l {
		if d.Severity != Error {
			out = append(out, d)
		}
	}
	return out
}

// Is reports whether target is a list with the same string form. It exists
// because a List is a slice, which errors.Is cannot compare by itself.
func (l List) Is(target error) bool {
	other, ok := target.(List)
	return ok && slices.EqualFunc(l, other, func(a, b Diagnostic) bool { return a.Error() == b.Error() })
}

// Is reports whether target is a diagnostic with the same string form. It
// exists because a Diagnostic has a slice, which errors.Is cannot compare by
// itself.
func (d Diagnostic) Is(target error) bool {
	other, ok := target.(Diagnostic)
	return ok && d.Error() == other.Error()
}

// Of returns the diagnostics that err carries: nil for nil, the list or the
// single diagnostic found by errors.As, and for any other error one entry of
// severity Error with the given code and no place.
func Of(err error, code string) List {
	if err == nil {
		return nil
	}
	var list List
	if errors.As(err, &list) {
		return slices.Clone(list)
	}
	var one Diagnostic
	if errors.As(err, &one) {
		return List{one}
	}
	return List{Errorf(code, Position{}, "%v", err)}
}
