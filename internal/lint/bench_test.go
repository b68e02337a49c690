package lint_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/lint"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// BenchmarkRun looks for findings in a group of rules of both kinds that hardly meet.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int{100, 400, 900} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			network := Net(b, rules(scattered(n)...)...)
			for b.Loop() {
				f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assumptions{})
				if f == nil {
					b.Fatal(problems)
				}
				if found := lint.Run(f); len(found.Findings)+len(found.NotChecked) == 0 {
					b.Fatal("nothing was found")
				}
			}
		})
	}
}

// scattered are n rules of both kinds, with four sources and three ports each.
func scattered(n int) []Item {
	random := rand.New(rand.NewPCG(1, 2))
	source := func() string {
		return fmt.Sprintf("%d.%d.%d.0/24", 11+random.IntN(200), random.IntN(256), random.IntN(256))
	}
	port := func() string { return fmt.Sprint(1 + random.IntN(65535)) }
	several := func(n int, one func() string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = one()
		}
		return strings.Join(list, ",")
	}
	var list []Item
	for i := range n {
		rule := []func(int, string, string, string, string, ...RuleOption) Item{AllowIn, DenyIn}[random.IntN(2)]
		protocol := []string{"tcp", "udp", "*"}[random.IntN(3)]
		list = append(list, rule(100+i, protocol, several(4, source), "*", several(3, port)))
	}
	return list
}
