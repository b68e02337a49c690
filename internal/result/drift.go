package result

// Drift tells which verdicts differ under other service-tag data.
type Drift struct {
	// Against is the data compared with; the answer it stands in rests on its own.
	Against *Tags `json:"against"`
	// Tags that the network or the requirements speak of and that changed, by name.
	Tags []TagDrift `json:"tags"`
	// Flips are the requirements whose verdict or outcome differs, in the order
	// of the answer.
	Flips []Flip `json:"flips"`
}

// TagDrift is a tag with the prefixes that joined and left it, each list the
// fewest prefixes and sorted.
type TagDrift struct {
	Name   string   `json:"name"`
	Joined []string `json:"joined"`
	Left   []string `json:"left"`
}

// Flip is a requirement with another verdict or outcome.
type Flip struct {
	Service string `json:"service"`
	// Resource is the instance, null before it exists.
	Resource      *string `json:"resource"`
	Requirement   string  `json:"requirement"`
	Purpose       string  `json:"purpose"`
	Subnet        string  `json:"subnet"`
	Before        Verdict `json:"before"`
	After         Verdict `json:"after"`
	OutcomeBefore Outcome `json:"outcomeBefore"`
	OutcomeAfter  Outcome `json:"outcomeAfter"`
	// Causes are the addresses whose joining or leaving a tag changes what
	// becomes of the requirement's packets.
	Causes []TagDrift `json:"causes"`
	// BlockedBy are the blockers of the worse side.
	BlockedBy []Blocker `json:"blockedBy"`
	Witness   *Packet   `json:"witness"`
}

// TagsDiffSchema names the shape of TagsDiff.
const TagsDiffSchema = "wayleave.tags-diff/v1"

// TagsDiff is the answer of `wayleave tags diff`.
type TagsDiff struct {
	Schema string `json:"schema"`
	Old    *Tags  `json:"old"`
	New    *Tags  `json:"new"`
	// Added and Removed are tags of one side only, by name.
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	// Changed are tags whose addresses differ, by name.
	Changed []TagDrift `json:"changed"`
	// Renumbered counts tags with the same addresses and other facts: a change
	// number, a region, where the tag may be used.
	Renumbered int `json:"renumbered"`
}
