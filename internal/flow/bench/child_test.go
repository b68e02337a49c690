package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
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
	if err := json.NewEncoder(os.Stdout).Encode(task.run()); err != nil {
		os.Exit(2)
	}
}

// usage is what a child process took.
type usage struct {
	result
	megabytes int // greatest resident set
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
	decodeErr := json.NewDecoder(out).Decode(&u.result)
	if err := cmd.Wait(); err != nil {
		return usage{}, fmt.Errorf("%s stopped: %w", t, err)
	}
	if decodeErr != nil {
		return usage{}, decodeErr
	}
	u.megabytes = peakMegabytes(cmd.ProcessState)
	return u, nil
}
