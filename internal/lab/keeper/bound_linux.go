package keeper

import (
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// bound is the process a lab is bound to, as its folder in the /proc of those who
// started the lab; nil for none.
func bound() (*os.File, error) {
	text := os.Getenv(EndWith)
	if text == "" {
		return nil, nil
	}
	if _, err := strconv.ParseUint(text, 10, 31); err != nil {
		return nil, problem("", "%s is %q, expected the number of a process", EndWith, text)
	}
	f, err := os.Open(filepath.Join("/proc", text))
	if err != nil {
		return nil, problem("", "the process %s that the lab is to end with is gone", text)
	}
	return f, nil
}

// whenGone calls end when the process has ended. The folder outlives it, but no
// longer has any files.
func whenGone(process *os.File, end func()) {
	for ; ; time.Sleep(200 * time.Millisecond) {
		fd, err := unix.Openat(int(process.Fd()), "stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			end()
			return
		}
		var state [512]byte
		n, err := unix.Read(fd, state[:])
		unix.Close(fd)
		if err != nil || n == 0 {
			end()
			return
		}
	}
}
