package lab

import (
	"encoding/binary"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// forget drops the flow records of all namespaces.
func (r *Running) forget() error {
	for _, n := range r.plan.Namespaces {
		if n.Ruleset == "" || n.Role == Router {
			continue // keeps no state
		}
		if err := r.In(n.Name, flushRecords); err != nil {
			return fmt.Errorf("namespace %s: forget the flow records: %w", n.Name, err)
		}
	}
	return nil
}

// flushRecords asks the kernel to delete every connection tracking entry of the
// namespace of the thread (IPCTNL_MSG_CT_DELETE without attributes).
func flushRecords() error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	const deleteEntries = unix.NFNL_SUBSYS_CTNETLINK<<8 | 2
	m := make([]byte, 20) // a header and a nfgenmsg of any family
	binary.NativeEndian.PutUint32(m[0:], uint32(len(m)))
	binary.NativeEndian.PutUint16(m[4:], deleteEntries)
	binary.NativeEndian.PutUint16(m[6:], unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	if err := unix.Sendto(fd, m, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	reply := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, reply, 0)
	if err != nil {
		return err
	}
	if n < 20 || binary.NativeEndian.Uint16(reply[4:]) != unix.NLMSG_ERROR {
		return fmt.Errorf("the kernel did not answer")
	}
	if code := int32(binary.NativeEndian.Uint32(reply[16:])); code != 0 {
		return syscall.Errno(-code)
	}
	return nil
}
