package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// Schemas of the answers about services.
const (
	ServicesSchema        = "wayleave.services/v1"
	ServiceTableSchema    = "wayleave.service/v1"
	ServiceDiffSchema     = "wayleave.services-diff/v1"
	ServiceValidateSchema = "wayleave.services-validate/v1"
)

// Services is the answer of `wayleave services list`.
type Services struct {
	Schema   string    `json:"schema"`
	Services []Edition `json:"services"`
}

// Edition is one edition of a service's requirement table.
type Edition struct {
	Service      string `json:"service"`
	Edition      string `json:"edition"`
	Default      bool   `json:"default"`
	Title        string `json:"title"`
	State        string `json:"state"`
	Requirements int    `json:"requirements"`
}

// ServiceTable is the answer of `wayleave services show`.
type ServiceTable struct {
	Schema     string             `json:"schema"`
	Service    string             `json:"service"`
	Aliases    []string           `json:"aliases,omitempty"`
	Edition    string             `json:"edition"`
	Default    bool               `json:"default"`
	Title      string             `json:"title"`
	State      string             `json:"state"`
	StateNote  string             `json:"stateNote,omitempty"`
	RetiredOn  string             `json:"retiredOn,omitempty"`
	Sources    []TableSource      `json:"sources"`
	Confidence TableConfidence    `json:"confidence"`
	Parameters []TableParameter   `json:"parameters"`
	Rows       []TableRequirement `json:"requirements"`
	// SubnetRules are what the page asks of the subnets themselves.
	SubnetRules    []TableRule          `json:"subnetRules"`
	SubnetNote     string               `json:"subnetNote,omitempty"`
	SubnetAdvice   []string             `json:"subnetAdvice,omitempty"`
	Outbound       []TableOutbound      `json:"outbound"`
	Adds           []TableAddition      `json:"adds"`
	FQDNs          []TableNames         `json:"fqdns"`
	Contradictions []TableContradiction `json:"contradictions"`
	// FoundBy says which resources are instances of the service, in words.
	FoundBy []string `json:"foundBy"`
}

// TableConfidence tells how well the facts are founded: "documented" or
// "partial".
type TableConfidence struct {
	Level string `json:"level"`
	Note  string `json:"note,omitempty"`
}

// TableSource is a page the facts come from.
type TableSource struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Path  string `json:"path"`
	Date  string `json:"date"`
	Note  string `json:"note,omitempty"`
}

// TableParameter is a parameter that changes the table.
type TableParameter struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Values  []string `json:"values"`
	List    bool     `json:"list"`
	// Format of a value that is not one of a list: addresses, ports, number,
	// region.
	Format  string `json:"format,omitempty"`
	Default string `json:"default,omitempty"`
	// Property of the resource that tells the value.
	Property string `json:"property,omitempty"`
	Meaning  string `json:"meaning"`
}

// TableRequirement is a row as its page has it.
type TableRequirement struct {
	ID               string            `json:"id"`
	Row              string            `json:"row"`
	Purpose          string            `json:"purpose"`
	Direction        string            `json:"direction"`
	Protocols        []string          `json:"protocols"`
	SourcePorts      []string          `json:"sourcePorts"`
	DestinationPorts []string          `json:"destinationPorts"`
	Source           string            `json:"source"`
	Destination      string            `json:"destination"`
	Severity         string            `json:"severity"`
	When             map[string]string `json:"when,omitempty"`
	RequiredWhen     map[string]string `json:"requiredWhen,omitempty"`
	// Subnet is the name of the one subnet the row is about.
	Subnet      string `json:"subnet,omitempty"`
	Capability  string `json:"capability"`
	Consequence string `json:"consequence"`
	// Narrower is what is enough of the far side, and who says so.
	Narrower string `json:"narrower,omitempty"`
	// Uncertain says why the row is not certain.
	Uncertain string `json:"uncertain,omitempty"`
	From      string `json:"from"`
	Note      string `json:"note,omitempty"`
}

// TableRule is what the page asks of a subnet.
type TableRule struct {
	ID string `json:"id"`
	// Kind is subnet, routing or forbidden.
	Kind        string            `json:"kind"`
	Asks        string            `json:"asks"`
	Severity    string            `json:"severity"`
	When        map[string]string `json:"when,omitempty"`
	Subnet      string            `json:"subnet,omitempty"`
	Capability  string            `json:"capability"`
	Consequence string            `json:"consequence"`
	Uncertain   string            `json:"uncertain,omitempty"`
	From        string            `json:"from"`
	Note        string            `json:"note,omitempty"`
}

// TableOutbound says whether instances of a kind have a public address of their own
// for what they send to the internet: "own", "none" or "unknown".
type TableOutbound struct {
	Address string            `json:"address"`
	When    map[string]string `json:"when,omitempty"`
	From    string            `json:"from"`
	Note    string            `json:"note,omitempty"`
}

// TableAddition is what the service writes itself into a security group
// ("securityGroup") or a route table ("routeTable") of its subnet.
type TableAddition struct {
	Names    string            `json:"names"`
	Where    string            `json:"where"`
	Priority int               `json:"priority,omitzero"`
	Covers   []string          `json:"covers"`
	When     map[string]string `json:"when,omitempty"`
	From     string            `json:"from"`
	Note     string            `json:"note,omitempty"`
}

// TableNames are names that a firewall must let through.
type TableNames struct {
	Purpose string            `json:"purpose"`
	Names   []string          `json:"names"`
	Tags    []string          `json:"tags,omitempty"`
	Ports   []string          `json:"ports"`
	When    map[string]string `json:"when,omitempty"`
	From    string            `json:"from"`
	Note    string            `json:"note,omitempty"`
}

// TableContradiction is a point on which the sources differ.
type TableContradiction struct {
	About string `json:"about"`
	Says  string `json:"says"`
	Used  string `json:"used"`
}

// ServiceDiff is the answer of `wayleave services diff`.
type ServiceDiff struct {
	Schema string `json:"schema"`
	// Old and New are "service@edition".
	Old     string            `json:"old"`
	New     string            `json:"new"`
	Equal   bool              `json:"equal"`
	Added   []TableDifference `json:"added"`
	Removed []TableDifference `json:"removed"`
	Changed []TableDifference `json:"changed"`
	// Same is the number of rows and rules that both state alike.
	Same int `json:"same"`
}

// TableDifference is a row or a rule that two editions do not state alike.
type TableDifference struct {
	ID      string            `json:"id"`
	OldID   string            `json:"oldId,omitempty"`
	Purpose string            `json:"purpose"`
	Fields  []FieldDifference `json:"fields"`
}

// FieldDifference is one word of a row; an empty one is not stated.
type FieldDifference struct {
	Name string `json:"name"`
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
}

// ServiceValidate is the answer of `wayleave services validate` for profiles
// without an error.
type ServiceValidate struct {
	Schema      string             `json:"schema"`
	Profiles    []ValidatedProfile `json:"profiles"`
	Diagnostics diagnostic.List    `json:"diagnostics"`
}

// ValidatedProfile is a profile that was read.
type ValidatedProfile struct {
	File         string `json:"file"`
	Service      string `json:"service"`
	Edition      string `json:"edition"`
	Default      bool   `json:"default"`
	Requirements int    `json:"requirements"`
	SubnetRules  int    `json:"subnetRules"`
	// Replaces is true where a profile that comes with the program has the same
	// name.
	Replaces bool `json:"replaces"`
}
