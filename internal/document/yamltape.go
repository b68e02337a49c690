package document

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// yamlBuilder turns the nodes of the YAML library into a tape.
type yamlBuilder struct {
	doc     *Document
	options Options
	starts  []uint32 // line starts by YAML's rules

	tape   []node
	places []uint32
	text   strings.Builder
	inside []*yaml.Node // the anchored nodes being added

	problem diagnostic.Diagnostic // why add returned false
}

// yamlHints say what to do about each kind of problem.
var yamlHints = map[string]string{
	"yaml-syntax":     "write the value out, in quotes if it is a text",
	"yaml-tag":        "leave the tag out and write a plain text, number, list or object",
	"too-many-values": "split the file, or write less by aliases",
	"file-too-large":  "split the file, or write less by aliases",
	"too-deep":        "write the values less deeply nested",
}

func (b *yamlBuilder) fail(n *yaml.Node, code, format string, args ...any) bool {
	b.problem = diagnostic.Errorf(code, yamlPlace(b.doc, b.starts, n.Line, n.Column), format, args...).WithHint("%s", yamlHints[code])
	return false
}

// add appends a node and everything in it. depth is that of the node.
func (b *yamlBuilder) add(n *yaml.Node, depth int) bool {
	switch n.Kind {
	case yaml.AliasNode:
		if slices.Contains(b.inside, n.Alias) {
			return b.fail(n, "yaml-syntax", "the alias *%s stands inside its own anchor", n.Value)
		}
		b.inside = append(b.inside, n.Alias)
		ok := b.add(n.Alias, depth)
		b.inside = b.inside[:len(b.inside)-1]
		return ok
	case yaml.ScalarNode:
		return b.scalar(n)
	case yaml.SequenceNode:
		return b.container(n, Array, "!!seq", depth)
	case yaml.MappingNode:
		return b.container(n, Object, "!!map", depth)
	}
	return b.fail(n, "yaml-syntax", "a node of an unknown kind")
}

// push appends an entry, the text of a scalar with it.
func (b *yamlBuilder) push(n *yaml.Node, kind Kind, text string) bool {
	if len(b.tape) == b.options.MaxNodes {
		return b.fail(n, "too-many-values", "the file has more than %d values and names, aliases followed", b.options.MaxNodes)
	}
	// Aliases may repeat a long text; the arena is bounded like a file.
	if int64(b.text.Len())+int64(len(text)) > b.options.MaxBytes {
		return b.fail(n, "file-too-large", "the file, aliases followed, is larger than %s", bytesText(b.options.MaxBytes))
	}
	start := uint32(b.text.Len())
	b.text.WriteString(text)
	b.tape = append(b.tape, node{start: start, end: uint32(b.text.Len()), next: uint32(len(b.tape) + 1), kind: kind})
	b.places = append(b.places, uint32(yamlOffset(b.doc.source, b.starts, n.Line, n.Column)))
	return true
}

func (b *yamlBuilder) container(n *yaml.Node, kind Kind, tag string, depth int) bool {
	if n.ShortTag() != tag {
		return b.fail(n, "yaml-tag", "tag %s is not supported", n.ShortTag())
	}
	if depth >= b.options.MaxDepth {
		b.fail(n, "too-deep", "values are nested more than %d deep, aliases followed", b.options.MaxDepth)
		b.problem = b.problem.WithHint(hintDepth)
		return false
	}
	index := len(b.tape)
	if !b.push(n, kind, "") {
		return false
	}
	names := map[string]*yaml.Node{}
	for i, child := range n.Content {
		if kind == Object && i%2 == 0 {
			if !b.name(child, names) {
				return false
			}
			continue
		}
		if !b.add(child, depth+1) {
			return false
		}
	}
	b.tape[index].next = uint32(len(b.tape))
	return true
}

// name appends the name of a member.
func (b *yamlBuilder) name(n *yaml.Node, names map[string]*yaml.Node) bool {
	written := n
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode {
		return b.fail(written, "yaml-syntax", "a name is a list or a mapping, expected a word")
	}
	if n.ShortTag() == "!!merge" {
		b.fail(written, "yaml-tag", "merge keys (<<) are not supported")
		b.problem = b.problem.WithHint("write the members out")
		return false
	}
	if first, ok := names[n.Value]; ok {
		b.fail(written, "duplicate-key", "the name %q stands twice in one object", shorten(n.Value))
		b.problem = b.problem.WithRelated(yamlPlace(b.doc, b.starts, first.Line, first.Column), "the first one").
			WithHint("remove one of them: which one counts would be a guess")
		return false
	}
	names[n.Value] = written
	return b.push(written, String, n.Value)
}

// scalar appends a scalar as JSON would write it.
func (b *yamlBuilder) scalar(n *yaml.Node) bool {
	switch tag := n.ShortTag(); tag {
	case "!!str", "!!timestamp":
		return b.push(n, String, n.Value)
	case "!!null":
		return b.push(n, Null, "null")
	case "!!bool":
		var value bool
		if err := n.Load(&value); err != nil {
			return b.fail(n, "yaml-syntax", "%q is not a boolean", shorten(n.Value))
		}
		return b.push(n, Bool, strconv.FormatBool(value))
	case "!!int", "!!float":
		text, ok := numberText(n)
		if !ok {
			return b.fail(n, "yaml-syntax", "%q is not a finite number", shorten(n.Value))
		}
		return b.push(n, Number, text)
	default:
		return b.fail(n, "yaml-tag", "tag %s is not supported", tag)
	}
}

// numberText writes a YAML number, which may have other bases and underscores,
// as JSON does.
func numberText(n *yaml.Node) (string, bool) {
	var value any
	if err := n.Load(&value); err != nil {
		return "", false
	}
	switch v := value.(type) {
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), true
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return "", false
		}
		return strconv.FormatFloat(v, 'g', -1, 64), true
	}
	return "", false
}

// yamlLineStarts is lineStarts by the rules of YAML 1.1, which the library
// counts by: a lone "\r" and three Unicode characters end a line too.
func yamlLineStarts(source string) []uint32 {
	starts := []uint32{0}
	for i := 0; i < len(source); i++ {
		switch rest := source[i:]; {
		case rest[0] == '\n',
			rest[0] == '\r' && !strings.HasPrefix(rest, "\r\n"):
			starts = append(starts, uint32(i+1))
		case rest[0] == 0xc2 && strings.HasPrefix(rest, "\u0085"):
			starts = append(starts, uint32(i+2))
		case rest[0] == 0xe2 && (strings.HasPrefix(rest, "\u2028") || strings.HasPrefix(rest, "\u2029")):
			starts = append(starts, uint32(i+3))
		}
	}
	return starts
}

// yamlOffset turns a line and a column of the library, both from 1 and the
// column in characters, into a byte offset.
func yamlOffset(source string, starts []uint32, line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(starts) {
		return len(source)
	}
	offset := int(starts[line-1])
	for ; column > 1 && offset < len(source); column-- {
		_, size := utf8.DecodeRuneInString(source[offset:])
		offset += size
	}
	return offset
}

func yamlPlace(d *Document, starts []uint32, line, column int) diagnostic.Position {
	return d.Position(yamlOffset(d.source, starts, line, column))
}
