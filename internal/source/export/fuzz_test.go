package export

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// checkBytes checks what holds for any bytes: a network comes out, or an
// error; every diagnostic has a place; asking twice gives the same.
func checkBytes(t *testing.T, name string, data []byte) {
	doc, err := document.Parse(name, data, document.Options{})
	if err != nil {
		list := diagnostic.Of(err, "")
		if len(list) != 1 || list[0].Code == "" || list[0].At.File != name {
			t.Errorf("%s: %v is not one placed diagnostic", name, err)
		}
		return
	}
	n, list := checkRead(t, doc)
	_, again := azure.Build(Read(doc))
	if list.Error() != again.Error() {
		t.Errorf("%s: two runs differ:\n%v\n%v", name, list, again)
	}
	if problem, refused := Problem(doc); refused && (n != nil || !strings.Contains(list.Error(), problem.Error())) {
		t.Errorf("%s: Problem says %v, Read %v", name, problem, list)
	}
	if n != nil {
		checkResolved(t, n)
	}
}

// checkResolved checks what a frozen network promises.
func checkResolved(t *testing.T, n *azure.Network) {
	for _, v := range n.VirtualNetworks {
		if len(v.AddressSpace) == 0 {
			t.Errorf("%s has no address space, not even an unknown one", v.ID)
		}
		for _, s := range v.Subnets {
			if s.VirtualNetwork != v || len(s.Prefixes) == 0 {
				t.Errorf("%s: %+v", s.ID, s)
			}
		}
		for _, p := range v.Peerings {
			if p.VirtualNetwork != v || !p.Remote.IsSet() {
				t.Errorf("%s: %+v", p.ID, p)
			}
		}
	}
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			if r.Group != g || r.Source.Len() == 0 || len(r.DestinationPorts.Terms) == 0 || !r.Priority.IsSet() {
				t.Errorf("%s: %+v", r.ID, r)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.json")
	if len(files) == 0 {
		f.Fatal("no seeds")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkBytes(t, "fuzz.json", data) })
}

// TestTruncatedFilesFailWithAPlace cuts the fixtures at every byte.
func TestTruncatedFilesFailWithAPlace(t *testing.T) {
	for _, file := range []string{"testdata/ok/nsg-arm.json", "testdata/ok/network.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for cut := range len(data) {
			checkBytes(t, "cut.json", data[:cut:cut])
		}
	}
}

// TestCorpusTruncated cuts each real file at a few hundred places.
func TestCorpusTruncated(t *testing.T) {
	for _, file := range corpus(t, "batfish/*.json", "az/ambientlight*.json", "az/BernieWhite*.json") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		step := max(1, len(data)/200)
		for cut := 0; cut < len(data); cut += step {
			checkBytes(t, filepath.Base(file), data[:cut:cut])
		}
	}
}

// TestFieldsOfEveryType puts every kind of value into every field of every
// fixture: nothing panics, and what is not understood is said.
func TestFieldsOfEveryType(t *testing.T) {
	strange := []string{`null`, `true`, `7`, `""`, `"x"`, `[]`, `[null]`, `[{}]`, `{}`, `{"id":7}`, `[[["x"]]]`}
	for _, file := range []string{"testdata/ok/nsg-arm.json", "testdata/ok/network.json", "testdata/ok/children.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := document.Parse(file, data, document.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values(doc.Root()) {
			start := v.Offset()
			end := start + len(v.Raw())
			for _, s := range strange {
				changed := string(data[:start]) + s + string(data[end:])
				checkBytes(t, file+" "+v.Path()+"="+s, []byte(changed))
			}
		}
	}
}

// values lists every value of a document.
func values(v document.Value) []document.Value {
	all := []document.Value{v}
	for e := range v.Elements() {
		all = append(all, values(e)...)
	}
	for _, m := range v.Members() {
		all = append(all, values(m)...)
	}
	return all
}
