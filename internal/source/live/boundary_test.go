package live

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

// list runs go list at the root of the module.
func list(t *testing.T, arguments ...string) string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e"}, arguments...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

const sdk = "github.com/Azure/"

// The SDK of Azure takes part in this package alone, and its generated clients
// nowhere.
func TestOnlyThisPackageKnowsTheSDK(t *testing.T) {
	here := false
	for line := range strings.Lines(list(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")) {
		fields := strings.Fields(line)
		for _, imported := range fields[1:] {
			switch {
			case !strings.HasPrefix(imported, sdk):
			case strings.Contains(imported, "/resourcemanager/"):
				t.Errorf("%s imports %s, a generated client", fields[0], imported)
			case strings.HasSuffix(fields[0], "/internal/source/live"):
				here = true
			default:
				t.Errorf("%s imports %s, which only internal/source/live may", fields[0], imported)
			}
		}
	}
	if !here {
		t.Error("internal/source/live imports no SDK: is the list right?")
	}
}

// Whoever imports the engine or reads files does not link the SDK.
func TestTheEngineDoesNotLinkTheSDK(t *testing.T) {
	for _, room := range []string{".", "./internal/source", "./internal/source/live/snapshot"} {
		for path := range strings.Lines(list(t, "-deps", room)) {
			if strings.HasPrefix(path, sdk) {
				t.Errorf("%s links %s", room, strings.TrimSpace(path))
			}
		}
	}
}

// role is a role definition as az role definition create takes it.
type role struct {
	Name, Description                                                  string
	IsCustom                                                           bool
	Actions, NotActions, DataActions, NotDataActions, AssignableScopes []string
}

// The role in the manual has exactly the permissions that the requests need.
func TestReaderRoleIsTheSmallest(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs", "reader-role.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r role
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	want := []string{"Microsoft.Network/locations/serviceTags/read", all.action(scope{}), all.action(scope{group: "rg"})}
	for _, k := range kinds {
		want = append(want, k.action(scope{}))
		if k.parent != "" && !kept(k.parent) {
			want = append(want, k.parent+"/read") // else the list of all resources does not show them
		}
	}
	slices.Sort(want)
	if !slices.Equal(r.Actions, want) {
		t.Errorf("the role has\n%s\nwant, sorted,\n%s", strings.Join(r.Actions, "\n"), strings.Join(want, "\n"))
	}
	if !r.IsCustom || r.Name == "" || len(r.NotActions)+len(r.DataActions)+len(r.NotDataActions) > 0 || len(r.AssignableScopes) != 1 {
		t.Errorf("got %+v", r)
	}
	for _, a := range r.Actions {
		if !strings.HasSuffix(a, "/read") || strings.Contains(a, "*") {
			t.Errorf("%s is more than one read", a)
		}
	}
}

// The manual names every type that is read and every property that is not
// stored.
func TestManualNamesWhatIsRead(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs", "live.md"))
	if err != nil {
		t.Fatal(err)
	}
	manual := string(data)
	for _, k := range kinds {
		if !strings.Contains(manual, "`"+k.name[strings.IndexByte(k.name, '/')+1:]+"`") {
			t.Errorf("the manual does not name %s", k.name)
		}
	}
	for name := range secrets {
		if !strings.Contains(strings.ToLower(manual), "`"+name+"`") {
			t.Errorf("the manual does not name the property %s", name)
		}
	}
}
