package plain_test

import (
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// What becomes of a packet to a private endpoint is not followed (PE-2, PE-4):
// neither a deny at its subnet nor an open way is certain.
func TestPrivateEndpointIsUndecided(t *testing.T) {
	stated := []azure.Value[netip.Addr]{azure.Of(netip.MustParseAddr("10.1.2.9"), azure.Position{})}
	for _, row := range []struct {
		what, to string
		stated   []azure.Value[netip.Addr]
		want     plain.Verdict
	}{
		{"the stated address", "10.1.2.9", stated, plain.Undecided},
		{"its neighbour", "10.1.2.10", stated, plain.Deny},
		{"any that Azure may choose", "10.1.2.10", nil, plain.Undecided},
		{"but none of an interface", "10.1.2.4", nil, plain.Deny},
		{"nor a reserved one", "10.1.2.1", nil, plain.Deny},
	} {
		s := common().group("db", "100 In Deny * * -> * *")
		inventory, err := s.Inventory()
		if err != nil {
			t.Fatal(err)
		}
		inventory.PrivateEndpoints = []*azure.PrivateEndpoint{{
			Resource: azure.Resource{ID: "/pe", Name: "pe", Type: azure.TypePrivateEndpoint},
			Subnet:   azure.Ref(string(s.id("db")), azure.Position{}), PrivateAddresses: row.stated,
		}}
		network, problems := azure.Build(inventory)
		if network == nil {
			t.Fatal(problems)
		}
		twin, err := plain.New(network, s.Tags(), plain.Documented())
		if err != nil {
			t.Fatal(err)
		}
		answer, err := twin.Follow(plain.Question{Packet: packet("tcp 10.1.1.4 -> " + row.to + ":443"), From: s.id("app")})
		if err != nil || answer.Verdict != row.want {
			t.Errorf("%s: got %v, %v, want %s", row.what, answer, err, row.want)
		}
	}
}
