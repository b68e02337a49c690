package wayleave

import "github.com/wayleave/wayleave/internal/diagnostic"

// InputError says that an input could not be read or is invalid; nothing was
// analysed. Diagnostics hold every problem found, with its place, warnings
// included.
type InputError struct {
	Diagnostics diagnostic.List
}

// Error lists the problems, one a line.
func (e *InputError) Error() string { return e.Diagnostics.Error() }

// UsageError says that the question itself is wrong: a subnet nobody has, a
// service nobody knows, a setting that does not fit.
type UsageError struct {
	Message string
	// Hints say what to do.
	Hints []string
}

// Error returns the message.
func (e *UsageError) Error() string { return e.Message }
