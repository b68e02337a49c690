package keeper

import (
	"encoding/gob"
	"errors"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/wayleave/wayleave/internal/lab"
)

// ask gives the keeper one order.
func (p Place) ask(o order, files ...*os.File) (*net.UnixConn, error) {
	pid, err := p.holder()
	if err != nil {
		return nil, err
	}
	if pid == 0 {
		return nil, p.None()
	}
	name, release, err := p.socket()
	if err != nil {
		return nil, err
	}
	defer release()
	c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		return nil, problem("try again; wayleave lab down ends it", "the lab %s is starting or stuck: %v", p.Name, err)
	}
	var fds []int
	for _, f := range files {
		fds = append(fds, int(f.Fd()))
	}
	o.Version = version
	if _, _, err = c.WriteMsgUnix([]byte{0}, unix.UnixRights(fds...), nil); err == nil {
		err = gob.NewEncoder(c).Encode(o)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// hear reads the answer and ends the conversation.
func (p Place) hear(c *net.UnixConn) (reply, error) {
	defer c.Close()
	var r reply
	if err := gob.NewDecoder(c).Decode(&r); err != nil {
		return r, problem("", "the lab %s has ended", p.Name)
	}
	if r.Problem != nil {
		return r, r.Problem
	}
	return r, nil
}

// Status tells about the lab of the place; nil if none runs.
func (p Place) Status() (*Status, error) {
	if pid, err := p.holder(); err != nil || pid == 0 {
		return nil, err
	}
	c, err := p.ask(order{Do: doStatus})
	if err != nil {
		return nil, err
	}
	r, err := p.hear(c)
	return r.Status, err
}

// Probe sends probes in the lab and waits so long for answers.
func (p Place) Probe(shots []lab.Shot, patience time.Duration) ([]lab.Packet, error) {
	c, err := p.ask(order{Do: doProbe, Shots: shots, Patience: patience})
	if err != nil {
		return nil, err
	}
	r, err := p.hear(c)
	return r.Packets, err
}

// Run runs a program in the lab with these files as its input and output, hands
// on the signals this process gets, and returns its exit status. Where input and
// output are terminals the program gets one of its own, with jobs, and they are
// raw meanwhile.
func (p Place) Run(command Command, in, out, problems *os.File) (int, error) {
	asked := make(chan os.Signal, 8)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH)
	defer signal.Stop(asked)
	own, err := newTerminal(in, out)
	if err != nil {
		return 0, err
	}
	if own != nil {
		defer own.end()
		if term.IsTerminal(int(problems.Fd())) {
			problems = own.there
		}
		command.Terminal, in, out = true, own.there, own.there
	}
	c, err := p.ask(order{Do: doRun, Command: command}, in, out, problems)
	if own != nil {
		own.there.Close() // the lab has it now
	}
	if err != nil {
		return 0, err
	}
	go func() {
		e := gob.NewEncoder(c)
		for s := range asked {
			_ = e.Encode(signalled{int(s.(syscall.Signal))})
		}
	}()
	r, err := p.hear(c)
	return r.Exit, err
}

// Capture writes the packets of a place of the lab to a file, as pcapng, until so
// many are written, 0 for no limit, or done is closed. It returns how many.
func (p Place) Capture(place string, to *os.File, most int, done <-chan struct{}) (int, error) {
	c, err := p.ask(order{Do: doCapture, Place: place, Most: most}, to)
	if err != nil {
		return 0, err
	}
	go func() {
		<-done
		_ = gob.NewEncoder(c).Encode(signalled{})
	}()
	r, err := p.hear(c)
	return r.Count, err
}

// Down ends the lab of the place and clears the place; was tells whether one
// ran. A keeper that does not answer is killed.
func (p Place) Down() (was bool, err error) {
	pid, err := p.holder()
	if err != nil {
		return false, err
	}
	if pid != 0 {
		was = true
		if c, err := p.ask(order{Do: doStop}); err == nil {
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			_, _ = p.hear(c)
		}
	}
	patience := 10 * time.Second
	if pid == 0 || !p.leaves(pid, patience) {
		if pid != 0 {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
	lock, err := p.lock(patience)
	if errors.Is(err, os.ErrNotExist) {
		return was, nil
	}
	if err != nil {
		return was, problem("", "the process %d of the lab %s does not end: %v", pid, p.Name, err)
	}
	defer lock.Close()
	return was, p.clear()
}

// leaves waits until the process no longer holds the place. One that has not
// opened its socket yet is not waited for.
func (p Place) leaves(pid int, patience time.Duration) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if now, err := p.holder(); err != nil || now != pid {
			return true
		}
		if _, err := os.Stat(p.dir + "/" + socketFile); errors.Is(err, os.ErrNotExist) {
			return false
		}
	}
	return false
}
