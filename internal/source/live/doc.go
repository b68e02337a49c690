// Package live reads the network of Azure subscriptions as they are: it lists,
// through Azure Resource Manager, every resource that the model knows or names
// and keeps the answers as they came in one document, the snapshot.
//
//   - Connect signs in, NewClient takes a credential and a transport.
//   - Pull lists the resources of subscriptions or resource groups.
//   - PullTags reads the service tags of a region (TAG-41).
//
// Package snapshot reads the document again, without any of this.
//
// It only reads: every request is a GET, to the one host of the cloud, and a
// policy next to the wire refuses anything else. It registers no provider,
// follows no redirect and no link to another host. Tokens stay in the
// credential; neither a snapshot nor a message has one.
//
// A list for which there is no permission is not taken as empty. It stands in
// the snapshot as missing, and its reader says what is undecided because of it.
package live
