package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/bits"
	"os/exec"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// errNoSolver is returned where the z3 program is not installed.
var errNoSolver = errors.New("the z3 program is not installed")

// smt writes Q1 for an SMT solver as SecGuru does (Jayaraman and others,
// "Automated analysis and debugging of network connectivity policies", 2014):
// a bit vector a field, a disjunction of ranges a set, and the policy as
// nested first matches. Each requirement is one incremental query: is there a
// packet of it that is not allowed?
func smt(policy interval.Policy, wanted []interval.Box) []byte {
	w := smtWriter{names: map[string]string{}}
	w.print("(set-logic QF_BV)\n")
	for f := range interval.Fields {
		w.print("(declare-const %s (_ BitVec %d))\n", smtFields[f].name, smtFields[f].width)
	}
	w.print("(define-fun ports () Bool (or%s))\n", ranges(interval.Protocol, interval.Values(6, 17, 33, 132, 136)))
	w.print("(assert (or ports (and (= sport #x0000) (= dport #x0000))))\n")
	w.print("(define-fun a%d () Bool false)\n", len(policy))
	for i := len(policy) - 1; i >= 0; i-- {
		box := w.box(&policy[i].Box)
		if policy[i].Allow {
			w.print("(define-fun a%d () Bool (or %s a%d))\n", i, box, i+1)
		} else {
			w.print("(define-fun a%d () Bool (and (not %s) a%d))\n", i, box, i+1)
		}
	}
	for i := range wanted {
		box := w.box(&wanted[i])
		w.print("(push)\n(assert (and %s (not a0)))\n(check-sat)\n(pop)\n", box)
	}
	return w.text.Bytes()
}

var smtFields = [interval.Fields]struct {
	name  string
	width int
}{{"src", 32}, {"dst", 32}, {"proto", 8}, {"sport", 16}, {"dport", 16}}

type smtWriter struct {
	text  bytes.Buffer
	names map[string]string // what is defined so far
}

func (w *smtWriter) print(format string, args ...any) { fmt.Fprintf(&w.text, format, args...) }

// set is the name of the condition that the field is in the set.
func (w *smtWriter) set(f interval.Field, s interval.Set) string {
	if s.Equal(f.Any()) {
		return "true"
	}
	condition := "false"
	if len(s) > 0 {
		condition = "(or" + ranges(f, s) + ")"
	}
	key := smtFields[f].name + condition
	name, ok := w.names[key]
	if !ok {
		name = fmt.Sprintf("s%d", len(w.names))
		w.names[key] = name
		w.print("(define-fun %s () Bool %s)\n", name, condition)
	}
	return name
}

// box is the condition that the packet is in the box.
func (w *smtWriter) box(b *interval.Box) string {
	condition := "(and " + w.set(interval.Source, b[interval.Source]) +
		" " + w.set(interval.Destination, b[interval.Destination]) + " " + w.set(interval.Protocol, b[interval.Protocol])
	if !b.AnyPort() {
		condition += " ports " + w.set(interval.SourcePort, b[interval.SourcePort]) +
			" " + w.set(interval.DestinationPort, b[interval.DestinationPort])
	}
	return condition + ")"
}

// ranges is a condition an interval: equality of the high bits where it is a
// prefix, else two comparisons.
func ranges(f interval.Field, s interval.Set) string {
	name, width := smtFields[f].name, smtFields[f].width
	var b strings.Builder
	for _, v := range s {
		low := bits.TrailingZeros64(v.Size())
		switch {
		case v.Size() == 1:
			fmt.Fprintf(&b, " (= %s (_ bv%d %d))", name, v.Lo, width)
		case v.Size() == 1<<low && uint64(v.Lo)&(v.Size()-1) == 0 && low < width:
			fmt.Fprintf(&b, " (= ((_ extract %d %d) %s) (_ bv%d %d))", width-1, low, name, v.Lo>>low, width-low)
		default:
			fmt.Fprintf(&b, " (and (bvule (_ bv%d %d) %s) (bvule %s (_ bv%d %d)))", v.Lo, width, name, name, v.Hi, width)
		}
	}
	return b.String()
}

// solve runs z3 on a text of smt and returns, a query, whether the requirement
// is met, and how long the program used the processor.
func solve(text []byte, limit time.Duration) (met []bool, took time.Duration, err error) {
	path, err := exec.LookPath("z3")
	if err != nil {
		return nil, 0, errNoSolver
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-in", "-smt2")
	cmd.Stdin = bytes.NewReader(text)
	out, err := cmd.Output()
	if cmd.ProcessState != nil {
		took = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if ctx.Err() != nil {
		return nil, took, fmt.Errorf("z3 gave no answer in %v", limit)
	}
	if err != nil {
		return nil, took, fmt.Errorf("z3: %w", err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		switch lines.Text() {
		case "sat":
			met = append(met, false)
		case "unsat":
			met = append(met, true)
		default:
			return nil, took, fmt.Errorf("z3 said %q", lines.Text())
		}
	}
	return met, took, nil
}
