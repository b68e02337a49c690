package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// flight is one probe on its way.
type flight struct {
	probe Probe
	// id tells the packets of this flight from those of others in its batch.
	id     uint16
	loop   *loop
	answer *Packet
	// again sends the packet once more; nil where the kernel does.
	again func()
}

// payload is what packets carry: the flight they belong to.
func (f *flight) payload() []byte {
	return binary.BigEndian.AppendUint16([]byte("wayleave"), f.id)
}

// flightOf finds the flight that data begins with the payload of, or nil.
func (l *loop) flightOf(data []byte) *flight {
	if len(data) < 10 {
		return nil
	}
	id := int(binary.BigEndian.Uint16(data[8:]))
	if id < 1 || id > len(l.flights) || !l.flights[id-1].mine(data) {
		return nil
	}
	return l.flights[id-1]
}

// mine reports whether data begins with the payload of the flight.
func (f *flight) mine(data []byte) bool {
	want := f.payload()
	return len(data) >= len(want) && string(data[:len(want)]) == string(want)
}

// arrived notes that a packet of the flight reached a namespace.
func (f *flight) arrived(namespace string, from unix.Sockaddr, port bool) {
	a, ok := from.(*unix.SockaddrInet4)
	if !ok {
		return
	}
	f.answer.Arrived = namespace
	f.answer.Seen = netip.AddrPortFrom(netip.AddrFrom4(a.Addr), 0)
	if port {
		f.answer.Seen = netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	}
}

func (f *flight) repeat() {
	if f.again != nil && !f.answer.Answered {
		f.again()
	}
}

func address(a netip.Addr, port uint16) unix.Sockaddr {
	return &unix.SockaddrInet4{Addr: a.As4(), Port: int(port)}
}

// socket makes a socket in the namespace of the thread. Several may share an
// address; a closed connection leaves nothing behind.
func socket(kind, protocol int) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err == nil && kind == unix.SOCK_STREAM {
		err = errors.Join(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1),
			unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
	}
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("socket option: %w", err)
	}
	return fd, nil
}

// listen makes the receiver of the flight in the namespace of the thread.
func (f *flight) listen(r Receiver) error {
	p, to, namespace := f.probe, r.Address.Addr(), r.Namespace
	if to.IsMulticast() || to == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return nil // nobody has such an address
	}
	kind, protocol := kindOf(p.Protocol)
	fd, err := socket(kind, protocol)
	if err != nil {
		return err
	}
	if err := unix.Bind(fd, address(to, r.Address.Port())); err != nil {
		unix.Close(fd)
		return fmt.Errorf("%v: bind the receiver: %w", p, err)
	}
	switch p.Protocol {
	case TCP:
		if err := unix.Listen(fd, 64); err != nil {
			unix.Close(fd)
			return fmt.Errorf("%v: listen: %w", p, err)
		}
		return f.loop.watch(fd, unix.EPOLLIN, func() { f.accept(fd, namespace) })
	case UDP:
		return f.loop.watch(fd, unix.EPOLLIN, func() { f.receive(fd, namespace) })
	}
	return f.loop.watch(fd, unix.EPOLLIN, func() { f.overhear(fd, namespace) })
}

func kindOf(protocol uint8) (kind, number int) {
	switch protocol {
	case TCP:
		return unix.SOCK_STREAM, 0
	case UDP:
		return unix.SOCK_DGRAM, 0
	}
	return unix.SOCK_RAW, unix.IPPROTO_ICMP
}

// send sends the packet from the namespace of the thread.
func (f *flight) send(device string) error {
	p := f.probe
	kind, protocol := kindOf(p.Protocol)
	fd, err := socket(kind, protocol)
	if err != nil {
		return err
	}
	if device != "" {
		if err := unix.BindToDevice(fd, device); err != nil {
			unix.Close(fd)
			return fmt.Errorf("%v: bind to %s: %w", p, device, err)
		}
	}
	if err := unix.Bind(fd, address(p.Source, p.SourcePort)); err != nil {
		unix.Close(fd)
		return fmt.Errorf("%v: bind the sender: %w", p, err)
	}
	err = unix.Connect(fd, address(p.Destination, p.DestinationPort))
	if refused(err) {
		unix.Close(fd)
		return nil
	}
	if err != nil && !errors.Is(err, unix.EINPROGRESS) {
		unix.Close(fd)
		return fmt.Errorf("%v: connect: %w", p, err)
	}
	switch p.Protocol {
	case TCP:
		return f.loop.watch(fd, unix.EPOLLOUT, func() { f.greet(fd) })
	case UDP:
		f.again = func() { _, _ = unix.Write(fd, f.payload()) }
		f.again()
		return f.loop.watch(fd, unix.EPOLLIN, func() { f.hear(fd) })
	}
	f.again = func() { _, _ = unix.Write(fd, echoRequest(f.id, f.payload())) }
	f.again()
	return f.loop.watch(fd, unix.EPOLLIN, func() { f.hearEcho(fd) })
}

// refused reports whether Linux itself does not send to such a destination:
// multicast and broadcast, which no network carries either (FAB-1).
func refused(err error) bool {
	return errors.Is(err, unix.ENETUNREACH) || errors.Is(err, unix.EACCES)
}

// temporary reports whether a read or write is to be tried again.
func temporary(err error) bool {
	return errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) || errors.Is(err, os.ErrDeadlineExceeded)
}
