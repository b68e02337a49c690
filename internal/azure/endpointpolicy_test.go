package azure

import "testing"

func TestServiceEndpointPoliciesAreForStorage(t *testing.T) {
	at := Position{File: "a", Line: 1, Column: 1}
	s := &Subnet{ServiceEndpoints: []ServiceEndpoint{
		{Service: Of("Microsoft.Storage", at)}, {Service: Of("microsoft.storage.global", at)}, {Service: Of("Microsoft.Sql", at)},
		{Service: NotKnown[string](&Unknown{Name: "service", At: at})},
	}}
	s.RestrictEndpoints([]Reference{Ref("/x/serviceEndpointPolicies/p", at), {Unknown: &Unknown{Name: "q", At: at}}})
	for i, want := range []string{"p, q", "p, q", "", "p, q"} {
		if got := s.ServiceEndpoints[i].PolicyNames(); got != want {
			t.Errorf("endpoint %d has the policies %q, want %q", i, got, want)
		}
	}
}
