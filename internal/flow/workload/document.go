package workload

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// SecurityGroup is a network security group in the shape of Azure's REST API
// (Microsoft.Network/networkSecurityGroups, API version 2024-05-01).
type SecurityGroup struct {
	Name       string                  `json:"name"`
	ID         string                  `json:"id"`
	Etag       string                  `json:"etag"`
	Type       string                  `json:"type"`
	Location   string                  `json:"location"`
	Properties SecurityGroupProperties `json:"properties"`
}

// SecurityGroupProperties are the properties of a SecurityGroup.
type SecurityGroupProperties struct {
	ProvisioningState string         `json:"provisioningState"`
	ResourceGUID      string         `json:"resourceGuid"`
	SecurityRules     []SecurityRule `json:"securityRules"`
}

// SecurityRule is one rule of a SecurityGroup.
type SecurityRule struct {
	Name       string                 `json:"name"`
	ID         string                 `json:"id"`
	Etag       string                 `json:"etag"`
	Type       string                 `json:"type"`
	Properties SecurityRuleProperties `json:"properties"`
}

// SecurityRuleProperties are the properties of a SecurityRule. Of the singular
// and the plural form of a field one is set (NSG-14).
type SecurityRuleProperties struct {
	ProvisioningState          string   `json:"provisioningState"`
	Protocol                   string   `json:"protocol"`
	SourcePortRange            string   `json:"sourcePortRange,omitempty"`
	DestinationPortRange       string   `json:"destinationPortRange,omitempty"`
	SourceAddressPrefix        string   `json:"sourceAddressPrefix,omitempty"`
	DestinationAddressPrefix   string   `json:"destinationAddressPrefix,omitempty"`
	Access                     string   `json:"access"`
	Priority                   int      `json:"priority"`
	Direction                  string   `json:"direction"`
	SourcePortRanges           []string `json:"sourcePortRanges"`
	DestinationPortRanges      []string `json:"destinationPortRanges"`
	SourceAddressPrefixes      []string `json:"sourceAddressPrefixes"`
	DestinationAddressPrefixes []string `json:"destinationAddressPrefixes"`
}

// VirtualNetwork is a virtual network in the shape of Azure's REST API.
type VirtualNetwork struct {
	Name       string                   `json:"name"`
	ID         string                   `json:"id"`
	Type       string                   `json:"type"`
	Location   string                   `json:"location"`
	Properties VirtualNetworkProperties `json:"properties"`
}

// VirtualNetworkProperties are the properties of a VirtualNetwork.
type VirtualNetworkProperties struct {
	AddressSpace AddressSpace `json:"addressSpace"`
	Subnets      []Subnet     `json:"subnets"`
}

// AddressSpace is a list of prefixes.
type AddressSpace struct {
	AddressPrefixes []string `json:"addressPrefixes"`
}

// Subnet is a part of a VirtualNetwork.
type Subnet struct {
	Name       string           `json:"name"`
	ID         string           `json:"id"`
	Properties SubnetProperties `json:"properties"`
}

// SubnetProperties are the properties of a Subnet.
type SubnetProperties struct {
	AddressPrefix        string    `json:"addressPrefix"`
	NetworkSecurityGroup Reference `json:"networkSecurityGroup"`
}

// Reference names a resource.
type Reference struct {
	ID string `json:"id"`
}

// ServiceTags is Microsoft's service-tag file.
type ServiceTags struct {
	ChangeNumber int          `json:"changeNumber"`
	Cloud        string       `json:"cloud"`
	Values       []ServiceTag `json:"values"`
}

// ServiceTag is one tag of the file.
type ServiceTag struct {
	Name       string               `json:"name"`
	ID         string               `json:"id"`
	Properties ServiceTagProperties `json:"properties"`
}

// ServiceTagProperties are the properties of a ServiceTag.
type ServiceTagProperties struct {
	ChangeNumber    int      `json:"changeNumber"`
	Region          string   `json:"region"`
	RegionID        int      `json:"regionId"`
	Platform        string   `json:"platform"`
	SystemService   string   `json:"systemService"`
	AddressPrefixes []string `json:"addressPrefixes"`
	NetworkFeatures []string `json:"networkFeatures"`
}

// Naming says how a written policy names service tags.
type Naming int

// Ways to write a service tag.
const (
	ByName   Naming = iota // the tag's name
	Expanded               // the prefixes it holds; only "*" keeps its name
)

