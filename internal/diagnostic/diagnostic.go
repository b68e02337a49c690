// Package diagnostic is the one way in which every layer states a problem: a
// stable code, one sentence, the place, and what to do about it.
//
// Layers return diagnostics; only the command line prints them. A function
// that meets one problem returns a Diagnostic as its error; one that can go on
// collects a List and returns List.Err.
//
// Summaries speak like a colleague: lower-case, no final period, what was
// found and what was expected. What to do stands in the hint.
package diagnostic

import (
	"fmt"
	"strings"
)

// Diagnostic is one problem found in an input. It is a value: the With methods
// return a changed copy. It implements error.
type Diagnostic struct {
	// Code names the kind of problem in kebab-case, such as
	// "duplicate-priority". Codes are stable: users filter on them.
	Code string `json:"code"`
	// Severity says what the problem means for the run.
	Severity Severity `json:"severity"`
	// Summary is one line: what was found and what was expected.
	Summary string `json:"message"`
	// Detail is optional longer text, of one or more lines.
	Detail string `json:"detail,omitempty"`
	// At is the place the problem is about; zero when it has none.
	At Position `json:"at,omitzero"`
	// Hint says what to do; empty when nothing useful can be said.
	Hint string `json:"hint,omitempty"`
	// Related are further places that belong to the problem, in reading order,
	// such as the first of two duplicates.
	Related []Related `json:"related,omitempty"`
}

// Related is a further place that belongs to a problem.
type Related struct {
	// Message says what is at the place.
	Message string `json:"message"`
	// At is the place.
	At Position `json:"at,omitzero"`
}

// Errorf returns a diagnostic of severity Error. The format makes the summary.
func Errorf(code string, at Position, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Error, At: at, Summary: fmt.Sprintf(format, args...)}
}

// Warningf returns a diagnostic of severity Warning. The format makes the
// summary.
func Warningf(code string, at Position, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Warning, At: at, Summary: fmt.Sprintf(format, args...)}
}

// Infof returns a diagnostic of severity Info. The format makes the summary.
func Infof(code string, at Position, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Info, At: at, Summary: fmt.Sprintf(format, args...)}
}

// WithHint returns d with what to do about it.
func (d Diagnostic) WithHint(format string, args ...any) Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// WithDetail returns d with longer text.
func (d Diagnostic) WithDetail(format string, args ...any) Diagnostic {
	d.Detail = fmt.Sprintf(format, args...)
	return d
}

// WithRelated returns d with one more place; d itself keeps its own list.
func (d Diagnostic) WithRelated(at Position, format string, args ...any) Diagnostic {
	related := make([]Related, len(d.Related), len(d.Related)+1)
	copy(related, d.Related)
	d.Related = append(related, Related{Message: fmt.Sprintf(format, args...), At: at})
	return d
}

// Error returns the one string form, "file:line:col: error: summary [code]",
// always a single line: control characters, which may come from an input, are
// escaped. An unknown place is left out.
func (d Diagnostic) Error() string {
	var b strings.Builder
	if !d.At.IsZero() {
		b.WriteString(d.At.String())
		b.WriteString(": ")
	}
	b.WriteString(d.Severity.String())
	b.WriteString(": ")
	b.WriteString(d.Summary)
	if d.Code != "" {
		b.WriteString(" [" + d.Code + "]")
	}
	return Escape(b.String())
}
