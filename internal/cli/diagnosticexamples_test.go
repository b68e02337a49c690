package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wayleave/wayleave/internal/recheck"
	"github.com/wayleave/wayleave/internal/source/live"
)

// codeExample is an entry of docs/diagnostics.md.
type codeExample struct{ avoid, prefer string }

// codeCase runs the example of a code: an archive of testdata/diagnostics.
//
//	## code
//	$ wayleave inspect nsgs.json
//	-- nsgs.json --
//	[{"type": ..., {{example}}}]
//
// {{example}} is what the page says between backticks, {{rule}} are the members of
// a security rule around it; caseWords has further words. A file below avoid/ or prefer/ stands in that example alone, and so
// does a command behind "avoid $" or "prefer $". The lines of the file "azure"
// answer requests that end like their first word; that of "env" is the
// environment; a file of "@copy FOLDER" is a folder of the repository. "says TEXT"
// is of a message without a code, "tested by FILE: TEST" names the test of what no
// command shows.
type codeCase struct {
	code, at string
	// also are further codes that both examples give.
	also     []string
	testedBy string
	// says is what a message without a code says.
	says     string
	commands []codeCommand
	files    []txtar.File
}

type codeCommand struct{ form, line string }

var exampleLine = regexp.MustCompile("(?m)^\\* (avoid|prefer): (.*)$")

// codeExamples reads the page.
func codeExamples(t *testing.T) map[string]codeExample {
	t.Helper()
	data, err := os.ReadFile("../../docs/diagnostics.md")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]codeExample{}
	for _, entry := range strings.Split(string(data), "\n## `")[1:] {
		code, text, _ := strings.Cut(entry, "`\n")
		var e codeExample
		for _, m := range exampleLine.FindAllStringSubmatch(text, -1) {
			_, example, _ := strings.Cut(m[2], "`")
			example = example[:max(strings.LastIndex(example, "`"), 0)]
			if m[1] == "avoid" {
				e.avoid = example
			} else {
				e.prefer = example
			}
		}
		list[code] = e
	}
	return list
}

// codeCases reads the archives.
func codeCases(t *testing.T) map[string]*codeCase {
	t.Helper()
	files, err := filepath.Glob("testdata/diagnostics/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	list := map[string]*codeCase{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range strings.Split("\n"+string(data), "\n## ")[1:] {
			archive := txtar.Parse([]byte(text))
			c := &codeCase{at: file, files: archive.Files}
			for i, line := range strings.Split(strings.TrimSpace(string(archive.Comment)), "\n") {
				form, command, isCommand := strings.Cut(line, "$ ")
				switch {
				case i == 0:
					var also string
					c.code, also, _ = strings.Cut(line, " also ")
					c.also = strings.Fields(also)
				case isCommand:
					c.commands = append(c.commands, codeCommand{strings.TrimSpace(form), command})
				case strings.HasPrefix(line, "tested by "):
					c.testedBy = strings.TrimPrefix(line, "tested by ")
				case strings.HasPrefix(line, "says "):
					c.says = strings.TrimPrefix(line, "says ")
				case line != "":
					t.Errorf("%s: %s: line %q is no command", file, c.code, line)
				}
			}
			if list[c.code] != nil {
				t.Errorf("%s: %s has two cases", file, c.code)
			}
			list[c.code] = c
		}
	}
	return list
}

