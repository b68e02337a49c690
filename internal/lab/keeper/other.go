//go:build !linux

package keeper

import (
	"io"
	"os"
	"time"

	"github.com/wayleave/wayleave/internal/lab"
)

func elsewhere() error {
	return problem("run it on a Linux machine, a virtual one or a privileged container", "the lab needs network namespaces, which Linux alone has")
}

// Up needs Linux.
func (p Place) Up(Facts, *lab.Plan) error { return elsewhere() }

// Keep needs Linux.
func Keep(string, io.Reader, *os.File) error { return elsewhere() }

// Status needs Linux.
func (p Place) Status() (*Status, error) { return nil, elsewhere() }

// Probe needs Linux.
func (p Place) Probe([]lab.Shot, time.Duration) ([]lab.Packet, error) { return nil, elsewhere() }

// Run needs Linux.
func (p Place) Run(Command, *os.File, *os.File, *os.File) (int, error) { return 0, elsewhere() }

// Capture needs Linux.
func (p Place) Capture(string, *os.File, int, <-chan struct{}) (int, error) { return 0, elsewhere() }

// Down needs Linux.
func (p Place) Down() (bool, error) { return false, elsewhere() }
