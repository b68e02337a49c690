package lab

import "strings"

// Bounds of a piece of a ruleset: the kernel takes from an ordinary user no more at
// once than fits into the buffer of a socket.
const (
	elementsOfPiece = 1000
	bytesOfPiece    = 12 << 10
)

// pieces parts a ruleset into several that make the same when they are loaded one
// after the other: the sets, some elements at a time, the chains without rules, and
// the rules.
func pieces(ruleset string) []string {
	table, rest, _ := strings.Cut(ruleset, "\n")
	var sets, heads, rules []string
	for block := range strings.SplitSeq(rest, "\n\t}\n") {
		head, body, _ := strings.Cut(block, "\n")
		switch {
		case head == "}", head == "": // the end of the table
		case strings.HasPrefix(head, "\tset "):
			sets = append(sets, partedSet(head, body)...)
		default:
			kind, list := partedChain(body)
			heads = append(heads, head+"\n"+kind+"\t}\n")
			for _, part := range list {
				rules = append(rules, head+"\n"+part+"\t}\n")
			}
		}
	}
	var all []string
	for _, block := range append(append(sets, strings.Join(heads, "")), rules...) {
		all = append(all, table+"\n"+block+"}\n")
	}
	return all
}

// partedSet writes a set several times, each with some of its elements.
func partedSet(head, body string) []string {
	kind, elements, _ := strings.Cut(body, "\t\telements = { ")
	list := strings.Split(strings.TrimSuffix(elements, " }"), ", ")
	var parts []string
	for len(list) > 0 {
		n := min(len(list), elementsOfPiece)
		parts = append(parts, head+"\n"+kind+"\t\telements = { "+strings.Join(list[:n], ", ")+" }\n\t}\n")
		list = list[n:]
	}
	return parts
}

// partedChain is the line that makes a chain one of the network stack, "" for
// others, and its rules in parts.
func partedChain(body string) (kind string, parts []string) {
	part := ""
	for line := range strings.Lines(body + "\n") {
		switch {
		case strings.HasPrefix(line, "\t\ttype "):
			kind = line
		case len(part)+len(line) > bytesOfPiece && part != "":
			parts, part = append(parts, part), line
		default:
			part += line
		}
	}
	if strings.TrimSpace(part) != "" {
		parts = append(parts, part)
	}
	return kind, parts
}
