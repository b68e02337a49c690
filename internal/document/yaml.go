package document

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// ParseYAML reads one YAML document that fills data into the same kind of tree
// that JSON gives; name is the File of its positions. The document keeps data,
// which must not change afterwards. Every error is a Diagnostic with a
// position, and there is no document then.
//
// Names of members are strings; numbers, booleans and null may stand as names
// and are taken as written. Dates stay strings. Aliases are followed, as often
// as they are used, within the limits; the positions of what they bring are
// those of the anchor. Refused: two members of one mapping with equal names,
// several documents in one file, merge keys (<<), tags outside the core schema,
// infinite numbers, text that is not UTF-8.
func ParseYAML(name string, data []byte, o Options) (*Document, error) {
	d, _, err := parseYAML(name, data, o)
	return d, err
}

// DecodeYAML reads data as ParseYAML does and then stores it in the value that
// into points to, by the "yaml" tags of its structs. A field that no struct
// has, or a value that does not fit its field, is an error; all of these come
// together as a List. The document gives the positions of what was stored.
func DecodeYAML(name string, data []byte, o Options, into any) (*Document, error) {
	d, root, err := parseYAML(name, data, o)
	if err != nil {
		return nil, err
	}
	// Equal names are refused above; the library's own check compares each
	// name with each.
	err = root.Load(into, yaml.WithKnownFields(), yaml.WithUniqueKeys(false))
	if err != nil {
		return nil, decodeErrors(d, err, into)
	}
	return d, nil
}

func parseYAML(name string, data []byte, o Options) (*Document, *yaml.Node, error) {
	o = o.withDefaults(DefaultMaxYAMLBytes)
	if int64(len(data)) > o.MaxBytes {
		return nil, nil, tooLarge(name, o.MaxBytes)
	}
	data = trimByteOrderMark(data)
	d := newDocument(name, data)
	if problem, ok := foreign(d, "YAML", false); ok {
		return nil, nil, problem
	}
	if at := invalidUTF8(data); at >= 0 {
		return nil, nil, notUTF8(d, at)
	}
	if at := strings.IndexFunc(d.source, forbiddenInYAML); at >= 0 {
		r, _ := utf8.DecodeRuneInString(d.source[at:])
		return nil, nil, diagnostic.Errorf("yaml-syntax", d.Position(at), "control character 0x%02x cannot stand in YAML", r)
	}
	root, problem, ok := compose(d, data, o)
	if !ok {
		if at := conflictMarker(d.source); at >= 0 {
			problem = mergeConflict(d, at)
		} else if other, ok := foreign(d, "YAML", true); ok {
			problem = other
		}
		return nil, nil, problem
	}
	if root.Kind == yaml.ScalarNode {
		// Almost any prose is a YAML scalar.
		if at := conflictMarker(d.source); at >= 0 {
			return nil, nil, mergeConflict(d, at)
		}
		if problem, ok := foreign(d, "YAML", true); ok {
			return nil, nil, problem
		}
	}
	b := yamlBuilder{doc: d, options: o, starts: yamlLineStarts(d.source)}
	if !b.add(root, 0) {
		return nil, nil, b.problem
	}
	d.text, d.quote, d.tape, d.places = b.text.String(), 0, b.tape, b.places
	return d, root, nil
}

// compose returns the top node of the only YAML document in data.
func compose(d *Document, data []byte, o Options) (root *yaml.Node, problem diagnostic.Diagnostic, ok bool) {
	limits := loaderlimits.New(loaderlimits.DepthFunc(func(depth int, _ *loaderlimits.DepthContext) error {
		if depth > o.MaxDepth {
			return errTooDeep
		}
		return nil
	}))
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithPlugin(limits))
	if err != nil {
		return nil, yamlError(d, err, o), false
	}
	var first, second yaml.Node
	switch err := loader.Load(&first); {
	case err == io.EOF:
		return nil, emptyYAML(d), false
	case err != nil:
		return nil, yamlError(d, err, o), false
	}
	root = &first
	if first.Kind == yaml.DocumentNode {
		if len(first.Content) == 0 {
			return nil, emptyYAML(d), false
		}
		root = first.Content[0]
	}
	switch err := loader.Load(&second); {
	case err == nil:
		at := yamlPlace(d, yamlLineStarts(d.source), second.Line, second.Column)
		return nil, diagnostic.Errorf("trailing-data", at, "a second YAML document begins here, expected one in a file").
			WithHint("put each document in a file of its own"), false
	case err != io.EOF:
		return nil, yamlError(d, err, o), false
	}
	return root, diagnostic.Diagnostic{}, true
}

var errTooDeep = errors.New("nested too deep")

func emptyYAML(d *Document) diagnostic.Diagnostic {
	return diagnostic.Errorf("empty-file", diagnostic.Position{File: d.name}, "the file is empty, expected YAML")
}

// forbiddenInYAML reports characters the library refuses without a usable
// position.
func forbiddenInYAML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff'
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}
