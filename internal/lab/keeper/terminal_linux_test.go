package keeper

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// A shell at a terminal has a terminal of its own in the lab: of the same size,
// with interrupts from the keyboard, and the user's is as before when it ends.
func TestRunAtATerminal(t *testing.T) {
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no lab is started: %v", err)
	}
	n := azuretest.Net(t, azuretest.VNet("v", "10.1.0.0/16", azuretest.Subnet("app", "10.1.1.0/24")))
	p := Place{Name: "test", dir: filepath.Join(t.TempDir(), "lab")}
	t.Cleanup(func() { _, _ = p.Down() })
	if err := p.Up(Facts{}, lab.Compile(n, nil, plain.Documented())); err != nil {
		t.Fatal(err)
	}
	screen, user, err := openTerminal()
	if err != nil {
		t.Skipf("NOT RUN: no terminals here: %v", err)
	}
	defer user.Close()
	if err := unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 33, Col: 77}); err != nil {
		t.Fatal(err)
	}
	before, err := unix.IoctlGetTermios(int(user.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	var shown screenText
	go func() {
		data := make([]byte, 1024)
		for typed := false; ; {
			n, err := screen.Read(data)
			if err != nil {
				return
			}
			if text := shown.add(data[:n]); !typed && strings.Contains(text, "ready") {
				_, _ = screen.WriteString("\x03")
				typed = true
			}
		}
	}()
	const script = `trap "echo interrupted; exit 5" INT; set -m; set +m; stty size </dev/tty; echo ready; while :; do sleep 0.05; done`
	status, err := p.Run(Command{Namespace: "app", Argv: []string{"sh", "-c", script}, Env: os.Environ()}, user, user, user)
	if status != 5 || err != nil {
		t.Errorf("status %d, %v; want 5", status, err)
	}
	after, err := unix.IoctlGetTermios(int(user.Fd()), unix.TCGETS)
	if err != nil || *after != *before {
		t.Errorf("the user's terminal is %+v (%v), it was %+v", after, err, before)
	}
	for range 500 {
		if strings.Contains(shown.add(nil), "interrupted") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if text := shown.add(nil); !strings.Contains(text, "33 77\r\n") || !strings.Contains(text, "interrupted") || strings.Contains(text, "job control") {
		t.Errorf("the terminal shows %q", text)
	}
}

// screenText is what a terminal has shown.
type screenText struct {
	mutex sync.Mutex
	text  string
}

func (s *screenText) add(data []byte) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.text += string(data)
	return s.text
}
