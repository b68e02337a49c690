package lab

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// Capture writes the packets of a namespace as pcapng until so many are written,
// 0 for no limit, or stopped is closed. It returns how many it wrote. What comes
// before its first write is not captured, everything after is.
func (r *Running) Capture(namespace string, w io.Writer, most int, stopped <-chan struct{}) (int, error) {
	var devices []net.Interface
	fd := -1
	err := r.In(namespace, func() (err error) {
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(swap(unix.ETH_P_ALL))); err != nil {
			return fmt.Errorf("packet socket: %w", err)
		}
		devices, err = net.Interfaces()
		return err
	})
	if fd >= 0 {
		defer unix.Close(fd)
	}
	if err != nil {
		return 0, err
	}
	timeout := unix.NsecToTimeval(int64(50 * time.Millisecond))
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		return 0, err
	}
	var names []string
	number := map[int]int{}
	for i, d := range devices {
		names, number[d.Index] = append(names, d.Name), i
	}
	out := pcapng{w}
	if err := out.start(names); err != nil {
		return 0, err
	}
	return capture(fd, out, number, most, stopped)
}

func capture(fd int, out pcapng, number map[int]int, most int, stopped <-chan struct{}) (int, error) {
	data := make([]byte, snapLength)
	count, flags := 0, 0
	var end time.Time
	for most == 0 || count < most {
		n, from, err := unix.Recvfrom(fd, data, flags)
		if err != nil && !temporary(err) {
			return count, fmt.Errorf("capture: %w", err)
		}
		if flags != 0 && (err != nil || time.Now().After(end)) {
			return count, nil
		}
		link, ok := from.(*unix.SockaddrLinklayer)
		device, known := -1, false
		if ok {
			device, known = number[link.Ifindex]
		}
		if err == nil && known && link.Protocol == swap(unix.ETH_P_IP) {
			if err := out.packet(device, time.Now(), link.Pkttype == unix.PACKET_OUTGOING, data[:n]); err != nil {
				if errors.Is(err, unix.EPIPE) {
					return count, nil // the reader has enough
				}
				return count, err
			}
			count++
		}
		select {
		case <-stopped: // what has come by now is still written
			stopped, flags, end = nil, unix.MSG_DONTWAIT, time.Now().Add(time.Second)
		default:
		}
	}
	return count, nil
}

// swap is a protocol number in the order of the network.
func swap(n uint16) uint16 { return n<<8 | n>>8 }
