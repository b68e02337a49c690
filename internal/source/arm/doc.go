// Package arm reads deployment templates of Azure Resource Manager, written by
// hand or compiled from Bicep, into an azure.Inventory.
//
// Expressions are evaluated. What is known only when the template is deployed
// stays a named unknown: a parameter without a value, the resource group, what
// reference() gives. Ids are made as Azure makes them, with unknown parts by
// name, so that references within a template match.
//
// A resource whose condition is not known may or may not be deployed, and if it
// is not, one may exist with other properties. So it is read with its name and
// the names of its children, and everything else unknown: a security group or a
// route table has any number of rules or routes, and a rule or route makes its
// group or table so.
//
// Deployments whose template stands inline are followed, in either scope; those
// by link are not, and say so.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax,
// read 2026-11.
package arm
