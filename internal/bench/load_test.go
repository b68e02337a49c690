package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/source"
)

// BenchmarkLoad reads inputs up to the joined network, beside encoding/json
// decoding the same bytes into any. It reports how many times as long it takes,
// and the memory beyond the input, as multiples of its size: what stays, and the
// most while it reads.
func BenchmarkLoad(b *testing.B) {
	for name, inputs := range map[string]func(testing.TB) []source.Input{"corpus": corpusInputs, "plan-100MB": bigPlan} {
		b.Run(name, func(b *testing.B) {
			files := inputs(b)
			size := 0
			for _, f := range files {
				size += len(f.Data)
			}
			b.SetBytes(int64(size))
			var ours, yardstick []time.Duration
			for b.Loop() {
				ours = append(ours, timed(func() { loadEach(b, files) }))
				yardstick = append(yardstick, timed(func() { decodeEach(files) }))
			}
			b.ReportMetric(slices.Min(ours).Seconds()/slices.Min(yardstick).Seconds(), "x-json")
			if !slices.ContainsFunc(loadEach(b, files), func(n *azure.Network) bool { return n != nil && len(n.Subnets()) > 0 }) {
				b.Fatal("nothing was loaded")
			}
			stays, most := memory(func() any { return loadEach(b, files) })
			b.ReportMetric(float64(stays)/float64(size), "x-stays")
			b.ReportMetric(float64(most)/float64(size), "x-most")
		})
	}
}

func timed(f func()) time.Duration {
	runtime.GC()
	start := time.Now()
	f()
	return time.Since(start)
}

// loadEach loads every input by itself; some of the corpus are refused.
func loadEach(tb testing.TB, files []source.Input) (networks []*azure.Network) {
	tb.Helper()
	for _, f := range files {
		inventories, _ := source.Load(nil, source.Options{Documents: []source.Input{f}})
		n, _ := azure.Build(inventories...)
		networks = append(networks, n)
	}
	return networks
}

func decodeEach(files []source.Input) {
	for _, f := range files {
		var v any
		_ = json.Unmarshal(f.Data, &v)
	}
}

// memory is what the result of f keeps alive, and the most that lived while f
// ran, sampled, garbage of at most a quarter counted in.
func memory(f func() any) (stays, most uint64) {
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	runtime.GC()
	before := heap()
	var peak atomic.Uint64
	done := make(chan bool)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
				peak.Store(max(peak.Load(), heap()))
			}
		}
	}()
	kept := f()
	close(done)
	most = max(peak.Load(), heap())
	runtime.GC()
	after := heap()
	runtime.KeepAlive(kept)
	return after - min(before, after), most - min(before, most)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// corpusInputs are the real templates, plans, states and az output, strict JSON
// only, which both can read.
func corpusInputs(tb testing.TB) []source.Input {
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		tb.Skip("WAYLEAVE_CORPUS is not set: there are no real inputs")
	}
	var files []source.Input
	for _, pattern := range []string{"arm/*.json", "tfplan/*.json", "tfplan/*.tfstate", "batfish/*.json"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			tb.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				tb.Fatal(err)
			}
			if json.Valid(data) {
				files = append(files, source.Input{Name: path, Data: data})
			}
		}
	}
	if len(files) < 50 {
		tb.Fatalf("only %d real inputs", len(files))
	}
	return files
}

// bigPlan is a Terraform plan of 100 MB: spokes of a network, a security group
// and its rules each, as terraform show -json prints them.
func bigPlan(testing.TB) []source.Input {
	const size, rules = 100e6, 60
	var planned, changes, written bytes.Buffer
	add := func(address, values string) {
		typ, name, _ := strings.Cut(address, ".")
		head := fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"name":%q,`, address, typ, name)
		if planned.Len() > 0 {
			for _, b := range []*bytes.Buffer{&planned, &changes, &written} {
				b.WriteByte(',')
			}
		}
		planned.WriteString(head + `"provider_name":"registry.terraform.io/hashicorp/azurerm","schema_version":1,"values":` + values + `,"sensitive_values":{}}`)
		changes.WriteString(head + `"provider_name":"registry.terraform.io/hashicorp/azurerm","change":{"actions":["create"],"before":null,"after":` + values +
			`,"after_unknown":{"id":true},"before_sensitive":false,"after_sensitive":{}}}`)
		written.WriteString(head + `"provider_config_key":"azurerm","expressions":{"name":{"constant_value":"x"}},"schema_version":1}`)
	}
	for n := 0; planned.Len()+changes.Len()+written.Len() < size; n++ {
		add(fmt.Sprintf("azurerm_virtual_network.n%d", n), fmt.Sprintf(`{"name":"vnet-%d","resource_group_name":"rg","location":"westeurope","address_space":["10.%d.%d.0/24"],"dns_servers":null,"tags":null}`, n, n/256, n%256))
		add(fmt.Sprintf("azurerm_subnet.s%d", n), fmt.Sprintf(`{"name":"snet","resource_group_name":"rg","virtual_network_name":"vnet-%d","address_prefixes":["10.%d.%d.0/25"],"service_endpoints":null,"delegation":[]}`, n, n/256, n%256))
		add(fmt.Sprintf("azurerm_network_security_group.g%d", n), fmt.Sprintf(`{"name":"nsg-%d","resource_group_name":"rg","location":"westeurope","tags":null}`, n))
		for i := range rules {
			add(fmt.Sprintf("azurerm_network_security_rule.g%d_r%d", n, i), fmt.Sprintf(`{"name":"rule-%d","resource_group_name":"rg","network_security_group_name":"nsg-%d","priority":%d,"direction":"Inbound","access":"Allow","protocol":"Tcp",`+
				`"source_address_prefix":"10.%d.0.0/16","source_address_prefixes":null,"source_port_range":"*","source_port_ranges":null,"destination_address_prefix":"*","destination_address_prefixes":null,"destination_port_range":"%d","destination_port_ranges":null,"description":null}`,
				i, n, 100+i, i, 1000+i))
		}
	}
	plan := `{"format_version":"1.2","terraform_version":"1.9.5","planned_values":{"root_module":{"resources":[` + planned.String() +
		`]}},"resource_changes":[` + changes.String() + `],"configuration":{"root_module":{"resources":[` + written.String() + `]}}}`
	return []source.Input{{Name: "plan.json", Data: []byte(plan)}}
}
