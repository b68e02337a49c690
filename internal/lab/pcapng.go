package lab

import (
	"bytes"
	"encoding/binary"
	"io"
	"time"
)

// pcapng writes packets in the pcapng format, as raw IPv4 with the name of their
// device and their direction. Tools for captures read it; of several devices
// libpcap refuses those of the older link type for raw IP.
type pcapng struct{ w io.Writer }

// Blocks and options of the format.
const (
	sectionBlock   = 0x0a0d0d0a
	interfaceBlock = 1
	packetBlock    = 6
	linkIPv4       = 228
	optionName     = 2
	optionFlags    = 2
	optionUnit     = 9
	snapLength     = 65535
)

// start writes the header, and the devices, which packets name by their place
// in the list.
func (p pcapng) start(devices []string) error {
	var b bytes.Buffer
	header := binary.LittleEndian.AppendUint32(nil, 0x1a2b3c4d)
	header = binary.LittleEndian.AppendUint16(header, 1) // version 1.0
	header = binary.LittleEndian.AppendUint16(header, 0)
	block(&b, sectionBlock, binary.LittleEndian.AppendUint64(header, ^uint64(0)))
	for _, name := range devices {
		body := binary.LittleEndian.AppendUint16(nil, linkIPv4)
		body = binary.LittleEndian.AppendUint16(body, 0)
		body = binary.LittleEndian.AppendUint32(body, snapLength)
		body = option(body, optionName, []byte(name))
		body = option(body, optionUnit, []byte{9}) // nanoseconds
		block(&b, interfaceBlock, option(body, 0, nil))
	}
	_, err := p.w.Write(b.Bytes())
	return err
}

// packet writes one packet of a device.
func (p pcapng) packet(device int, at time.Time, outbound bool, data []byte) error {
	stamp := uint64(at.UnixNano())
	body := binary.LittleEndian.AppendUint32(nil, uint32(device))
	body = binary.LittleEndian.AppendUint32(body, uint32(stamp>>32))
	body = binary.LittleEndian.AppendUint32(body, uint32(stamp))
	body = binary.LittleEndian.AppendUint32(body, uint32(len(data)))
	body = binary.LittleEndian.AppendUint32(body, uint32(len(data)))
	body = padded(append(body, data...))
	flags := uint32(1)
	if outbound {
		flags = 2
	}
	body = option(body, optionFlags, binary.LittleEndian.AppendUint32(nil, flags))
	var b bytes.Buffer
	block(&b, packetBlock, option(body, 0, nil))
	_, err := p.w.Write(b.Bytes())
	return err
}

func block(b *bytes.Buffer, kind uint32, body []byte) {
	length := uint32(12 + len(body))
	b.Write(binary.LittleEndian.AppendUint32(nil, kind))
	b.Write(binary.LittleEndian.AppendUint32(nil, length))
	b.Write(body)
	b.Write(binary.LittleEndian.AppendUint32(nil, length))
}

func option(body []byte, code uint16, value []byte) []byte {
	body = binary.LittleEndian.AppendUint16(body, code)
	body = binary.LittleEndian.AppendUint16(body, uint16(len(value)))
	return padded(append(body, value...))
}

func padded(data []byte) []byte {
	for len(data)%4 != 0 {
		data = append(data, 0)
	}
	return data
}
