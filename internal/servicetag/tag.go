package servicetag

import (
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Tag is what is known about one service tag besides its addresses.
type Tag struct {
	// Name is the canonical spelling: that of the file, or without data the
	// one that Microsoft's documentation uses, or else the one asked for
	// (TAG-5).
	Name string
	// Global is the name of the global tag that a regional tag belongs to;
	// empty for a global tag. AzureMonitor.Core has a dot and is global
	// (TAG-3).
	Global string
	// Region is the region as the file writes it, a slug that may differ from
	// the end of the name: Storage.FranceCentral has "centralfrance" (TAG-46).
	// It is empty for a global tag, and for every tag without data.
	Region string
	// SystemService is the service's internal name, such as "AzureStorage";
	// empty if the data does not say.
	SystemService string
	// ChangeNumber counts the changes of this tag, in decimal; empty if the
	// data does not say. It is not comparable between clouds.
	ChangeNumber string
	// Features are the places where the tag may be used, as the file lists
	// them ("API", "NSG", "UDR", "FW", "VSE"), sorted. See Usable.
	Features []string
	// Usage says how far Features can be relied on.
	Usage Usage
	// Symbolic is set when no data holds the tag: its addresses are unknown.
	Symbolic bool
}

// Usage says what the data states about the places where a tag may be used.
type Usage uint8

const (
	// UsageUnstated: the data has no list of features (files before 2020,
	// symbolic tags).
	UsageUnstated Usage = iota
	// UsageListed: Features is the whole truth. A list that is null in the
	// file is an empty one (TAG-40, TAG-44).
	UsageListed
	// UsageAPI: the tag comes from the API, which lists what security rules
	// of the region accept and says nothing about other places (TAG-43).
	UsageAPI
)

// Place is a place where a service tag may stand.
type Place uint8

// The places, and the feature each needs (TAG-44).
const (
	SecurityRule Place = iota // an NSG rule: "NSG"
	Route                     // the prefix of a user-defined route: "UDR"
	FirewallRule              // the destination of an Azure Firewall rule: "FW"
)

var places = [...]struct{ feature, words string }{
	SecurityRule: {"NSG", "in network security group rules"},
	Route:        {"UDR", "as the prefix of a route"},
	FirewallRule: {"FW", "in Azure Firewall rules"},
}

// Usability answers whether a tag may stand in a place.
type Usability uint8

// The three answers. Unstated is the zero value: silence is not permission.
const (
	Unstated Usability = iota
	Usable
	NotUsable
)

// Usable reports whether the tag may stand in the place, as far as the data
// says (TAG-44). AzureCloud in a route or a firewall's rule is Unstated: the file
// says no, the routing page lists it, and the page of AKS has it in such rules.
func (t Tag) Usable(p Place) Usability {
	listed := slices.Contains(t.Features, places[p].feature)
	switch {
	case listed, t.Usage == UsageAPI && p == SecurityRule:
		return Usable
	case t.Usage != UsageListed, p != SecurityRule && (t.Name == azureCloud || t.Global == azureCloud):
		return Unstated
	}
	return NotUsable
}

// checkUsable returns a warning at the given position if the data says that
// a tag is not for the place, and nil otherwise.
func (c *Catalogue) checkUsable(t Tag, p Place, at diagnostic.Position) diagnostic.List {
	if t.Usable(p) != NotUsable {
		return nil
	}
	d := diagnostic.Warningf("tag-not-usable", at, "service tag %s is not listed for use %s: its networkFeatures do not have %s",
		t.Name, places[p].words, places[p].feature)
	if global, err := c.Lookup(t.Global); t.Global != "" && err == nil && global.Usable(p) == Usable {
		return diagnostic.List{d.WithHint("use the global tag %s", t.Global)}
	}
	return diagnostic.List{d.WithHint("Azure may refuse it; where it stands in a resource that exists, the data is behind")}
}
