package lab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Programs says which of the programs that a lab calls is missing; nil for none.
func Programs() error {
	for _, program := range []string{"ip", "nft"} {
		if _, err := find(program); err != nil {
			return fmt.Errorf("the program %s is missing; Debian has it in the packages iproute2 and nftables", program)
		}
	}
	return nil
}

// Missing says what this machine lacks to run a lab, with what helps; nil if
// it lacks nothing.
func Missing() error {
	if err := Programs(); err != nil {
		return err
	}
	err := apart(func() error { return unix.Unshare(unix.CLONE_NEWNET) })
	if err != nil {
		return fmt.Errorf("no new network namespaces here (%w): be root, or allow user namespaces", err)
	}
	return nil
}

// find looks for a program, also where ordinary users do not.
func find(program string) (string, error) {
	if path, err := exec.LookPath(program); err == nil {
		return path, nil
	}
	for _, folder := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin"} {
		if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// ip runs commands of ip in a namespace.
func (r *Running) ip(namespace string, commands []string) error {
	err := r.run(namespace, strings.Join(commands, "\n")+"\n", "ip", "-batch", "-")
	var line int
	if err != nil {
		text := err.Error()
		if i := strings.Index(text, "Command failed -:"); i >= 0 {
			if _, scan := fmt.Sscanf(text[i:], "Command failed -:%d", &line); scan == nil && line > 0 && line <= len(commands) {
				return fmt.Errorf("%w in %q", err, commands[line-1])
			}
		}
	}
	return err
}

// run runs a program in a namespace with a text as its input. The program ends
// with this process.
func (r *Running) run(namespace, input string, program string, arguments ...string) error {
	path, err := find(program)
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return r.In(namespace, func() error {
		var out bytes.Buffer
		cmd := exec.Command(path, arguments...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &out
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		err := cmd.Run()
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			return fmt.Errorf("%s: %s", program, strings.TrimSpace(out.String()))
		}
		return err
	})
}
