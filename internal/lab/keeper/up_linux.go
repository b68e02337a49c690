package keeper

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/wayleave/wayleave/internal/lab"
)

// Up starts a lab. It is up when Up returns without error, and else, also if
// the process is killed meanwhile, nothing of it remains but the folder. The
// program itself is started again as "lab keep FOLDER", which must call [Keep].
func (p Place) Up(f Facts, plan *lab.Plan) error {
	if err := lab.Programs(); err != nil {
		return problem("apt-get install nftables iproute2", "%v", err)
	}
	if err := p.make(); err != nil {
		return err
	}
	if pid, err := p.holder(); err != nil {
		return err
	} else if pid != 0 {
		return problem("wayleave lab down, or another --name", "a lab %s is running already", p.Name)
	}
	k, err := p.spawn()
	if err != nil {
		return missing(err)
	}
	defer k.process.Release()
	defer k.in.Close()
	defer k.ready.Close()
	if err := gob.NewEncoder(k.in).Encode(start{f, *plan}); err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	line, err := bufio.NewReader(k.ready).ReadString('\n')
	if text := strings.TrimSpace(line); text != "" {
		return missing(errors.New(text))
	}
	if err != nil {
		return problem("its last words: "+filepath.Join(p.dir, logFile), "the process of the lab ended at once")
	}
	_, err = k.in.Write([]byte{1})
	return err
}

// make makes the folder of the place, which nobody else may enter.
func (p Place) make() error {
	if err := os.MkdirAll(filepath.Dir(p.dir), 0o755); err != nil {
		return problem("--state FOLDER says where", "%v", err)
	}
	if err := os.Mkdir(p.dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return problem("--state FOLDER says where", "%v", err)
	}
	s, err := os.Lstat(p.dir)
	if err != nil {
		return err
	}
	owner := s.Sys().(*syscall.Stat_t).Uid
	if !s.IsDir() || s.Mode().Perm()&0o077 != 0 || int(owner) != os.Geteuid() {
		return problem("remove it, or name another with --state", "%s is no folder of yours alone", p.dir)
	}
	return nil
}

// spawned is a keeper that has just been started.
type spawned struct {
	process *os.Process
	in      io.WriteCloser
	ready   io.ReadCloser
}

func (p Place) spawn() (*spawned, error) {
	in, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	read, ready, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ready.Close()
	log, err := os.OpenFile(filepath.Join(p.dir, logFile), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := &exec.Cmd{
		Path: "/proc/self/exe", Args: []string{os.Args[0], "lab", "keep", p.dir}, Dir: "/", Env: append(os.Environ(), "WAYLEAVE_LAB_FOLDER="+p.dir),
		Stdin: in, Stdout: log, Stderr: log, ExtraFiles: []*os.File{ready}, SysProcAttr: apart(),
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &spawned{cmd.Process, write, read}, nil
}

// apart gives the keeper its own namespaces; whoever lacks the right to make
// them makes a user namespace first, in which they have it.
func apart() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true, Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET}
	if !mayAdminister() {
		a.Cloneflags |= unix.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	return a
}

// mayAdminister reports whether this process has CAP_SYS_ADMIN and
// CAP_NET_ADMIN.
func mayAdminister() bool {
	var data [2]unix.CapUserData
	if err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &data[0]); err != nil {
		return false
	}
	const both = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_NET_ADMIN
	return data[0].Effective&both == both
}

// missing says what this machine lacks, as far as an error tells.
func missing(err error) error {
	why := &Error{Message: fmt.Sprintf("no lab can run here: %v", err)}
	for _, c := range []struct{ file, bad, hint string }{
		{"/proc/sys/user/max_user_namespaces", "0", "user namespaces are off: sysctl user.max_user_namespaces=10000, or run as root"},
		{"/proc/sys/user/max_net_namespaces", "0", "network namespaces are off: sysctl user.max_net_namespaces=10000"},
		{"/proc/sys/kernel/unprivileged_userns_clone", "0", "ordinary users may not make user namespaces: sysctl kernel.unprivileged_userns_clone=1, or run as root"},
		{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor restricts user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or run as root"},
	} {
		if data, err := os.ReadFile(c.file); err == nil && strings.TrimSpace(string(data)) == c.bad {
			why.Hints = append(why.Hints, c.hint)
		}
	}
	if len(why.Hints) == 0 && strings.Contains(err.Error(), "not permitted") {
		why.Hints = append(why.Hints, "run as root; in a container, with the right CAP_SYS_ADMIN (docker run --privileged)")
	}
	return why
}
