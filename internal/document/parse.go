package document

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Parse reads one JSON value that fills data; name is the File of its
// positions. The document keeps data, which must not change afterwards. Every
// error is a Diagnostic with a position, and there is no document then.
//
// Beyond the grammar it refuses two members of one object with equal names,
// text that is not UTF-8, surrogates without their pair, and whatever passes
// the limits. A byte order mark and CRLF line ends are accepted.
func Parse(name string, data []byte, o Options) (*Document, error) {
	o = o.withDefaults(DefaultMaxBytes)
	if int64(len(data)) > o.MaxBytes {
		return nil, tooLarge(name, o.MaxBytes)
	}
	data = trimByteOrderMark(data)
	d := newDocument(name, data)
	d.at = o.At
	p := parser{doc: d, data: data, options: o}
	problem, ok := p.parse()
	if !ok && o.Dialect == ARM && problem.Code != "too-many-values" {
		// Templates are mostly strict JSON, so they are tried as that first.
		if standard, changed := standardize(data); changed {
			p = parser{doc: d, data: standard, options: o}
			problem, ok = p.parse()
			p.lines = nil // line breaks in strings are not among them
		}
	}
	if !ok {
		return nil, problem
	}
	d.tape = p.tape
	if p.lines != nil {
		d.linesOnce.Do(func() { d.lines = p.lines })
	}
	return d, nil
}

// parser turns the tokens of the JSON library into a tape.
type parser struct {
	doc     *Document // for positions
	data    []byte    // what is parsed: the source, comments blanked
	options Options

	tokens *jsontext.Decoder
	tape   []node
	open   []uint32 // the containers not yet closed, outermost first
	end    int      // offset after the last token
	lines  []uint32 // line starts so far; nil: not known
}

// bytesPerNode is what a value or name of pretty-printed Azure JSON takes at
// least; it sizes the tape so that it seldom grows.
const bytesPerNode = 20

// parse reads all of the data; ok is false where problem says why not.
func (p *parser) parse() (problem diagnostic.Diagnostic, ok bool) {
	p.tokens = jsontext.NewDecoder(bytes.NewBuffer(p.data))
	p.lines = newLineStarts(p.doc.source)
	p.tape = make([]node, 0, min(len(p.data)/bytesPerNode+8, p.options.MaxNodes))
	for {
		token, err := p.tokens.ReadToken()
		if err == io.EOF {
			if len(p.tape) == 0 {
				return p.empty(), false
			}
			p.lines = appendLineStarts(p.lines, p.doc.source, p.end)
			return diagnostic.Diagnostic{}, true
		}
		if err != nil {
			return p.syntaxError(err), false
		}
		start := p.tokenStart()
		p.end = int(p.tokens.InputOffset())
		if len(p.open) == 0 && len(p.tape) > 0 {
			return p.trailing(start), false
		}
		kind := token.Kind()
		if kind == jsontext.KindEndObject || kind == jsontext.KindEndArray {
			p.close()
			continue
		}
		if len(p.tape) == p.options.MaxNodes {
			return p.tooMany(start), false
		}
		n := node{start: uint32(start), end: uint32(p.end), next: uint32(len(p.tape) + 1)}
		switch kind {
		case jsontext.KindBeginObject:
			n.kind = Object
		case jsontext.KindBeginArray:
			n.kind = Array
		case jsontext.KindString:
			n.kind = String
			n.escaped = bytes.IndexByte(p.data[start:p.end], '\\') >= 0
		case jsontext.KindNumber:
			n.kind = Number
		case jsontext.KindNull:
			n.kind = Null
		default:
			n.kind = Bool
		}
		if n.kind == Object || n.kind == Array {
			if len(p.open) == p.options.MaxDepth {
				return p.tooDeep(start), false
			}
			p.open = append(p.open, uint32(len(p.tape)))
		}
		p.tape = append(p.tape, n)
	}
}

// close completes the innermost open container.
func (p *parser) close() {
	last := len(p.open) - 1
	n := &p.tape[p.open[last]]
	n.end, n.next = uint32(p.end), uint32(len(p.tape))
	p.open = p.open[:last]
}

// tokenStart returns the offset of the token just read: the library tells only
// where it ends, but has checked that nothing stands before it except white
// space and at most one separator. That holds all ends of lines: in a string they
// are written as escapes.
func (p *parser) tokenStart() int {
	const spaces = 0x2020202020202020
	data, i := p.data, p.end
	for {
		if c := data[i]; c == ',' || c == ':' {
			i++
		}
		if data[i] == '\n' {
			i++
			p.lines = append(p.lines, uint32(i))
			for i+8 <= len(data) {
				others := binary.LittleEndian.Uint64(data[i:]) ^ spaces
				i += bits.TrailingZeros64(others) >> 3
				if others != 0 {
					break
				}
			}
		}
		for c := data[i]; c == ' ' || c == '\t' || c == '\r'; c = data[i] {
			i++
		}
		if c := data[i]; c != '\n' && c != ',' && c != ':' {
			return i
		}
	}
}
