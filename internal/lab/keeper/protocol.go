package keeper

import (
	"time"

	"github.com/wayleave/wayleave/internal/lab"
)

// version of the conversation between a command and a keeper, which may come
// from different builds.
const version = 2

// order is what a command asks of the keeper. It follows one byte, which
// carries the open files of the command.
type order struct {
	Version int
	Do      string
	Shots   []lab.Shot
	// Patience of a probe.
	Patience time.Duration
	Command  Command
	// Place and Most of a capture.
	Place string
	Most  int
}

// What a keeper does.
const (
	doStatus  = "status"
	doStop    = "stop"
	doProbe   = "probe"
	doRun     = "run"
	doCapture = "capture"
)

// reply is the keeper's answer.
type reply struct {
	Problem *Error
	Status  *Status
	Packets []lab.Packet
	// Exit is the status of a program that has ended.
	Exit int
	// Count is how many packets a capture has.
	Count int
}

// start is what a new keeper reads first.
type start struct {
	Facts Facts
	Plan  lab.Plan
}

// signalled is what a command sends while its program runs.
type signalled struct{ Number int }
