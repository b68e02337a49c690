package result

// Schemas of the answers about service tags.
const (
	TagListSchema   = "wayleave.tags/v1"
	TagSchema       = "wayleave.tag/v1"
	TagImportSchema = "wayleave.tags-import/v1"
)

// TagList is the answer of `wayleave tags list`.
type TagList struct {
	Schema string `json:"schema"`
	Tags   *Tags  `json:"tags"`
	// Stored is what was imported, the newest of a cloud first.
	Stored []StoredTags `json:"stored"`
	List   []TagSummary `json:"list"`
}

// StoredTags is imported service-tag data.
type StoredTags struct {
	Cloud        string `json:"cloud"`
	ChangeNumber string `json:"changeNumber"`
	Source       string `json:"source"`
	// Date is year-month-day, empty where the source does not tell.
	Date string `json:"date,omitempty"`
}

// TagSummary is one tag in a list.
type TagSummary struct {
	Name         string `json:"name"`
	Region       string `json:"region,omitempty"`
	IPv4Prefixes int    `json:"ipv4Prefixes"`
	IPv6Prefixes int    `json:"ipv6Prefixes"`
	IPv4Ranges   int    `json:"ipv4Ranges"`
	IPv6Ranges   int    `json:"ipv6Ranges"`
	// Usable lists where Azure accepts the tag, as far as the data tells.
	Usable []string `json:"usable"`
}

// Tag is the answer of `wayleave tags show`.
type Tag struct {
	Schema string `json:"schema"`
	Tags   *Tags  `json:"tags"`
	TagSummary
	ChangeNumber  string `json:"tagChangeNumber"`
	SystemService string `json:"systemService,omitempty"`
	// IPv4Addresses and IPv6Addresses are decimal numbers.
	IPv4Addresses string       `json:"ipv4Addresses"`
	IPv6Addresses string       `json:"ipv6Addresses"`
	Regions       []string     `json:"regions"`
	Overlaps      []TagOverlap `json:"overlaps"`
	// Ranges are the addresses as the fewest ranges, ends included.
	Ranges []string `json:"ranges"`
}

// TagOverlap is another tag that shares addresses.
type TagOverlap struct {
	Name string `json:"name"`
	// Relation of the shown tag to the other: equal, within, contains, overlaps.
	Relation      string `json:"relation"`
	IPv4Addresses string `json:"ipv4Addresses"`
	IPv6Addresses string `json:"ipv6Addresses"`
}

// TagImport is the answer of `wayleave tags import`.
type TagImport struct {
	Schema string     `json:"schema"`
	Stored StoredTags `json:"stored"`
	// Known is true when exactly this file had been imported before.
	Known bool `json:"known"`
}
