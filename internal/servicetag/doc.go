// Package servicetag is the catalogue of Azure's service tags: which tags
// there are, which addresses each holds, and what is certain about a tag whose
// addresses are not known.
//
// A [Catalogue] comes from one of Microsoft's weekly files or from an answer
// of the service-tag API ([Parse], [Load]), or it holds no data at all
// ([Symbolic]). It never invents an address: a tag without data is an opaque
// point of the packet space, and [Catalogue.Bounds] says what is certain and
// what is possible about it.
//
// Three kinds of tag exist (TAG-1, TAG-2). Contextual tags (VirtualNetwork,
// Internet, AzureLoadBalancer ...) depend on the place where they are used, are
// in no file and are not computed here: see [Contextual]. Global tags
// (Storage) are one list a cloud. Regional tags (Storage.WestEurope) are the
// part of a global tag that belongs to one region.
//
// # What counts as certain without data
//
// Two relations, both true of every archived file measured (2019-07 to
// 2026-07, three clouds) and checked again by the tests of this package:
//
//   - a regional tag lies within its global tag (TAG-30), in both families;
//   - every tag lies within [PublicSpace], so it holds neither a private
//     address nor 168.63.129.16 (TAG-33).
//
// Nothing else does. AzureCloud is not a superset of the other tags (TAG-27).
// The containments and disjointnesses of TAG-31 and TAG-32 (such as
// LogicAppsManagement within LogicApps) are facts about dated files: they hold
// where a file is loaded and says so, and are unknown otherwise.
//
// Facts about the files are from the documents that Microsoft publishes weekly
// (https://www.microsoft.com/download/details.aspx?id=56519) and from
// https://learn.microsoft.com/azure/virtual-network/service-tags-overview.
package servicetag
