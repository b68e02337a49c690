// Package azuretest writes networks for tests in a few lines:
//
//	net := azuretest.Net(t,
//		VNet("v", "10.1.0.0/16",
//			Subnet("app", "10.1.1.0/24",
//				NSG("nsg-app", AllowIn(100, "tcp", "*", "VirtualNetwork", "443")),
//				Routes("rt-app", Route("0.0.0.0/0", "10.1.9.4")),
//				NIC("vma", "10.1.1.4", PublicIP("Standard", "20.1.2.3"))),
//			Peer("w")))
//
// Texts are those of the API and go through the parsers and [azure.Build], so
// a network that Azure would refuse fails the test. Several values are
// separated by commas. A text that starts with "?" is an unknown value of that
// name, "asg:web" an application security group.
//
// Every resource has the id Azure would give it ([SubnetID] and the like), its
// name as address, and a line of its own in the file "net".
package azuretest
