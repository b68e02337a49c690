package terraform

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// networkInterface reads azurerm_network_interface.
func (r *reader) networkInterface(i *instance) {
	n := &azure.NetworkInterface{
		Resource:           r.resource(i, azure.TypeNetworkInterface),
		EnableIPForwarding: i.get("ip_forwarding_enabled").boolean(),
	}
	if !n.EnableIPForwarding.IsSet() {
		// The name before version 4 of the provider.
		n.EnableIPForwarding = i.get("enable_ip_forwarding").boolean()
	}
	n.NetworkSecurityGroup = r.attached(i, n.ID, azure.InterfaceToNetworkSecurityGroup, i.get("network_security_group_id"))
	list := i.get("ip_configuration").elements()
	for index, f := range list {
		n.IPConfigurations = append(n.IPConfigurations, r.ipConfiguration(i, f, blockAt(i.expression("ip_configuration"), index, len(list))))
	}
	if maybe := r.attachments.doubtful[end{azure.InterfaceToApplicationSecurityGroup, n.ID}]; maybe != nil {
		for _, c := range n.IPConfigurations {
			c.ApplicationSecurityGroups = append(c.ApplicationSecurityGroups, azure.Reference{Unknown: maybe, At: maybe.At})
		}
	}
	r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, n)
}

// blockAt is the configuration of one of several nested blocks: the one in the
// same place where there are as many as values, else all of them, since dynamic
// blocks leave no trace in the configuration.
func blockAt(blocks document.Value, index, values int) document.Value {
	if blocks.Len() == values {
		return blocks.Index(index)
	}
	return blocks
}

func (r *reader) ipConfiguration(i *instance, f field, written document.Value) *azure.IPConfiguration {
	name := f.get("name").known()
	return &azure.IPConfiguration{
		Resource: azure.Resource{
			ID: childID(i.id, "ipConfigurations", name, f), Type: azure.TypeIPConfiguration, Name: name,
			Address: childAddress(i, "ip_configuration", name, f), At: f.at(), Rank: r.inventory.Rank,
		},
		PrivateIPAddress: parsed(f.get("private_ip_address"), azure.ParseAddr),
		Subnet:           r.nestedReference(i, f.get("subnet_id"), written, "subnet_id", "azurerm_subnet"),
		PublicIPAddress:  r.nestedReference(i, f.get("public_ip_address_id"), written, "public_ip_address_id", "azurerm_public_ip"),
		Primary:          f.get("primary").boolean(),
		BackendPools:     r.balanced(i, name, "azurerm_network_interface_backend_address_pool_association", "backend_address_pool_id", typeBackendPool),
		InboundNATRules:  r.balanced(i, name, "azurerm_network_interface_nat_rule_association", "nat_rule_id", typeInboundNAT),
	}
}

// nestedReference resolves an attribute of a nested block.
func (r *reader) nestedReference(i *instance, f field, written document.Value, attribute, want string) azure.Reference {
	if !f.isUnknown() {
		return r.reference(i, f, "", want)
	}
	if one := written.Get(attribute); one.Exists() {
		written = one
	}
	return r.referenceTo(f, r.search(r.scopeOf(i), written, "id", false, want))
}

// publicIPAddress reads azurerm_public_ip.
func (r *reader) publicIPAddress(i *instance) {
	r.inventory.PublicIPAddresses = append(r.inventory.PublicIPAddresses, &azure.PublicIPAddress{
		Resource:   r.resource(i, azure.TypePublicIPAddress),
		IPAddress:  parsed(i.get("ip_address"), azure.ParseAddr),
		SKU:        i.get("sku").text(),
		Allocation: i.get("allocation_method").text(),
	})
}
