package document

import "bytes"

// standardize returns strict JSON of the same length in which every value
// stands where it did: comments, the comma after a last member or element, and
// raw line breaks and tabs within strings become spaces. changed is false, and
// data itself the answer, if there is none of these. What is wrong stays
// wrong: it is left for the parser to refuse.
func standardize(data []byte) (standard []byte, changed bool) {
	s := standardizer{in: data, comma: -1}
	for i := 0; i < len(data); {
		switch c := data[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			i = s.text(i)
			s.last, s.comma = c, -1
		case '/':
			end := commentEnd(data, i)
			if end < 0 {
				return s.result()
			}
			s.blank(i, end)
			i = end
		case ',':
			// Only a comma after a value can be one too many: [,] is wrong.
			s.comma = -1
			switch s.last {
			case 0, '[', '{', ':', ',':
			default:
				s.comma = i
			}
			s.last = c
			i++
		case ']', '}':
			if s.comma >= 0 {
				s.blank(s.comma, s.comma+1)
			}
			s.last, s.comma = c, -1
			i++
		default:
			s.last, s.comma = c, -1
			i++
		}
	}
	return s.result()
}

type standardizer struct {
	in, out []byte // out is nil until something changes
	last    byte   // the last byte that is not space or comment
	comma   int    // the offset of last if it is a comma after a value, else -1
}

func (s *standardizer) result() ([]byte, bool) {
	if s.out == nil {
		return s.in, false
	}
	return s.out, true
}

// text blanks the raw line breaks and tabs of the string that begins at i and
// returns the offset after it.
func (s *standardizer) text(i int) int {
	for i++; i < len(s.in); i++ {
		switch s.in[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		case '\n', '\r', '\t':
			s.replace(i, ' ')
		}
	}
	return len(s.in)
}

// blank replaces a stretch by spaces, line breaks and tabs kept.
func (s *standardizer) blank(start, end int) {
	for i := start; i < end; i++ {
		if c := s.in[i]; c != '\n' && c != '\r' && c != '\t' {
			s.replace(i, ' ')
		}
	}
}

func (s *standardizer) replace(i int, c byte) {
	if s.out == nil {
		s.out = bytes.Clone(s.in)
	}
	s.out[i] = c
}

// commentEnd returns the offset after the comment that begins at i, the line
// break of a line comment not included, and -1 if no comment does or it does
// not end.
func commentEnd(data []byte, i int) int {
	rest := data[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		if n := bytes.IndexByte(rest, '\n'); n >= 0 {
			return i + n
		}
		return len(data)
	case bytes.HasPrefix(rest, []byte("/*")):
		if n := bytes.Index(rest[2:], []byte("*/")); n >= 0 {
			return i + 2 + n + 2
		}
	}
	return -1
}
