package reach_test

import (
	"fmt"
	"testing"
	"time"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Rules that cut a question into a quarter of a million pieces, by rule, cost
// neither time nor memory without bound.
func TestManyPiecesAreBounded(t *testing.T) {
	for _, access := range []string{"Allow", "Deny"} {
		var list []Item
		for i := range 300 {
			list = append(list,
				Rule("Outbound", access, fmt.Sprint(100+i), "Tcp", "*", "*", fmt.Sprint(1000+i), Named(fmt.Sprintf("out%d", i))),
				Rule("Inbound", access, fmt.Sprint(100+i), "Tcp", "*", "*", "*", Named(fmt.Sprintf("in%d", i)), SourcePorts(fmt.Sprint(2000+i))))
		}
		f := compile(t, Net(t, VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g", list...)), Subnet("b", "10.1.2.0/24", UseNSG("g")))), servicetag.Symbolic())
		query := question{"tcp/0-65535:0-65535", "v/a", "v/b", false}.query(t)
		start := time.Now()
		for _, byRule := range []bool{false, true} {
			query.ByRule = byRule
			a, err := reach.Explore(f, query)
			if err != nil {
				t.Fatal(err)
			}
			// What is too fragmented may be undecided, never wrong.
			if v := a.Verdict(); access == "Allow" && v != reach.Allowed && v != reach.Undecided || access == "Deny" && v != reach.Partial {
				t.Errorf("%s: got %s in %d parts", access, v, len(a.Parts))
			}
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s: took %v", access, took)
		} else {
			t.Logf("%s: took %v", access, took)
		}
	}
}
