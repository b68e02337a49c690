package lab_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// notifying tells of its first write.
type notifying struct {
	bytes.Buffer
	once  sync.Once
	began chan struct{}
}

func (n *notifying) Write(data []byte) (int, error) {
	n.once.Do(func() { close(n.began) })
	return n.Buffer.Write(data)
}

// A capture at the firewall shows a packet twice: as it comes, and translated.
func TestCapture(t *testing.T) {
	r := start(t, lab.Compile(ise(t, sftpOnly), nil, plain.Documented()))
	out := &notifying{began: make(chan struct{})}
	stopped, done := make(chan struct{}), make(chan int)
	go func() {
		n, err := r.Capture("firewall fw", out, 0, stopped)
		if err != nil {
			t.Error(err)
		}
		done <- n
	}()
	<-out.began
	ask(t, r, tcp(SubnetID("v", "a1"), "10.10.0.4", theServer, 22), true)
	close(stopped)
	count := <-done
	packets := readCapture(t, out.Bytes())
	if len(packets) != count || count < 8 {
		t.Errorf("%d packets are counted and %d written", count, len(packets))
	}
	for _, want := range []string{
		"lb in 10.10.0.4 -> 198.51.100.10", "out out 203.0.113.10 -> 198.51.100.10",
		"eth0 in 198.51.100.10 -> 203.0.113.10", "eth0 out 198.51.100.10 -> 10.10.0.4",
	} {
		if !slices.Contains(packets, want) {
			t.Errorf("no packet %q in\n%s", want, strings.Join(packets, "\n"))
		}
	}
}

// readCapture reads pcapng as its specification has it: a line a packet.
func readCapture(t *testing.T, data []byte) []string {
	t.Helper()
	var devices, packets []string
	for len(data) > 0 {
		kind, length := binary.LittleEndian.Uint32(data), int(binary.LittleEndian.Uint32(data[4:]))
		if length%4 != 0 || length > len(data) || binary.LittleEndian.Uint32(data[length-4:]) != uint32(length) {
			t.Fatalf("a block of %d bytes is not whole", length)
		}
		body := data[8 : length-4]
		data = data[length:]
		switch kind {
		case 1:
			if link := binary.LittleEndian.Uint16(body); link != 228 {
				t.Errorf("the link type is %d, expected 228, which tcpdump reads of several devices", link)
			}
			size := binary.LittleEndian.Uint16(body[10:])
			devices = append(devices, string(body[12:12+size]))
		case 6:
			device, size := binary.LittleEndian.Uint32(body), binary.LittleEndian.Uint32(body[12:])
			packet := body[20 : 20+size]
			options := body[20+(size+3)/4*4:]
			direction := map[uint32]string{1: "in", 2: "out"}[binary.LittleEndian.Uint32(options[4:])]
			from, _ := netip.AddrFromSlice(packet[12:16])
			to, _ := netip.AddrFromSlice(packet[16:20])
			packets = append(packets, fmt.Sprintf("%s %s %v -> %v", devices[device], direction, from, to))
		}
	}
	return packets
}
