package service

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// whole is a profile with every key there is.
const whole = `schema: wayleave.profile/v1
service: whole
aliases: [all]
edition: "2026-01-01"
default: true
title: Whole
status: {state: retired, retiredOn: "2026-02-01", note: gone}
sources: [{id: page, title: Page, path: somewhere, date: "2020-01-01", note: a note}]
confidence: {level: partial, note: a note}
contradictions: [{about: size, says: both, used: one}]
resources: [{type: Microsoft.Sql/managedInstances, where: {proxyOverride: [x, ""]}}]
subnets:
  from: page
  note: a note
  advice: {count: 2, smallestPrefix: 27}
  rules:
    - {id: name, name: S, subnet: S, note: a note, from: page, consequence: it fails}
    - {id: count, count: 2, severity: optional, when: {mode: a}, capability: scaling}
    - {id: size, smallestPrefix: 27, severity: advice, uncertain: nobody says}
    - {id: room, addresses: {fixed: 1, perUnit: 2, units: units}}
    - {id: delegation, delegation: none}
    - {id: alone, dedicated: instance}
    - {id: group, securityGroup: required}
    - {id: table, routeTable: forbidden}
    - {id: nat, natGateway: forbidden}
    - {id: learnt, propagation: required}
    - {id: route, route: {destination: {text: Sql, tag: Sql}, via: [Internet], defaultRoute: true}}
    - {id: no-route, route: {destination: {text: here, prefixes: [10.0.0.0/8]}, not: [None]}}
parameters:
  - {name: mode, aliases: [way], values: [a, b], default: a, property: proxyOverride, propertyValues: {x: a}, meaning: mode}
  - {name: units, format: number, meaning: units}
  - {name: servers, format: addresses, list: true, meaning: servers}
  - {name: listener, format: ports, list: true, meaning: ports}
  - {name: region, format: region, meaning: region}
defaults: {protocols: [tcp], sourcePorts: ["*"], onlyUDPMissing: it is not used}
requirements:
  - id: out
    row: "1"
    purpose: Out
    direction: outbound
    protocols: [tcp, udp]
    sourcePorts: ["1024-65535"]
    source: {text: subnet, is: subnet}
    destination: {text: "Sql.{region}", tag: "Sql.{region}"}
    destinationPorts: ["1433"]
    severity: optional
    requiredWhen: {mode: b}
    when: {mode: a|b}
    subnet: S
    perSubnet: false
    capability: storage
    consequence: it fails
    narrower: {side: destination, quote: less will do}
    takenOver: true
    sameAs: [other]
    from: page
    note: a note
  - {id: in, row: "2", purpose: In, direction: inbound, source: {by: mode, cases: {a: {text: x, parameter: servers}, b: {text: y, placeholder: y}}}, destination: {text: subnet, is: subnet}, portsBy: {by: mode, cases: {a: ["1"], b: ["2"]}}, capability: other}
  - {id: listen, row: "3", purpose: Listen, direction: inbound, source: {text: Internet, tag: Internet}, destination: {text: subnet, is: subnet}, portsParameter: listener, capability: other, severity: advice, uncertain: nobody says}
adds: [{names: x-*, priority: 106, where: securityGroup, covers: [out], when: {mode: a}, from: page, note: a note}]
fqdns: [{names: [example.com], tags: [Example], ports: ["443"], purpose: names, when: {mode: a}, from: page, note: a note}]
`

// What the published schema refuses, the program refuses too: each value is
// taken out, emptied and replaced.
func TestTheProgramIsAsStrictAsTheSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../schemas/profile.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := Parse("whole.yaml", []byte(whole)); len(problems) > 0 {
		t.Fatal(problems)
	}
	if err := schema.Validate(schemaValue(t, "whole.yaml", []byte(whole))); err != nil {
		t.Fatal(err)
	}
	var tree any
	if _, err := document.DecodeYAML("whole.yaml", []byte(whole), document.Options{}, &tree); err != nil {
		t.Fatal(err)
	}
	refused := 0
	mutate(tree, "", func(what string) {
		text, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		err = schema.Validate(value)
		if err == nil {
			return
		}
		refused++
		if _, problems := Parse("p.yaml", text); !problems.HasErrors() {
			t.Errorf("%s: the schema refuses it and the program does not:\n%v", what, err)
		}
	})
	if refused < 200 {
		t.Errorf("the schema refuses %d changes only", refused)
	}
}

// mutate changes one value at a time, calls try and changes it back.
func mutate(node any, path string, try func(what string)) {
	switch node := node.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			value, at := node[key], path+"."+key
			delete(node, key)
			try(at + " left out")
			others := []any{"no such word!", "", []any{}}
			if testing.Short() {
				others = others[:1]
			}
			for _, other := range others {
				node[key] = other
				try(fmt.Sprintf("%s as %#v", at, other))
			}
			node[key] = value
			mutate(value, at, try)
		}
		node["surprise"] = "x"
		try(path + ".surprise added")
		delete(node, "surprise")
	case []any:
		for i := range node {
			value := node[i]
			node[i] = "no such word!"
			try(path + "[] as a word")
			node[i] = value
			mutate(value, path+"[]", try)
		}
	}
}

