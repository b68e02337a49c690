package azure

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// ParsePortTerm reads one element of a rule's ports: "*", a number from 0 to
// 65535, or "low-high" with low not above high (NSG-7).
func ParsePortTerm(text string, at Position) (PortTerm, diagnostic.List) {
	if text == "*" {
		return PortTerm{First: 0, Last: 65535, Text: text, At: at}, nil
	}
	low, high, isRange := strings.Cut(text, "-")
	if !isRange {
		high = low
	}
	first, lowOK := parsePort(low)
	last, highOK := parsePort(high)
	term := PortTerm{First: first, Last: last, Text: text, At: at}
	if lowOK && highOK && first <= last {
		return term, nil
	}
	return PortTerm{Unknown: invalid(text, at), Text: text, At: at}, diagnostic.List{badPort(text, at, lowOK && highOK)}
}

// parsePort reads a decimal number without sign, white space or leading zero.
func parsePort(text string) (uint16, bool) {
	n, digits := number(text, 5)
	return uint16(n), digits > 0 && digits == len(text) && n <= 65535
}

// badPort says what is wrong with a port term; reversed when both ends are
// ports.
func badPort(text string, at Position, reversed bool) diagnostic.Diagnostic {
	if reversed {
		low, high, _ := strings.Cut(text, "-")
		return diagnostic.Errorf("port-range", at, "the port range %q ends before it starts", text).
			WithHint("write %s-%s", high, low)
	}
	d := diagnostic.Errorf("invalid-port", at, `%q is not a port, expected "*", a number from 0 to 65535 or a range such as 8000-8100`, text)
	switch {
	case strings.Contains(text, ","):
		return d.WithHint("write several ports as a list in the plural property, sourcePortRanges or destinationPortRanges, each an element of its own")
	case strings.EqualFold(text, "any"), strings.EqualFold(text, "all"):
		return d.WithHint(`write "*"`)
	}
	return d
}

// number reads the decimal number that begins the text, at most that many
// digits of it; digits is 0 if there is none or it has a leading zero.
func number(text string, most int) (value uint32, digits int) {
	for digits < len(text) && digits < most && '0' <= text[digits] && text[digits] <= '9' {
		value = value*10 + uint32(text[digits]-'0')
		digits++
	}
	if digits > 1 && text[0] == '0' {
		return 0, 0
	}
	return value, digits
}
