package lab

import "net/netip"

// Packet is what became of a probe.
type Packet struct {
	// Answered tells that the answer came back to the sender: the handshake and
	// a line of data, the datagram, the echo.
	Answered bool
	// Arrived names the namespace the packet reached, "" for none. Of a TCP
	// handshake whose reply is lost nobody hears.
	Arrived string
	// Seen is the source that the receiver saw; of an echo without port.
	Seen netip.AddrPort
}
