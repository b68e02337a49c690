package lab_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// theServer is the address outside that the recipe of the single address is for.
const theServer = "198.51.100.10"

// program finds a program that the test needs, or skips.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin") {
		path := filepath.Join(folder, name)
		if s, err := os.Stat(path); err == nil && !s.IsDir() {
			return path
		}
	}
	t.Skipf("NOT RUN: the program %s is missing; make deps installs it", name)
	return ""
}

// screen is what a program prints while it runs.
type screen struct {
	sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(data []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.text.Write(data)
}

func (s *screen) String() string {
	s.Lock()
	defer s.Unlock()
	return s.text.String()
}

// sshServer runs OpenSSH's server outside the network, and returns what it logs
// and the arguments with which a client is let in.
func sshServer(t *testing.T, r *lab.Running) (log *screen, client []string) {
	t.Helper()
	sshd, keygen, dir := program(t, "sshd"), program(t, "ssh-keygen"), t.TempDir()
	if os.Geteuid() != 0 {
		t.Skip("NOT RUN: the server needs to be started by root")
	}
	for _, key := range []string{"host", "user"} {
		if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, key)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v: %s", err, out)
		}
	}
	if _, err := os.Stat("/run/sshd"); os.IsNotExist(err) { // where it separates privileges
		if err := os.Mkdir("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Remove("/run/sshd") })
	}
	config := fmt.Sprintf("ListenAddress %s\nPort 22\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\nPidFile none\n"+
		"PermitRootLogin yes\nStrictModes no\nUsePAM no\nUseDNS no\nSubsystem sftp internal-sftp\n", theServer, dir, dir)
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	log = &screen{}
	cmd := exec.Command(sshd, "-D", "-e", "-f", file)
	cmd.Stderr = log
	if err := r.In("internet", cmd.Start); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	within(t, "the server listens", func() bool { return strings.Contains(log.String(), "listening on") })
	return log, []string{"-q", "-F", "none", "-i", filepath.Join(dir, "user"), "-o", "BatchMode=yes", "-o", "GSSAPIAuthentication=no", "-o", "ConnectTimeout=30", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"}
}

func within(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 3000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: not within half a minute", what)
}

// An SFTP server outside logs one address, whichever subnet fetches a file: that
// of the firewall. Without the route it is another.
func TestSFTPThroughTheFirewall(t *testing.T) {
	r := start(t, lab.Compile(ise(t, sftpOnly), nil, plain.Documented()))
	log, client := sshServer(t, r)
	sftp := program(t, "sftp")
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "order.csv"), []byte("10 bolts\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i, subnet := range []string{"a1", "a2", "a3", "a4", "inner"} {
		to := filepath.Join(dir, subnet)
		cmd := exec.Command(sftp, append(client, me.Username+"@"+theServer+":"+dir+"/order.csv", to)...)
		var out []byte
		err := r.In("subnet v/"+subnet, func() (err error) {
			out, err = cmd.CombinedOutput()
			return err
		})
		if data, _ := os.ReadFile(to); err != nil || string(data) != "10 bolts\n" {
			t.Errorf("%s: %v, got %q: %s\n%s", subnet, err, data, out, log)
			continue
		}
		within(t, "the server logs", func() bool { return len(accepted(log)) == i+1 })
	}
	want := "203.0.113.10 203.0.113.10 203.0.113.10 203.0.113.10 192.0.0.16"
	if got := strings.Join(accepted(log), " "); got != want {
		t.Errorf("the server saw %s, want %s", got, want)
	}
}

var acceptedFrom = regexp.MustCompile(`Accepted publickey for \S+ from (\S+) port`)

// accepted are the addresses that the server let in, in order.
func accepted(log *screen) []string {
	var list []string
	for _, m := range acceptedFrom.FindAllStringSubmatch(log.String(), -1) {
		list = append(list, m[1])
	}
	return list
}

// FTP needs more than its port: a rule for port 21 alone lets a client log in
// and no file through; the passive data ports need a rule of their own.
func TestFTPThroughTheFirewall(t *testing.T) {
	control := NetworkRule("ftp", "TCP", "*", theServer, "21")
	for _, c := range []struct {
		what    string
		rules   []Item
		fetched bool
	}{
		{"port 21 alone", []Item{control}, false},
		{"with the data ports", []Item{control, NetworkRule("data", "TCP", "*", theServer, "50000-50010")}, true},
	} {
		r := start(t, lab.Compile(ise(t, Collection("out", 200, azure.FirewallAllow, c.rules...)), nil, plain.Documented()))
		var log screen
		if err := r.In("internet", func() error { return serveFTP(t, &log) }); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program(t, "curl"), "--silent", "--show-error", "--disable-epsv", "--ftp-skip-pasv-ip", "--max-time", "60", "--noproxy", "*", "ftp://"+theServer+"/order.csv")
		var out screen
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := r.In("subnet v/a1", cmd.Start); err != nil {
			t.Fatal(err)
		}
		if !c.fetched { // it waits for the file as long as it may
			within(t, c.what+": the client asks for a data port", func() bool { return strings.Contains(log.String(), "PASV from") })
			time.AfterFunc(2*time.Second, func() { _ = cmd.Process.Kill() })
		}
		_ = cmd.Wait()
		if fetched := strings.Contains(out.String(), "10 bolts"); fetched != c.fetched {
			t.Errorf("%s: fetched %v, want %v: %s", c.what, fetched, c.fetched, out.String())
		}
		if !strings.Contains(log.String(), "USER from 203.0.113.10") {
			t.Errorf("%s: nobody logged in from the firewall's address: %s", c.what, log.String())
		}
		r.Close()
	}
}

// serveFTP serves one passive session of FTP in the namespace of the thread.
func serveFTP(t *testing.T, log *screen) error {
	control, err := net.Listen("tcp4", theServer+":21")
	if err != nil {
		return err
	}
	data, err := net.Listen("tcp4", theServer+":50003")
	if err != nil {
		control.Close()
		return err
	}
	t.Cleanup(func() {
		control.Close()
		data.Close()
	})
	go func() {
		c, err := control.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		from, _, _ := net.SplitHostPort(c.RemoteAddr().String())
		say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
		say("220 ready")
		for lines := bufio.NewScanner(c); lines.Scan(); {
			word, _, _ := strings.Cut(lines.Text(), " ")
			fmt.Fprintf(log, "%s from %s\n", word, from)
			switch word {
			case "USER":
				say("331 and the password")
			case "PASV":
				say("227 entered (" + strings.ReplaceAll(theServer, ".", ",") + fmt.Sprintf(",%d,%d)", 50003>>8, 50003&255))
			case "RETR":
				say("150 here it comes")
				if d, err := data.Accept(); err == nil {
					fmt.Fprint(d, "10 bolts\n")
					d.Close()
				}
				say("226 done")
			case "QUIT":
				say("221 bye")
				return
			case "SIZE", "MDTM":
				say("502 unknown")
			case "PWD":
				say(`257 "/"`)
			default:
				say("200 fine")
			}
		}
	}()
	return nil
}
