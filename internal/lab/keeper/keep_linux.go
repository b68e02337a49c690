package keeper

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/wayleave/wayleave/internal/lab"
)

// keeper is the process that holds a lab.
type keeper struct {
	facts   Facts
	plan    *lab.Plan
	running *lab.Running
	stop    func()

	mutex    sync.Mutex
	programs int
}

// Keep is the keeper's process: [Place.Up] starts it. It reads what to run,
// says on ready that it runs, an empty line, or why not, and keeps it until
// somebody stops it or, before they confirm, whoever started it is gone.
func Keep(dir string, in io.Reader, ready *os.File) error {
	unix.CloseOnExec(int(ready.Fd())) // the programs it starts have no use for it
	err := keep(Place{dir: dir}, in, ready)
	if err != nil {
		fmt.Fprintln(ready, err)
	}
	return err
}

func keep(p Place, in io.Reader, ready io.WriteCloser) error {
	stopped := make(chan struct{})
	k := &keeper{stop: sync.OnceFunc(func() { close(stopped) })}
	k.heed()
	if process, err := bound(); err != nil {
		return err
	} else if process != nil {
		go whenGone(process, k.stop)
	}
	if err := own(); err != nil {
		return err
	}
	lock, err := p.lock(0)
	if err != nil {
		return fmt.Errorf("%s is in use: %w", p.dir, err)
	}
	defer lock.Close()
	defer p.clear()
	var what start
	if err := gob.NewDecoder(in).Decode(&what); err != nil {
		return fmt.Errorf("what to run cannot be read: %w", err)
	}
	k.facts, k.plan = what.Facts, &what.Plan
	if k.running, err = lab.Start(k.plan); err != nil {
		return err
	}
	defer k.running.Close()
	listener, err := p.listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	if _, err := fmt.Fprintln(ready); err != nil {
		return err
	}
	ready.Close()
	if n, _ := in.Read(make([]byte, 1)); n == 0 {
		return errors.New("whoever started the lab is gone")
	}
	go k.serve(listener)
	<-stopped
	return nil
}

// heed makes the first process of a PID namespace listen to signals, which it
// would not by itself. Those that are of no concern to it are caught: programs
// would inherit that they are ignored.
func (k *keeper) heed() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP, syscall.SIGINT, syscall.SIGPIPE)
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	go func() {
		<-asked
		k.stop()
	}()
}

// own gives the process its own view of /proc, where that is allowed: in many
// containers the settings of networks can be written in a new one alone.
func own() error {
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("no mounts of its own: %w", err)
	}
	_ = unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	return nil
}

// listen opens the socket of the place. Its path may be longer than a socket's
// name can be.
func (p Place) listen() (*net.UnixListener, error) {
	_ = os.Remove(filepath.Join(p.dir, socketFile))
	name, release, err := p.socket()
	if err != nil {
		return nil, err
	}
	defer release()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err == nil {
		l.SetUnlinkOnClose(false)
	}
	return l, err
}

// socket is a short name of the socket of the place, until it is released.
func (p Place) socket() (name string, release func(), err error) {
	dir, err := os.Open(p.dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), socketFile), func() { dir.Close() }, nil
}
