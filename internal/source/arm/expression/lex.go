package expression

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// tokenKind is what a token is; punctuation is its own byte.
type tokenKind byte

const (
	endToken  tokenKind = 0
	nameToken tokenKind = 'a'
	textToken tokenKind = '\''
	intToken  tokenKind = '0'
)

// token is one word of an expression.
type token struct {
	kind tokenKind
	// text of a name or number; of a text what it means.
	text string
	// offset of the first byte, in the text that Of was asked about.
	offset int
}

// lexer cuts an expression into tokens.
type lexer struct {
	text   string
	offset int
	base   int
}

func (l *lexer) problem(offset int, format string, args ...any) *Problem {
	return &Problem{Code: "expression", Offset: l.base + offset, Text: fmt.Sprintf(format, args...), Hint: ownHint}
}

func (l *lexer) next() (token, *Problem) {
	for l.offset < len(l.text) && strings.IndexByte(" \t\r\n", l.text[l.offset]) >= 0 {
		l.offset++
	}
	start := l.offset
	if start == len(l.text) {
		return token{kind: endToken, offset: l.base + start}, nil
	}
	switch c := l.text[start]; {
	case strings.IndexByte("()[],.", c) >= 0:
		l.offset++
		return token{kind: tokenKind(c), text: string(c), offset: l.base + start}, nil
	case c == '\'':
		return l.quoted()
	case isDigit(c) || c == '-':
		l.offset++
		for l.offset < len(l.text) && isDigit(l.text[l.offset]) {
			l.offset++
		}
		return token{kind: intToken, text: l.text[start:l.offset], offset: l.base + start}, nil
	case isNameByte(c):
		for l.offset < len(l.text) && (isNameByte(l.text[l.offset]) || isDigit(l.text[l.offset])) {
			l.offset++
		}
		return token{kind: nameToken, text: l.text[start:l.offset], offset: l.base + start}, nil
	}
	r, _ := utf8.DecodeRuneInString(l.text[start:])
	return token{}, l.problem(start, "found %q, expected a function, a text in single quotes or a number", r)
}

// quoted reads a text in single quotes; two of them stand for one.
func (l *lexer) quoted() (token, *Problem) {
	start := l.offset
	var b strings.Builder
	for i := start + 1; i < len(l.text); i++ {
		if l.text[i] != '\'' {
			b.WriteByte(l.text[i])
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		l.offset = i + 1
		return token{kind: textToken, text: b.String(), offset: l.base + start}, nil
	}
	return token{}, l.problem(start, "the text that begins here has no closing quote")
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$'
}
