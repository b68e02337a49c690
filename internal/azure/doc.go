// Package azure holds the resources of an Azure virtual network as Azure
// defines them, whatever input stated them: Terraform plan, ARM template, az
// output. Every value carries the place it was read from, and a value that
// the input does not tell is a named [Unknown], never a zero.
//
// The package knows what a resource is and which forms Azure refuses. It does
// not decide about traffic.
//
// Readers fill an [Inventory] each; [Build] joins inventories to one frozen
// [Network]: children find their parents, associations and references are
// resolved, and every illegal form becomes a diagnostic.
package azure