func TestBuiltinProfilesAreFoundByWhatIsRead(t *testing.T) {
	files, _ := filepath.Glob("profiles/*.yaml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, problems := Parse(file, data); len(problems) > 0 {
			t.Error(problems)
		}
	}
}

func TestWarningsOfWhatIsNeverRead(t *testing.T) {
	for change, want := range map[string]string{
		"resources: [{type: Microsoft.Example/things}]":                          "4:20: warning: resources of the type Microsoft.Example/things are not read",
		"resources: [{type: Microsoft.Sql/managedInstances, where: {sku: [x]}}]": "the property sku of Microsoft.Sql/managedInstances is not read, so it counts as not set",
		"resources: [{type: microsoft.sql/managedinstances}]":                    "",
	} {
		p, problems := Parse("tiny.yaml", []byte(strings.Replace(tiny, "title: Tiny", change+"\ntitle: Tiny", 1)))
		if p == nil || want == "" && len(problems) > 0 || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: got %q, want %q", change, problems.Error(), want)
		}
	}
}

// given writes profiles into a folder: name of the file to changes of tiny.
func given(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, edit := range files {
		from, to, _ := strings.Cut(edit, " -> ")
		text := strings.Replace(tiny, from, to, 1)
		if text == tiny && edit != "" {
			t.Fatalf("%s changes nothing", edit)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestUsersProfiles(t *testing.T) {
	builtin, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for what, row := range map[string]struct {
		files map[string]string
		// find is a name, and the title or the problem that follows.
		find, want string
	}{
		"a new service, its only edition is the default": {map[string]string{"a.yaml": ""}, "tiny", "Tiny"},
		"a new edition of a service that is known stays beside the default one": {
			map[string]string{"a.yaml": "service: tiny -> service: bastion"}, "bastion", "Azure Bastion"},
		"and is found by its name": {map[string]string{"a.yaml": "service: tiny -> service: bastion"}, "bastion@1", "Tiny"},
		"an edition that says so becomes the default": {
			map[string]string{"a.yaml": "service: tiny -> default: true\nservice: bastion"}, "bastion", "Tiny"},
		"one of the same name stands in place of ours": {
			map[string]string{"a.yaml": "service: tiny\nedition: \"1\" -> default: true\nservice: bastion\nedition: \"2023-06-23\""}, "bastion@2023-06-23", "Tiny"},
		"which keeps a default":                  {map[string]string{"a.yaml": "service: tiny\nedition: \"1\" -> service: bastion\nedition: \"2023-06-23\""}, "bastion", "no edition of bastion is the default"},
		"two editions, none of them the default": {map[string]string{"a.yaml": "", "b.yaml": `edition: "1" -> edition: "2"`}, "tiny", "no edition of tiny is the default"},
		"two files of one name":                  {map[string]string{"a.yaml": "", "b.yml": ""}, "tiny", "tiny@1 is stated twice"},
		"two defaults": {map[string]string{"a.yaml": "service: -> default: true\nservice:", "b.yaml": "edition: \"1\" -> default: true\nedition: \"2\""},
			"tiny", "second default edition"},
		"an alias of ours means the user's service": {map[string]string{"a.yaml": "service: tiny -> aliases: [azure-databricks]\nservice: tiny"}, "azure-databricks", "Tiny"},
		"project files are none":                    {map[string]string{"wayleave.yaml": "", "x.txt": ""}, "tiny", "the folder has no profile"},
		"wrong in one place":                        {map[string]string{"a.yaml": "tcp -> tpc"}, "tiny", `protocol "tpc" is not known`},
	} {
		files, problems := Read([]string{given(t, row.files)})
		catalogue, more := builtin.With(files)
		problems = append(problems, more...)
		got := problems.Error()
		if !problems.HasErrors() {
			p, err := catalogue.Find(row.find)
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			got = p.Title
		}
		if !strings.Contains(got, row.want) {
			t.Errorf("%s: %s is %q, want %q", what, row.find, got, row.want)
		}
	}
	if p, err := builtin.Find("bastion"); err != nil || !p.Default || p.Title != "Azure Bastion" {
		t.Errorf("the catalogue that comes with the program has changed: %+v %v", p, err)
	}
}

// A resource that fits a profile of the user and one of ours is the user's.
func TestUsersProfilesFindResourcesFirst(t *testing.T) {
	builtin, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	files, problems := Read([]string{given(t, map[string]string{"a.yaml": "service: tiny -> resources: [{type: Microsoft.Sql/managedInstances}]\nservice: zz-tiny"})})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	c, problems := builtin.With(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if p, _ := c.forResource(&azure.ManagedService{Resource: azure.Resource{Type: "Microsoft.Sql/managedInstances"}}); p == nil || p.Service != "zz-tiny" {
		t.Errorf("found %+v, want zz-tiny", p)
	}
}