// What docs/diagnostics.md says to avoid gives just that code, and what it says
// to prefer does not.
func TestExamplesOfDiagnostics(t *testing.T) {
	examples, cases := codeExamples(t), codeCases(t)
	for _, code := range slices.Sorted(maps.Keys(examples)) {
		if cases[code] == nil {
			t.Errorf("docs/diagnostics.md: the example of %s is not run; add a case to testdata/diagnostics", code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(cases)) {
		c := cases[code]
		e, ok := examples[code]
		if !ok {
			t.Errorf("%s: docs/diagnostics.md has no entry for %s", c.at, code)
			continue
		}
		t.Run(code, func(t *testing.T) {
			if c.testedBy != "" {
				c.findTest(t)
				return
			}
			screen, got := c.run(t, "avoid", e.avoid)
			if c.says != "" {
				if prefer, codes := c.run(t, "prefer", e.prefer); !strings.Contains(screen, c.says) || strings.Contains(prefer, c.says) || len(codes) > 0 {
					t.Errorf("%s: of %q alone it is said %q:\n%s\n%s", c.at, e.avoid, c.says, screen, prefer)
				}
				return
			}
			if want := slices.Sorted(slices.Values(append(slices.Clone(c.also), code))); !slices.Equal(got, want) {
				t.Errorf("%s: to avoid %q gives the codes %q, want %q:\n%s", c.at, e.avoid, got, want, screen)
			}
			screen, got = c.run(t, "prefer", e.prefer)
			if got = slices.DeleteFunc(got, func(g string) bool { return slices.Contains(c.also, g) }); len(got) > 0 {
				t.Errorf("%s: to prefer %q gives the codes %q:\n%s", c.at, e.prefer, got, screen)
			}
		})
	}
}

// findTest looks for the test that a case names.
func (c *codeCase) findTest(t *testing.T) {
	t.Helper()
	file, name, _ := strings.Cut(c.testedBy, ": ")
	data, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(data); !strings.Contains(text, "\nfunc "+name+"(t *testing.T)") || !strings.Contains(text, strconv.Quote(c.code)) {
		t.Errorf("%s: %s has no test %s that speaks of %s", c.at, file, name, c.code)
	}
}

var printedCode = regexp.MustCompile(`(?m)(?:error|warning|info): .*\[([a-z0-9-]+)\]$`)

// run makes the files of one form, runs the commands there and returns what was
// printed and the codes in it, sorted.
func (c *codeCase) run(t *testing.T, form, example string) (screen string, codes []string) {
	t.Helper()
	t.Chdir(t.TempDir())
	files := map[string]string{}
	for _, f := range c.files {
		name, text := f.Name, string(f.Data)
		if only, rest, ok := strings.Cut(name, "/"); ok && (only == "avoid" || only == "prefer") {
			if only != form {
				continue
			}
			name = rest
		}
		files[name] = expandCase(text, example)
	}
	azure, live := files["azure"]
	env := files["env"]
	delete(files, "azure")
	delete(files, "env")
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if from, ok := strings.CutPrefix(text, "@copy "); ok {
			if err := os.CopyFS(name, os.DirFS(filepath.Join(caseRoot, strings.TrimSpace(from)))); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range c.commands {
		if command.form == "" || command.form == form {
			screen += runCase(t, expandCase(command.line, example), env, azure, live)
		}
	}
	for _, m := range printedCode.FindAllStringSubmatch(screen, -1) {
		codes = append(codes, m[1])
	}
	slices.Sort(codes)
	return screen, slices.Compact(codes)
}

// ruleMembers are what a security rule has where the example says nothing.
var ruleMembers = []struct{ name, value string }{
	{"direction", `"Inbound"`}, {"access", `"Allow"`}, {"protocol", `"Tcp"`}, {"priority", "100"},
	{"sourcePortRange", `"*"`}, {"destinationPortRange", `"443"`}, {"sourceAddressPrefix", `"*"`}, {"destinationAddressPrefix", `"*"`},
}

// repeated is {{repeat N: TEXT}}: N times the text, joined with commas, with
// numbers from 100 in place of #; or from 0, where + is the number after it.
var repeated = regexp.MustCompile(`(?m)^\{\{repeat (\d+): (.*)\}\}$`)

// expandCase puts the example, and what cases have in common, in its place.
func expandCase(text, example string) string {
	rule := example
	for _, m := range ruleMembers {
		if !strings.Contains(rule, `"`+m.name) {
			rule += fmt.Sprintf(`, "%s": %s`, m.name, m.value)
		}
	}
	rule = strings.TrimPrefix(rule, ", ")
	words := []string{"{{example}}", example, "{{rule}}", rule, "{{examples}}", filepath.ToSlash(filepath.Join(caseRoot, "examples"))}
	for _, name := range slices.Sorted(maps.Keys(caseWords)) {
		words = append(words, "{{"+name+"}}", strings.TrimSpace(caseWords[name]))
	}
	for strings.Contains(text, "{{") { // words hold words
		before := text
		if text = strings.NewReplacer(words...).Replace(text); text == before {
			break
		}
	}
	return repeated.ReplaceAllStringFunc(text, func(line string) string {
		m := repeated.FindStringSubmatch(line)
		n, _ := strconv.Atoi(m[1])
		first := 100
		if strings.Contains(m[2], "+") {
			first = 0
		}
		var list []string
		for i := range n {
			list = append(list, strings.NewReplacer("#", strconv.Itoa(first+i), "+", strconv.Itoa(first+i+1)).Replace(m[2]))
		}
		return strings.Join(list, ",")
	})
}

// caseRoot is the repository, from which examples are copied.
var caseRoot, _ = filepath.Abs("../..")

const caseSubscription = "/subscriptions/" + subscription

var caseWords = map[string]string{
	"subscription": subscription,
	"net":          caseSubscription + "/resourceGroups/rg/providers/Microsoft.Network/",
	"nsg":          `{"id": "{{net}}networkSecurityGroups/nsg", "name": "nsg", "type": "Microsoft.Network/networkSecurityGroups", "properties": {"securityRules": [{"name": "r", "properties": {{{rule}}}}]}}`,
	"vnet":         `{"id": "{{net}}virtualNetworks/v", "name": "v", "type": "Microsoft.Network/virtualNetworks", "location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [{"id": "{{net}}virtualNetworks/v/subnets/snet-web", "name": "snet-web", "properties": {"addressPrefix": "10.0.0.0/24"}}]}}`,
	"vnets":        `[{{vnet}}]`,
	"template":     `"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0"`,
	"format":       `"format_version": "1.2", "terraform_version": "1.9.5"`,
	"planned":      `"planned_values": {"root_module": {"resources": [{"address": "azurerm_network_security_group.g", "mode": "managed", "type": "azurerm_network_security_group", "name": "g", "values": {{{group}}}}]}}`,
	"changes":      `"resource_changes": [{"address": "azurerm_network_security_group.g", "mode": "managed", "type": "azurerm_network_security_group", "name": "g", "change": {"actions": ["create"], "before": null, "after": {{{group}}}, "after_unknown": {"id": true}}}]`,
	"group":        `"name": "nsg", "resource_group_name": "rg", "location": "westeurope", "security_rule": []`,
	"tags": `{"changeNumber": "7", "cloud": "Public", "values": [` +
		`{"name": "AzureArcInfrastructure", "id": "AzureArcInfrastructure", "serviceTagChangeNumber": "7", "properties": {"changeNumber": "1", "region": "", "systemService": "AzureArc", "addressPrefixes": ["20.50.0.0/24"], "networkFeatures": ["API", "NSG"]}}, ` +
		`{"name": "SqlManagement", "id": "SqlManagement", "serviceTagChangeNumber": "7", "properties": {"changeNumber": "1", "region": "", "systemService": "AzureSQL", "addressPrefixes": ["20.70.0.0/24"], "networkFeatures": ["API", "NSG", "UDR", "FW"]}}, ` +
		`{"name": "Storage", "id": "Storage", "serviceTagChangeNumber": "7", "properties": {"changeNumber": "1", "region": "", "systemService": "AzureStorage", "addressPrefixes": ["20.60.0.0/16"], "networkFeatures": ["API", "NSG", "UDR", "FW"]}}]}`,
	"empty": `{"id": "{{net}}networkSecurityGroups/nsg", "name": "nsg", "type": "Microsoft.Network/networkSecurityGroups", "properties": {"securityRules": []}}`,
	"keyed": `
{{{format}}, "planned_values": {"root_module": {"resources": [
  {"address": "azurerm_route_table.rt[\"a\"]", "mode": "managed", "type": "azurerm_route_table", "name": "rt", "index": "a", "values": {"name": "rt-a", "resource_group_name": "rg", "location": "westeurope", "route": []}},
  {"address": "azurerm_route_table.rt[\"b\"]", "mode": "managed", "type": "azurerm_route_table", "name": "rt", "index": "b", "values": {"name": "rt-b", "resource_group_name": "rg", "location": "westeurope", "route": []}},
  {"address": "azurerm_virtual_network.v", "mode": "managed", "type": "azurerm_virtual_network", "name": "v", "values": {"name": "v", "resource_group_name": "rg", "location": "westeurope", "address_space": ["10.0.0.0/16"]}},
  {"address": "azurerm_subnet.s[\"a\"]", "mode": "managed", "type": "azurerm_subnet", "name": "s", "index": "a", "values": {"name": "s-a", "resource_group_name": "rg", "virtual_network_name": "v", "address_prefixes": ["10.0.0.0/24"]}},
  {"address": "azurerm_subnet.s[\"b\"]", "mode": "managed", "type": "azurerm_subnet", "name": "s", "index": "b", "values": {"name": "s-b", "resource_group_name": "rg", "virtual_network_name": "v", "address_prefixes": ["10.0.1.0/24"]}},
  {"address": "azurerm_subnet_route_table_association.s[\"a\"]", "mode": "managed", "type": "azurerm_subnet_route_table_association", "name": "s", "index": "a", "values": {}}]}},
 "resource_changes": [
  {"address": "azurerm_route_table.rt[\"a\"]", "type": "azurerm_route_table", "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true}}},
  {"address": "azurerm_route_table.rt[\"b\"]", "type": "azurerm_route_table", "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true}}},
  {"address": "azurerm_virtual_network.v", "type": "azurerm_virtual_network", "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true}}},
  {"address": "azurerm_subnet.s[\"a\"]", "type": "azurerm_subnet", "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true}}},
  {"address": "azurerm_subnet.s[\"b\"]", "type": "azurerm_subnet", "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true}}},
  {"address": "azurerm_subnet_route_table_association.s[\"a\"]", "type": "azurerm_subnet_route_table_association", "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true, "subnet_id": true, "route_table_id": true}}}],
 "configuration": {"root_module": {"resources": [
  {"address": "azurerm_route_table.rt", "mode": "managed", "type": "azurerm_route_table", "name": "rt", "for_each_expression": {"references": ["local.all"]}, "expressions": {}},
  {"address": "azurerm_virtual_network.v", "mode": "managed", "type": "azurerm_virtual_network", "name": "v", "expressions": {}},
  {"address": "azurerm_subnet.s", "mode": "managed", "type": "azurerm_subnet", "name": "s", "for_each_expression": {"references": ["local.all"]}, "expressions": {}},
  {"address": "azurerm_subnet_route_table_association.s", "mode": "managed", "type": "azurerm_subnet_route_table_association", "name": "s", "for_each_expression": {"references": ["local.all"]}, "expressions": {`,
	"deep":   strings.Repeat("[", 5000),
	"zip":    "\x03\x04\x14\x00\x08\x00",
	"gzip":   "\x1f\x8b\x08\x00\x00\x00\x00\x00",
	"latin1": "\xe9",
	"profile": `
schema: wayleave.profile/v1
service: things
edition: "2026-01-01"
title: Things
status: {state: active}
sources: [{id: page, title: Things, path: example, date: "2026-01-01"}]
confidence: {level: documented}
requirements:
  - id: out
    row: "1"
    purpose: All that things send
    direction: outbound
    protocols: [tcp]
    sourcePorts: ["*"]
    source: {text: subnet, is: subnet}
    destination: {text: Internet, tag: Internet}
    capability: management`,
}

// runCase runs one command line; a last word "< FILE" or "> FILE" is as in a
// shell.
func runCase(t *testing.T, line, env, azure string, answered bool) string {
	t.Helper()
	args := strings.Fields(line)
	for i, a := range args {
		args[i] = strings.Trim(a, `"`)
	}
	var screen bytes.Buffer
	var out io.Writer = &screen
	if n := len(args); n > 2 && args[n-2] == ">" {
		file, err := os.Create(args[n-1])
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		out, args = file, args[:n-2]
	}
	if args[0] == "wayleave-recheck" {
		recheck.Main(args[1:], out, &screen)
		return screen.String()
	}
	data := t.TempDir()
	p := New(strings.NewReader(""), out, &screen, func(name string) string {
		for pair := range strings.Lines(env) {
			if key, value, _ := strings.Cut(strings.TrimSpace(pair), "="); key == name {
				return value
			}
		}
		if name == "WAYLEAVE_DATA" && !strings.Contains(env, "WAYLEAVE_DATA=") {
			return data
		}
		return ""
	})
	if answered {
		p.connect = standIn(t, azure)
	}
	p.Main(slices.DeleteFunc(args, func(a string) bool { return a == "wayleave" }))
	return screen.String()
}

// standIn answers in place of Azure: lines of the end of a path, a status and a
// body; "down" leaves the server unreachable, "sign-in TEXT" is an error of the
// sign-in.
func standIn(t *testing.T, answers string) connect {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for line := range strings.Lines(answers) {
			words := strings.SplitN(strings.TrimSpace(line), " ", 3)
			if len(words) == 3 && (words[0] == "*" || strings.HasSuffix(r.URL.RequestURI(), words[0]) || strings.HasSuffix(r.URL.Path, words[0])) {
				status, _ := strconv.Atoi(words[1])
				w.WriteHeader(status)
				_, _ = strings.NewReplacer("{{endpoint}}", "https://"+r.Host, "{{uri}}", r.URL.RequestURI()).WriteString(w, words[2])
				return
			}
		}
		_, _ = io.WriteString(w, `{"value":[]}`)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	if strings.HasPrefix(answers, "down") {
		server.Close()
	}
	return func(c live.Cloud) (*live.Client, error) {
		if text, ok := strings.CutPrefix(answers, "sign-in "); ok {
			return nil, errors.New(strings.TrimSpace(text))
		}
		return live.NewClient(live.Settings{
			Cloud: c, Credential: token{}, Endpoint: server.URL, Transport: server.Client().Transport,
			Wait: func(context.Context, time.Duration) error { return nil },
		})
	}
}
