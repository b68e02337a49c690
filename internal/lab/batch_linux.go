package lab

import (
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batchSize bounds the sockets that are open at once.
const batchSize = 400

// Probe sends the probes for real, many at a time, and waits so long for
// answers. The answers stand in the order of the probes. Each starts without
// the flow records of those before it.
func (r *Running) Probe(probes []Probe, patience time.Duration) ([]Packet, error) {
	shots := make([]Shot, len(probes))
	for i, p := range probes {
		var err error
		if shots[i], err = r.plan.Shot(p); err != nil {
			return nil, err
		}
	}
	return r.Send(shots, patience)
}

// Send is Probe for probes that are aimed already.
func (r *Running) Send(shots []Shot, patience time.Duration) ([]Packet, error) {
	r.probing.Lock()
	defer r.probing.Unlock()
	answers := make([]Packet, len(shots))
	for _, batch := range batches(shots) {
		if err := r.forget(); err != nil {
			return nil, err
		}
		if err := r.batch(shots, batch, patience, answers); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// batches parts the probes so that no two in a batch could be taken for one
// flow: those between the same two ends, in either direction, and those of one
// source port whose destination and source a firewall may translate alike.
func batches(shots []Shot) [][]int {
	type flow struct {
		protocol uint8
		a, b     netip.AddrPort
	}
	var list [][]int
	var used []map[flow]bool
	for i, s := range shots {
		p := s.Probe
		f := flow{p.Protocol, netip.AddrPortFrom(p.Source, p.SourcePort), netip.AddrPortFrom(p.Destination, p.DestinationPort)}
		switch {
		case s.Translated:
			f.a, f.b = netip.AddrPortFrom(netip.Addr{}, p.SourcePort), netip.AddrPort{}
		case f.b.Compare(f.a) < 0:
			f.a, f.b = f.b, f.a
		}
		k := 0
		for k < len(list) && (used[k][f] || len(list[k]) >= batchSize) {
			k++
		}
		if k == len(list) {
			list, used = append(list, nil), append(used, map[flow]bool{})
		}
		list[k], used[k][f] = append(list[k], i), true
	}
	return list
}

// batch sends some of the probes at once. Receivers listen before anybody
// sends.
func (r *Running) batch(shots []Shot, which []int, patience time.Duration, answers []Packet) error {
	loop, err := newLoop()
	if err != nil {
		return err
	}
	defer loop.close()
	flights := make([]*flight, len(which))
	loop.flights = flights
	listen, send := map[string][]func() error{}, map[string][]func() error{}
	for k, i := range which {
		s := shots[i]
		f := &flight{probe: s.Probe, id: uint16(k + 1), loop: loop, answer: &answers[i]}
		flights[k] = f
		for _, r := range s.Receivers {
			listen[r.Namespace] = append(listen[r.Namespace], func() error { return f.listen(r) })
		}
		send[s.Sender] = append(send[s.Sender], func() error { return f.send(s.Device) })
	}
	for _, step := range []map[string][]func() error{listen, send} {
		for namespace, calls := range step {
			err := r.In(namespace, func() error { return inTurn(calls) })
			if err != nil {
				return fmt.Errorf("in %s: %w", namespace, err)
			}
		}
	}
	return loop.run(flights, patience)
}

func inTurn(calls []func() error) error {
	for i, call := range calls {
		if err := call(); err != nil {
			return err
		}
		if i%50 == 49 {
			time.Sleep(time.Millisecond) // the queue of a link is short
		}
	}
	return nil
}

// loop waits for many sockets at once. It belongs to one goroutine.
type loop struct {
	poll int
	// ready says what to do when a socket can be read or written.
	ready map[int]func()
	// flights by id, which counts from 1. Several may listen at one address, and
	// the kernel hands a packet to any of them.
	flights []*flight
}

func newLoop() (*loop, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	return &loop{poll: poll, ready: map[int]func(){}}, err
}

// watch calls f whenever the socket is ready for the events, and closes it with
// the loop.
func (l *loop) watch(fd int, events uint32, f func()) error {
	l.ready[fd] = f
	return unix.EpollCtl(l.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

// change sets the events of a socket.
func (l *loop) change(fd int, events uint32) {
	_ = unix.EpollCtl(l.poll, unix.EPOLL_CTL_MOD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

// drop closes one socket.
func (l *loop) drop(fd int) {
	delete(l.ready, fd)
	release(fd)
}

func (l *loop) close() {
	for fd := range l.ready {
		release(fd)
	}
	unix.Close(l.poll)
}

// release disconnects a socket and closes it. Closing alone would not do: a program
// that this process starts has a copy of the socket until it runs, which on a busy
// machine is long enough to be in the way of the next batch.
func release(fd int) {
	nobody := unix.RawSockaddr{Family: unix.AF_UNSPEC}
	_, _, _ = unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&nobody)), unsafe.Sizeof(nobody))
	unix.Close(fd)
}

// run waits until every flight has its answer or patience ends. Datagrams are
// sent again, as the kernel repeats handshakes.
func (l *loop) run(flights []*flight, patience time.Duration) error {
	start := time.Now()
	again := []time.Duration{patience / 4, patience / 2}
	events := make([]unix.EpollEvent, 256)
	for {
		passed := time.Since(start)
		if passed > patience || all(flights) {
			return nil
		}
		if len(again) > 0 && passed > again[0] {
			again = again[1:]
			for _, f := range flights {
				f.repeat()
			}
		}
		n, err := unix.EpollWait(l.poll, events, 20)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("epoll: %w", err)
		}
		for _, e := range events[:n] {
			if f := l.ready[int(e.Fd)]; f != nil {
				f()
			}
		}
	}
}

func all(flights []*flight) bool {
	for _, f := range flights {
		if !f.answer.Answered {
			return false
		}
	}
	return true
}
