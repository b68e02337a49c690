package azuretest

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

func TestNet(t *testing.T) {
	network := Net(t,
		ASG("web"),
		VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24",
				NSG("nsg-app",
					AllowIn(100, "tcp", "*", "VirtualNetwork", "443,8000-8100"),
					DenyIn(200, "*", "10.0.0.0/8,192.168.0.0/16", "asg:web", "*", Named("no"), SourcePorts("53")),
					AllowOut(100, "udp", "?later", "*", "53")),
				Routes("rt", Route("0.0.0.0/0", "10.1.9.4"), Route("Storage", "Internet")),
				NIC("vma", "10.1.1.4", ASG("web"), PublicIP("Standard", "20.1.2.3"))),
			Peer("w", NoAccess())),
		VNet("w", "10.2.0.0/16", Peer("v")))

	app, ok := network.Subnet(SubnetID("v", "app"))
	if !ok || app.VirtualNetwork.Name != "v" {
		t.Fatalf("the subnet is missing or in the wrong network: %+v", app)
	}
	group, ok := network.NetworkSecurityGroup(app.NetworkSecurityGroup.ID)
	if !ok || len(group.Rules) != 3 {
		t.Fatalf("the group is not attached or not whole: %+v", group)
	}
	if no := group.Rules[1]; no.Name != "no" || no.Source.Term(1).Text != "192.168.0.0/16" || no.Destination.Term(0).Kind != azure.GroupAddress || no.SourcePorts.Terms[0].First != 53 {
		t.Errorf("the second inbound rule is %+v", no)
	}
	if later := group.Rules[2].Source.Term(0); later.Kind != azure.UnknownAddress || later.Unknown.Name != "later" {
		t.Errorf("?later is %+v", later)
	}
	if group.Rules[0].At == group.Rules[1].At {
		t.Error("two rules stand at one place")
	}
	if members := network.Members(azure.MakeID(resourceID(azure.TypeApplicationSecurityGroup, "web"))); len(members) != 1 {
		t.Errorf("the group has %d members, want 1", len(members))
	}
}

func TestBuildRefusesWhatAzureRefuses(t *testing.T) {
	network, list := Build(VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24",
		NSG("g", AllowIn(100, "tcp", "*", "*", "1"), DenyIn(100, "tcp", "*", "*", "2")))))
	if network != nil || !list.HasErrors() {
		t.Errorf("two rules with one priority passed: %v", list)
	}
}
