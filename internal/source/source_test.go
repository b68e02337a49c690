package source

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

const (
	group = `{"id":"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/%s","properties":{"securityRules":[]}}`
	tags  = `{"changeNumber":376,"cloud":"Public","values":[]}`
	other = `{"name":"left-pad","version":"1.0.0"}`
	state = `{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"x","outputs":{},"resources":[]}`
	param = `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#","contentVersion":"1.0.0.0","parameters":{}}`
)

func nsg(name string) string { return fmt.Sprintf(group, name) }

// tree writes files and changes into their folder, so that paths are short.
func tree(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// check loads paths and compares the inputs that were read and the
// diagnostics, "place: severity code".
func check(t *testing.T, paths, sources, diagnostics []string) []*azure.Inventory {
	t.Helper()
	all, list := Load(paths, Options{})
	var got []string
	for _, inv := range all {
		got = append(got, inv.Source)
	}
	if diff := cmp.Diff(sources, got); diff != "" {
		t.Errorf("read: (-want +got)\n%s\n%v", diff, list)
	}
	if diff := cmp.Diff(diagnostics, short(list)); diff != "" {
		t.Errorf("diagnostics: (-want +got)\n%s\n%v", diff, list)
	}
	return all
}

func short(list diagnostic.List) []string {
	var lines []string
	for _, d := range list {
		lines = append(lines, d.At.File+": "+d.Severity.String()+" "+d.Code)
	}
	return lines
}

func TestAFolderIsReadToItsLastFile(t *testing.T) {
	tree(t, map[string]string{
		"net/a.json":                          nsg("a"),
		"net/deep/er/b.JSON":                  nsg("b"),
		"net/c.jsonc":                         "// from the portal\n" + nsg("c"),
		"net/d.tfstate":                       state,
		"net/.terraform/x.json":               nsg("hidden"),
		"net/.git/x.json":                     nsg("hidden"),
		"net/node_modules/x.json":             nsg("hidden"),
		"net/.hidden.json":                    nsg("hidden"),
		"net/readme.txt":                      "not looked at",
		"net/rules.csv":                       "a,100,Inbound,Allow,TCP,*,*,*,443\n",
		"net/invoice.csv":                     "item,price\nx,1\n",
		"net/package.json":                    other,
		"net/ServiceTags_Public_2025.json":    tags,
		"net/effective-routes.json":           `{"value":[{"source":"Default","state":"Active","addressPrefix":["10.0.0.0/8"],"nextHopType":"None"}]}`,
		"elsewhere/z.json":                    nsg("z"),
		"net/empty-folder/nothing-to-see.txt": "",
	})
	all := check(t, []string{"net"}, []string{"net/a.json", "net/c.jsonc", "net/d.tfstate", "net/deep/er/b.JSON", "net/effective-routes.json", "net/rules.csv"}, []string{
		"net/ServiceTags_Public_2025.json: info tag-data",
		"net/invoice.csv: info skipped",
		"net/package.json: info skipped",
	})
	if all[1].NetworkSecurityGroups[0].At.Line != 2 {
		t.Errorf("comments move no place: %v", all[1].NetworkSecurityGroups[0].At)
	}
	if all[0].Rank != azure.RankExport || all[2].Rank != azure.RankState {
		t.Error("the form decides the rank")
	}
}

// A table is told by its content where its name does not tell.
func TestATableIsTold(t *testing.T) {
	tree(t, map[string]string{
		"rules":       "a,100,Inbound,Allow,TCP,*,*,*,443\n",
		"invoice.csv": "item,price\nx,1\n",
	})
	check(t, []string{"rules"}, []string{"rules"}, nil)
	inventories := check(t, []string{"invoice.csv"}, []string{"invoice.csv"}, nil)
	if d := inventories[0].Diagnostics; len(d) != 1 || d[0].Code != "csv-columns" || d[0].Hint == "" {
		t.Errorf("a table of other things: %v", d)
	}
	all, list := Load([]string{"-"}, Options{Stdin: strings.NewReader("cidr\n10.0.0.0/8\n")})
	if len(list) > 0 || len(all) != 1 || len(all[0].IPGroups) != 1 {
		t.Errorf("from standard input: %v %v", all, list)
	}
}

// A report that was written beside the inputs is no input of the next run.
func TestOurOwnReportsArePassedBy(t *testing.T) {
	tree(t, map[string]string{
		"net/a.json":        nsg("a"),
		"net/answer.json":   `{"schema":"wayleave.check/v1","tags":null,"services":[]}`,
		"net/answer.sarif":  `not looked at`,
		"net/sarif.json":    `{"$schema":"https://docs.oasis-open.org/sarif","version":"2.1.0","runs":[{"tool":{"driver":{"name":"wayleave"}},"results":[]}]}`,
		"net/stranger.json": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"tflint"}},"results":[]}]}`,
		"net/tagsof.json":   `{"schema":"wayleave.tags/v1","value":[]}`,
	})
	check(t, []string{"net"}, []string{"net/a.json"}, []string{
		"net/answer.json: info own-report",
		"net/sarif.json: info own-report",
		"net/stranger.json: info skipped",
		"net/tagsof.json: info own-report",
	})
	check(t, []string{"net/a.json", "net/answer.json"}, []string{"net/a.json"}, []string{"net/answer.json: error own-report"})
	check(t, []string{"net/sarif.json"}, nil, []string{"net/sarif.json: error own-report"})
}

func TestSeveralPathsAreOneNetworkAndNoFileIsReadTwice(t *testing.T) {
	tree(t, map[string]string{"hub.json": nsg("hub"), "spokes/a.json": nsg("a")})
	check(t, []string{"spokes", "hub.json", "spokes/a.json", "./hub.json", "spokes"}, []string{"spokes/a.json", "hub.json"}, nil)
}

func TestStandardInput(t *testing.T) {
	all, list := Load([]string{"-"}, Options{Stdin: strings.NewReader(nsg("a"))})
	if len(list) > 0 || len(all) != 1 || all[0].Source != "-" || all[0].NetworkSecurityGroups[0].At.String() != "-:1:1" {
		t.Errorf("got %v %v", all, list)
	}
	if all, list := Load([]string{"-"}, Options{}); len(all) != 0 || !list.HasErrors() {
		t.Errorf("an empty standard input gives %v %v", all, list)
	}
}

func TestWhatCannotBeReadIsAnErrorWithAHint(t *testing.T) {
	tree(t, map[string]string{
		"unrelated.json":      other,
		"truncated.json":      nsg("a")[:40],
		"conflict.json":       "<<<<<<< HEAD\n" + nsg("a"),
		"only/package.json":   other,
		"only/tags.json":      tags,
		"text/readme.md":      "hello",
		"half/a.json":         nsg("a"),
		"half/broken.json":    `{"id":`,
		"tags.json":           tags,
		"main.tf":             `resource "azurerm_subnet" "a" {}`,
		"params.json":         param,
		"plan/tfplan.json":    `{"format_version":"9.0","planned_values":{}}`,
		"duplicate/a.json":    `{"id":"/x","id":"/y"}`,
		"empty/.keep/x.json":  nsg("hidden"),
		"deep/deep.json":      strings.Repeat("[", 100_000),
		"emptyfile/zero.json": "",
	})
	for path, want := range map[string]string{
		"missing.json":   "missing.json: error unreadable-file",
		"unrelated.json": "unrelated.json: error unrecognised-input",
		"truncated.json": "truncated.json: error",
		"conflict.json":  "conflict.json: error merge-conflict",
		"only":           "only: error nothing-to-read",
		"text":           "text: error nothing-to-read",
		"empty":          "empty: error nothing-to-read",
		"half":           "half/broken.json: error",
		"main.tf":        "main.tf: error",
		"duplicate":      "duplicate/a.json: error duplicate-key",
		"deep":           "deep/deep.json: error",
		"emptyfile":      "emptyfile/zero.json: error",
	} {
		_, list := Load([]string{path}, Options{})
		if !list.HasErrors() {
			t.Errorf("%s: no error: %v", path, list)
			continue
		}
		errors := 0
		for i, line := range short(list) {
			if list[i].Severity != diagnostic.Error {
				continue
			}
			errors++
			if !strings.HasPrefix(line, want) {
				t.Errorf("%s: got %s, want %s", path, line, want)
			}
		}
		if errors != 1 {
			t.Errorf("%s: want one error, got %v", path, list)
		}
	}
	all, list := Load([]string{"plan"}, Options{})
	if len(all) != 1 || list.HasErrors() || !all[0].Diagnostics.HasErrors() {
		t.Errorf("a plan of another version is refused by its reader: %v", list)
	}
	check(t, []string{"tags.json"}, nil, []string{"tags.json: info tag-data"})
	check(t, []string{"params.json"}, nil, []string{"params.json: error parameters"})
	check(t, nil, nil, []string{": error no-input"})
}

func TestAFolderWithoutANetworkListsWhatWasLookedAt(t *testing.T) {
	files := map[string]string{}
	for i := range 12 {
		files[fmt.Sprintf("f/%02d.json", i)] = other
	}
	tree(t, files)
	_, list := Load([]string{"f"}, Options{})
	last := list[len(list)-1]
	if last.Code != "nothing-to-read" || !strings.Contains(last.Summary, "12 files: 00.json, 01.json") || !strings.Contains(last.Summary, "...") || !strings.Contains(last.Hint, "az network vnet list") {
		t.Errorf("got %v, hint %s", last, last.Hint)
	}
}

func TestLimitsHoldForEveryFile(t *testing.T) {
	tree(t, map[string]string{"a.json": `["` + strings.Repeat("x", 1000) + `"]`})
	for code, o := range map[string]Options{
		"file-too-large": {MaxBytes: 100},
	} {
		if _, list := Load([]string{"a.json"}, o); len(list) != 1 || list[0].Code != code {
			t.Errorf("got %v, want %s", list, code)
		}
	}
}

func TestAFolderOfVeryManyFilesIsRefused(t *testing.T) {
	files := map[string]string{}
	for i := range maxFiles + 1 {
		files[fmt.Sprintf("net/%05d.json", i)] = ""
	}
	tree(t, files)
	_, list := Load([]string{"net"}, Options{})
	if !slices.ContainsFunc(list, func(d diagnostic.Diagnostic) bool { return d.Code == "too-many-files" && d.Hint != "" }) {
		t.Errorf("got %d problems, none of them too-many-files", len(list))
	}
}

func TestUnreadableFoldersAndFiles(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("permissions do not bind this user")
	}
	tree(t, map[string]string{"f/a.json": nsg("a"), "f/closed/b.json": nsg("b"), "f/secret.json": nsg("c")})
	for path, mode := range map[string]os.FileMode{"f/closed": 0, "f/secret.json": 0} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(path, 0o755)
	}
	check(t, []string{"f"}, []string{"f/a.json"}, []string{"f/closed: error unreadable-file", "f/secret.json: error unreadable-file"})
}

func TestLinksAndPipesInAFolder(t *testing.T) {
	tree(t, map[string]string{"real/a.json": nsg("a"), "f/x.txt": ""})
	if err := os.Symlink("../real/a.json", "f/link.json"); err != nil {
		t.Skip("no symbolic links here: " + err.Error())
	}
	if err := os.Symlink("nowhere", "f/broken.json"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../real", "f/folder.json"); err != nil {
		t.Fatal(err)
	}
	check(t, []string{"f"}, []string{"f/link.json"}, []string{"f/broken.json: error unreadable-file"})
}

// template is a template of one security group whose name is a parameter.
const template = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {"name": {"type": "string", "defaultValue": "by-default"}},
  "resources": [{"type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "[parameters('name')]", "properties": {"securityRules": []}}]
}`

func named(name string) string {
	return strings.Replace(param, `"parameters":{}`, `"parameters":{"name":{"value":"`+name+`"}}`, 1)
}

func TestATemplateTakesTheParametersThatGoWithIt(t *testing.T) {
	tree(t, map[string]string{
		"one/main.json":                 template,
		"one/main.parameters.json":      named("beside"),
		"one/other.parameters.json":     named("other"),
		"two/main.json":                 template,
		"two/main.parameters.dev.json":  named("dev"),
		"two/main.parameters.prod.json": named("prod"),
		"portal/template.json":          template,
		"portal/parameters.json":        named("portal"),
		"classic/azuredeploy.json":      template,
		"classic/parameters.json":       named("classic"),
		"bare/main.json":                template,
		"prod.json":                     named("shared"),
		"other.json":                    other,
	})
	for _, row := range []struct {
		paths, parameters []string
		group             string
		diagnostics       []string
	}{
		{[]string{"bare"}, nil, "by-default", nil},
		{[]string{"one"}, nil, "beside", []string{"one/other.parameters.json: warning parameters"}},
		{[]string{"one/main.json"}, nil, "by-default", nil}, // named alone
		{[]string{"one/main.json", "one/main.parameters.json"}, nil, "beside", nil},
		{[]string{"one"}, []string{"prod.json"}, "shared", []string{"one/main.parameters.json: info parameters", "one/other.parameters.json: info parameters"}},
		{[]string{"two"}, nil, "by-default", []string{
			"two/main.json: warning parameters", "two/main.parameters.dev.json: warning parameters", "two/main.parameters.prod.json: warning parameters"}},
		{[]string{"two"}, []string{"two/main.parameters.prod.json"}, "prod", []string{"two/main.parameters.dev.json: info parameters"}},
		{[]string{"classic"}, nil, "classic", nil},
		{[]string{"portal"}, nil, "portal", nil},
		{[]string{"bare"}, []string{"other.json"}, "by-default", []string{"other.json: error parameters"}},
		{[]string{"bare"}, []string{"missing.json"}, "by-default", []string{"missing.json: error unreadable-file"}},
	} {
		all, list := Load(row.paths, Options{Parameters: row.parameters})
		if diff := cmp.Diff(row.diagnostics, short(list)); diff != "" {
			t.Errorf("%v %v: (-want +got)\n%s", row.paths, row.parameters, diff)
		}
		if len(all) != 1 || len(all[0].NetworkSecurityGroups) != 1 || all[0].Rank != azure.RankTemplate {
			t.Errorf("%v %v: got %+v", row.paths, row.parameters, all)
			continue
		}
		if got := all[0].NetworkSecurityGroups[0].Name; got != row.group {
			t.Errorf("%v %v: the group is named %q, want %q", row.paths, row.parameters, got, row.group)
		}
	}
}

// TestCorpusIsRecognised: each real file is taken for what it is.
func TestCorpusIsRecognised(t *testing.T) {
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the real files are not read")
	}
	for folder, want := range map[string][]string{
		"batfish":     {"inventory"},
		"tfplan":      {"inventory"},
		"servicetags": {"tag-data"},
		"arm":         {"inventory", "parameters", "unrecognised-input"}, // one is a "building block", no template
		"az":          {"inventory", "unrecognised-input", "not-resources"},
	} {
		files, _ := filepath.Glob(filepath.Join(root, folder, "*"))
		seen := map[string]int{}
		for _, file := range files {
			switch filepath.Ext(file) {
			case ".json", ".tfstate":
			default:
				continue
			}
			all, list := Load([]string{file}, Options{})
			what := "inventory"
			if len(list) > 0 {
				what = list[0].Code
			}
			if len(all)+len(list) != 1 {
				t.Errorf("%s: %d inventories and %v", file, len(all), list)
			}
			seen[what]++
		}
		for _, w := range want {
			delete(seen, w)
		}
		if len(files) == 0 || len(seen) > 0 {
			t.Errorf("%s: want only %v, also got %v", folder, want, seen)
		}
	}
}

func TestPlansAreReadBeforeTheirApplyWhenAsked(t *testing.T) {
	network := func(name string) string {
		return `{"root_module":{"resources":[{"address":"azurerm_virtual_network.v","mode":"managed","type":"azurerm_virtual_network","name":"v","values":{"name":"` + name + `","address_space":["10.0.0.0/16"]}}]}}`
	}
	tree(t, map[string]string{
		"plan.json": `{"format_version":"1.2","terraform_version":"1.11.4","planned_values":` + network("after") + `,"prior_state":{"values":` + network("before") + `}}`,
		"g.json":    nsg("g"),
	})
	for want, before := range map[string]bool{"after": false, "before": true} {
		all, list := Load([]string{"."}, Options{Before: before})
		if len(list) > 0 || len(all) != 2 || all[1].VirtualNetworks[0].Name != want {
			t.Errorf("%v: %d inputs, %v", before, len(all), list)
		}
		if len(all[0].NetworkSecurityGroups) != 1 {
			t.Errorf("%v: an export is the same either way", before)
		}
	}
}
