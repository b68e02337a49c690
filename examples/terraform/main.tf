# The configuration that plan.json is a plan of.

resource "azurerm_virtual_network" "identity" {
  name                = "vnet-identity"
  location            = "westeurope"
  resource_group_name = "rg-identity"
  address_space       = ["10.20.0.0/16"]
}

resource "azurerm_subnet" "domain" {
  name                 = "snet-domain"
  resource_group_name  = "rg-identity"
  virtual_network_name = azurerm_virtual_network.identity.name
  address_prefixes     = ["10.20.1.0/24"]
}

resource "azurerm_network_security_group" "domain" {
  name                = "nsg-domain"
  location            = "westeurope"
  resource_group_name = "rg-identity"

  # The applications sign people in.
  security_rule {
    name                       = "ldaps"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_address_prefix      = "10.30.0.0/16"
    source_port_range          = "*"
    destination_address_prefix = "*"
    destination_port_range     = "636"
  }
}

resource "azurerm_subnet_network_security_group_association" "domain" {
  subnet_id                 = azurerm_subnet.domain.id
  network_security_group_id = azurerm_network_security_group.domain.id
}
