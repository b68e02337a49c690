package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, lines ...string) *File {
	t.Helper()
	f, list := Parse("net/wayleave.yaml", []byte(strings.Join(lines, "\n")))
	if list.HasErrors() {
		t.Fatal(list)
	}
	return f
}

func values(list []Text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.Value)
	}
	return out
}

func TestAProjectStatesWhatFlagsState(t *testing.T) {
	f := parse(t,
		"# what the network team keeps",
		"schema: wayleave.project/v1",
		"tags: data/tags.json",
		"cloud: Public",
		"parameters: [/abs/p.json, main.parameters.json]",
		"profiles: services",
		"assume: [defaults, receiverExists=false]",
		"service: logic-apps-ise@2019-11-06",
		"subnets: [a, v/b]",
		"set:",
		"  endpoint: internal",
		"  logic-apps-ise.connectors: [sftp, sql]",
		"  port: 443",
		"  wide: true")
	if f.Tags.Value != filepath.Join("net", "data", "tags.json") {
		t.Errorf("tags are %q: a path starts at the folder of the project file", f.Tags.Value)
	}
	for what, row := range map[string]struct{ got, want []string }{
		"parameters": {values(f.Parameters), []string{"/abs/p.json", filepath.Join("net", "main.parameters.json")}},
		"profiles":   {values(f.Profiles), []string{filepath.Join("net", "services")}},
		"assume":     {values(f.Assume), []string{"defaults", "receiverExists=false"}},
		"service":    {values(f.Services), []string{"logic-apps-ise@2019-11-06"}},
		"subnets":    {values(f.Subnets), []string{"a", "v/b"}},
		"set":        {values(f.Set), []string{"endpoint=internal", "logic-apps-ise.connectors=sftp,sql", "port=443", "wide=true"}},
	} {
		if diff := cmp.Diff(row.want, row.got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", what, diff)
		}
	}
	if got := f.Set[1].At.String(); got != "net/wayleave.yaml:12:3" {
		t.Errorf("the setting stands at %s", got)
	}
}

func TestASuppressionSaysWhatWhyAndUntilWhen(t *testing.T) {
	f := parse(t,
		"suppress:",
		"  - requirement: logic-apps-ise/sql",
		"    subnet: snet-a",
		"    reason: no SQL connector is used",
		"    until: 2027-03-31")
	s := f.Suppress[0]
	if s.Requirement.Value != "logic-apps-ise/sql" || s.Subnet.Value != "snet-a" || s.Reason != "no SQL connector is used" ||
		s.Until.Format("2006-01-02") != "2027-03-31" || s.At.Line != 2 {
		t.Errorf("got %+v", s)
	}
}

func TestAFileOfCommentsStatesNothing(t *testing.T) {
	for _, text := range []string{"", "# later\n", "---\n", "null\n"} {
		if f, list := Parse("wayleave.yaml", []byte(text)); f == nil || len(list) > 0 || len(f.Set) > 0 {
			t.Errorf("%q: %v %v", text, f, list)
		}
	}
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"tag: x":                          `wayleave.yaml:1:1: error: key "tag" is not known; expected one of tags, cloud, parameters, profiles`,
		"tags: [x]":                       "wayleave.yaml:1:7: error: $.tags is an array, expected a text",
		"tags: ''":                        "wayleave.yaml:1:7: error: $.tags is empty",
		"schema: wayleave.project/v2":     `wayleave.yaml:1:9: error: schema is "wayleave.project/v2", expected "wayleave.project/v1"`,
		"set: [endpoint=internal]":        "wayleave.yaml:1:6: error: $.set is an array, expected an object",
		"set:\n  a: {b: c}":               "wayleave.yaml:2:6: error: $.set.a is an object, expected a text",
		"set:\n  a: []":                   `wayleave.yaml:2:6: error: setting "a" has no value`,
		"subnets: [a, {}]":                "wayleave.yaml:1:14: error: $.subnets[1] is an object, expected a text",
		"suppress: {requirement: sql}":    "wayleave.yaml:1:11: error: $.suppress is an object, expected a list",
		"suppress: [sql]":                 "wayleave.yaml:1:12: error: $.suppress[0] is a string, expected an object",
		"suppress:\n- requirement: sql":   "wayleave.yaml:2:3: error: reason is missing: a suppression says what, why and until when",
		"suppress:\n- until: tomorrow":    `wayleave.yaml:2:10: error: "tomorrow" is not a day, expected year-month-day`,
		"suppress:\n- until: 2027-02-30":  `wayleave.yaml:2:10: error: "2027-02-30" is not a day`,
		"suppress:\n- expires: 2027-01-1": `wayleave.yaml:2:3: error: key "expires" is not known; expected one of requirement, subnet, reason, until`,
		"- tags":                          "wayleave.yaml:1:1: error: $ is an array, expected an object",
		"tags: x\ntags: y":                "wayleave.yaml:2:1: error: ",
		"tags: \"x":                       "wayleave.yaml:1:",
	} {
		f, list := Parse("wayleave.yaml", []byte(text))
		if f != nil || !strings.Contains(list.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", text, list, want)
		}
	}
}

func TestTheProjectStandsBesideTheInputs(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"hub/wayleave.yaml": "cloud: Public", "hub/plan.json": "{}", "hub/deep/x.json": "{}",
		"spoke/wayleave.yaml": "cloud: China", "spoke/plan.json": "{}", "bare/plan.json": "{}",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	hub := filepath.Join("hub", "wayleave.yaml")
	for _, row := range []struct {
		paths []string
		want  string
	}{
		{[]string{"hub"}, hub},
		{[]string{"hub/plan.json"}, hub},
		{[]string{"bare", "hub/plan.json", "./hub"}, hub},
		{[]string{"hub/deep/x.json"}, ""}, // folders above are not looked at
		{[]string{"bare/plan.json"}, ""},
		{[]string{"nowhere.json"}, ""},
		{nil, ""}, {[]string{"-"}, ""}, {[]string{"azure://x"}, ""},
	} {
		f, list := Find(row.paths)
		got := ""
		if f != nil {
			got = f.Path
		}
		if got != row.want || len(list) > 0 {
			t.Errorf("%v: found %q %v, want %q", row.paths, got, list, row.want)
		}
	}
	if f, list := Find([]string{"hub", "spoke"}); f != nil || !strings.Contains(list.Error(), "spoke/wayleave.yaml: error: a second project file") {
		t.Errorf("two projects give %v %v", f, list)
	}
	t.Chdir("hub")
	for _, paths := range [][]string{nil, {"-"}, {"azure://x"}, {"."}} {
		if f, list := Find(paths); f == nil || f.Path != "wayleave.yaml" {
			t.Errorf("%v in the folder: %v %v", paths, f, list)
		}
	}
}
