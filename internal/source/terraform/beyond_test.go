package terraform

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

// A private endpoint and the application security group it joins, before and
// after the apply.
func TestOwnFilesAPrivateEndpointInAGroup(t *testing.T) {
	for _, file := range []string{"own__tiers.plan.json", "own__tiers.state.json"} {
		for _, path := range corpus(t, file) {
			doc, _ := load(t, path)
			n, problems := azure.Build(Read(doc, Options{}))
			if n == nil {
				t.Fatal(problems)
			}
			groups := map[string]int{}
			for _, e := range n.PrivateEndpoints {
				for _, g := range e.ApplicationSecurityGroups {
					if _, ok := n.ApplicationSecurityGroup(g.ID); ok && strings.Contains(e.Name, "orders") {
						groups[e.Name]++
					}
				}
				if _, ok := n.Subnet(e.Subnet.ID); !ok {
					t.Errorf("%s: the subnet of %s is %+v", file, e.Name, e.Subnet)
				}
			}
			if len(n.PrivateEndpoints) != 2 || len(groups) != 1 {
				t.Errorf("%s: %d endpoints, groups of %v", file, len(n.PrivateEndpoints), groups)
			}
		}
	}
}