const (
	provider  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-net/providers/Microsoft.Network"
	groupID   = provider + "/networkSecurityGroups/nsg-app"
	networkID = provider + "/virtualNetworks/vnet-app"
)

// WriteSecurityGroup writes the policy as the inbound rules of one network
// security group, with priorities from 100 upwards; it has room for 3997
// rules. The rules that close the workload's policy are written too.
func (w *Workload) WriteSecurityGroup(out io.Writer, naming Naming) error {
	const kind = "Microsoft.Network/networkSecurityGroups"
	group := SecurityGroup{Name: "nsg-app", ID: groupID, Etag: `W/"1"`, Type: kind, Location: "westeurope"}
	group.Properties.ProvisioningState = "Succeeded"
	for i := range w.Rules {
		name := fmt.Sprintf("rule-%04d", i)
		group.Properties.SecurityRules = append(group.Properties.SecurityRules, SecurityRule{
			Name: name, ID: groupID + "/securityRules/" + name, Etag: group.Etag, Type: kind + "/securityRules",
			Properties: securityRule(&w.Rules[i], 100+i, naming),
		})
	}
	return write(out, group)
}

func securityRule(r *Rule, priority int, naming Naming) SecurityRuleProperties {
	p := SecurityRuleProperties{
		ProvisioningState: "Succeeded", Priority: priority, Direction: "Inbound",
		Protocol: protocolName(r.Protocols), Access: "Deny",
	}
	if r.Allow {
		p.Access = "Allow"
	}
	p.SourceAddressPrefix, p.SourceAddressPrefixes = addressFields(r.Source, naming)
	p.DestinationAddressPrefix, p.DestinationAddressPrefixes = addressFields(r.Destination, naming)
	p.SourcePortRange, p.SourcePortRanges = portFields(r.SourcePorts)
	p.DestinationPortRange, p.DestinationPortRanges = portFields(r.DestinationPorts)
	return p
}

// protocolName is Azure's word for one of the protocol sets that workloads
// use (NSG-5).
func protocolName(s interval.Set) string {
	switch {
	case s.Equal(tcp):
		return "Tcp"
	case s.Equal(udp):
		return "Udp"
	case s.Equal(icmp):
		return "Icmp"
	default:
		return "*"
	}
}

func addressFields(a *Address, naming Naming) (one string, many []string) {
	if a.Tag == "*" || a.Tag != "" && naming == ByName {
		return a.Tag, []string{}
	}
	return fields(a.Ranges.Prefixes())
}

func portFields(s interval.Set) (one string, many []string) {
	if s.Equal(interval.SourcePort.Any()) {
		return "*", []string{}
	}
	var list []string
	for _, v := range s {
		if v.Lo == v.Hi {
			list = append(list, fmt.Sprint(v.Lo))
		} else {
			list = append(list, fmt.Sprintf("%d-%d", v.Lo, v.Hi))
		}
	}
	return fields(list)
}

func fields(list []string) (one string, many []string) {
	if len(list) == 1 {
		return list[0], []string{}
	}
	return "", list
}

// WriteVirtualNetwork writes the virtual network whose first subnet has the
// group of WriteSecurityGroup. Its address space is what the tag
// VirtualNetwork holds in realistic workloads.
func WriteVirtualNetwork(out io.Writer) error {
	return write(out, VirtualNetwork{
		Name: "vnet-app", ID: networkID, Type: "Microsoft.Network/virtualNetworks", Location: "westeurope",
		Properties: VirtualNetworkProperties{
			AddressSpace: AddressSpace{private.Prefixes()},
			Subnets: []Subnet{{"app", networkID + "/subnets/app", SubnetProperties{
				AddressPrefix: "10.20.0.0/24", NetworkSecurityGroup: Reference{groupID},
			}}},
		},
	})
}

// WriteServiceTags writes the tags as Microsoft's weekly file has them.
func (t *Tags) WriteServiceTags(out io.Writer) error {
	file := ServiceTags{ChangeNumber: 1, Cloud: "Public"}
	for _, tag := range t.All() {
		var prefixes []string
		for _, v := range tag.Blocks {
			prefixes = append(prefixes, interval.Set{v}.Prefixes()...)
		}
		file.Values = append(file.Values, ServiceTag{tag.Name, tag.Name, ServiceTagProperties{
			ChangeNumber: 1, Region: tag.Region, Platform: "Azure", SystemService: tag.Service,
			AddressPrefixes: prefixes, NetworkFeatures: []string{"API", "NSG", "UDR", "FW"},
		}})
	}
	return write(out, file)
}

func write(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
