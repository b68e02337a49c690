package export

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// corpus lists the files of real Azure data that match the patterns.
func corpus(t *testing.T, patterns ...string) []string {
	t.Helper()
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the real files are not read")
	}
	var files []string
	for _, p := range patterns {
		more, err := filepath.Glob(filepath.Join(root, p))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	if len(files) == 0 {
		t.Fatalf("no file in %s matches %v", root, patterns)
	}
	return files
}

// checkRead checks what holds for every input: the network comes out, or at
// least one error, each with a place.
func checkRead(t *testing.T, doc *document.Document) (*azure.Network, diagnostic.List) {
	t.Helper()
	n, list := azure.Build(Read(doc))
	if n == nil && !list.HasErrors() {
		t.Errorf("%s: neither a network nor an error", doc.Name())
	}
	for _, d := range list {
		if d.At.File != doc.Name() || d.At.Line == 0 || d.Code == "" {
			t.Errorf("%s: %v has no place or code", doc.Name(), d)
		}
	}
	return n, list
}

func TestCorpusLoadsOrFailsWithOneError(t *testing.T) {
	for _, file := range corpus(t, "az/*.json", "batfish/*.json") {
		doc, err := document.Load(file, document.Options{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		n, list := checkRead(t, doc)
		switch {
		case n == nil && errorsIn(list) != 1:
			t.Errorf("%s: want one error, got %v", file, list)
		case n != nil && len(list) > 0 && (notWhole[filepath.Base(file)] == "" || !onlyCode(list, notWhole[filepath.Base(file)])):
			t.Errorf("%s: want no diagnostics, got %v", file, list)
		}
	}
}

// notWhole are the files that were not printed whole, with the warning each
// gives: policies without the list of their groups.
var notWhole = map[string]string{"BernieWhite__PSRule.Rules.Azure__Resources.Firewall.json": "unstated"}

func onlyCode(list diagnostic.List, code string) bool {
	for _, d := range list {
		if d.Code != code || d.Severity != diagnostic.Warning {
			return false
		}
	}
	return true
}

// TestCorpusBodiesOfRecordings reads each answer of Azure that the recordings
// of its SDKs hold.
func TestCorpusBodiesOfRecordings(t *testing.T) {
	read, refused := 0, 0
	for _, file := range corpus(t, "az/*.json", "ground-truth/*.json") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var root any
		if json.Unmarshal([]byte(strings.TrimPrefix(string(data), "\ufeff")), &root) != nil {
			continue
		}
		for i, body := range bodies(root) {
			text, _ := json.Marshal(body)
			doc, err := document.Parse(fmt.Sprintf("%s#%d", filepath.Base(file), i), text, document.Options{})
			if err != nil {
				t.Fatal(err)
			}
			n, list := checkRead(t, doc)
			switch {
			case n != nil:
				read++
			case errorsIn(list) == 1 && refusedBodies[list[0].Code]:
				refused++
			default:
				t.Errorf("%s: %v\n%.300s", doc.Name(), list, text)
			}
		}
	}
	if read < 100 {
		t.Errorf("only %d answers were read, %d refused", read, refused)
	}
	t.Logf("%d read, %d refused", read, refused)
}

// refusedBodies are the reasons for which an answer in the recordings gives no
// network: answers of Network Watcher and of other providers, pages of a list,
// one example of the API specification that states a peering twice, and one with
// security admin rules.
var refusedBodies = map[string]bool{
	"not-resources": true, "unrecognised-input": true, "incomplete-list": true, "conflicting-inputs": true,
}

func errorsIn(list diagnostic.List) int {
	n := 0
	for _, d := range list {
		if d.Severity == diagnostic.Error {
			n++
		}
	}
	return n
}

// bodies finds the answers in a recording: objects and lists in "body",
// "Body", "ResponseBody" and "string", which may be JSON in a string.
func bodies(v any) []any {
	var found []any
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			found = append(found, bodies(e)...)
		}
	case map[string]any:
		for name, e := range v {
			switch strings.ToLower(name) {
			case "body", "responsebody", "string", "data":
				if text, ok := e.(string); ok {
					var inner any
					if json.Unmarshal([]byte(text), &inner) == nil {
						e = inner
					}
				}
				if isAnswer(e) {
					found = append(found, e)
					continue
				}
			}
			found = append(found, bodies(e)...)
		}
	}
	return found
}

func isAnswer(v any) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	_, isList := m["value"].([]any)
	return m["id"] != nil && m["type"] != nil || isList
}
