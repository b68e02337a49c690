package terraform

import (
	"strconv"
	"strings"
)

// key is the instance key of a resource or a module: none, a number (count) or
// a text (for_each). Keys are comparable.
type key struct {
	kind   keyKind
	number int
	text   string
}

type keyKind uint8

const (
	noKey keyKind = iota
	numberKey
	textKey
)

func (k key) String() string {
	switch k.kind {
	case numberKey:
		return "[" + strconv.Itoa(k.number) + "]"
	case textKey:
		return "[" + strconv.Quote(k.text) + "]"
	}
	return ""
}

// element is one step of a traversal: ".name" or, where name is empty, "[key]".
type element struct {
	name string
	key  key
}

// parseTraversal reads a dotted path with indices, such as
// module.a["x"].azurerm_subnet.b[0].id.
func parseTraversal(text string) ([]element, bool) {
	var elements []element
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '[':
			k, n, ok := parseKey(text[i:])
			if !ok || len(elements) == 0 {
				return nil, false
			}
			elements = append(elements, element{key: k})
			i += n
		case c == '.' && len(elements) == 0:
			return nil, false
		default:
			if c == '.' {
				i++
			} else if len(elements) > 0 {
				return nil, false
			}
			n := strings.IndexAny(text[i:], ".[")
			if n < 0 {
				n = len(text) - i
			}
			if n == 0 {
				return nil, false
			}
			elements = append(elements, element{name: text[i : i+n]})
			i += n
		}
	}
	return elements, len(elements) > 0
}

// parseKey reads "[0]" or "[\"a\"]" at the start of text and returns its length.
func parseKey(text string) (k key, length int, ok bool) {
	if strings.HasPrefix(text, `["`) {
		s, n, ok := parseQuoted(text[1:])
		if !ok || !strings.HasPrefix(text[1+n:], "]") {
			return key{}, 0, false
		}
		return key{kind: textKey, text: s}, n + 2, true
	}
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return key{}, 0, false
	}
	number, err := strconv.Atoi(text[1:end])
	if err != nil {
		return key{}, 0, false
	}
	return key{kind: numberKey, number: number}, end + 1, true
}

// parseQuoted reads a quoted string as Terraform prints it: the usual escapes,
// and "$${" and "%%{" for what would open a template.
func parseQuoted(text string) (s string, length int, ok bool) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			plain, err := strconv.Unquote(text[:i+1])
			if err != nil {
				return "", 0, false
			}
			return strings.NewReplacer("$${", "${", "%%{", "%{").Replace(plain), i + 1, true
		}
	}
	return "", 0, false
}

// step is one module on the way from the root.
type step struct {
	name string
	key  key
}

// modulePath is the way to a module instance; the root is empty.
type modulePath []step

func (p modulePath) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString("module." + s.name + s.key.String())
	}
	return b.String()
}

// join is the path of a module called from p; it shares no memory with p.
func (p modulePath) join(s step) modulePath {
	joined := make(modulePath, len(p), len(p)+1)
	copy(joined, p)
	return append(joined, s)
}

// block is a resource block in one module: what its instances have in common.
type block struct {
	data bool
	typ  string
	name string
}

func (b block) String() string {
	if b.data {
		return "data." + b.typ + "." + b.name
	}
	return b.typ + "." + b.name
}

// address is the place of a resource instance in the configuration.
type address struct {
	module modulePath
	block
	key key
}

// parseAddress reads a resource address as Terraform prints it.
func parseAddress(text string) (address, bool) {
	elements, ok := parseTraversal(text)
	if !ok {
		return address{}, false
	}
	var a address
	for len(elements) >= 2 && elements[0].name == "module" && elements[1].name != "" {
		s := step{name: elements[1].name}
		elements = elements[2:]
		s.key, elements = takeKey(elements)
		a.module = append(a.module, s)
	}
	var rest []element
	a.block, a.key, rest, ok = parseBlock(elements)
	return a, ok && len(rest) == 0
}

// parseBlock reads [data.]TYPE.NAME[key] and returns what follows.
func parseBlock(elements []element) (b block, k key, rest []element, ok bool) {
	if len(elements) > 0 && elements[0].name == "data" {
		b.data = true
		elements = elements[1:]
	}
	if len(elements) < 2 || elements[0].name == "" || elements[1].name == "" {
		return block{}, key{}, nil, false
	}
	b.typ, b.name = elements[0].name, elements[1].name
	k, rest = takeKey(elements[2:])
	return b, k, rest, true
}

// takeKey takes an instance key off the front, if there is one.
func takeKey(elements []element) (key, []element) {
	if len(elements) > 0 && elements[0].name == "" {
		return elements[0].key, elements[1:]
	}
	return key{}, elements
}
