package reach_test

import (
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/reach"
)

// What else blocks packets does so whether or not a rule denies them before; where
// that rule alone does, the verdict turns with what it matches.
func TestDenialsThatOpenPointsMove(t *testing.T) {
	six := NIC("six", "fd00:db8:1:1::9", PublicIP("Standard", "2603:1020::9"))
	byTag := func(more ...Item) Item {
		return NSG("g", append(items(DenyOut(150, "*", "*", "AzureCloud", "*")), more...)...)
	}
	toCloud := in("tcp/443", "fd00:db8:1:1::9", "2603:1000::1")
	for _, row := range []struct {
		says string
		net  whole
		want reach.Verdict
	}{
		{"the default rules deny them too: Internet holds IPv4", dual(byTag(), six), reach.Blocked},
		{"a rule after it denies all", dual(byTag(DenyOut(200, "*", "*", "*", "*")), six), reach.Blocked},
		{"a rule before it allows them", dual(byTag(AllowOut(100, "tcp", "*", "*", "443")), six), reach.Allowed},
		{"a rule after it allows them", dual(byTag(AllowOut(200, "tcp", "*", "*", "443")), six), reach.Undecided},
		{"no public address to leave with", dual(byTag()), reach.Blocked},
	} {
		if a := explore(t, compile(t, row.net.net(t), smallCatalogue(t)), toCloud); a.Verdict() != row.want {
			t.Errorf("%s: want %s, got %s", row.says, row.want, describe(a))
		}
	}
}
