package reach_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Why names the fields that do not fit, and none that do: also where a tag holds
// nothing at the subnet, so that nothing is left to judge the other fields by.
func TestWhyNamesTheFieldsThatDoNotFit(t *testing.T) {
	network := Net(t, VNet("v", "10.1.0.0/16",
		Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.1.9.4")),
			NSG("g", AllowOut(100, "udp", "*", "8.8.8.8/32", "80"), AllowOut(110, "tcp", "10.7.0.0/16", "*", "443"), AllowOut(120, "tcp", "*", "*", "443"),
				DenyOut(200, "*", "*", "Internet", "*"), DenyOut(210, "tcp", "10.7.0.0/16", "Internet", "*"))),
		Subnet(FirewallSubnetName, "10.1.9.0/26")),
		Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"),
			Collection("net", 200, azure.FirewallAllow, NetworkRule("dns", "UDP", "10.1.0.0/16", "8.8.8.8", "53"), NetworkRule("other", "TCP", "10.7.0.0/16", "*", "80")),
			Collection("app", 300, azure.FirewallAllow, ApplicationRule("names", "10.1.1.0/24", "Https:443", "example.com"))))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	answer, err := reach.Explore(f, question{protocol: "tcp/80", from: "v/app", to: "8.8.8.8"}.query(t))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	part := answer.Counted()[0]
	for _, h := range part.Trace {
		for _, s := range f.Why(h, part.Witness, "") {
			got = append(got, fmt.Sprintf("%s: %s", s.Name, strings.Join(s.Misses, ", ")))
		}
	}
	want := []string{
		"allow-out-100: protocol Udp",
		"allow-out-110: source 10.7.0.0/16, destination port 443",
		"allow-out-120: destination port 443",
		"deny-out-200: destination Internet",
		"deny-out-210: source 10.7.0.0/16, destination Internet",
		"dns: protocol UDP, destination port 53",
		"other: source 10.7.0.0/16",
		"names: destination port 443",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}
