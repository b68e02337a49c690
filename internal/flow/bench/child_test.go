package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Memory and hard limits are measured in a process of its own: the test
// binary runs itself with a task in the environment.
const childVariable = "WAYLEAVE_BENCH_CHILD"

func TestMain(m *testing.M) {
	text := os.Getenv(childVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var task task
	if err := json.Unmarshal([]byte(text), &task); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(usage{task.run(), peakMegabytes()}); err != nil {
		os.Exit(2)
	}
}

// usage is what a child process reports.
type usage struct {
	result
	Megabytes int // greatest resident set, 0 if unknown
}

// peakMegabytes is the greatest resident set of this process so far, 0 where
// the system does not tell. (What wait4 tells of a child includes its parent,
// from which it was forked.)
func peakMegabytes() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
			return kilobytes >> 10
		}
	}
	return 0
}

// inChild runs a task in a process of its own, for at most limit.
func inChild(t task, limit time.Duration) (usage, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return usage{}, err
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return usage{}, err
	}
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	stop := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	var u usage
	decodeErr := json.NewDecoder(out).Decode(&u)
	if err := cmd.Wait(); err != nil {
		return usage{}, fmt.Errorf("%s stopped: %w", t, err)
	}
	return u, decodeErr
}
