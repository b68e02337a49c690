// Package export reads resources as Azure itself writes them, the REST API,
// the az command, PowerShell or Resource Graph, into an azure.Inventory.
//
// It takes a single resource, a list, {"value": [...]}, the answer of a
// Resource Graph query, and lists of these. Property names are compared with
// case folded (JSON-1), and properties may stand in "properties" or, as az and
// PowerShell print them, beside the id (JSON-2).
//
// What Azure does not say is never taken as empty: a network security group
// without its list of rules has unknown rules, a list that goes on elsewhere
// is refused.
package export
