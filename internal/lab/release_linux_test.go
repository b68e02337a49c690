package lab

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A connection and a listener of a batch are gone with it, although somebody has a
// copy of their sockets: a program that is being started.
func TestReleasedSocketsAreGone(t *testing.T) {
	at := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	made := func(fd int, err error) int {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return fd
	}
	done := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	listener := made(socket(unix.SOCK_STREAM, 0))
	done(unix.Bind(listener, at))
	done(unix.Listen(listener, 1))
	there, err := unix.Getsockname(listener)
	done(err)
	client := made(socket(unix.SOCK_STREAM, 0))
	done(unix.Bind(client, at))
	here, err := unix.Getsockname(client)
	done(err)
	if err := unix.Connect(client, there); err != nil && err != unix.EINPROGRESS {
		t.Fatal(err)
	}
	for _, fd := range []int{listener, client} {
		copied := made(unix.Dup(fd))
		defer unix.Close(copied)
		release(fd)
	}
	again := made(socket(unix.SOCK_STREAM, 0))
	defer unix.Close(again)
	done(unix.Bind(again, here))
	if err := unix.Connect(again, there); err != unix.EINPROGRESS && err != unix.ECONNREFUSED {
		t.Errorf("connect once more: %v", err)
	}
	if _, err := unix.Poll([]unix.PollFd{{Fd: int32(again), Events: unix.POLLOUT}}, 10_000); err != nil && err != unix.EINTR {
		t.Fatal(err)
	}
	if code, err := unix.GetsockoptInt(again, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != int(unix.ECONNREFUSED) {
		t.Errorf("the released listener still takes connections: %d, %v", code, err)
	}
}
