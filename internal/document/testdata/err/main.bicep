param location string = 'westeurope'
resource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {
}
