package reach_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// bigNetwork is four subnets under one group with many rules, tags among them.
func bigNetwork(b *testing.B, rules int) *azure.Network {
	random := rand.New(rand.NewPCG(1, 2))
	tags := []string{"Storage", "Sql", "AzureCloud", "EventHub", "AzureMonitor", "AppService", "Internet", "VirtualNetwork", "*"}
	side := func() string {
		if random.IntN(3) == 0 {
			return tags[random.IntN(len(tags))]
		}
		return fmt.Sprintf("10.%d.%d.0/24", random.IntN(4), random.IntN(256))
	}
	var list []Item
	for i := range rules {
		list = append(list, Rule([]string{"Inbound", "Outbound"}[i%2], []string{"Allow", "Deny"}[random.IntN(2)], fmt.Sprint(100+i), "Tcp", side(), side(), fmt.Sprint(1+random.IntN(60000)), Named(fmt.Sprintf("r%d", i))))
	}
	return Net(b, VNet("v", "10.1.0.0/16", Subnet("s0", "10.1.0.0/24", NSG("g", list...)), Subnet("s1", "10.1.1.0/24", UseNSG("g")), Subnet("s2", "10.1.2.0/24", UseNSG("g")), Subnet("s3", "10.1.3.0/24", UseNSG("g"))))
}

var benchQuestions = []question{
	{"tcp/80", "v/s0", "Internet", true}, {"tcp/443", "v/s0", "Storage", true}, {"tcp/1433", "v/s0", "Sql", true},
	{"tcp/454", "AppServiceManagement", "v/s0", true}, {"tcp/443", "v/s0", "v/s1", true}, {"tcp/443", "space:v", "v/s0", true}, {"tcp/443", "probe", "v/s0", true},
}

func BenchmarkCompileAndExplore(b *testing.B) {
	catalogue := corpusCatalogue(b)
	catalogue.Index()
	for _, rules := range []int{20, 200, 1000} {
		network := bigNetwork(b, rules)
		b.Run(fmt.Sprint(rules, " rules"), func(b *testing.B) {
			for b.Loop() {
				f, list := fabric.Compile(network, catalogue, fabric.Assume())
				if f == nil {
					b.Fatal(list)
				}
				for _, q := range benchQuestions {
					if _, err := reach.Explore(f, q.query(b)); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkExplore(b *testing.B) {
	f := compile(b, bigNetwork(b, 200), corpusCatalogue(b))
	for _, q := range benchQuestions {
		b.Run(q.from+" to "+q.to, func(b *testing.B) {
			query := q.query(b)
			for b.Loop() {
				if _, err := reach.Explore(f, query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSymbolic(b *testing.B) {
	f := compile(b, bigNetwork(b, 200), servicetag.Symbolic())
	query := benchQuestions[0].query(b)
	for b.Loop() {
		if _, err := reach.Explore(f, query); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkByRule(b *testing.B) {
	f := compile(b, bigNetwork(b, 1000), servicetag.Symbolic())
	query := question{"tcp/0-65535:0-65535", "v/s0", "space:v", true}.query(b)
	query.ByRule = true
	for b.Loop() {
		a, err := reach.Explore(f, query)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(a.Parts)), "parts")
	}
}
