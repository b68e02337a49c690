package document

import "github.com/wayleave/wayleave/internal/diagnostic"

// Limits that hold where Options leave a field zero.
const (
	// DefaultMaxBytes bounds a JSON file: 512 MiB.
	DefaultMaxBytes = 512 << 20
	// DefaultMaxYAMLBytes bounds a YAML file: 16 MiB. A tree of the YAML library
	// takes some fifty times the memory of its text.
	DefaultMaxYAMLBytes = 16 << 20
	// DefaultMaxDepth bounds nesting; real templates stay below 40.
	DefaultMaxDepth = 512
	// DefaultMaxNodes bounds the values and member names of a document, 16 bytes
	// each; 12 MB of network security groups have half a million.
	DefaultMaxNodes = 16 << 20

	// maxMaxBytes keeps offsets within 32 bits.
	maxMaxBytes = 1<<32 - 2
	// maxMaxDepth is below the limit of the JSON library (10,000), so that ours
	// is the one that speaks.
	maxMaxDepth = 9_000
	maxMaxNodes = 1 << 30
)

// Dialect says what is tolerated beyond strict JSON (RFC 8259).
type Dialect uint8

const (
	// Strict tolerates nothing.
	Strict Dialect = iota
	// ARM is the dialect of Azure Resource Manager templates: line and block
	// comments, a comma after the last member or element, and strings that run
	// over several lines (raw line breaks and tabs, kept as they are). Strict
	// JSON means the same in both dialects.
	//
	// https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
	// (comments, multi-line strings), read 2026-11.
	ARM
)

// Options bound and shape the reading of one file. The zero value is strict
// JSON within the default limits.
type Options struct {
	// Dialect of a JSON file; YAML ignores it.
	Dialect Dialect
	// MaxBytes is the largest file accepted, inclusive; at most 4 GiB - 2.
	MaxBytes int64
	// MaxDepth is the deepest nesting accepted, inclusive; a scalar at the top
	// has depth 0. At most 9,000.
	MaxDepth int
	// MaxNodes is the largest number of values and member names accepted,
	// inclusive, YAML aliases counted as often as they are used. At most 2^30.
	MaxNodes int
	// At is the place of every value where the text stands as a string in
	// another file; zero where it is a file of its own.
	At diagnostic.Position
}

// withDefaults fills what is zero and lowers what is beyond the hard limits.
func (o Options) withDefaults(maxBytes int64) Options {
	o.MaxBytes = limit(o.MaxBytes, maxBytes, maxMaxBytes)
	o.MaxDepth = limit(o.MaxDepth, DefaultMaxDepth, maxMaxDepth)
	o.MaxNodes = limit(o.MaxNodes, DefaultMaxNodes, maxMaxNodes)
	return o
}

func limit[T int | int64](wanted, byDefault, most T) T {
	if wanted <= 0 {
		return byDefault
	}
	return min(wanted, most)
}
