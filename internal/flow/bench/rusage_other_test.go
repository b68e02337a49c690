//go:build !unix

package bench

import "os"

// peakMegabytes is not known here.
func peakMegabytes(*os.ProcessState) int { return 0 }
