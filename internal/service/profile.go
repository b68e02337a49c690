package service

import (
	"slices"
	"strings"
)

// ProfileSchema is the value of the schema field of a profile this version reads.
const ProfileSchema = "wayleave.profile/v1"

// NotStated is what a row says of its consequence when its source does not
// (decisions 30).
const NotStated = "not stated by the source"

// Profile is one edition of a service's published requirement table.
type Profile struct {
	Schema string `yaml:"schema"`
	// Service and Edition name the profile: "logic-apps-ise", "2019-11-06".
	Service string `yaml:"service"`
	// Aliases are other names that Find takes for the service.
	Aliases []string `yaml:"aliases"`
	Edition string   `yaml:"edition"`
	// Default marks the edition used when none is named.
	Default bool   `yaml:"default"`
	Title   string `yaml:"title"`
	Status  Status `yaml:"status"`
	// Sources of the facts; rows name theirs by id, the first is the default.
	Sources []Source `yaml:"sources"`
	// Confidence in the facts as a whole.
	Confidence Confidence `yaml:"confidence"`
	// Contradictions of the sources, with what the profile makes of them.
	Contradictions []Contradiction `yaml:"contradictions"`
	// Relay marks a service that others send through, such as a firewall: the
	// parameters of every service, which ask what others see of it, are not its.
	Relay bool `yaml:"relay"`
	// Resources tell how the service is found among those of a network: by any
	// of them.
	Resources []ResourceMatch `yaml:"resources"`
	// Subnets is what the page says about the subnets themselves.
	Subnets SubnetRules `yaml:"subnets"`
	// Parameters that change the table, in the order they are shown.
	Parameters []Parameter `yaml:"parameters"`
	// Defaults of the rows.
	Defaults RowDefaults `yaml:"defaults"`
	// Requirements in the order of the page.
	Requirements []Requirement `yaml:"requirements"`
	// Outbound says whether an instance has a public address of its own for what it
	// sends to the internet: the first case that applies counts.
	Outbound []OutboundCase `yaml:"outbound"`
	// Adds are rules and routes that the service writes itself.
	Adds []Addition `yaml:"adds"`
	// FQDNs are names that a firewall must let through.
	FQDNs []NameGroup `yaml:"fqdns"`

	// ours marks a profile that comes with the program.
	ours bool
}

// Page is the page of our documentation about the service, relative to the
// repository; empty for a profile of the user.
func (p *Profile) Page() string {
	if !p.ours {
		return ""
	}
	return "docs/services/" + p.Service + ".md"
}

// Confidence tells how well the facts of a profile are founded.
type Confidence struct {
	// Level is "documented" where all that counts was read in the sources,
	// "partial" where something was not.
	Level string `yaml:"level"`
	Note  string `yaml:"note"`
}

// Contradiction is a point on which the sources differ.
type Contradiction struct {
	// About is the id of a requirement or of a subnet rule, or a few words.
	About string `yaml:"about"`
	// Says is what the sources say.
	Says string `yaml:"says"`
	// Used is the reading of this profile.
	Used string `yaml:"used"`
}

// Addition is what the service writes into the security group or route table
// of its subnet by itself.
type Addition struct {
	// Names of the rules or routes, as a pattern with "*".
	Names string `yaml:"names"`
	// Priority of the last of the rules: rules of the user with a larger number
	// come after them.
	Priority int `yaml:"priority"`
	// Where is "securityGroup" or "routeTable".
	Where string `yaml:"where"`
	// Covers are the ids of the requirements they satisfy.
	Covers []string `yaml:"covers"`
	// When leaves it out unless every parameter has its value.
	When map[string]string `yaml:"when"`
	From string            `yaml:"from"`
	Note string            `yaml:"note"`
}

// NameGroup are names for one purpose.
type NameGroup struct {
	// Names as firewalls take them: "*" stands for the labels in its place.
	Names   []string          `yaml:"names"`
	Ports   []string          `yaml:"ports"`
	Purpose string            `yaml:"purpose"`
	When    map[string]string `yaml:"when"`
	// Tags are FQDN tags of Azure Firewall that hold the names.
	Tags []string `yaml:"tags"`
	From string   `yaml:"from"`
	Note string   `yaml:"note"`
}

