package keeper

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/wayleave/wayleave/internal/lab"
)

// Error is a problem with running a lab, and what to do about it.
type Error struct {
	Message string
	Hints   []string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

func problem(hint, format string, arguments ...any) *Error {
	e := &Error{Message: fmt.Sprintf(format, arguments...)}
	if hint != "" {
		e.Hints = []string{hint}
	}
	return e
}

// Place is where one lab is kept: a folder by its name. It needs not exist.
type Place struct {
	Name string
	dir  string
}

var goodName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Find is the place of a lab by name, below a folder for labs; "" stands for
// wayleave in XDG_RUNTIME_DIR, else in /run for root, else a folder of the user
// among the temporary files.
func Find(name, state string, getenv func(string) string) (Place, error) {
	if !goodName.MatchString(name) {
		return Place{}, problem("", "a lab cannot be called %q; expected letters, digits, dots, dashes and underscores", name)
	}
	switch run := getenv("XDG_RUNTIME_DIR"); {
	case state != "":
	case run != "":
		state = filepath.Join(run, "wayleave")
	case os.Geteuid() == 0:
		state = "/run/wayleave"
	default:
		state = filepath.Join(os.TempDir(), fmt.Sprintf("wayleave-%d", os.Getuid()))
	}
	state, err := filepath.Abs(state)
	if err != nil {
		return Place{}, err
	}
	return Place{Name: name, dir: filepath.Join(state, name)}, nil
}

// Names of the files of a place.
const (
	lockFile   = "lock"
	socketFile = "socket"
	logFile    = "log"
)

// Facts are what a lab was started with.
type Facts struct {
	// Inputs are the paths and flags the network was read by.
	Inputs Inputs
	// Digest is that of the plan.
	Digest  string
	Started time.Time
}

// Inputs are paths and flags of a command, for later commands to read the same
// network.
type Inputs struct {
	Paths []string
	Flags map[string][]string
}

// Status of a lab that runs.
type Status struct {
	Facts
	Namespaces []Namespace
	Links      int
	// Programs are the commands that run in it now.
	Programs int
}

// Namespace of a lab that runs.
type Namespace struct {
	Name string
	Role lab.Role
	// Devices are its ends of links.
	Devices []string
}

// EndWith is the variable that binds a lab to a process, by its number: the lab
// ends soon after the process, however that ends.
const EndWith = "WAYLEAVE_LAB_END_WITH"

// Command is a program to run in a namespace.
type Command struct {
	// Namespace is the name of a namespace, or what a user calls its subnet or
	// network interface.
	Namespace string
	Argv      []string
	// Env is the environment, Dir the folder it starts in.
	Env []string
	Dir string
	// Terminal says that its input is a terminal that becomes its controlling one.
	Terminal bool
}

// None is the error where no lab runs at a place.
func (p Place) None() error {
	return problem("wayleave lab up PATH", "no lab %s is running", p.Name)
}
