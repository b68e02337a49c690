//go:build unix

package bench

import (
	"os"
	"syscall"
)

// peakMegabytes is the greatest resident set of a process that has ended.
func peakMegabytes(s *os.ProcessState) int {
	r, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int(r.Maxrss >> 10) // kilobytes on Linux
}
