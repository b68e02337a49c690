package expression

import (
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// format fills arguments in a text: {0}, {1} ... as .NET does. Of its format
// strings those of whole numbers are evaluated: {0:D3}, {0:N0}.
func format(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	pattern, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	var pieces []value.Piece
	for i := 0; i < len(pattern); {
		end := strings.IndexAny(pattern[i:], "{}")
		if end < 0 {
			pieces = append(pieces, value.Piece{Text: pattern[i:]})
			break
		}
		pieces = append(pieces, value.Piece{Text: pattern[i : i+end]})
		i += end
		if strings.HasPrefix(pattern[i:], "{{") || strings.HasPrefix(pattern[i:], "}}") {
			pieces = append(pieces, value.Piece{Text: pattern[i : i+1]})
			i += 2
			continue
		}
		end = strings.IndexByte(pattern[i:], '}')
		if pattern[i] == '}' || end < 0 {
			return nil, fail(c.args[0], "a brace in the format %q has no other one", pattern)
		}
		filled, ok, err := c.filled(pattern[i+1:i+end], args)
		if err != nil {
			return nil, err
		}
		if !ok {
			c.env.Unsupported("format with "+pattern[i:i+end+1], c.at)
			return c.unknownBecause("the format " + pattern[i:i+end+1] + " is not evaluated")
		}
		pieces = append(pieces, filled...)
		i += end + 1
	}
	return c.made(value.OfPieces(pieces, firstWhy(args...), c.at))
}

// filled is what stands for "0" or "0:D2" in a format; ok is false for formats
// that are not evaluated.
func (c *invocation) filled(item string, args []*value.Value) (pieces []value.Piece, ok bool, err error) {
	number, layout, hasLayout := strings.Cut(item, ":")
	n, convErr := strconv.Atoi(strings.TrimSpace(number))
	if convErr != nil {
		return nil, false, nil
	}
	if n < 0 || n+1 >= len(args) {
		return nil, false, fail(c.args[0], "the format names argument %d, there are %d", n, len(args)-1)
	}
	v := args[n+1]
	if !hasLayout {
		pieces, ok = asText(v)
		return pieces, ok, nil
	}
	whole, isInt := v.Int()
	if !isInt || whole < 0 {
		return nil, false, nil
	}
	text, ok := formatted(strconv.FormatInt(whole, 10), layout)
	return []value.Piece{{Text: text}}, ok, nil
}

// formatted writes a whole number as .NET does: D3 is at least three digits, N0
// has commas between the thousands.
func formatted(digits, layout string) (string, bool) {
	width, err := strconv.Atoi(layout[min(1, len(layout)):])
	switch {
	case err == nil && width >= 0 && width <= 64 && strings.EqualFold(layout[:1], "D"):
		return strings.Repeat("0", max(0, width-len(digits))) + digits, true
	case strings.EqualFold(layout, "N0"):
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + "," + digits[i:]
		}
		return digits, true
	}
	return "", false
}
