package expect

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/strict"
)

// Write prints expectations as a file that Read takes.
func Write(list []Expectation, comments ...string) []byte {
	var b strings.Builder
	for _, c := range comments {
		fmt.Fprintf(&b, "# %s\n", c)
	}
	fmt.Fprintf(&b, "schema: %s\ntests:", Schema)
	if len(list) == 0 {
		b.WriteString(" []\n")
		return []byte(b.String())
	}
	b.WriteString("\n")
	for i := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		write(&b, &list[i])
	}
	return []byte(b.String())
}

func write(b *strings.Builder, e *Expectation) {
	fmt.Fprintf(b, "  - name: %s\n", quoted(e.Name))
	for _, line := range []struct {
		key    string
		values []string
	}{
		{"requirement", strict.Values(stated(e.Requirement))}, {"subnet", strict.Values(e.Subnets)},
		{"from", strict.Values(e.From)}, {"to", strict.Values(e.To)},
		{"protocol", strict.Values(stated(e.Protocol))}, {"port", strict.Values(stated(e.Port))},
		{"sourcePort", strict.Values(stated(e.SourcePort))},
		{"expect", []string{string(e.Expect)}}, {"reason", []string{e.Reason}},
	} {
		var words []string
		for _, v := range line.values {
			words = append(words, quoted(v))
		}
		switch len(words) {
		case 0:
		case 1:
			fmt.Fprintf(b, "    %s: %s\n", line.key, words[0])
		default:
			fmt.Fprintf(b, "    %s: [%s]\n", line.key, strings.Join(words, ", "))
		}
	}
}

// stated is a list of the flags' notation, taken apart.
func stated(t Text) []Text {
	var list []Text
	for item := range strings.SplitSeq(t.Value, ",") {
		if item != "" {
			list = append(list, Text{Value: item})
		}
	}
	return list
}

// plain are texts that mean themselves in YAML without quotes, wherever they
// stand: words, ports, addresses and prefixes.
var plain = regexp.MustCompile(`^([A-Za-z/][A-Za-z0-9_./@ -]*(:[A-Za-z0-9_./@-]+)*|0|[1-9]\d*(-\d+)?|\d+\.\d+\.\d+\.\d+(/\d+)?)$`)

// reserved are plain texts that YAML takes for something else.
var reserved = regexp.MustCompile(`^(?i:null|true|false|yes|no|on|off|y|n)$| $`)

func quoted(text string) string {
	if plain.MatchString(text) && !reserved.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}
