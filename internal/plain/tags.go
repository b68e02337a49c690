package plain

import (
	"net/netip"
	"strings"
)

// Tag is the content of one service tag, as a plain list.
type Tag struct {
	// Region is the region of a regional tag, "" for a tag of the whole cloud.
	// The name does not tell: AzureMonitor.Core is no region (TAG-3).
	Region string
	// Prefixes in any order, of both families; they may overlap.
	Prefixes []netip.Prefix
}

// Tags are service tags by name, folded with [FoldTag] (TAG-5). The contextual
// tags of TAG-1 are never among them.
type Tags map[string]Tag

// FoldTag returns the form of a tag name in which names are compared (TAG-5).
func FoldTag(name string) string { return strings.ToLower(name) }

// Names of the contextual tags (TAG-1), folded.
const (
	tagVirtualNetwork    = "virtualnetwork"
	tagInternet          = "internet"
	tagAzureLoadBalancer = "azureloadbalancer"
	tagPlatformDNS       = "azureplatformdns"
	tagPlatformIMDS      = "azureplatformimds"
	tagPlatformLKM       = "azureplatformlkm"
)

func contextual(folded string) bool {
	switch folded {
	case tagVirtualNetwork, tagInternet, tagAzureLoadBalancer, tagPlatformDNS, tagPlatformIMDS, tagPlatformLKM:
		return true
	}
	return false
}

// rank orders the tags of user routes with the same prefix; smaller wins. An
// explicit prefix has rank 0 (RT-26).
func (t Tags) rank(folded string) int {
	cloud := folded == "azurecloud" || strings.HasPrefix(folded, "azurecloud.")
	regional := t[folded].Region != ""
	switch {
	case !cloud && regional:
		return 1
	case !cloud:
		return 2
	case regional:
		return 3
	}
	return 4
}

// within reports whether an address is in one of the prefixes.
func within(a netip.Addr, prefixes []netip.Prefix) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, t := range texts {
		list = append(list, netip.MustParsePrefix(t))
	}
	return list
}
