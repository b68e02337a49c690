package document

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// errorf returns a diagnostic at an offset.
func (p *parser) errorf(code string, offset int, format string, args ...any) diagnostic.Diagnostic {
	return diagnostic.Errorf(code, p.doc.Position(offset), format, args...)
}

func (p *parser) empty() diagnostic.Diagnostic {
	return diagnostic.Errorf("empty-file", diagnostic.Position{File: p.doc.name}, "the file is empty, expected JSON").
		WithHint("was the command that wrote it successful?")
}

func (p *parser) tooDeep(offset int) diagnostic.Diagnostic {
	return p.errorf("too-deep", offset, "values are nested more than %d deep", p.options.MaxDepth).WithHint(hintDepth)
}

// hintDepth goes with values nested too deep, which no tool writes.
const hintDepth = "what Azure and its tools write nests a few dozen levels: is this the right file, and is it whole?"

func (p *parser) tooMany(offset int) diagnostic.Diagnostic {
	return p.errorf("too-many-values", offset, "the file has more than %d values and names", p.options.MaxNodes).
		WithHint("export less at a time, such as one resource group")
}

// trailing is for data after the end of the one value a file may have.
func (p *parser) trailing(offset int) diagnostic.Diagnostic {
	if d, ok := p.foreign(offset); ok {
		return d
	}
	d := p.errorf("trailing-data", offset, "found %s after the end of the JSON value", p.found(offset))
	if c := p.data[offset]; c == '{' || c == '[' {
		d = p.errorf("trailing-data", offset, "a second JSON value begins here, expected one in a file").
			WithHint("put each value in a file of its own, or all of them in one array")
	}
	return d.WithRelated(p.doc.Position(int(p.tape[0].start)), "the first value")
}

// syntaxError explains why the JSON library stopped.
func (p *parser) syntaxError(err error) diagnostic.Diagnostic {
	offset := len(p.data)
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		offset = min(int(syntactic.ByteOffset), len(p.data))
	}
	if d, ok := p.foreign(offset); ok {
		return d
	}
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return p.duplicate(offset, syntactic.JSONPointer.LastToken())
	case errors.Is(err, io.ErrUnexpectedEOF):
		return p.truncated()
	case len(p.open) == 0 && len(p.tape) > 0:
		return p.trailing(p.nextToken())
	}
	start := p.nextToken()
	if p.byteAt(start) == '"' && offset > start {
		return p.badString(start, offset)
	}
	if at, ok := p.badNumber(start, offset); ok {
		return p.errorf("json-syntax", at, "%s is not a JSON number", p.found(at)).WithHint("write it like 12, -3 or 0.5, or in quotes")
	}
	return p.unexpected(start)
}

// foreign recognises merge conflicts anywhere before the error, and other
// kinds of file where not one token was read.
func (p *parser) foreign(offset int) (diagnostic.Diagnostic, bool) {
	if at := conflictMarker(p.doc.source); at >= 0 && at <= offset {
		return mergeConflict(p.doc, at), true
	}
	return foreign(p.doc, "JSON", len(p.tape) == 0)
}

// nextToken returns the offset where the token begins that the library could
// not read: after white space and the one separator that may stand there.
func (p *parser) nextToken() int {
	i := p.skipSpace(p.end)
	if c := p.byteAt(i); c == ',' || c == ':' {
		if p.separator() == c {
			i = p.skipSpace(i + 1)
		}
	}
	return i
}

// separator returns what must stand before the next value or name: a comma, a
// colon, or 0 for nothing.
func (p *parser) separator() byte {
	kind, length := p.tokens.StackIndex(p.tokens.StackDepth())
	switch {
	case kind == jsontext.KindBeginObject && length%2 == 1:
		return ':'
	case kind == jsontext.KindInvalid || length == 0:
		return 0
	}
	return ','
}

func (p *parser) skipSpace(i int) int {
	for i < len(p.data) && strings.IndexByte(" \t\r\n", p.data[i]) >= 0 {
		i++
	}
	return i
}

// byteAt returns the byte at an offset, 0 at the end.
func (p *parser) byteAt(i int) byte {
	if i < len(p.data) {
		return p.data[i]
	}
	return 0
}

