// Package random makes networks of real shapes for comparisons: a few virtual
// networks with peerings in every state, groups with hundreds of rules, nested
// service tags, routes that overlap, addresses of both families, and questions
// that hit the edges of all of them.
//
// A [Network] is a small tree of plain values that can be printed in a few
// lines and cut down piece by piece; [Network.Inventory], [Network.Tags] and
// [Network.ServiceTagFile] are what the programs under comparison read. Equal
// seeds give equal networks and questions.
package random