// Name is "service@edition".
func (p *Profile) Name() string { return p.Service + "@" + p.Edition }

// Parameter finds a parameter by name or alias, with case folded (decisions 16).
func (p *Profile) Parameter(name string) (*Parameter, bool) {
	all := p.parameters()
	for i := range all {
		if q := &all[i]; strings.EqualFold(q.Name, name) ||
			slices.ContainsFunc(q.Aliases, func(a string) bool { return strings.EqualFold(a, name) }) {
			return q, true
		}
	}
	return nil, false
}

// Source finds a source by id; the empty id is the first source.
func (p *Profile) Source(id string) (Source, bool) {
	for _, s := range p.Sources {
		if id == "" || s.ID == id {
			return s, true
		}
	}
	return Source{}, false
}

// Status of a service at the time the profile was written.
type Status struct {
	// State is active, retiring or retired.
	State     string `yaml:"state"`
	RetiredOn string `yaml:"retiredOn"`
	Note      string `yaml:"note"`
}

// Source is a published page.
type Source struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	// Path of the page in its public repository, or its address.
	Path string `yaml:"path"`
	// Date the page carries, as year-month-day.
	Date string `yaml:"date"`
	Note string `yaml:"note"`
}

// ResourceMatch tells which Azure resource is an instance of the service.
type ResourceMatch struct {
	// Type is Azure's resource type, compared with case folded.
	Type string `yaml:"type"`
	// Where are values that properties of the resource must have: for each
	// property one of the patterns, with "*" for any text. "" is a property that
	// is not set.
	Where map[string][]string `yaml:"where"`
}

// Parameter of a profile, set with --set name=value or read from the resource.
type Parameter struct {
	Name    string   `yaml:"name"`
	Aliases []string `yaml:"aliases"`
	// Values that are allowed, in order of display; empty allows any.
	Values []string `yaml:"values"`
	// List allows several values.
	List bool `yaml:"list"`
	// Format of a free value: "addresses" for IP addresses and prefixes,
	// "ports", "number", "region".
	Format string `yaml:"format"`
	// Default value when neither the user nor the resource tells.
	Default string `yaml:"default"`
	// Property of the resource that tells the value, as Azure's path.
	// "resource.type" is the type of the resource.
	Property string `yaml:"property"`
	// PropertyValues leads from patterns of the property's value to the
	// parameter's, where they differ; the longest pattern that fits counts.
	PropertyValues map[string]string `yaml:"propertyValues"`
	// Absent is the value that a resource tells by not having the property; empty
	// where that tells nothing.
	Absent  string `yaml:"absent"`
	Meaning string `yaml:"meaning"`
}

// RowDefaults are the values a row has when it states none.
type RowDefaults struct {
	Protocols   []string `yaml:"protocols"`
	SourcePorts []string `yaml:"sourcePorts"`
	// OnlyUDPMissing is what to say when only UDP of a row is blocked
	// (decisions 10); empty: UDP counts like TCP.
	OnlyUDPMissing string `yaml:"onlyUDPMissing"`
}

