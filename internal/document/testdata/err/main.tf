# hub
resource "azurerm_network_security_group" "hub" {
  name = "hub"
}
