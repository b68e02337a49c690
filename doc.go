// Package wayleave tells whether a managed service will work in an Azure
// virtual network; if not, which rule or route blocks it and what then stops
// working.
//
// [Load] reads a network from Terraform plans, ARM templates and az output.
// [Network.Check] compares it with the published requirements of the managed
// services in it, [Network.Explain] follows one flow or a whole flow space,
// [Network.Egress] tells which addresses destinations see, [Network.Fix] finds the
// smallest change that helps, [Diff] compares two networks, [Network.Test] compares
// one with what people expect of it, [Network.Lint] finds rules that do nothing, and
// [Network.Inspect] says what was read, what is not known and what is left out.
// [FindProject] reads the project file beside the inputs.
// [Services] and [ServiceTable] show the requirement tables, [ImportTags],
// [ListTags] and [ShowTag] handle Microsoft's service-tag data.
//
// Every verdict holds for every packet of the space it is given for; what the
// input does not tell is undecided and says why. Nothing here writes to Azure,
// and nothing writes files but ImportTags and, where it is asked to edit, Fix.
package wayleave
