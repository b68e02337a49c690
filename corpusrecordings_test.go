package wayleave_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/wayleave/wayleave"
)

// Each answer of Azure in the recordings of its tools is read with the counts
// that walking its ids gives, or is refused for one of a few reasons.
func TestRecordedAnswersAreCounted(t *testing.T) {
	read, refused := 0, map[string]int{}
	seen := map[string]bool{}
	for _, dir := range []string{"az", "batfish", "ground-truth"} {
		files, err := filepath.Glob(filepath.Join(corpus(t), dir, "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no file in %s: %v", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, ".md") {
				continue
			}
			for i, body := range answers(decoded(t, file)) {
				text, err := json.Marshal(body)
				if err != nil || seen[string(text)] {
					continue
				}
				seen[string(text)] = true
				name := fmt.Sprintf("%s#%d", filepath.Base(file), i)
				n, err := wayleave.Load(wayleave.LoadOptions{
					Documents: []wayleave.Document{{Name: name, Data: text}}, Getenv: func(string) string { return "" },
				})
				var wrong *wayleave.InputError
				if errors.As(err, &wrong) {
					refused[wrong.Diagnostics[len(wrong.Diagnostics)-1].Code]++
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				read++
				answer, err := n.Inspect()
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				counts := answer.Counts
				got := map[string]int{}
				for _, w := range words {
					if _, ok := countedByID[w.word]; ok && w.of(&counts) > 0 {
						got[w.word] = w.of(&counts)
					}
				}
				if diff := cmp.Diff(countIDs(body), got); diff != "" {
					t.Errorf("%s: (-ids +inspect)\n%s\n%.600s", name, diff, text)
				}
			}
		}
	}
	if read < 400 {
		t.Errorf("only %d answers were read", read)
	}
	want := map[string]int{
		"not-resources": 53, "unrecognised-input": 54, // answers of Network Watcher and of other providers
		"priority-range": 14, "conflicting-inputs": 2, "incomplete-list": 2, // requests that Azure would refuse, pages of a list
	}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Errorf("refused: (-want +got)\n%s", diff)
	}
}

// decoded is a JSON or YAML file as plain data.
func decoded(t *testing.T, file string) any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var root any
	if strings.HasSuffix(file, ".yaml") {
		err = yaml.Unmarshal(data, &root)
	} else {
		err = json.Unmarshal([]byte(strings.TrimPrefix(string(data), "\ufeff")), &root)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return root
}

// answers finds the resources and lists of them in a recording, which may be
// JSON in a string.
func answers(v any) []any {
	var found []any
	switch v := v.(type) {
	case string:
		var inner any
		if strings.HasPrefix(strings.TrimSpace(v), "{") && json.Unmarshal([]byte(v), &inner) == nil {
			return answers(inner)
		}
	case []any:
		for _, e := range v {
			found = append(found, answers(e)...)
		}
	case map[string]any:
		_, isList := v["value"].([]any)
		if v["id"] != nil && (v["type"] != nil || v["properties"] != nil) || isList {
			return []any{v}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			found = append(found, answers(v[name])...)
		}
	}
	return found
}

// countedByID are the kinds that have ids of their own, by the types in them.
var countedByID = map[string]string{
	"vnet": "virtualnetworks", "subnet": "virtualnetworks/subnets", "peering": "virtualnetworks/virtualnetworkpeerings",
	"nsg": "networksecuritygroups", "rule": "networksecuritygroups/securityrules",
	"rt": "routetables", "route": "routetables/routes", "nic": "networkinterfaces", "asg": "applicationsecuritygroups",
	"pip": "publicipaddresses", "nat": "natgateways", "fw": "azurefirewalls", "fwpol": "firewallpolicies",
	"rcg": "firewallpolicies/rulecollectiongroups", "ipgroup": "ipgroups",
}

// countIDs counts the ids of the resources in an answer: of itself or the
// elements of its list, and of what they hold in full.
func countIDs(body any) map[string]int {
	ids := map[string]map[string]bool{}
	var walk func(v any, top bool)
	walk = func(v any, top bool) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, top)
			}
		case map[string]any:
			list, isList := v["value"].([]any)
			if top && isList {
				walk(list, true)
				return
			}
			if id, _ := v["id"].(string); id != "" && (top || whole(v)) {
				if typ, _ := v["type"].(string); !strings.HasPrefix(typ, "Microsoft.") {
					noteID(ids, typeIn(id), id)
				} else {
					noteID(ids, strings.ToLower(strings.TrimPrefix(typ, "Microsoft.Network/")), id+fmt.Sprint(v["name"]))
				}
			}
			countEffective(ids, v)
			if properties, _ := v["properties"].(map[string]any); v["id"] == nil && properties["access"] != nil {
				// A rule that is about to be made has no id yet.
				noteID(ids, "networksecuritygroups/securityrules", fmt.Sprint(v["name"]))
			}
			for _, e := range v {
				walk(e, false)
			}
		}
	}
	walk(body, true)
	counts := map[string]int{}
	for word, typ := range countedByID {
		if n := len(ids[typ]); n > 0 {
			counts[word] = n
		}
	}
	return counts
}

// countEffective counts the group and the rules of an answer about the rules in
// force, which name both and have no ids. Those of a network manager are no group.
func countEffective(ids map[string]map[string]bool, v map[string]any) {
	rules, _ := v["effectiveSecurityRules"].([]any)
	group, _ := v["networkSecurityGroup"].(map[string]any)
	association, _ := v["association"].(map[string]any)
	if rules == nil || group == nil || association["networkManager"] != nil { // admin rules
		return
	}
	noteID(ids, "networksecuritygroups", fmt.Sprint(group["id"]))
	for _, e := range rules {
		rule, _ := e.(map[string]any)
		if name := fmt.Sprint(rule["name"]); strings.HasPrefix(name, "securityRules/") {
			noteID(ids, "networksecuritygroups/securityrules", name)
		}
	}
}

func noteID(ids map[string]map[string]bool, typ, id string) {
	if ids[typ] == nil {
		ids[typ] = map[string]bool{}
	}
	ids[typ][strings.ToLower(id)] = true
}

// whole tells a resource from a reference to one, which may have a property or
// two of its own.
func whole(v map[string]any) bool {
	properties, _ := v["properties"].(map[string]any)
	return v["provisioningState"] != nil || properties["provisioningState"] != nil || v["name"] != nil && len(properties) > 2
}

// typeIn are the types in an id of the network, in lower case.
func typeIn(id string) string {
	_, rest, ok := strings.Cut(strings.ToLower(id), "/providers/microsoft.network/")
	if !ok {
		return ""
	}
	var types []string
	for i, segment := range strings.Split(rest, "/") {
		if i%2 == 0 {
			types = append(types, segment)
		}
	}
	return strings.Join(types, "/")
}
