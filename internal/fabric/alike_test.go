package fabric_test

import (
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Subnets are alike unless something on the way of their packets differs.
func TestAlike(t *testing.T) {
	common := []Item{UseNSG("g"), UseRoutes("rt")}
	for _, row := range []struct {
		note         string
		a, b, around []Item
		want         bool
	}{
		{note: "one group and one table", a: common, b: common, want: true},
		{note: "what only translates differs", a: append([]Item{NoDefaultOutbound()}, common...), b: common, want: true},
		{note: "neither has any", want: true},
		{note: "one has no group", a: common, b: common[1:]},
		{note: "one has no table", a: common, b: common[:1]},
		{note: "a group nobody states", a: []Item{UseNSG("?var.group")}, b: []Item{UseNSG("?var.group")}},
		{note: "an interface", a: common, b: append([]Item{NIC("n", "10.1.2.4")}, common...)},
		{note: "service endpoints", a: append([]Item{Endpoint("Microsoft.Storage", "*")}, common...), b: common},
		{note: "service endpoints for other regions", a: append([]Item{Endpoint("Microsoft.Storage", "*")}, common...), b: append([]Item{Endpoint("Microsoft.Storage", "westeurope")}, common...)},
		{note: "a peering of single subnets", a: common, b: common, around: []Item{Peer("w", OnlySubnets("a", "x"))}},
	} {
		network := Net(t,
			VNet("v", "10.1.0.0/16", append([]Item{Subnet("a", "10.1.1.0/24", row.a...), Subnet("b", "10.1.2.0/24", row.b...)}, row.around...)...),
			VNet("w", "10.2.0.0/16", Subnet("x", "10.2.1.0/24", NSG("g"), Routes("rt")), Peer("v")))
		f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
		if f == nil {
			t.Fatal(problems)
		}
		a, _ := network.Subnet(SubnetID("v", "a"))
		b, _ := network.Subnet(SubnetID("v", "b"))
		if got := f.Alike(a, b); got != row.want {
			t.Errorf("%s: Alike is %v", row.note, got)
		}
	}
}
