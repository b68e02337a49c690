package keeper

import (
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wayleave/wayleave/internal/lab"
)

// serve takes orders until the listener closes.
func (k *keeper) serve(l *net.UnixListener) {
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			k.obey(c)
		}()
	}
}

// obey carries out one order.
func (k *keeper) obey(c *net.UnixConn) {
	files, err := receiveFiles(c)
	if err != nil {
		return
	}
	defer closeAll(files)
	in, out := gob.NewDecoder(c), gob.NewEncoder(c)
	var o order
	if err := in.Decode(&o); err != nil {
		return
	}
	answer := k.answer(&o, in, files)
	_ = out.Encode(answer)
	if o.Do == doStop {
		k.stop()
	}
}

func (k *keeper) answer(o *order, in *gob.Decoder, files []*os.File) reply {
	switch {
	case o.Version != version:
		return reply{Problem: problem("wayleave lab down with the program that started it", "the lab was started by another version of this program")}
	case o.Do == doStatus:
		return reply{Status: k.status()}
	case o.Do == doProbe:
		return k.probe(o)
	case o.Do == doRun:
		return k.run(&o.Command, in, files)
	case o.Do == doCapture:
		return k.capture(o, in, files)
	case o.Do == doStop:
		return reply{}
	}
	return reply{Problem: problem("", "the lab cannot %q", o.Do)}
}

// probe sends probes. Where a program of the lab listens at the destination of one
// the probe's own receiver has no room.
func (k *keeper) probe(o *order) reply {
	packets, err := k.running.Send(o.Shots, min(o.Patience, time.Minute))
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		return reply{Problem: problem("end the program, or probe another port", "a program that runs in the lab has the address and port of a probe: %v", err)}
	case err != nil:
		return reply{Problem: problem("", "%v", err)}
	}
	return reply{Packets: packets}
}

func (k *keeper) status() *Status {
	s := &Status{Facts: k.facts, Links: len(k.plan.Links)}
	devices := map[string][]string{}
	for _, l := range k.plan.Links {
		for _, e := range []lab.End{l.A, l.B} {
			devices[e.Namespace] = append(devices[e.Namespace], e.Device)
		}
	}
	for _, n := range k.plan.Namespaces {
		s.Namespaces = append(s.Namespaces, Namespace{n.Name, n.Role, devices[n.Name]})
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	s.Programs = k.programs
	return s
}

// run runs a program with the files of the command as its input and output. It
// gets the signals the command sends, and is killed when the command is gone.
func (k *keeper) run(c *Command, in *gob.Decoder, files []*os.File) reply {
	namespace, wrong := k.find(c.Namespace)
	if wrong != nil {
		return reply{Problem: wrong}
	}
	if len(files) != 3 || len(c.Argv) == 0 {
		return reply{Problem: problem("", "no program is named")}
	}
	path, err := lookPath(c)
	if err != nil {
		return reply{Problem: problem("", "%v", err)}
	}
	cmd := &exec.Cmd{
		Path: path, Args: c.Argv, Env: append(c.Env, "WAYLEAVE_LAB="+namespace), Dir: c.Dir,
		Stdin: files[0], Stdout: files[1], Stderr: files[2], SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: c.Terminal},
	}
	if err := k.running.In(namespace, cmd.Start); err != nil {
		return reply{Problem: problem("", "%v", err)}
	}
	closeAll(files) // a terminal ends for its other side with the last program that has it
	k.count(1)
	defer k.count(-1)
	var ended atomic.Bool
	go func() {
		for {
			s := signalled{int(syscall.SIGKILL)}
			err := in.Decode(&s)
			if ended.Load() {
				return
			}
			_ = syscall.Kill(-cmd.Process.Pid, syscall.Signal(s.Number))
			if err != nil {
				return
			}
		}
	}()
	err = cmd.Wait()
	ended.Store(true)
	var failed *exec.ExitError
	switch {
	case err == nil:
		return reply{}
	case !errors.As(err, &failed):
		return reply{Problem: problem("", "%v", err)}
	}
	if s := failed.Sys().(syscall.WaitStatus); s.Signaled() {
		return reply{Exit: 128 + int(s.Signal())}
	}
	return reply{Exit: failed.ExitCode()}
}

// capture writes the packets of a place until the command sends a signal or is
// gone.
func (k *keeper) capture(o *order, in *gob.Decoder, files []*os.File) reply {
	namespace, wrong := k.find(o.Place)
	if wrong != nil {
		return reply{Problem: wrong}
	}
	if len(files) != 1 {
		return reply{Problem: problem("", "there is no file to write to")}
	}
	stopped := make(chan struct{})
	go func() {
		_ = in.Decode(&signalled{})
		close(stopped)
	}()
	_ = files[0].Truncate(0) // of a pipe there is nothing to truncate
	count, err := k.running.Capture(namespace, files[0], o.Most, stopped)
	if err != nil {
		return reply{Problem: problem("", "%v", err)}
	}
	return reply{Count: count}
}

func (k *keeper) count(n int) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.programs += n
}

// lookPath finds the program of a command in the command's own PATH.
func lookPath(c *Command) (string, error) {
	name := c.Argv[0]
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, e := range slices.Backward(c.Env) {
		list, ok := strings.CutPrefix(e, "PATH=")
		if !ok {
			continue
		}
		for _, folder := range append(strings.Split(list, ":"), "/usr/sbin", "/sbin") {
			if path := folder + "/" + name; unix.Access(path, unix.X_OK) == nil && !isFolder(path) {
				return path, nil
			}
		}
		break
	}
	return "", fmt.Errorf("there is no program %q", name)
}

func isFolder(path string) bool {
	s, err := os.Stat(path)
	return err != nil || s.IsDir()
}

// find is the namespace that a user means: its name, or that of its subnet,
// network/subnet or network interface.
func (k *keeper) find(name string) (string, *Error) {
	var found, all []string
	for _, n := range k.plan.Namespaces {
		all = append(all, n.Name)
		_, bare, _ := strings.Cut(n.Name, " ")
		_, subnet, _ := strings.Cut(bare, "/")
		switch {
		case strings.EqualFold(n.Name, name) || strings.EqualFold(string(n.Resource), name) && n.Role != lab.Router && n.Role != lab.Edge:
			return n.Name, nil
		case strings.EqualFold(bare, name) && n.Role != lab.Router && n.Role != lab.Edge, strings.EqualFold(subnet, name) && n.Role == lab.SubnetHosts:
			found = append(found, n.Name)
		}
	}
	switch len(found) {
	case 0:
		return "", problem("places: "+strings.Join(all, ", "), "the lab has no subnet, network interface or other place %q", name)
	case 1:
		return found[0], nil
	}
	return "", problem("say one of "+strings.Join(found, ", "), "%q is several places of the lab", name)
}

// receiveFiles reads the byte that opens a conversation and the files with it.
func receiveFiles(c *net.UnixConn) ([]*os.File, error) {
	oob := make([]byte, unix.CmsgSpace(4*4))
	n, oobn, _, _, err := c.ReadMsgUnix(make([]byte, 1), oob)
	if err != nil || n != 1 {
		return nil, fmt.Errorf("no order: %w", err)
	}
	messages, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil {
		return nil, err
	}
	var files []*os.File
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			continue
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "file of a command"))
		}
	}
	return files, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}
