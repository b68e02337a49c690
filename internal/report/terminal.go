package report

import (
	"bufio"
	"io"
	"unicode/utf8"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// textWriter buffers a text report. What the inputs say could command a terminal or
// turn the direction of writing: it is shown as Go writes it in a string. Line ends
// pass, and the report's own colours if it has any.
func textWriter(w io.Writer, colors bool) *bufio.Writer {
	return bufio.NewWriter(&harmless{w: w, colors: colors})
}

type harmless struct {
	w      io.Writer
	colors bool
	rest   []byte // the beginning of a character or a colour
}

// Write writes all of data but for a beginning at its end, which goes with the
// next.
func (h *harmless) Write(data []byte) (int, error) {
	text := append(h.rest, data...)
	h.rest = nil
	var out []byte
	from := 0 // of what is escaped together
	flush := func(to int) { out = append(out, diagnostic.Escape(string(text[from:to]))...) }
	for i := 0; i < len(text); {
		n := 1
		switch {
		case text[i] == '\n':
			flush(i)
			out = append(out, '\n')
			from = i + 1
		case text[i] == 0x1b && h.colors:
			length, whole := color(text[i:])
			if !whole {
				flush(i)
				h.rest = append(h.rest, text[i:]...)
				from, n = len(text), len(text)-i
				break
			}
			if length > 0 {
				flush(i)
				out = append(out, text[i:i+length]...)
				from, n = i+length, length
			}
		case !utf8.FullRune(text[i:]):
			flush(i)
			h.rest = append(h.rest, text[i:]...)
			from, n = len(text), len(text)-i
		default:
			_, n = utf8.DecodeRune(text[i:])
		}
		i += n
	}
	flush(len(text))
	_, err := h.w.Write(out)
	return len(data), err
}

// color is the length of the colour at the beginning of text, 0 if there is none;
// not whole if more text is needed to tell.
func color(text []byte) (length int, whole bool) {
	for _, code := range []string{red, yellow, green, cyan, bold, faint, "0"} {
		want := "\x1b[" + code + "m"
		switch {
		case len(text) >= len(want) && string(text[:len(want)]) == want:
			return len(want), true
		case len(text) < len(want) && want[:len(text)] == string(text):
			return 0, false
		}
	}
	return 0, true
}
