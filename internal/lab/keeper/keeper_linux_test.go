package keeper_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/lab/keeper"
	"github.com/wayleave/wayleave/internal/plain"
)

// The test program is also the keeper that it starts, and a command that starts
// one and may be killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "lab" {
		if err := other(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Setenv(keeper.EndWith, strconv.Itoa(os.Getpid())) // should nobody clear up
	os.Exit(m.Run())
}

func other(what, folder string) error {
	if what == "keep" {
		return keeper.Keep(folder, os.Stdin, os.NewFile(3, "ready"))
	}
	if what == "listen" {
		if _, err := net.Listen("tcp4", folder); err != nil {
			return err
		}
		fmt.Println("listening")
		time.Sleep(time.Minute)
		return nil
	}
	p, err := keeper.Find("test", folder, os.Getenv)
	if err != nil {
		return err
	}
	switch what {
	case "up-bound":
		os.Setenv(keeper.EndWith, strconv.Itoa(os.Getpid()))
		if err := p.Up(keeper.Facts{}, plan()); err != nil {
			return err
		}
		fmt.Println("up")
		time.Sleep(time.Minute)
		return nil
	case "up":
		return p.Up(keeper.Facts{Digest: "d"}, plan())
	case "down":
		_, err = p.Down()
	case "sleep":
		_, err = p.Run(keeper.Command{Namespace: "app", Argv: []string{"sleep", "60"}, Env: os.Environ()}, os.Stdin, os.Stdout, os.Stderr)
	}
	return err
}

// network is small, so that a random moment falls into each step of its start.
func network() *azure.Network {
	n, _ := Build(VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", DenyOut(100, "tcp", "*", "*", "81"))), Subnet("db", "10.1.2.0/24")))
	return n
}

func plan() *lab.Plan { return lab.Compile(network(), nil, plain.Documented()) }

// place is the place of a lab that the test leaves nothing of.
func place(t *testing.T) (keeper.Place, string) {
	t.Helper()
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no lab is started: %v", err)
	}
	folder := t.TempDir()
	p, err := keeper.Find("test", folder, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := p.Down(); err != nil {
			t.Error(err)
		}
	})
	return p, folder
}

// A lab from up to down.
func TestLifeOfALab(t *testing.T) {
	p, folder := place(t)
	if s, err := p.Status(); s != nil || err != nil {
		t.Fatalf("before up: %v %v", s, err)
	}
	if err := p.Up(keeper.Facts{Digest: "d"}, plan()); err != nil {
		t.Fatal(err)
	}
	s, err := p.Status()
	if err != nil || s == nil || s.Digest != "d" || len(s.Namespaces) != 5 {
		t.Fatalf("status: %+v %v", s, err)
	}
	var again *keeper.Error
	if err := p.Up(keeper.Facts{}, plan()); !errors.As(err, &again) || !strings.Contains(again.Message, "running already") {
		t.Errorf("up again: %v", err)
	}
	probe(t, p)
	if was, err := p.Down(); !was || err != nil {
		t.Errorf("down: %v %v", was, err)
	}
	if was, err := p.Down(); was || err != nil {
		t.Errorf("down again: %v %v", was, err)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("down leaves %v", left)
	}
}

