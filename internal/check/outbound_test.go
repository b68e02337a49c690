package check_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// What a service sends to the internet needs a public address: its own, where the
// profile says that it has one (decisions 14), or what its subnet gives.
func TestServicesLeaveWithAnAddress(t *testing.T) {
	routed := Routes("rt", Route("0.0.0.0/0", "Internet"))
	private := []Item{NoDefaultOutbound(), routed}
	for _, row := range []struct {
		what, service, row string
		settings           []string
		subnet, more       []Item
		want               result.Verdict
	}{
		{"a cluster with a load balancer in a private subnet", "aks", "fqdn-443-out", nil, private, nil, result.Allowed},
		{"one that follows user routes", "aks", "fqdn-443-out", []string{"outboundType=userDefinedRouting"}, private, nil, result.Blocked},
		{"behind a NAT gateway", "aks", "fqdn-443-out", []string{"outboundType=userDefinedRouting"}, append(private, NATGateway("nat")), []Item{Gateway("nat", "20.9.0.1", "")}, result.Allowed},
		{"in a subnet to which Azure lends addresses", "aks", "fqdn-443-out", []string{"outboundType=userDefinedRouting"}, []Item{routed}, nil, result.Allowed},
		{"nodes of which some have public addresses", "aks", "fqdn-443-out", []string{"outboundType=userDefinedRouting", "nodePublicIp=true"}, private, nil, result.Undecided},
		{"a pool with public addresses", "batch", "simplified-out", nil, private, nil, result.Allowed},
		{"a pool without", "batch", "simplified-out", []string{"publicAddresses=false"}, private, nil, result.Blocked},
		{"a gateway of which no page tells", "application-gateway", "internet-out", nil, private, nil, result.Undecided},
		{"where Azure lends addresses it does not matter", "application-gateway", "internet-out", nil, nil, nil, result.Allowed},
	} {
		t.Run(row.what, func(t *testing.T) {
			network := Net(t, append([]Item{VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", row.subnet...))}, row.more...)...)
			catalogue, err := service.Builtin()
			if err != nil {
				t.Fatal(err)
			}
			profile, err := catalogue.Find(row.service)
			if err != nil {
				t.Fatal(err)
			}
			var settings []service.Setting
			for _, text := range row.settings {
				s, err := service.ParseSetting(text)
				if err != nil {
					t.Fatal(err)
				}
				settings = append(settings, s)
			}
			b, err := service.Bind(profile, nil, []*azure.Subnet{network.VirtualNetworks[0].Subnets[0]}, settings)
			if err != nil {
				t.Fatal(err)
			}
			f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume(), b.Tags()...)
			if f == nil {
				t.Fatal(problems)
			}
			answer, _ := check.Run(f, b)
			found := false
			for _, r := range answer.Requirements {
				if r.ID == row.row {
					found = true
					if r.Verdict != row.want {
						t.Errorf("%s is %s, want %s: %v %v", r.ID, r.Verdict, row.want, r.BlockedBy, r.Reasons)
					}
				}
			}
			if !found {
				t.Errorf("there is no row %s", row.row)
			}
		})
	}
}
