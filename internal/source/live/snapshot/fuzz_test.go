package snapshot

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// checkBytes checks what holds for any bytes: a network, or an error; every
// diagnostic has a place; two readings agree.
func checkBytes(t *testing.T, data []byte) {
	doc, err := document.Parse("snapshot.json", data, document.Options{})
	if err != nil {
		return
	}
	n, list := azure.Build(Read(doc))
	if (n == nil) != list.HasErrors() {
		t.Errorf("network %t and %v", n != nil, list)
	}
	for _, d := range list {
		if d.At.File != "snapshot.json" || d.At.Line == 0 || d.Code == "" {
			t.Errorf("%v has no place or code", d)
		}
	}
	if _, again := azure.Build(Read(doc)); list.Error() != again.Error() {
		t.Errorf("two readings differ:\n%v\n%v", list, again)
	}
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile(filepath.Join("..", "testdata", "snapshot.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(snapshotOf(lacks(azure.TypeNetworkInterface, under(sub)), vnet("v", subnet("v", "app", "10.0.1.0/24", "", configuration("a"))))))
	f.Add([]byte(snapshotOf("")))
	f.Fuzz(func(t *testing.T, data []byte) { checkBytes(t, data) })
}

// TestFieldsOfEveryType puts every kind of value into every field of a
// snapshot.
func TestFieldsOfEveryType(t *testing.T) {
	text := snapshotOf(lacks(azure.TypeNetworkInterface, under(sub)), vnet("v", subnet("v", "app", "10.0.1.0/24", "", configuration("a"))), nic("b", subnetID("v", "app"), "10.0.1.4"))
	var values func(v document.Value) []document.Value
	values = func(v document.Value) []document.Value {
		all := []document.Value{v}
		for e := range v.Elements() {
			all = append(all, values(e)...)
		}
		for _, m := range v.Members() {
			all = append(all, values(m)...)
		}
		return all
	}
	for _, v := range values(parse(t, text).Root()) {
		for _, strange := range []string{`null`, `true`, `7`, `""`, `"x"`, `"/subscriptions/` + sub + `"`, `[]`, `[null]`, `[{}]`, `{}`, `{"id":7}`} {
			checkBytes(t, []byte(text[:v.Offset()]+strange+text[v.Offset()+len(v.Raw()):]))
		}
	}
}
