package fabric

import "testing"

// One public address that no input tells may be any; what is certainly none, or more
// than one, may not.
func TestUntoldAddresses(t *testing.T) {
	for _, row := range []struct {
		seen Seen
		want bool
	}{
		{Seen{Kind: SeenPublic, Addresses: []string{"<pip>"}}, true},
		{Seen{Kind: SeenPublic, Addresses: []string{"203.0.113.10"}}, false},
		{Seen{Kind: SeenPublic}, false}, // the sender's own
		{Seen{Kind: SeenUnpredictable, Addresses: []string{"<prefix>"}}, false},
		{Seen{Kind: SeenUnpredictable, Addresses: []string{"<pip>", "<pip2>"}}, false},
		{Seen{Kind: SeenPrivate, Addresses: []string{"<subnet prefix>"}}, false},
	} {
		if got := row.seen.Untold(); got != row.want {
			t.Errorf("%+v: %v, want %v", row.seen, got, row.want)
		}
	}
}
