package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// AnySubnetSchema names the shape of AnySubnet.
const AnySubnetSchema = "wayleave.any-subnet/v1"

// Fit tells how far a subnet is from hosting a service.
type Fit string

// Fits, from the best to the worst.
const (
	// FitToday: every required row and rule is met.
	FitToday Fit = "today"
	// FitOneEdit: one edit makes it so.
	FitOneEdit Fit = "oneEdit"
	// FitEdits: several edits make it so.
	FitEdits Fit = "edits"
	// FitUndecided: nothing speaks against it, and something is not known.
	FitUndecided Fit = "undecided"
	// FitImpossible: something speaks against it that no edit mends.
	FitImpossible Fit = "impossible"
)

// AnySubnet is the answer of `wayleave check --any-subnet`: every subnet of the
// input as a place for one service.
type AnySubnet struct {
	Schema     string            `json:"schema"`
	Tags       *Tags             `json:"tags"`
	Service    string            `json:"service"`
	Edition    string            `json:"edition"`
	Title      string            `json:"title"`
	Parameters map[string]string `json:"parameters"`
	// Takes is the number of such subnets that one instance takes; 0 where the
	// page gives none.
	Takes int `json:"takes,omitzero"`
	// Subnets from the best to the worst fit, then by the number of edits and
	// warnings, then by name.
	Subnets     []Candidate             `json:"subnets"`
	Assumptions []Assumption            `json:"assumptions"`
	NotModelled []NotModelled           `json:"notModelled"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// Candidate is one subnet as a place for a service.
type Candidate struct {
	Subnet string `json:"subnet"`
	// Name is network/name.
	Name     string   `json:"name"`
	Prefixes []string `json:"prefixes"`
	Fit      Fit      `json:"fit"`
	// Edits that lead to the fit, for oneEdit and edits.
	Edits []CandidateEdit `json:"edits"`
	// Obstacles are what no edit mends.
	Obstacles []Obstacle `json:"obstacles"`
	// Open says what is not known.
	Open []string `json:"open"`
	// Warnings are optional rows that are blocked, and the like.
	Warnings []string `json:"warnings"`
}

// CandidateEdit is one change of the network.
type CandidateEdit struct {
	What string `json:"what"`
	// Why are the ids of rows and rules.
	Why []string             `json:"why"`
	At  *diagnostic.Position `json:"at,omitempty"`
	// CheckAgain says that what else the edit does was not worked out: check
	// once more after it.
	CheckAgain bool `json:"checkAgain"`
}

// Obstacle is what speaks against a subnet.
type Obstacle struct {
	// Requirement is the id of a row or a rule; empty for a name that Azure
	// keeps for another service.
	Requirement string               `json:"requirement,omitempty"`
	What        string               `json:"what"`
	At          *diagnostic.Position `json:"at,omitempty"`
}
