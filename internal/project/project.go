// Package project reads the project file wayleave.yaml: what a team keeps
// beside its network instead of on every command line, and which findings it
// has accepted until when.
package project

import (
	"time"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/strict"
)

// Name is the name of a project file.
const Name = "wayleave.yaml"

// Schema may stand in a project file as its schema.
const Schema = "wayleave.project/v1"

// File is what a project file states, each value with its place. Its fields
// mean what the flags of the same name mean. A nil File states nothing.
type File struct {
	// Path is the file as it was found.
	Path string
	// Tags and Parameters are files, Profiles files or folders; a relative path
	// in the project file starts at its folder.
	Tags       Text
	Cloud      Text
	Parameters []Text
	Profiles   []Text
	// Assume and Set hold "name=value" in the order of the file.
	Assume   []Text
	Set      []Text
	Services []Text
	Subnets  []Text
	Suppress []Suppression
}

// Text is a value and its place; the zero value is not stated.
type Text = strict.Text

// Suppression accepts that a requirement is not met, until a day.
type Suppression struct {
	// Requirement is the id of a requirement, or "service/id".
	Requirement Text
	// Subnet is a subnet as a user names it; not stated, it means every one.
	Subnet Text
	Reason string
	// Until is the last day on which it counts.
	Until time.Time
	At    diagnostic.Position
}
