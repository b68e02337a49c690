package result

// EvidenceSchema names the shape of Evidence.
const EvidenceSchema = "wayleave.evidence/v1"

// Evidence is what `wayleave fix` claims, cell by cell, in a form that another
// program can check without the engine: which inputs it is about, the change,
// and of every set of packets what becomes of it and which rules decide.
type Evidence struct {
	Schema string `json:"schema"`
	// Inputs are the files of the network before the change.
	Inputs []EvidenceInput `json:"inputs"`
	// Tags names the service-tag data, null where no tag is named.
	Tags *Tags `json:"tags"`
	// Assume is "defaults" where the open points of the documentation are settled as
	// their defaults say; else a claim holds under every reading.
	Assume  string           `json:"assume,omitempty"`
	Changes []EvidenceChange `json:"changes"`
	// Senders are what is known of the managed services that the input states, by the
	// id of their subnet; see EvidenceRow.Sender.
	Senders map[string]string `json:"senders,omitempty"`
	// NeedGroup are the subnets, by id, of services whose frontends let nothing in
	// without a network security group.
	NeedGroup []string `json:"needGroup,omitempty"`
	// Rows are the required rows of the services after the change.
	Rows []EvidenceRow `json:"rows"`
	// Opened are the packets that are blocked before the change and allowed after
	// it, Closed those that are the reverse.
	Opened []EvidenceCell `json:"opened"`
	Closed []EvidenceCell `json:"closed"`
	// Undecided are packets that are undecided before or after the change: nothing
	// is claimed of them. What the addresses of new subnets send and receive, and of
	// those where a firewall stands that did not, is in none of the three.
	Undecided []EvidenceCell `json:"undecided"`
}

// EvidenceChange is one change with all that another program needs to make it.
type EvidenceChange struct {
	FixChange
	// Kind is what is done, in one word of the list of docs/fix.md.
	Kind string `json:"kind"`
	// ID is that of the resource that is added or changed, Refers those of others by
	// what they are to it.
	ID     string            `json:"id"`
	Refers map[string]string `json:"refers,omitempty"`
	// Set are the values that are set, by name. An address that Azure chooses later
	// is an example in its place.
	Set map[string][]string `json:"set,omitempty"`
}

// EvidenceInput is a file by its content.
type EvidenceInput struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// EvidenceRow is a requirement on one subnet.
type EvidenceRow struct {
	Service     string `json:"service"`
	Requirement string `json:"requirement"`
	Subnet      string `json:"subnet,omitempty"`
	// Sender says of a row whose sender the service is whether that has a public
	// address of its own: "own", "none", or "unknown".
	Sender string `json:"sender,omitempty"`
	// Repaired says that the row fails before the change.
	Repaired bool `json:"repaired"`
	// Cover are disjoint cells that together are all packets of the row.
	Cover []EvidenceCell `json:"cover"`
	// Open says why a row has no cover.
	Open []string `json:"open,omitempty"`
}

// EvidenceCell is a set of packets with one verdict, decided by the same rules.
type EvidenceCell struct {
	Space EvidenceSpace `json:"space"`
	// Verdict is allowed, blocked or undecided.
	Verdict Verdict `json:"verdict"`
	// Rules are the rules of security groups that let the packets pass, in order;
	// only of what is allowed.
	Rules []EvidenceRule `json:"rules,omitempty"`
	// Seen is the address with which the packets arrive, of what shall see one.
	Seen []string `json:"seen,omitempty"`
	// Witness is one packet of the cell.
	Witness *Packet `json:"witness"`
}

// EvidenceRule is a rule by the id of its group and its name.
type EvidenceRule struct {
	Group string `json:"group"`
	Name  string `json:"name"`
}

// EvidenceSpace is a product of packets: protocol numbers, prefixes, and ranges
// of ports as "low-high"; ports are absent where no protocol has them.
type EvidenceSpace struct {
	Protocols        []int    `json:"protocols"`
	Source           []string `json:"source"`
	SourcePorts      []string `json:"sourcePorts,omitempty"`
	Destination      []string `json:"destination"`
	DestinationPorts []string `json:"destinationPorts,omitempty"`
}