// Requirement is one row of the table in one direction.
type Requirement struct {
	// ID is unique in the edition.
	ID string `yaml:"id"`
	// Row of the published table: its number, or "prose".
	Row     string `yaml:"row"`
	Purpose string `yaml:"purpose"`
	// Direction as the table states it: "inbound" or "outbound".
	Direction string `yaml:"direction"`
	// Protocols: "tcp", "udp", "icmp" or "any".
	Protocols        []string `yaml:"protocols"`
	Source           Peer     `yaml:"source"`
	SourcePorts      []string `yaml:"sourcePorts"`
	Destination      Peer     `yaml:"destination"`
	DestinationPorts []string `yaml:"destinationPorts"`
	// PortsBy chooses the destination ports by a parameter, in place of
	// DestinationPorts.
	PortsBy *PortsBy `yaml:"portsBy"`
	// PortsParameter names a parameter of the format ports that holds them, in
	// place of both.
	PortsParameter string `yaml:"portsParameter"`
	// Severity: "required" (the default), "optional" or "advice".
	Severity string `yaml:"severity"`
	// RequiredWhen makes the row required for these parameter values.
	RequiredWhen map[string]string `yaml:"requiredWhen"`
	// When leaves the row out unless every named parameter has (or, for a
	// list, includes) its value.
	When map[string]string `yaml:"when"`
	// Subnet limits the row to the subnet of this name.
	Subnet string `yaml:"subnet"`
	// PerSubnet is true unless the row says otherwise (decisions 30).
	PerSubnet *bool `yaml:"perSubnet"`
	// Capability that stops when the row is blocked, from the closed list of
	// decisions 30.
	Capability  string `yaml:"capability"`
	Consequence string `yaml:"consequence"`
	// Narrower says that less than the whole far side is acceptable (decisions 9).
	Narrower *Narrower `yaml:"narrower"`
	// TakenOver excuses destinations that a specific user route sends to a
	// firewall or appliance (decisions 12).
	TakenOver bool `yaml:"takenOver"`
	// Uncertain says why the row is not certain; it is advice then.
	Uncertain string `yaml:"uncertain"`
	// SameAs are ids of other editions' rows that ask for the same.
	SameAs []string `yaml:"sameAs"`
	// From is the id of the row's source.
	From string `yaml:"from"`
	Note string `yaml:"note"`
}

// PortsBy are ports that depend on a parameter.
type PortsBy struct {
	By    string              `yaml:"by"`
	Cases map[string][]string `yaml:"cases"`
}

// ConsequenceText is the consequence, or NotStated.
func (r *Requirement) ConsequenceText() string {
	if r.Consequence == "" {
		return NotStated
	}
	return r.Consequence
}

// Narrower says that a narrower peer is acceptable: in the page's own words, or
// in those of the profile where the page has none. Exactly one of the two is set.
type Narrower struct {
	// Side is "source" or "destination".
	Side string `yaml:"side"`
	// Quote is what the page says.
	Quote string `yaml:"quote"`
	// Means is what the row is taken to be about, as the profile reads it.
	Means string `yaml:"means"`
}

// Words are what is enough, and who says so; none of a row that needs all.
func (n *Narrower) Words() string {
	switch {
	case n == nil:
		return ""
	case n.Quote != "":
		return "the page means " + n.Quote
	}
	return "that is enough if it holds " + n.Means
}

// Place is the meaning of a word for a place in the network (decisions 7).
type Place string

// Places a peer can be.
const (
	// InSubnet is the subnet of the service that is being checked.
	InSubnet Place = "subnet"
	// InService is all subnets of the service.
	InService Place = "service"
	// InNetwork is the address space of the network and its peers.
	InNetwork Place = "network"
	// Elsewhere is the address space of the network and its peers without the
	// subnets of the service: for rows whose far side cannot be in them.
	Elsewhere Place = "elsewhere"
)

// Peer is one end of a row. Exactly one of Is, Tag, Prefixes, Parameter,
// Placeholder and By is given.
type Peer struct {
	// Text is the word of the published table.
	Text string `yaml:"text"`
	Is   Place  `yaml:"is"`
	// Tag is a service tag in Azure's spelling; "{name}" in it is the value of
	// a parameter of the format region.
	Tag string `yaml:"tag"`
	// Prefixes are literal addresses or prefixes.
	Prefixes []string `yaml:"prefixes"`
	// Parameter names a parameter that holds the addresses.
	Parameter string `yaml:"parameter"`
	// Placeholder names addresses that only the owner of the service knows.
	Placeholder string `yaml:"placeholder"`
	// By names the parameter that chooses among Cases.
	By    string          `yaml:"by"`
	Cases map[string]Peer `yaml:"cases"`
}
