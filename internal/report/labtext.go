package report

import (
	"fmt"
	"io"

	"github.com/wayleave/wayleave/internal/result"
)

// LabText prints what a lab holds: how many namespaces of each role, and the
// places a program can run in.
func LabText(w io.Writer, l *result.Lab) error {
	b := textWriter(w, false)
	roles := map[string]int{}
	for _, n := range l.Namespaces {
		roles[n.Role]++
	}
	fmt.Fprintf(b, "  %s, %s: %s of subnets, %s of network interfaces",
		plural(len(l.Namespaces), "namespace"), plural(l.Links, "link"), plural(roles["subnet"], "host"), plural(roles["nic"], "host"))
	if n := roles["endpoint"]; n > 0 {
		fmt.Fprintf(b, ", %d of private endpoints", n)
	}
	fmt.Fprintln(b)
	for _, n := range l.Namespaces {
		fmt.Fprintf(b, "  %s\n", n.Name)
	}
	if l.Programs > 0 {
		fmt.Fprintf(b, "  %s running in it\n", plural(l.Programs, "program"))
	}
	return b.Flush()
}