// shots are handshakes from app to db.
func shots(t *testing.T, ports ...uint16) []lab.Shot {
	t.Helper()
	var list []lab.Shot
	for _, port := range ports {
		s, err := plan().Shot(lab.Probe{
			Protocol: lab.TCP, From: SubnetID("v", "app"), Source: netip.MustParseAddr("10.1.1.4"),
			Destination: netip.MustParseAddr("10.1.2.4"), DestinationPort: port,
		})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

// probe sends packets that a group allows and denies. The answer that is expected
// may take as long as a busy machine needs.
func probe(t *testing.T, p keeper.Place) {
	t.Helper()
	for _, c := range []struct {
		port     uint16
		answered bool
		patience time.Duration
	}{{80, true, 20 * time.Second}, {81, false, 300 * time.Millisecond}} {
		packets, err := p.Probe(shots(t, c.port), c.patience)
		if err != nil {
			t.Fatal(err)
		}
		if packets[0].Answered != c.answered {
			t.Errorf("port %d: answered %v, want %v", c.port, packets[0].Answered, c.answered)
		}
	}
}

// A program sees the lab and nothing else, and its status is that of the command.
func TestRun(t *testing.T) {
	p, _ := place(t)
	if err := p.Up(keeper.Facts{}, plan()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, namespace string
		argv            []string
		status          int
		output, problem string
	}{
		{"in a subnet", "app", []string{"ip", "-br", "-4", "address", "show", "eth0"}, 0, "10.1.1.4/32", ""},
		{"in network/subnet", "v/db", []string{"ip", "-br", "-4", "address", "show", "eth0"}, 0, "10.1.2.4/32", ""},
		{"outside", "internet", []string{"sh", "-c", "echo out; exit 7"}, 7, "out\n", ""},
		{"killed", "internet", []string{"sh", "-c", "kill -9 $$"}, 128 + 9, "", ""},
		{"nowhere", "nowhere", []string{"true"}, 0, "", `the lab has no subnet, network interface or other place "nowhere"`},
		{"no program", "app", []string{"no-such-program"}, 0, "", `there is no program "no-such-program"`},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		status, err := p.Run(keeper.Command{Namespace: c.namespace, Argv: c.argv, Env: os.Environ()}, os.Stdin, w, os.Stderr)
		w.Close()
		output, _ := io.ReadAll(r)
		r.Close()
		problem := ""
		if err != nil {
			problem = err.Error()
		}
		if status != c.status || !strings.Contains(string(output), c.output) || problem != c.problem {
			t.Errorf("%s: status %d, output %q, problem %q", c.what, status, output, problem)
		}
	}
}

// A probe to where a program of the lab listens says so.
func TestProbeBesideAProgram(t *testing.T) {
	p, _ := place(t)
	if err := p.Up(keeper.Facts{}, plan()); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		defer w.Close()
		_, _ = p.Run(keeper.Command{Namespace: "db", Argv: []string{self, "lab", "listen", "10.1.2.4:80"}, Env: os.Environ()}, os.Stdin, w, os.Stderr)
	}()
	if text, _ := bufio.NewReader(r).ReadString('\n'); text != "listening\n" {
		t.Fatalf("the program says %q", text)
	}
	var refused *keeper.Error
	if _, err := p.Probe(shots(t, 80), time.Second); !errors.As(err, &refused) || !strings.Contains(refused.Message, "a program that runs in the lab has the address and port of a probe") || len(refused.Hints) != 1 {
		t.Errorf("got %v", err)
	}
}

// The lab leaves nothing behind, whatever is killed at whatever moment, and the
// network of the machine is not touched.
func TestKilledAtAnyMoment(t *testing.T) {
	_, folder := place(t)
	before := machine(t)
	rounds := 40
	if testing.Short() {
		rounds = 12
	}
	for i := range rounds {
		state := filepath.Join(folder, strconv.Itoa(i))
		p, err := keeper.Find("test", state, os.Getenv)
		if err != nil {
			t.Fatal(err)
		}
		moment := rand.N(200 * time.Millisecond)
		var seen []string
		var ends []*exec.Cmd
		what := []string{"the command up", "the keeper while it starts", "the keeper while a program runs", "the command that runs a program", "the command down"}[i%5]
		switch what {
		case "the command up":
			up := start(t, "up", state)
			time.Sleep(moment)
			kill(up)
		case "the keeper while it starts":
			up := start(t, "up", state)
			time.Sleep(moment)
			killKeepers(state)
			_ = up.Wait()
		default:
			if err := start(t, "up", state).Wait(); err != nil {
				t.Fatalf("up: %v", err)
			}
			program := start(t, "sleep", state)
			time.Sleep(moment)
			seen = namespaces(state)
			switch what {
			case "the command that runs a program":
				kill(program)
			case "the command down":
				down := start(t, "down", state)
				time.Sleep(moment / 10)
				kill(down)
			default:
				killKeepers(state)
			}
			if what == "the command that runs a program" {
				gone(t, what, func() []string { return programs(state, "sleep") })
			} else {
				ends = append(ends, program)
			}
		}
		if what == "the keeper while a program runs" { // without anybody's help
			gone(t, what, func() []string { return held(seen) })
		}
		if _, err := p.Down(); err != nil {
			t.Errorf("%s is killed after %v, then down: %v", what, moment, err)
		}
		for _, c := range ends {
			_ = c.Wait()
		}
		gone(t, what, func() []string { return programs(state, "") })
		gone(t, what, func() []string { return held(seen) })
		if left, _ := os.ReadDir(state); len(left) > 0 {
			t.Errorf("%s is killed after %v: %v is left", what, moment, left)
		}
	}
	if after := machine(t); after != before {
		t.Errorf("the network of the machine has changed:\n%s\nit was\n%s", after, before)
	}
}

// A lab that is bound to a process ends with it, although the process is killed.
func TestBoundToAProcess(t *testing.T) {
	_, folder := place(t)
	cmd := exec.Command("/proc/self/exe", "lab", "up-bound", folder)
	cmd.Env = append(os.Environ(), "WAYLEAVE_LAB_TEST="+folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if text, _ := bufio.NewReader(out).ReadString('\n'); text != "up\n" {
		t.Fatalf("got %q", text)
	}
	seen := namespaces(folder)
	if len(seen) == 0 {
		t.Error("the lab holds no namespaces")
	}
	kill(cmd)
	gone(t, "the process", func() []string { return programs(folder, "") })
	gone(t, "the process", func() []string { return held(seen) })
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// start runs this program as another command.
func start(t *testing.T, what, state string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "lab", what, state)
	cmd.Env = append(os.Environ(), "WAYLEAVE_LAB_TEST="+state)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func kill(c *exec.Cmd) {
	_ = c.Process.Kill()
	_ = c.Wait()
}

// programs are the living processes that know the folder, by number and name.
func programs(state, name string) []string {
	var list []string
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, f := range folders {
		env, err := os.ReadFile(f + "/environ")
		if err != nil || !bytes.Contains(env, []byte("="+state+"\x00")) {
			continue
		}
		comm, _ := os.ReadFile(f + "/comm")
		if text := strings.TrimSpace(string(comm)); name == "" || text == name {
			list = append(list, filepath.Base(f)+" "+text)
		}
	}
	return list
}

// killKeepers kills the processes that hold a lab.
func killKeepers(state string) {
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, f := range folders {
		line, err := os.ReadFile(f + "/cmdline")
		if pid, _ := strconv.Atoi(filepath.Base(f)); err == nil && bytes.Contains(line, []byte("\x00keep\x00"+state+"/")) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// namespaces are the network namespaces that the processes of a lab hold.
func namespaces(state string) []string {
	own, _ := os.Readlink("/proc/thread-self/ns/net") // the first thread may be elsewhere
	var list []string
	for _, p := range programs(state, "") {
		pid, _, _ := strings.Cut(p, " ")
		links, _ := filepath.Glob("/proc/" + pid + "/fd/*")
		for _, l := range append(links, "/proc/"+pid+"/ns/net") {
			if to, err := os.Readlink(l); err == nil && strings.HasPrefix(to, "net:[") && to != own {
				list = append(list, to)
			}
		}
	}
	return list
}

// held are those of the namespaces that a process of the machine still holds.
func held(wanted []string) []string {
	var list []string
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	more, _ := filepath.Glob("/proc/[0-9]*/task/*/ns/net")
	for _, l := range append(links, more...) {
		to, err := os.Readlink(l)
		for _, w := range wanted {
			if err == nil && to == w {
				list = append(list, l+" "+to)
			}
		}
	}
	return list
}

// gone waits a little for a list to become empty.
func gone(t *testing.T, what string, list func() []string) {
	t.Helper()
	var left []string
	for range 2000 {
		if left = list(); len(left) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s is killed: %s is left", what, strings.Join(left, ", "))
}

// machine is the network of the machine: links, routes, rules, mounts of
// namespaces.
func machine(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, line := range []string{"ip -o link", "ip rule", "ip route show table all", "ip netns list", "nft list ruleset"} {
		words := strings.Fields(line)
		out, err := exec.Command(words[0], words[1:]...).Output()
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		fmt.Fprintf(&b, "%s\n%s", line, out)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	return countdown.ReplaceAllString(b.String(), "") + string(mounts)
}

// countdown is what is left of the life of a route or address.
var countdown = regexp.MustCompile(` (expires|valid_lft|preferred_lft) \d+sec`)

// An ordinary user runs a lab in a user namespace.
func TestAsOrdinaryUser(t *testing.T) {
	p, folder := place(t)
	if os.Geteuid() != 0 {
		t.Skip("NOT RUN: root alone can become another user")
	}
	const nobody = 65534
	if err := errors.Join(os.Chmod(filepath.Dir(folder), 0o711), os.Chown(folder, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe", "lab", "up", folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if bytes.Contains(out, []byte("not permitted")) {
		t.Skipf("NOT RUN: no user namespaces here: %s", out)
	}
	if err != nil {
		t.Fatalf("up: %v: %s", err, out)
	}
	probe(t, p)
}
