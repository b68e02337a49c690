package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// DiffSchema names the shape of Diff.
const DiffSchema = "wayleave.diff/v1"

// Diff is the answer of `wayleave diff`.
type Diff struct {
	Schema string `json:"schema"`
	Tags   *Tags  `json:"tags"`
	// Equal says that every packet fares alike in both networks.
	Equal bool `json:"equal"`
	// Opened are blocked in the old network and allowed in the new one, Closed
	// the reverse; sorted by endpoints.
	Opened []DiffChange `json:"opened"`
	Closed []DiffChange `json:"closed"`
	// Undecided may differ or not.
	Undecided []DiffDoubt `json:"undecided"`
	// Added and Removed are the subnets that only one network has.
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	// Proof says what was compared.
	Proof DiffProof `json:"proof"`
	// NotModelled are the resources that one of the networks has and that were left alone; absent without any.
	NotModelled []NotModelled           `json:"notModelled,omitempty"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// DiffChange is a set of packets that fare differently, for one cause.
type DiffChange struct {
	// From and To are the endpoints: subnets, separated by ", ", or "the
	// internet", "the platform", "outside the network".
	From  string `json:"from"`
	To    string `json:"to"`
	Space []Cube `json:"space"`
	// Summary is the space in words, a line a product.
	Summary []string `json:"summary"`
	Witness *Packet  `json:"witness"`
	// Because are the hops that stop the packets in the one network and those
	// that let them pass in the other.
	Because []DiffCause `json:"because"`
	// OpenConnections says what becomes of connections that are open when the
	// change closes them; empty where that is not published, or nothing closes.
	OpenConnections string `json:"openConnections,omitempty"`
}

// DiffCause is a hop that one of the networks has and the other has not.
type DiffCause struct {
	// In is "old" or "new".
	In string `json:"in"`
	Hop
}

// DiffDoubt is a set of packets of which it is not known whether they fare
// differently.
type DiffDoubt struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Space   []Cube   `json:"space"`
	Summary []string `json:"summary"`
	// Was and Is are verdicts, or "absent" where a network has no such endpoint.
	Was     string   `json:"was"`
	Is      string   `json:"is"`
	Reasons []string `json:"reasons"`
	// TakenOver says that all of it goes to or comes from a destination that the
	// change leads through a firewall.
	TakenOver bool `json:"takenOver,omitzero"`
}

// DiffProof says what was compared.
type DiffProof struct {
	// Subnets of both networks together.
	Subnets int `json:"subnets"`
	// Walked are those of which packets were carried through both networks;
	// between the others the same rules, routes and links decide in both.
	Walked int `json:"walked"`
}
