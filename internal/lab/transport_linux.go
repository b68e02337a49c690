package lab

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// accept takes the connections of a listener; each is expected to say which
// flight it is, and is sent it back.
func (f *flight) accept(listener int, namespace string) {
	for {
		fd, from, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		err = f.loop.watch(fd, unix.EPOLLIN, func() {
			data := make([]byte, 64)
			n, err := unix.Read(fd, data)
			of := f.loop.flightOf(data[:max(n, 0)])
			switch {
			case of != nil:
				of.arrived(namespace, from, true)
				_, _ = unix.Write(fd, of.payload())
				f.loop.change(fd, 0)
			case err != nil && temporary(err):
			default:
				f.loop.drop(fd)
			}
		})
		if err != nil {
			unix.Close(fd)
		}
	}
}

// greet sends the flight's name once the handshake is done.
func (f *flight) greet(fd int) {
	if code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
		f.loop.drop(fd)
		return
	}
	if _, err := unix.Write(fd, f.payload()); err != nil {
		f.loop.drop(fd)
		return
	}
	f.loop.ready[fd] = func() { f.hear(fd) }
	f.loop.change(fd, unix.EPOLLIN)
}

// hear takes the answer of a connection or a datagram.
func (f *flight) hear(fd int) {
	data := make([]byte, 64)
	n, err := unix.Read(fd, data)
	switch {
	case n > 0 && f.mine(data[:n]):
		f.answer.Answered = true
	case err != nil && temporary(err), f.probe.Protocol == UDP:
		return // an ICMP error does not end a datagram's wait
	}
	f.loop.drop(fd)
	f.again = nil
}

// receive answers datagrams.
func (f *flight) receive(fd int, namespace string) {
	data := make([]byte, 64)
	for {
		n, from, err := unix.Recvfrom(fd, data, 0)
		if err != nil {
			return
		}
		if of := f.loop.flightOf(data[:n]); of != nil {
			of.arrived(namespace, from, true)
			_ = unix.Sendto(fd, of.payload(), 0, from)
		}
	}
}

// Types of ICMP messages.
const (
	echoReplyType   = 0
	echoRequestType = 8
)

// echoRequest is an ICMP echo request with its checksum.
func echoRequest(id uint16, payload []byte) []byte {
	m := append([]byte{echoRequestType, 0, 0, 0, byte(id >> 8), byte(id), 0, 1}, payload...)
	sum := uint32(0)
	for i := 0; i+1 < len(m); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(m[i:]))
	}
	if len(m)%2 == 1 {
		sum += uint32(m[len(m)-1]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(m[2:], ^uint16(sum))
	return m
}

// echo reports whether a raw packet is an echo message of a type that carries
// the flight's payload.
func (f *flight) echo(packet []byte, kind byte) bool {
	if len(packet) < 20 {
		return false
	}
	header := int(packet[0]&15) * 4
	return len(packet) >= header+8 && packet[header] == kind && f.mine(packet[header+8:])
}

// overhear notes echo requests, which the kernel answers.
func (f *flight) overhear(fd int, namespace string) {
	data := make([]byte, 128)
	for {
		n, from, err := unix.Recvfrom(fd, data, 0)
		if err != nil {
			return
		}
		if f.echo(data[:n], echoRequestType) {
			f.arrived(namespace, from, false)
		}
	}
}

// hearEcho takes the reply.
func (f *flight) hearEcho(fd int) {
	data := make([]byte, 128)
	for {
		n, _, err := unix.Recvfrom(fd, data, 0)
		if err != nil {
			return
		}
		if f.echo(data[:n], echoReplyType) {
			f.answer.Answered = true
		}
	}
}
