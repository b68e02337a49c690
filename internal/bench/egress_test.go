//go:build unix

package bench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
	"github.com/wayleave/wayleave/internal/source"
)

// tagFile is the largest real file of tags.
func tagFile(tb testing.TB) []byte {
	tb.Helper()
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		tb.Skip("WAYLEAVE_CORPUS is not set: there is no real tag file")
	}
	data, err := os.ReadFile(filepath.Join(root, "servicetags", "ryanborMSFT__AzureServiceTagsJson__ServiceTags_Public_20251028.json"))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func loadHub(tb testing.TB, data []byte) *azure.Network {
	tb.Helper()
	inventories, found := source.Load(nil, source.Options{Documents: []source.Input{{Name: "network.json", Data: data}}})
	if err := found.Err(); err != nil {
		tb.Fatal(err)
	}
	network, found := azure.Build(inventories...)
	if network == nil {
		tb.Fatal(found.Err())
	}
	return network
}

// egressOf partitions every destination of every subnet but the firewall's.
func egressOf(tb testing.TB, network *azure.Network, tags *servicetag.Catalogue) egress.Answer {
	tb.Helper()
	f, found := fabric.Compile(network, tags, fabric.Assumptions{})
	if f == nil {
		tb.Fatal(found.Err())
	}
	q := egress.Query{Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.PortRange(49152, 65535), DestinationPorts: flow.AllPorts()}
	for _, s := range network.Subnets() {
		if s.Name != "AzureFirewallSubnet" {
			q.From = append(q.From, s)
		}
	}
	answer, err := egress.Run(f, q)
	if err != nil {
		tb.Fatal(err)
	}
	return answer
}

// BenchmarkEgress partitions the destinations of all subnets of a hub with 200
// spokes and 500 rules, beside decoding its JSON and that of all tags, both in
// processor time.
func BenchmarkEgress(b *testing.B) {
	tagData := tagFile(b)
	tags, err := servicetag.Parse("ServiceTags_Public_20251028.json", tagData)
	if err != nil {
		b.Fatal(err)
	}
	data := hubJSON(b, 200, 500, 1)
	network := loadHub(b, data)
	took := func(f func()) time.Duration {
		start := processorTime()
		f()
		return processorTime() - start
	}
	for b.Loop() {
		var any any
		decode := took(func() {
			_ = json.Unmarshal(data, &any)
			_ = json.Unmarshal(tagData, &any)
		})
		var answer egress.Answer
		ours := took(func() { answer = egressOf(b, network, tags) })
		b.ReportMetric(decode.Seconds()*1000, "ms-json")
		b.ReportMetric(ours.Seconds()*1000, "ms-egress")
		b.ReportMetric(ours.Seconds()/decode.Seconds(), "x-json")
		b.ReportMetric(float64(len(answer.Parts)), "parts")
	}
}

// The workload is what it says: everything is read, most destinations go by the
// firewall, which lets some through and stops the others.
func TestHubIsAHub(t *testing.T) {
	network := loadHub(t, hubJSON(t, 3, 30, 1))
	if n := len(network.Subnets()); n != 7 || len(network.VirtualNetworks) != 4 || len(network.AzureFirewalls) != 1 {
		t.Fatalf("%d subnets, %d networks, %d firewalls", n, len(network.VirtualNetworks), len(network.AzureFirewalls))
	}
	verdicts := map[reach.Verdict]bool{}
	for _, p := range egressOf(t, network, servicetag.Symbolic()).Parts {
		verdicts[p.Verdict] = true
	}
	if !verdicts[reach.Allowed] || !verdicts[reach.Blocked] {
		t.Errorf("the verdicts are %v, want allowed and blocked ones", verdicts)
	}
}
