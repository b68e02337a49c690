package keeper

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// terminal is a terminal of its own for a program in a lab. The user's cannot be
// the program's controlling one, which a shell needs for its jobs: it belongs to
// the session of the command. What is typed and printed is passed on.
type terminal struct {
	// in and out are the user's terminal, raw as long as the program runs.
	in, out *os.File
	raw     *term.State
	// here is this side of the new terminal, there the program's.
	here, there *os.File
	printed     chan struct{}
	resized     chan os.Signal
}

// newTerminal makes a terminal of the size of the user's; nil where input or
// output is none.
func newTerminal(in, out *os.File) (*terminal, error) {
	if !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil, nil
	}
	here, there, err := openTerminal()
	if err != nil {
		return nil, fmt.Errorf("no terminal for the program: %w", err)
	}
	t := &terminal{in: in, out: out, here: here, there: there, printed: make(chan struct{}), resized: make(chan os.Signal, 1)}
	t.resize()
	if t.raw, err = term.MakeRaw(int(in.Fd())); err != nil {
		here.Close()
		there.Close()
		return nil, err
	}
	signal.Notify(t.resized, syscall.SIGWINCH)
	go func() {
		for range t.resized {
			t.resize()
		}
	}()
	go func() {
		_, _ = io.Copy(t.out, t.here) // ends when nobody holds the other side
		close(t.printed)
	}()
	go func() { _, _ = io.Copy(t.here, t.in) }() // ends with the command
	return t, nil
}

// openTerminal opens both sides of a new terminal, which becomes nobody's
// controlling one by that.
func openTerminal() (here, there *os.File, err error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	here = os.NewFile(uintptr(fd), "/dev/ptmx")
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		there, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		here.Close()
		return nil, nil, err
	}
	return here, there, nil
}

func (t *terminal) resize() {
	if size, err := unix.IoctlGetWinsize(int(t.out.Fd()), unix.TIOCGWINSZ); err == nil {
		_ = unix.IoctlSetWinsize(int(t.here.Fd()), unix.TIOCSWINSZ, size)
	}
}

// end gives the user's terminal back when the program has ended and all it
// printed is there. What it has left running in the background may hold the
// other side still.
func (t *terminal) end() {
	select {
	case <-t.printed:
	case <-time.After(200 * time.Millisecond):
	}
	signal.Stop(t.resized)
	close(t.resized)
	_ = term.Restore(int(t.in.Fd()), t.raw)
	t.here.Close()
}
