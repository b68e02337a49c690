// Package snapshot reads the document in which package live keeps the resources
// of a subscription: Recognise tells one, Read turns it into an inventory.
//
// It knows nothing of the network or of Azure's SDK, so whoever checks a
// snapshot does not link what takes one.
package snapshot