// duplicate reports a name that its object has already; offset is that of the
// second.
func (p *parser) duplicate(offset int, name string) diagnostic.Diagnostic {
	d := p.errorf("duplicate-key", offset, "the name %q stands twice in one object", shorten(name)).
		WithHint("remove one of them: which one counts would be a guess")
	object := p.open[len(p.open)-1]
	for i := object + 1; i < uint32(len(p.tape)); i = p.tape[i+1].next {
		if p.text(i) == name {
			return d.WithRelated(p.doc.Position(int(p.tape[i].start)), "the first one")
		}
	}
	return d
}

// truncated says what was open where the data ended, and since where.
func (p *parser) truncated() diagnostic.Diagnostic {
	start := p.nextToken()
	what, since := "", start
	if len(p.open) > 0 {
		what, since = p.describe(len(p.open)-1), int(p.tape[p.open[len(p.open)-1]].start)
	}
	if p.byteAt(start) == '"' {
		what, since = strings.TrimSuffix("a string in "+what, " in "), start
	}
	if what == "" {
		what = "a value"
	}
	end := len(bytes.TrimRight(p.data, " \t\r\n"))
	return p.errorf("truncated-file", end, "the file ends inside %s", what).
		WithRelated(p.doc.Position(since), "opened here").
		WithHint("the file is incomplete: was the export or the download interrupted?")
}

// describe names an open container by its kind and the member it is.
func (p *parser) describe(level int) string {
	index := p.open[level]
	what := p.tape[index].kind.String()
	if level > 0 && p.tape[p.open[level-1]].kind == Object {
		what = strings.TrimPrefix(strings.TrimPrefix(what, "an "), "a ")
		return "the " + what + " " + strconv.Quote(shorten(p.text(index-1)))
	}
	return what
}

// text returns a string of the unfinished tape.
func (p *parser) text(index uint32) string {
	n := p.tape[index]
	return unquote(p.doc.source[n.start:n.end])
}

// badString explains an error at offset in the string that begins at start.
func (p *parser) badString(start, offset int) diagnostic.Diagnostic {
	switch c := p.byteAt(offset); {
	case c == '\n' || c == '\r':
		return p.errorf("json-syntax", offset, "a line break inside a string").
			WithRelated(p.doc.Position(start), "the string begins here").
			WithHint(`is the closing quote missing? A line break in a string is written \n`)
	case c < ' ':
		return p.errorf("json-syntax", offset, "control character 0x%02x inside a string", c).
			WithHint(`it is written \u%04x`, c)
	case c == '\\':
		return p.badEscape(offset)
	}
	return notUTF8(p.doc, offset)
}

var (
	// halfPair is an escape of one half of a character beyond U+FFFF.
	halfPair   = regexp.MustCompile(`^\\u[dD][89a-fA-F][0-9a-fA-F]{2}`)
	escapeText = regexp.MustCompile(`^\\(u[0-9a-fA-F]{0,4}|[^u]|$)`)
)

// badEscape explains a backslash at offset that begins no escape.
func (p *parser) badEscape(offset int) diagnostic.Diagnostic {
	if half := halfPair.Find(p.data[offset:]); half != nil {
		return p.errorf("json-syntax", offset, "%s is half of a surrogate pair, without the other half", half)
	}
	text := string(escapeText.Find(p.data[offset:]))
	return p.errorf("json-syntax", offset, "%s is not an escape of a JSON string", text).
		WithHint(`a backslash is written \\`)
}

// badNumber finds the beginning of a malformed number: at start, where the
// error is further on, or, as in 01 and 0x10, right before it.
func (p *parser) badNumber(start, offset int) (at int, ok bool) {
	if c := p.byteAt(start); offset > start && (c == '-' || '0' <= c && c <= '9') {
		return start, true
	}
	if len(p.tape) > 0 && start == p.end && p.word(start) != "" {
		last := p.tape[len(p.tape)-1]
		return int(last.start), last.kind == Number && int(last.end) == start
	}
	return 0, false
}

