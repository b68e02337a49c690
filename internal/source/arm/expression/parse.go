package expression

import (
	"strconv"
	"strings"
)

// Node is a part of a parsed expression.
type Node interface {
	// Offset of the first byte, in the text that Of was asked about.
	Offset() int
	// print writes the expression back in one way.
	print(b *strings.Builder)
}

// literal is a text or a number.
type literal struct {
	offset int
	isText bool
	text   string
	number int64
}

// call is a function with its arguments; namespace is empty for Azure's own.
type call struct {
	offset          int
	namespace, name string
	args            []Node
}

// member is target.name.
type member struct {
	target Node
	offset int
	name   string
}

// index is target[key].
type index struct {
	target Node
	offset int
	key    Node
}

func (n *literal) Offset() int { return n.offset }
func (n *call) Offset() int    { return n.offset }
func (n *member) Offset() int  { return n.offset }
func (n *index) Offset() int   { return n.offset }

// Limits of Azure Resource Manager: an expression has at most 24,576
// characters.
const (
	maxLength = 24_576
	maxDepth  = 256
)

// Parse reads an expression without its brackets; its first byte has the given
// offset in the string it stands in.
func Parse(text string, offset int) (Node, *Problem) {
	p := &parser{lexer: lexer{text: text, base: offset}}
	if len(text) > maxLength {
		return nil, p.problem(0, "the expression has %d characters, Azure accepts %d", len(text), maxLength)
	}
	if problem := p.advance(); problem != nil {
		return nil, problem
	}
	n, problem := p.expression()
	if problem != nil {
		return nil, problem
	}
	if p.token.kind != endToken {
		return nil, p.expected("the end of the expression")
	}
	return n, nil
}

type parser struct {
	lexer
	token token
	depth int
}

func (p *parser) advance() (problem *Problem) {
	p.token, problem = p.lexer.next()
	return problem
}

func (p *parser) expected(what string) *Problem {
	found := strconv.Quote(p.token.text)
	if p.token.kind == endToken {
		found = "the end of the expression"
	}
	return p.problem(p.token.offset-p.base, "found %s, expected %s", found, what)
}

// take consumes a punctuation mark.
func (p *parser) take(kind tokenKind) *Problem {
	if p.token.kind != kind {
		return p.expected(strconv.Quote(string(rune(kind))))
	}
	return p.advance()
}

// expression reads an operand with the members and elements taken of it.
func (p *parser) expression() (Node, *Problem) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, p.problem(p.token.offset-p.base, "the expression is nested more than %d deep", maxDepth)
	}
	n, problem := p.operand()
	for taken := 0; problem == nil && (p.token.kind == '.' || p.token.kind == '['); taken++ {
		if taken == maxDepth {
			return nil, p.problem(p.token.offset-p.base, "the expression takes more than %d members in a row", maxDepth)
		}
		n, problem = p.access(n)
	}
	return n, problem
}

func (p *parser) access(target Node) (Node, *Problem) {
	offset, dot := p.token.offset, p.token.kind == '.'
	if problem := p.advance(); problem != nil {
		return nil, problem
	}
	if dot {
		name := p.token
		if name.kind != nameToken {
			return nil, p.expected("the name of a property")
		}
		return &member{target: target, offset: offset, name: name.text}, p.advance()
	}
	key, problem := p.expression()
	if problem != nil {
		return nil, problem
	}
	return &index{target: target, offset: offset, key: key}, p.take(']')
}

func (p *parser) operand() (Node, *Problem) {
	t := p.token
	switch t.kind {
	case textToken:
		return &literal{offset: t.offset, isText: true, text: t.text}, p.advance()
	case intToken:
		n, err := strconv.ParseInt(t.text, 10, 64)
		if err != nil {
			return nil, p.problem(t.offset-p.base, "%q is not a whole number", t.text)
		}
		return &literal{offset: t.offset, number: n}, p.advance()
	case nameToken:
		return p.call()
	}
	return nil, p.expected("a function, a text in single quotes or a number")
}

func (p *parser) call() (Node, *Problem) {
	c := &call{offset: p.token.offset, name: p.token.text}
	if problem := p.advance(); problem != nil {
		return nil, problem
	}
	if p.token.kind == '.' {
		if problem := p.advance(); problem != nil {
			return nil, problem
		}
		if p.token.kind != nameToken {
			return nil, p.expected("the name of a function")
		}
		c.namespace, c.name = c.name, p.token.text
		if problem := p.advance(); problem != nil {
			return nil, problem
		}
	}
	if p.token.kind != '(' {
		problem := p.expected(`"(" after the name of a function`)
		problem.Hint = "texts stand in single quotes; true and false are the functions true() and false()"
		return nil, problem
	}
	if problem := p.advance(); problem != nil {
		return nil, problem
	}
	for p.token.kind != ')' {
		if len(c.args) > 0 {
			if problem := p.take(','); problem != nil {
				return nil, problem
			}
		}
		arg, problem := p.expression()
		if problem != nil {
			return nil, problem
		}
		c.args = append(c.args, arg)
	}
	return c, p.advance()
}

// Text writes an expression in one way, whatever its spacing was.
func Text(n Node) string {
	var b strings.Builder
	n.print(&b)
	return b.String()
}

func (n *literal) print(b *strings.Builder) {
	if n.isText {
		b.WriteString("'" + strings.ReplaceAll(n.text, "'", "''") + "'")
		return
	}
	b.WriteString(strconv.FormatInt(n.number, 10))
}

func (n *call) print(b *strings.Builder) {
	if n.namespace != "" {
		b.WriteString(n.namespace + ".")
	}
	b.WriteString(n.name + "(")
	for i, a := range n.args {
		if i > 0 {
			b.WriteString(", ")
		}
		a.print(b)
	}
	b.WriteByte(')')
}

func (n *member) print(b *strings.Builder) {
	n.target.print(b)
	b.WriteString("." + n.name)
}

func (n *index) print(b *strings.Builder) {
	n.target.print(b)
	b.WriteByte('[')
	n.key.print(b)
	b.WriteByte(']')
}
