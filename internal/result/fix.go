package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// FixSchema names the shape of Fix.
const FixSchema = "wayleave.fix/v1"

// Fix is the answer of `wayleave fix`.
type Fix struct {
	Schema string `json:"schema"`
	Tags   *Tags  `json:"tags"`
	FixEffect
	// Alternatives are other ways to the same end, those with fewer changes first,
	// where they were asked for; what is proposed is above.
	Alternatives []FixAlternative `json:"alternatives,omitzero"`
	// Added are the subnets that are new, or where a firewall stands that did not.
	// What their own addresses send and receive is no part of the spaces.
	Added []string `json:"added,omitempty"`
	// Unfixable are the requirements that still fail.
	Unfixable   []FixUnfixable          `json:"unfixable"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
	// Undetermined says that some required row is undecided after the changes.
	Undetermined bool `json:"undetermined"`
	// Unproved are the requirements that fail before the changes and are undecided
	// after them.
	Unproved []FixUnfixable `json:"unproved,omitempty"`
	// Code is the changes in the form that As names, where one was asked for.
	As   string `json:"as,omitempty"`
	Code string `json:"code,omitempty"`
	// Restated are the existing resources that the code, a template or Bicep, states
	// whole: what the input does not tell of them would be taken away.
	Restated []string `json:"restated,omitempty"`
	// Files are the inputs that the change is written into, where that was asked
	// for; Written says that the files on disk have it. NotWritten is what no file
	// takes.
	Files      []FixFile       `json:"files,omitempty"`
	Written    bool            `json:"written,omitempty"`
	NotWritten []FixNotWritten `json:"notWritten,omitempty"`
	// Evidence goes into a file of its own, where it was asked for.
	Evidence *Evidence `json:"-"`
}

// FixEffect is a change and what it does.
type FixEffect struct {
	// Changes by resource, direction and priority; applied in this order, or all
	// at once, those that are proposed never close anything.
	Changes []FixChange `json:"changes"`
	// Opens is everything that the changes open, Closes everything they close.
	Opens  FixSpace `json:"opens"`
	Closes FixSpace `json:"closes"`
	// ExtraOpened is the part of Opens that no failing requirement lacked: what a
	// tag that the requirement names holds beyond it.
	ExtraOpened FixSpace `json:"extraOpened"`
	// Undecided may be opened as well, where the input does not tell.
	Undecided []DiffDoubt `json:"undecided"`
	// MovesOpenConnections says that routes change, which concerns open connections
	// at once: those that take another way then break.
	MovesOpenConnections bool     `json:"movesOpenConnections,omitempty"`
	Proof                FixProof `json:"proof"`
}

// FixAlternative is a way to the same end that is not proposed, for its price.
type FixAlternative struct {
	// Way is "tcp-alone", "any-protocol", "prefixes" or "without-blockers", Meaning
	// what that is.
	Way     string `json:"way"`
	Meaning string `json:"meaning"`
	FixEffect
	// LeftBlocked is what the proposed change opens and this one does not.
	LeftBlocked FixSpace `json:"leftBlocked"`
}

// FixFile is a file with the change written into it.
type FixFile struct {
	Path string `json:"path"`
	// Diff is a unified diff.
	Diff string `json:"diff"`
}

// FixNotWritten is what cannot be written into a file.
type FixNotWritten struct {
	// Resource is the group or table, Changes are the names of what it was to
	// get.
	Resource string   `json:"resource"`
	Changes  []string `json:"changes"`
	Reason   string   `json:"reason"`
}

// FixChange is one resource to add or change.
type FixChange struct {
	// Action is "add", "modify" or "remove".
	Action string `json:"action"`
	// Resource holds what is changed: its id or address.
	Resource string `json:"resource"`
	// Type is Azure's resource type of the body.
	Type string  `json:"type"`
	Body FixBody `json:"body"`
	// Was is the priority before, for a rule that makes room.
	Was int `json:"was,omitzero"`
	// Direction and Priority of a rule.
	Direction string `json:"direction,omitempty"`
	Priority  int    `json:"priority,omitzero"`
	// Summary is the rule or route in one line.
	Summary string `json:"summary"`
	// Why are the ids of the requirements.
	Why []string             `json:"why"`
	At  *diagnostic.Position `json:"at,omitempty"`
}

// FixBody is the body of a resource in the shape of Resource Manager.
type FixBody struct {
	Name string `json:"name"`
	// Properties are FixProperties, FixRouteProperties, or those of another
	// resource, as it is after the change.
	Properties any `json:"properties"`
}

// FixRouteProperties are those of a route.
type FixRouteProperties struct {
	AddressPrefix string `json:"addressPrefix"`
	NextHopType   string `json:"nextHopType"`
	// NextHopIPAddress of a virtual appliance, once it is known.
	NextHopIPAddress string `json:"nextHopIpAddress,omitempty"`
}

// FixProperties are those of a security rule; of each pair of singular and
// plural one is given.
type FixProperties struct {
	Description                          string         `json:"description,omitempty"`
	Protocol                             string         `json:"protocol"`
	SourcePortRange                      string         `json:"sourcePortRange,omitempty"`
	SourcePortRanges                     []string       `json:"sourcePortRanges,omitempty"`
	DestinationPortRange                 string         `json:"destinationPortRange,omitempty"`
	DestinationPortRanges                []string       `json:"destinationPortRanges,omitempty"`
	SourceAddressPrefix                  string         `json:"sourceAddressPrefix,omitempty"`
	SourceAddressPrefixes                []string       `json:"sourceAddressPrefixes,omitempty"`
	DestinationAddressPrefix             string         `json:"destinationAddressPrefix,omitempty"`
	DestinationAddressPrefixes           []string       `json:"destinationAddressPrefixes,omitempty"`
	SourceApplicationSecurityGroups      []FixReference `json:"sourceApplicationSecurityGroups,omitempty"`
	DestinationApplicationSecurityGroups []FixReference `json:"destinationApplicationSecurityGroups,omitempty"`
	Access                               string         `json:"access"`
	Priority                             int            `json:"priority"`
	Direction                            string         `json:"direction"`
}

// FixReference refers to a resource by id.
type FixReference struct {
	ID string `json:"id"`
}

// FixSpace is a set of packets.
type FixSpace struct {
	Space []Cube `json:"space"`
	// Summary is the space in words, a line a product.
	Summary []string `json:"summary"`
	// Count is the exact number of packets, in decimal.
	Count string `json:"count"`
}

// FixProof compares the network before and after.
type FixProof struct {
	// Before and After count the required rows by verdict.
	Before map[Verdict]int `json:"before"`
	After  map[Verdict]int `json:"after"`
	// Warned counts the required rows after the change that are met but for a part
	// that check warns of.
	Warned int `json:"warned,omitzero"`
	// NothingElseChanged says that every packet outside Opens and Undecided fares
	// as before, and that no packet of Undecided which passes may be closed; except
	// that a destination which is led through a firewall is reached by what the
	// firewall's rules name alone.
	NothingElseChanged bool `json:"nothingElseChanged"`
	// Smallest says that no fewer security rules match the same.
	Smallest bool `json:"smallest"`
	// Subnets were compared; Walked are those of which packets were carried
	// through both networks.
	Subnets int `json:"subnets"`
	Walked  int `json:"walked"`
}

// FixUnfixable is a requirement that still fails.
type FixUnfixable struct {
	Requirement string `json:"requirement"`
	Subnet      string `json:"subnet,omitempty"`
	Reason      string `json:"reason"`
	// Conflicts are the rules marked as deliberate of which each alone cannot hold
	// together with the requirement, Conflict the first of them.
	Conflicts []Blocker `json:"conflicts,omitempty"`
	Conflict  *Blocker  `json:"conflict,omitempty"`
}
