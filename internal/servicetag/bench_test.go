package servicetag

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
)

// The benchmarks of one run compare reading the newest public file (4 MB, 93
// thousand prefixes) here and with the standard library:
//
//	WAYLEAVE_CORPUS=... go test -bench 'Load|Standard|Index' -run '^$' ./internal/servicetag
func BenchmarkLoad(b *testing.B) {
	data := readFile(b, newestPublic(b))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("f", data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStandardStructs is encoding/json into structs, prefixes left as
// strings.
func BenchmarkStandardStructs(b *testing.B) {
	data := readFile(b, newestPublic(b))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var file plainFile
		if err := json.Unmarshal(data, &file); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStandardSets does the same work as BenchmarkLoad with encoding/json
// and netip.
func BenchmarkStandardSets(b *testing.B) {
	data := readFile(b, newestPublic(b))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var file plainFile
		if err := json.Unmarshal(data, &file); err != nil {
			b.Fatal(err)
		}
		sets := make(map[string]flow.AddressSet, len(file.Values))
		for _, v := range file.Values {
			var s flow.AddressSetBuilder
			for _, text := range v.Properties.AddressPrefixes {
				p, err := netip.ParsePrefix(text)
				if err != nil {
					b.Fatal(err)
				}
				s.AddPrefix(p)
			}
			sets[v.Name] = s.Set()
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	c := load(b, newestPublic(b))
	b.ReportAllocs()
	for b.Loop() {
		fresh := &Catalogue{entries: c.entries}
		if fresh.Index().Len() != c.Len() {
			b.Fatal("the index lacks tags")
		}
	}
}

func BenchmarkSuggest(b *testing.B) {
	c := load(b, newestPublic(b))
	for b.Loop() {
		c.unknown("AzureActiveDirectroy")
	}
}

func BenchmarkShowAzureCloud(b *testing.B) {
	c := load(b, newestPublic(b))
	for b.Loop() {
		if _, err := c.Show("AzureCloud"); err != nil {
			b.Fatal(err)
		}
	}
}
