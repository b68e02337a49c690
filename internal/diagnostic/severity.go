package diagnostic

import (
	"fmt"
	"strconv"
)

// Severity says what a diagnostic means for the run. The zero value is Error,
// so that a forgotten severity is never harmless.
type Severity uint8

const (
	// Error means that the input, or the part of it the diagnostic names,
	// gives no value.
	Error Severity = iota
	// Warning means that the value stands and a person should look.
	Warning
	// Info states a fact a reader may want.
	Info
)

var severityNames = [...]string{Error: "error", Warning: "warning", Info: "info"}

// String returns "error", "warning" or "info".
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return "severity(" + strconv.Itoa(int(s)) + ")"
}

// MarshalText writes the name of the severity.
func (s Severity) MarshalText() ([]byte, error) {
	if int(s) >= len(severityNames) {
		return nil, fmt.Errorf("unknown severity %d", s)
	}
	return []byte(severityNames[s]), nil
}

// UnmarshalText reads the name of a severity, in lower case.
func (s *Severity) UnmarshalText(text []byte) error {
	for i, name := range severityNames {
		if name == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q, expected error, warning or info", text)
}
