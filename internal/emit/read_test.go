package emit_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/source"
)

// readCommands reads az commands word by word, as a shell does.
func readCommands(t *testing.T, text string) []stated {
	t.Helper()
	flags := map[string]string{
		"priority": "priority", "direction": "direction", "access": "access", "protocol": "protocol", "description": "description",
		"source-address-prefixes": "source", "destination-address-prefixes": "destination",
		"address-prefix": "addressPrefix", "next-hop-type": "nextHopType",
		"source-port-ranges": "sourcePorts", "destination-port-ranges": "destinationPorts",
	}
	var list []stated
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\\\n", " "), "\n") {
		words := shellWords(t, line)
		if len(words) < 5 || words[0] != "az" {
			continue
		}
		s := stated{fields: map[string][]string{}}
		flag := ""
		for _, w := range words[5:] {
			name, isFlag := strings.CutPrefix(w, "--")
			switch {
			case isFlag:
				flag = name
			case flag == "nsg-name", flag == "route-table-name":
				s.group = w
			case flag == "name":
				s.name = w
			case flags[flag] != "":
				s.fields[flags[flag]] = append(s.fields[flags[flag]], w)
			}
		}
		list = append(list, s)
	}
	return list
}

func shellWords(t *testing.T, line string) []string {
	t.Helper()
	var words []string
	var word strings.Builder
	quoted, inWord := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			quoted, inWord = !quoted, true
		case !quoted && c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case !quoted && c == ' ':
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if quoted {
		t.Fatalf("a quote is not closed in %q", line)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// readTemplate reads a template by the reader of templates.
func readTemplate(t *testing.T, text string) []stated {
	t.Helper()
	inventories, problems := source.Load(nil, source.Options{Documents: []source.Input{{Name: "fix.json", Data: []byte(text)}}})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	var list []stated
	for _, inv := range inventories {
		if inv.Diagnostics.HasErrors() {
			t.Fatal(inv.Diagnostics)
		}
		for _, c := range inv.SecurityRules {
			r := c.Resource
			s := stated{group: c.Parent.ID.Name(), name: r.Name, fields: map[string][]string{
				"direction": {string(r.Direction.V)}, "access": {string(r.Access.V)}, "protocol": {string(r.Protocol.V)}, "description": {r.Description},
				"priority": {strconv.Itoa(r.Priority.V)},
				"source":   texts(r.Source), "destination": texts(r.Destination),
			}}
			for _, p := range r.SourcePorts.Terms {
				s.fields["sourcePorts"] = append(s.fields["sourcePorts"], p.Text)
			}
			for _, p := range r.DestinationPorts.Terms {
				s.fields["destinationPorts"] = append(s.fields["destinationPorts"], p.Text)
			}
			list = append(list, s)
		}
		for _, c := range inv.Routes {
			list = append(list, stated{group: c.Parent.ID.Name(), name: c.Resource.Name, fields: map[string][]string{
				"addressPrefix": {c.Resource.Destination.Text}, "nextHopType": {string(c.Resource.NextHopType.V)},
			}})
		}
	}
	return list
}

// names of the fields, singular and plural alike.
var names = map[string]string{
	"direction": "direction", "access": "access", "protocol": "protocol", "description": "description", "priority": "priority",
	"addressPrefix": "addressPrefix", "nextHopType": "nextHopType",
	"sourceAddressPrefix": "source", "sourceAddressPrefixes": "source", "destinationAddressPrefix": "destination", "destinationAddressPrefixes": "destination",
	"sourcePortRange": "sourcePorts", "sourcePortRanges": "sourcePorts", "destinationPortRange": "destinationPorts", "destinationPortRanges": "destinationPorts",
}

var (
	bicepResource = regexp.MustCompile(`^resource (\w+) '([^'@]+)@[0-9-]+' (existing )?= \{$`)
	bicepField    = regexp.MustCompile(`^\s+(\w+): (.*)$`)
)

// readBicep reads the part of Bicep that is written: resources, literal texts
// and numbers, lists of texts.
func readBicep(t *testing.T, text string) []stated {
	t.Helper()
	groups := map[string]string{}
	var list []stated
	existing, field := "", ""
	for line := range strings.SplitSeq(text, "\n") {
		if m := bicepResource.FindStringSubmatch(line); m != nil {
			if existing = ""; m[3] != "" {
				existing = m[1]
			} else {
				list = append(list, stated{fields: map[string][]string{}})
			}
			continue
		}
		m := bicepField.FindStringSubmatch(line)
		trimmed := strings.TrimSpace(line)
		switch {
		case m != nil && existing != "" && m[1] == "name":
			groups[existing] = literal(t, m[2])
		case m != nil && m[1] == "parent":
			list[len(list)-1].group = groups[m[2]]
		case m != nil && m[1] == "name":
			list[len(list)-1].name = literal(t, m[2])
		case m != nil && m[2] == "[":
			field = names[m[1]]
		case m != nil && names[m[1]] != "":
			list[len(list)-1].fields[names[m[1]]] = []string{literal(t, m[2])}
		case trimmed == "]":
			field = ""
		case field != "":
			list[len(list)-1].fields[field] = append(list[len(list)-1].fields[field], literal(t, trimmed))
		}
	}
	return list
}

func literal(t *testing.T, text string) string {
	t.Helper()
	inner, ok := strings.CutPrefix(text, "'")
	if !ok {
		return text // a number
	}
	inner, ok = strings.CutSuffix(inner, "'")
	if !ok {
		t.Fatalf("%q is no text of Bicep", text)
	}
	return strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\${`, "${", `\n`, "\n").Replace(inner)
}

// readTerraform reads the literal blocks that are written.
func readTerraform(t *testing.T, text string) []stated {
	t.Helper()
	file, problems := hclsyntax.ParseConfig([]byte(text), "fix.tf", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	var list []stated
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		s := stated{fields: map[string][]string{}}
		for name, a := range block.Body.Attributes {
			value, problems := a.Expr.Value(nil)
			if problems.HasErrors() {
				t.Fatal(problems)
			}
			switch name {
			case "network_security_group_name", "route_table_name":
				s.group = value.AsString()
			case "name":
				s.name = value.AsString()
			case "resource_group_name":
			default:
				s.fields[names[camel(name)]] = values(value)
			}
		}
		list = append(list, s)
	}
	return list
}

func camel(name string) string {
	parts := strings.Split(name, "_")
	for i := 1; i < len(parts); i++ {
		parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
	}
	return strings.Join(parts, "")
}

func values(v cty.Value) []string {
	switch {
	case v.Type() == cty.String:
		return []string{v.AsString()}
	case v.Type() == cty.Number:
		return []string{v.AsBigFloat().Text('f', 0)}
	}
	var list []string
	for _, x := range v.AsValueSlice() {
		list = append(list, x.AsString())
	}
	return list
}

var room = regexp.MustCompile(`(?m)^# The rule (\S+) of \S+/(\S+) makes room: set its priority from (\d+) to (\d+)\.$`)

// moves reads the comments about rules that make room.
func moves(t *testing.T, n *azure.Network, text string) []repair.Edit {
	t.Helper()
	var list []stated
	for _, m := range room.FindAllStringSubmatch(text, -1) {
		list = append(list, stated{group: m[2], name: m[1], fields: map[string][]string{"priority": {m[4]}}})
	}
	if len(list) == 0 {
		t.Error("nothing is said about the rules that make room")
	}
	return back(t, n, list)
}
