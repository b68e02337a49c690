// Package terraform reads the JSON forms of Terraform plans and states
// (`terraform show -json`, raw state version 4) into an azure.Inventory.
//
// What the azurerm provider will know only after apply stays a named
// azure.Unknown. Which resources belong together although their ids are not
// known yet follows from the references of the plan's configuration; a
// reference that these do not settle is an unknown reference, and the resource
// it may concern is marked, so that nothing is taken as absent because it
// could not be resolved.
//
// A resource's azure.ID is its Azure id where the plan tells it or where it
// follows from subscription, resource group and name; else it is the Terraform
// address. References are resolved to the same identity.
package terraform
