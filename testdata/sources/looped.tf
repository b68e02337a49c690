resource "azurerm_network_security_group" "domain" {
  for_each = toset(["nsg-domain"])
  name     = each.key

  security_rule {
    name = "ldaps"
  }
}