// unexpected explains a token at start that cannot stand there.
func (p *parser) unexpected(start int) diagnostic.Diagnostic {
	before := p.skipSpaceBack(start)
	last := byte(0)
	if before > p.end || before == p.end && p.end > 0 {
		last = p.byteAt(before - 1)
	}
	c := p.byteAt(start)
	switch {
	case (c == '}' || c == ']') && last == ',' && before > p.end:
		return p.errorf("json-syntax", before-1, "a comma before %q", string(c)).
			WithHint("remove the comma: nothing follows it")
	case c == '/' || c == '#':
		return p.comment(start)
	}
	d := p.errorf("json-syntax", start, "found %s, expected %s", p.found(start), p.expected())
	switch word := p.word(start); {
	case c == '\'':
		d = d.WithHint("JSON strings and names stand in double quotes")
	case word == "True" || word == "False" || word == "None":
		d = d.WithHint("this is how Python prints values: write them with json.dumps, or use az -o json")
	case word == "NaN" || word == "Infinity" || word == "undefined":
		d = d.WithHint("JSON has no such value")
	case c == '"' || c == '{' || c == '[':
		if p.separator() != ':' && p.end > 0 {
			d = d.WithHint("is a comma missing before it?")
		}
	}
	return p.afterLongString(d)
}

// comment is for what begins like a comment but is none here.
func (p *parser) comment(start int) diagnostic.Diagnostic {
	if bytes.HasPrefix(p.data[start:], []byte("/*")) && p.options.Dialect == ARM {
		return p.errorf("json-syntax", start, "the comment that begins here never ends").WithHint("close it with */")
	}
	return p.errorf("json-syntax", start, "found %s, expected %s", p.found(start), p.expected()).
		WithHint("JSON has no comments of this kind")
}

// afterLongString points at a string that spans lines where the token after it
// is out of place: its closing quote is probably missing.
func (p *parser) afterLongString(d diagnostic.Diagnostic) diagnostic.Diagnostic {
	if len(p.tape) == 0 {
		return d
	}
	n := p.tape[len(p.tape)-1]
	if n.kind == String && strings.ContainsAny(p.doc.source[n.start:n.end], "\n") {
		d = d.WithRelated(p.doc.Position(int(n.start)), "the string before it begins here and spans lines").
			WithHint("is the closing quote of that string missing?")
	}
	return d
}

// expected says what could stand where the library stopped.
func (p *parser) expected() string {
	kind, length := p.tokens.StackIndex(p.tokens.StackDepth())
	separated := p.byteAt(p.skipSpace(p.end)) == p.separator()
	switch {
	case kind == jsontext.KindInvalid:
		return "a JSON object or array"
	case p.separator() == ':' && !separated:
		return `":"`
	case kind == jsontext.KindBeginObject && length%2 == 1:
		return "a value"
	case kind == jsontext.KindBeginObject && length == 0:
		return `a name in double quotes or "}"`
	case kind == jsontext.KindBeginObject && separated:
		return "a name in double quotes"
	case kind == jsontext.KindBeginObject:
		return `"," or "}"`
	case length == 0:
		return `a value or "]"`
	case separated:
		return "a value"
	}
	return `"," or "]"`
}

func (p *parser) skipSpaceBack(i int) int {
	for i > p.end && strings.IndexByte(" \t\r\n", p.data[i-1]) >= 0 {
		i--
	}
	return i
}

// word returns the letters and digits at an offset.
func (p *parser) word(i int) string {
	rest := p.data[min(i, len(p.data)):]
	end := bytes.IndexFunc(rest, func(r rune) bool {
		return r != '_' && r != '-' && r != '+' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if end < 0 {
		end = len(rest)
	}
	return string(rest[:end])
}

// found names what stands at an offset: a string, a word, else one character.
func (p *parser) found(i int) string {
	if i >= len(p.data) {
		return "the end"
	}
	if p.data[i] == '"' {
		return "a string"
	}
	if word := p.word(i); word != "" {
		return strconv.Quote(shorten(word))
	}
	_, size := utf8.DecodeRune(p.data[i:])
	return quote(p.data[i : i+size])
}

func quote(text []byte) string {
	return strconv.Quote(string(text))
}

// shorten cuts a text to what a message can hold.
func shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}
