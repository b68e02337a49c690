package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Running is a plan that Linux holds. The namespaces have no name in the
// system: open files keep them, so that they are gone with the process that
// started them, however it ends. Its methods may be called concurrently, but
// for Close.
type Running struct {
	plan *Plan
	// open are the namespaces by name.
	open map[string]*os.File
	// probing is held by the probes, which share ports and flow records.
	probing sync.Mutex
}

// Start makes the namespaces of a plan. It needs the right to make network
// namespaces ([Missing] tells) and touches no namespace but those it makes.
func Start(plan *Plan) (*Running, error) {
	if err := Missing(); err != nil {
		return nil, err
	}
	r := &Running{plan: plan, open: map[string]*os.File{}}
	if err := r.start(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Running) start() error {
	for _, n := range r.plan.Namespaces {
		file, err := create(n)
		if err != nil {
			return fmt.Errorf("namespace %s: %w", n.Name, err)
		}
		r.open[n.Name] = file
	}
	if err := r.links(); err != nil {
		return err
	}
	return r.each(r.plan.Namespaces, func(n *Namespace) error {
		if err := r.ip(n.Name, n.Commands); err != nil {
			return fmt.Errorf("namespace %s: %w", n.Name, err)
		}
		if n.Ruleset == "" {
			return nil
		}
		if err := r.load(n.Name, n.Ruleset); err != nil {
			return fmt.Errorf("namespace %s: %w", n.Name, err)
		}
		return r.In(n.Name, func() error { return set(n.Sysctls, true) })
	})
}

// load loads a ruleset, in pieces if it is more than the kernel takes at once.
func (r *Running) load(namespace, ruleset string) error {
	err := r.run(namespace, ruleset, "nft", "-f", "-")
	if err == nil || !strings.Contains(err.Error(), "Message too long") {
		return err
	}
	for _, piece := range pieces(ruleset) {
		if err := r.run(namespace, piece, "nft", "-f", "-"); err != nil {
			return err
		}
	}
	return nil
}

// Close takes everything away.
func (r *Running) Close() {
	for _, f := range r.open {
		f.Close()
	}
	r.open = nil
}

// path is a file that stands for a namespace as long as this process lives. The
// process may have another number in its own PID namespace than in /proc.
func (r *Running) path(namespace string) (string, error) {
	self, err := os.Readlink("/proc/self")
	return fmt.Sprintf("/proc/%s/fd/%d", self, r.open[namespace].Fd()), err
}

// create makes one namespace with its settings.
func create(n *Namespace) (*os.File, error) {
	var file *os.File
	err := apart(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("no new network namespace: %w", err)
		}
		err := set(n.Sysctls, false)
		if err != nil {
			return err
		}
		file, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	return file, err
}

// set makes the settings of the namespace of the thread: those of netfilter,
// which exist when it has been used, or the others.
func set(sysctls []string, netfilter bool) error {
	for _, s := range sysctls {
		name, value, _ := strings.Cut(s, "=")
		if strings.HasPrefix(name, "netfilter/") != netfilter {
			continue
		}
		err := os.WriteFile(filepath.Join("/proc/sys/net", name), []byte(value), 0)
		if errors.Is(err, os.ErrNotExist) && strings.HasPrefix(name, "ipv6/") {
			continue // a kernel without IPv6
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// apart runs f on a thread of its own, which is never used again: whatever f
// does to the thread ends with it.
func apart(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- f()
	}()
	return <-done
}

// In runs f on a thread in a namespace. A program that f starts runs there too.
func (r *Running) In(namespace string, f func() error) error {
	file := r.open[namespace]
	if file == nil {
		return fmt.Errorf("there is no namespace %q", namespace)
	}
	return apart(func() error {
		if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("cannot enter %s: %w", namespace, err)
		}
		return f()
	})
}

// each calls f for all namespaces, a few at a time, and returns the first
// error.
func (r *Running) each(list []*Namespace, f func(*Namespace) error) error {
	work := make(chan *Namespace)
	problems := make(chan error, len(list))
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for n := range work {
				problems <- f(n)
			}
		})
	}
	for _, n := range list {
		work <- n
	}
	close(work)
	wait.Wait()
	close(problems)
	var first error
	for err := range problems {
		first = firstError(first, err)
	}
	return first
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// links makes all links at once, from within one of the namespaces.
func (r *Running) links() error {
	var commands []string
	for _, l := range r.plan.Links {
		a, err := r.path(l.A.Namespace)
		if err != nil {
			return err
		}
		b, err := r.path(l.B.Namespace)
		if err != nil {
			return err
		}
		commands = append(commands, fmt.Sprintf("link add %s address %s netns %s type veth peer name %s address %s netns %s",
			l.A.Device, l.Hardware, a, l.B.Device, l.Hardware, b))
	}
	if len(commands) == 0 {
		return nil
	}
	return r.ip(r.plan.Namespaces[0].Name, commands)
}
