package servicetag

import (
	"os"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// FuzzParse: any bytes give a whole catalogue or one diagnostic, and what the
// catalogue says of itself is consistent.
func FuzzParse(f *testing.F) {
	f.Add(weekly("Public", tag{"Storage", "", "NSG", "52.239.192.0/18 2603:1030::/48"}, tag{"Storage.WestEurope", "westeurope", "null", "52.239.193.0/24"}))
	f.Add([]byte(strings.Replace(apiAnswer, "LINK", `"x"`, 1)))
	f.Add([]byte(`{"changeNumber":1,"cloud":"Public","values":[{"name":"A","properties":{"addressPrefixes":["::/0","0.0.0.0/0"]}}]}`))
	f.Add([]byte(`{"Values":[],"values":[]}`))
	f.Add([]byte("\ufeff[\r\n"))
	if dir := os.Getenv("WAYLEAVE_CORPUS"); dir != "" {
		for _, file := range corpus(f) {
			if data, err := os.ReadFile(file); err == nil {
				f.Add(data[:min(len(data), 4096)])
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f.json", data)
		if err != nil {
			if list := diagnostic.Of(err, ""); c != nil || len(list) != 1 || list[0].At.File != "f.json" {
				t.Fatalf("got a catalogue: %v, %#v", c != nil, err)
			}
			return
		}
		for _, tag := range c.Tags() {
			if got, err := c.Lookup(strings.ToUpper(tag.Name)); err != nil && WellFormed(tag.Name) || err == nil && got.Name != tag.Name {
				t.Fatalf("Lookup(%q) = %q, %v", tag.Name, got.Name, err)
			}
			if must, may, reason := c.Scope(nil).Bounds(tag.Name); !must.Equal(may) || reason != "" {
				t.Fatalf("%s is not exact: %s", tag.Name, reason)
			}
		}
		c.Warnings()
		if _, err := c.Show(c.Tags()[0].Name); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzLookup: any name gets a tag or a reason, and never a panic.
func FuzzLookup(f *testing.F) {
	for _, name := range []string{"Storage", "AzureCloud.francecentral", "", ".", "VIRTUAL_NETWORK", "Storge.WestEurope", "İnternet", "\xff"} {
		f.Add(name)
	}
	c := small(f)
	f.Fuzz(func(t *testing.T, name string) {
		for _, c := range []*Catalogue{c, Symbolic()} {
			tag, found, ok := c.Resolve(name, SecurityRule, diagnostic.Position{})
			if ok != !found.HasErrors() || ok != (tag.Name != "") {
				t.Fatalf("Resolve(%q) = %+v, %v, %v", name, tag, found, ok)
			}
			must, may, reason := c.Scope([]string{"Sql", name}).Bounds(name)
			if !must.SubsetOf(may) || must.Equal(may) != (reason == "") {
				t.Fatalf("Bounds(%q) = %v, %v, %q", name, must, may, reason)
			}
		}
		checkPrefix(t, name)
	})
}
