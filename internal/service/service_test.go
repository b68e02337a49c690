package service

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

func builtinProfile(t *testing.T, name string) *Profile {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryServiceHasOneDefaultEdition(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]int{}
	for _, p := range c.Profiles() {
		if p.Default {
			defaults[p.Service]++
		}
	}
	for _, s := range c.Services() {
		if defaults[s] != 1 {
			t.Errorf("service %s has %d default editions, want 1", s, defaults[s])
		}
	}
}

// The schema that is published accepts the profiles that come with the program.
func TestBuiltinProfilesMatchThePublishedSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../schemas/profile.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("profiles/*.yaml")
	if len(files) == 0 {
		t.Fatal("no profiles")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(schemaValue(t, file, data)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func schemaValue(t *testing.T, name string, data []byte) any {
	t.Helper()
	var tree any
	if _, err := document.DecodeYAML(name, data, document.Options{}, &tree); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// The page's table has 19 rows; the rows that hold in both directions are two
// requirements each, and so is the prose rule.
func TestSeedEditionHasTheRowsOfThePage(t *testing.T) {
	p := builtinProfile(t, "logic-apps-ise")
	if p.Edition != "2019-11-06" {
		t.Fatalf("the default edition is %s, want 2019-11-06", p.Edition)
	}
	rows := map[string]int{}
	required := 0
	for _, r := range p.Requirements {
		if r.Severity == "" && len(r.When) == 0 {
			rows[r.Row]++
			required++
		}
	}
	for row, want := range map[string]int{"1": 1, "4": 2, "18": 2, "19": 1, "prose": 2} {
		if rows[row] != want {
			t.Errorf("row %s has %d requirements, want %d", row, rows[row], want)
		}
	}
	if required != 23 || len(rows) != 20 {
		t.Errorf("the edition requires %d rows of %d numbers, want 23 of 19 and the prose", required, len(rows))
	}
}

func bind(t *testing.T, p *Profile, settings ...string) *Binding {
	t.Helper()
	var list []Setting
	for _, text := range settings {
		s, err := ParseSetting(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	b, err := Bind(p, nil, []*azure.Subnet{{}}, list)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func row(b *Binding, id string) *Row {
	for _, r := range b.Rows() {
		if r.Requirement.ID == id {
			return &r
		}
	}
	return nil
}

func TestEndpointChoosesTheSourceOfClientRows(t *testing.T) {
	p := builtinProfile(t, "logic-apps-ise")
	for _, id := range []string{"la-comm-in", "la-run-history"} {
		if got := row(bind(t, p, "endpoint=external"), id).Source; got.Tag != "Internet" {
			t.Errorf("%s external: source is %+v, want the tag Internet", id, got)
		}
		if got := row(bind(t, p, "accessEndpoint=Internal"), id).Source; got.Is != InNetwork {
			t.Errorf("%s internal: source is %+v, want the network", id, got)
		}
	}
}

func TestRedisPageRowsAreRequiredOnlyWhenAsked(t *testing.T) {
	p := builtinProfile(t, "logic-apps-ise")
	if got := row(bind(t, p), "redis-page-in-8500").Severity; got != Optional {
		t.Errorf("severity is %s, want optional", got)
	}
	if got := row(bind(t, p, "redis=page"), "redis-page-in-8500").Severity; got != Required {
		t.Errorf("with redis=page severity is %s, want required", got)
	}
}

// A row that one of several values makes required is required with each of them,
// and is not taken for optional while the value is not known.
func TestRequiredWhenOneOfSeveralValuesOrNotKnown(t *testing.T) {
	p := *builtinProfile(t, "logic-apps-ise")
	p.Requirements = slices.Clone(p.Requirements)
	p.Requirements[0].Severity, p.Requirements[0].RequiredWhen = Optional, map[string]string{"endpoint": "internal|external"}
	id := p.Requirements[0].ID
	for _, value := range []string{"internal", "External"} {
		if got := row(bind(t, &p, "endpoint="+value), id); got.Severity != Required || len(got.Open) > 0 {
			t.Errorf("with endpoint=%s it is %s, open %v", value, got.Severity, got.Open)
		}
	}
	unknown := &azure.ManagedService{Properties: map[string]azure.Value[string]{
		"networkConfiguration.accessEndpoint.type": azure.NotKnown[string](&azure.Unknown{Name: "var.access", Why: "known only after apply"}),
	}}
	b, err := Bind(&p, unknown, []*azure.Subnet{{}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := row(b, id); got.Severity != Required || len(got.Open) != 1 {
		t.Errorf("not known: %s, open %v", got.Severity, got.Open)
	}
}

func TestConnectorsAddTheirOwnPorts(t *testing.T) {
	p := builtinProfile(t, "logic-apps-ise")
	if row(bind(t, p), "connector-sftp") != nil {
		t.Error("a connector row without --set connectors")
	}
	b := bind(t, p, "connectors=sftp,SQL")
	if got := row(b, "connector-sftp"); got == nil || got.DestinationPorts.String() != "22" || got.Severity != Required {
		t.Errorf("sftp row is %+v, want required port 22", got)
	}
	if row(b, "connector-sql") == nil {
		t.Error("connector names do not fold case")
	}
	if row(b, "connector-ftp") != nil {
		t.Error("a connector row that was not asked for")
	}
}

func TestPlaceholdersAndUnknownParametersLeaveARowOpen(t *testing.T) {
	p := builtinProfile(t, "logic-apps-ise")
	if got := row(bind(t, p), "dns"); len(got.Open) == 0 {
		t.Error("dns without addresses is not open")
	}
	if got := row(bind(t, p, "dns=10.0.0.4"), "dns"); len(got.Open) != 0 || got.Destination.Prefixes[0].String() != "10.0.0.4/32" {
		t.Errorf("dns with an address is %+v", got)
	}
	unknown := &azure.ManagedService{Properties: map[string]azure.Value[string]{
		"networkConfiguration.accessEndpoint.type": azure.NotKnown[string](&azure.Unknown{Name: "var.access", Why: "known only after apply"}),
	}}
	b, err := Bind(p, unknown, []*azure.Subnet{{}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := row(b, "la-comm-in"); len(got.Open) == 0 || !strings.Contains(got.Open[0], "var.access") {
		t.Errorf("open is %v, want the name of the unknown", got.Open)
	}
}

// How many units an instance has is advice while nobody tells, and open while the
// input does not tell: then the room in the subnet is not taken for enough.
func TestRoomForUnitsThatAreNotKnown(t *testing.T) {
	p, problems := Parse("x.yaml", []byte(strings.Replace(whole, "format: number, meaning: units", "format: number, property: proxyOverride, meaning: units", 1)))
	if p == nil {
		t.Fatal(problems)
	}
	of := func(m *azure.ManagedService) AppliedRule {
		b, err := Bind(p, m, []*azure.Subnet{{}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range b.Rules() {
			if r.Rule.ID == "room" {
				return r
			}
		}
		t.Fatal("the rule is not applied")
		return AppliedRule{}
	}
	if r := of(nil); r.Severity != Advice || len(r.Open) != 1 {
		t.Errorf("nobody tells: %s, open %v", r.Severity, r.Open)
	}
	unknown := &azure.ManagedService{Properties: map[string]azure.Value[string]{"proxyOverride": azure.NotKnown[string](&azure.Unknown{Name: "var.units", Why: "known after apply"})}}
	if r := of(unknown); r.Severity != Required || len(r.Open) != 1 {
		t.Errorf("not known: %s, open %v", r.Severity, r.Open)
	}
	if r := of(&azure.ManagedService{Properties: map[string]azure.Value[string]{"proxyOverride": azure.Of("3", azure.Position{})}}); r.Severity != Required || r.Needed != 7 || len(r.Open) > 0 {
		t.Errorf("three units: %s, %d addresses, open %v", r.Severity, r.Needed, r.Open)
	}
}

// A service may be called by another of its names in settings too.
func TestSingleIPNeedsDestinationsUnderEveryName(t *testing.T) {
	p := *builtinProfile(t, "logic-apps-ise")
	p.Aliases = []string{"ise"}
	for _, name := range []string{"", "logic-apps-ise.", "ise."} {
		s, err := ParseSetting(name + "egress=single-ip")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Bind(&p, nil, []*azure.Subnet{{}}, []Setting{s}); err == nil {
			t.Errorf("%segress=single-ip without destinations is taken", name)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, tt := range []struct{ text, problem string }{
		{"endpoint=internal", ""},
		{"logic-apps-ise.endpoint=internal", ""},
		{"other-service.whatever=1", ""},
		{"endpoint", "not of the form"},
		{"endpoint=", "not of the form"},
		{"endpoint=sideways", "expected one of external, internal"},
		{"endpoint=internal,external", "takes one value"},
		{"colour=red", "has no parameter \"colour\""},
		{"dns=ten", "not an address or prefix"},
	} {
		s, err := ParseSetting(tt.text)
		if err == nil {
			_, err = Bind(builtinProfile(t, "logic-apps-ise"), nil, nil, []Setting{s})
		}
		switch {
		case tt.problem == "" && err != nil:
			t.Errorf("%s: %v", tt.text, err)
		case tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)):
			t.Errorf("%s: got %v, want %q", tt.text, err, tt.problem)
		}
	}
}

const tiny = `schema: wayleave.profile/v1
service: tiny
edition: "1"
title: Tiny
sources: [{id: page, title: Page, path: somewhere, date: "2020-01-01"}]
parameters: [{name: mode, values: [a, b], meaning: mode}]
requirements:
  - id: out
    row: "1"
    purpose: Out
    direction: outbound
    protocols: [tcp]
    sourcePorts: ["*"]
    source: {text: VirtualNetwork, is: subnet}
    destination: {text: Sql, tag: Sql}
    destinationPorts: ["1433"]
    capability: storage
`

func TestStrictValidation(t *testing.T) {
	if _, problems := Parse("tiny.yaml", []byte(tiny)); len(problems) != 0 {
		t.Fatal(problems)
	}
	for _, tt := range []struct{ from, to, want string }{
		{"direction: outbound", "direction: sideways", `tiny.yaml:11:16: error: direction "sideways"`},
		{"protocols: [tcp]", "protocols: [tpc]", `protocol "tpc" is not known`},
		{`["1433"]`, `["1433-1"]`, "ends before it begins"},
		{`["1433"]`, `["70000"]`, "not a number from 0 to 65535"},
		{`["1433"]`, `[]`, "destinationPorts is missing"},
		{"capability: storage", "capability: magic", `capability "magic" is not known`},
		{"tag: Sql", "tag: Sql, is: subnet", "found 2 of them"},
		{", tag: Sql", "", "found 0 of them"},
		{"is: subnet", "is: planet", `place "planet" is not known`},
		{"source: {text: VirtualNetwork, is: subnet}", "source: {text: x, tag: Sql}", "is the service itself"},
		{"{text: Sql, tag: Sql}", "{by: mode, cases: {a: {text: Sql, tag: Sql}}}", "no case for mode: b"},
		{"{text: Sql, tag: Sql}", "{by: colour, cases: {a: {text: Sql, tag: Sql}}}", `parameter "colour" is not defined`},
		{"purpose: Out", "purpose: Out\n    colour: red", "colour"},
		{"schema: wayleave.profile/v1", "schema: wayleave.profile/v9", "expected \"wayleave.profile/v1\""},
		{"    capability: storage\n", "    capability: storage\n  - {id: out, row: \"1\"}\n", `"out" is used twice, first at tiny.yaml:8:9`},
	} {
		text := strings.Replace(tiny, tt.from, tt.to, 1)
		p, problems := Parse("tiny.yaml", []byte(text))
		if p != nil || !strings.Contains(problems.Error(), tt.want) {
			t.Errorf("%s -> %s: got %q, want %q", tt.from, tt.to, problems.Error(), tt.want)
		}
	}
}

func FuzzProfile(f *testing.F) {
	f.Add([]byte(tiny))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, problems := Parse("fuzz.yaml", data)
		if (p == nil) != problems.HasErrors() {
			t.Fatalf("profile %v with problems %v", p, problems)
		}
	})
}
