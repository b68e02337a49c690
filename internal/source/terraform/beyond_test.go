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

// The address of a private endpoint is the one its configuration chooses, else Azure's
// choice, which no plan holds.
func TestPrivateEndpointAddresses(t *testing.T) {
	connection := []object{{"name": "c", "private_connection_resource_id": sub + "x", "subresource_names": []string{"blob"}}}
	for _, row := range []struct {
		what   string
		values object
		want   string
	}{
		{"chosen", object{"ip_configuration": []object{{"name": "i", "private_ip_address": "10.1.2.10"}}}, "10.1.2.10"},
		{"two chosen", object{"ip_configuration": []object{{"private_ip_address": "10.1.2.10"}, {"private_ip_address": "10.1.2.11"}}}, "10.1.2.10 10.1.2.11"},
		{"none chosen", object{"ip_configuration": []object{}}, "?"},
	} {
		values := having(object{"name": "pe", "private_service_connection": connection}, row.values)
		p := newPlan().with("azurerm_private_endpoint.x", values, marks(object{"id": true, "private_service_connection": []object{{"private_ip_address": true}}}))
		n := p.network(t)
		var got []string
		for _, a := range n.PrivateEndpoints[0].PrivateAddresses {
			if v, known := a.Known(); known {
				got = append(got, v.String())
			} else {
				got = append(got, "?")
			}
		}
		if text := strings.Join(got, " "); text != row.want {
			t.Errorf("%s: the addresses are %q, want %q", row.what, text, row.want)
		}
	}
}
