package azure

import (
	"cmp"
	"strings"
)

// ID identifies a resource for references. It is an ARM resource id, or, where
// Azure has not given one yet, an id made by the reader (for Terraform the
// resource address). IDs compare case-insensitively (META-3, JSON-3): make
// them with [MakeID], which folds case.
type ID string

// MakeID folds the case of a resource id or address.
func MakeID(text string) ID {
	return ID(strings.ToLower(strings.TrimRight(strings.TrimSpace(text), "/")))
}

// Name is the last segment of an ARM id, or the whole id where it has no slash.
func (id ID) Name() string {
	return string(id)[strings.LastIndexByte(string(id), '/')+1:]
}

// Parent is the ARM id of the resource that holds this child resource
// (.../virtualNetworks/v/subnets/s gives .../virtualNetworks/v), or "" where
// the id has no parent resource.
func (id ID) Parent() ID {
	s := string(id)
	for range 2 {
		i := strings.LastIndexByte(s, '/')
		if i < 0 {
			return ""
		}
		s = s[:i]
	}
	return ID(s)
}

// scope is the subscription and the resource group that an ARM id names; a
// placeholder in braces names none.
func (id ID) scope() (subscription, group string) {
	parts := strings.Split(string(id), "/")
	for i := 0; i+1 < len(parts); i++ {
		switch {
		case strings.ContainsAny(parts[i+1], "{}"):
		case strings.EqualFold(parts[i], "subscriptions"):
			subscription = parts[i+1]
		case strings.EqualFold(parts[i], "resourceGroups"):
			group = parts[i+1]
		}
	}
	return subscription, group
}

// Rank orders inputs that state the same resource (decisions 29): a plan is
// believed over a template, over a state, over live data or a snapshot, over
// an export, over effective rules.
type Rank uint8

// Ranks, from the most to the least believed.
const (
	RankPlan Rank = iota
	RankTemplate
	RankState
	RankLive
	RankExport
	// RankEffective is what Azure says is in force at a network interface: all
	// that stands in a resource itself is believed over it.
	RankEffective
)

// Planned reports whether the input describes what shall be deployed (a plan
// or a template) rather than what exists (decisions 5).
func (r Rank) Planned() bool { return r <= RankTemplate }

// Resource is what all resources have in common.
type Resource struct {
	// ID is the identity used by references.
	ID ID
	// Type is Azure's resource type, in Azure's spelling:
	// "Microsoft.Network/virtualNetworks".
	Type string
	// Name is the resource's own name, without the names of its parents.
	Name string
	// Address is how the input names the resource, for people: the Terraform
	// address, or the id as written.
	Address string
	// At is where the resource stands in the input.
	At Position
	// Rank is the kind of input that stated it.
	Rank Rank
	// Settings are what the input states and the model does not hold, of a type
	// that a change states whole.
	Settings []Setting
	// Stub is true for a resource that no input states and that is known
	// only because another resource refers to it. Nothing is known of it but
	// its id.
	Stub bool
}

// Label is what messages call the resource: its address, else its name.
func (r *Resource) Label() string {
	if r.Address != "" {
		return r.Address
	}
	return r.Name
}

// Scope is the subscription and the resource group of the resource, each in the
// case of the input where its address names it, and empty where nothing does.
func (r *Resource) Scope() (subscription, group string) {
	subscription, group = ID(r.Address).scope()
	ownSubscription, ownGroup := r.ID.scope()
	return cmp.Or(subscription, ownSubscription), cmp.Or(group, ownGroup)
}

// title is what a message of this package calls the resource: its Terraform
// address, but of an ARM id, which the place makes superfluous, only the name.
func (r *Resource) title() string {
	if strings.Contains(r.Address, "/") {
		return r.Name
	}
	return r.Label()
}

// Reference is a link to another resource. The zero Reference is not set.
type Reference struct {
	// ID of the resource referred to; empty when not set or unknown.
	ID ID
	// Text is the reference as written.
	Text string
	// Unknown is not nil when something is referred to but not known what.
	Unknown *Unknown
	// At is where the reference stands.
	At Position
}

// Ref is a reference to a resource by its id as written.
func Ref(text string, at Position) Reference {
	return Reference{ID: MakeID(text), Text: text, At: at}
}

// IsSet reports whether anything is referred to, known or not.
func (r Reference) IsSet() bool { return r.ID != "" || r.Unknown != nil }

var rankNames = [...]string{RankPlan: "plan", RankTemplate: "template", RankState: "state", RankLive: "snapshot", RankExport: "export", RankEffective: "effective rules"}

// String returns what messages call an input of this rank: "plan",
// "template", "state", "snapshot", "export" or "effective rules".
func (r Rank) String() string {
	if int(r) < len(rankNames) {
		return rankNames[r]
	}
	return "input"
}
