// Package emit writes a change as what people deploy: az commands, an
// incremental template for Resource Manager, Bicep, Terraform.
//
// Every form states the change in an order in which no step closes anything or
// is refused: rules that make room go first, the last of a run before the one
// before it, because two rules of one direction never have the same priority;
// then come the rules that are added, which only open.
package emit
