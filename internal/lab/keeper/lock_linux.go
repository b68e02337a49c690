package keeper

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// holder is the process that holds the lock of the place, 0 for none. The
// kernel tells, so that a number used again by another process misleads nobody.
func (p Place) holder() (int, error) {
	f, err := os.OpenFile(filepath.Join(p.dir, lockFile), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	l := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &l); err != nil {
		return 0, err
	}
	if l.Type == unix.F_UNLCK {
		return 0, nil
	}
	return int(l.Pid), nil
}

// lock takes the lock of the place for this process, at most after so long. The
// file is open as long as it is held: closing any other opening of it in this
// process would let go of it.
func (p Place) lock(patience time.Duration) (*os.File, error) {
	end := time.Now().Add(patience)
	for {
		f, err := p.tryLock()
		if err == nil || !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EACCES) || time.Now().After(end) {
			return f, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (p Place) tryLock() (*os.File, error) {
	name := filepath.Join(p.dir, lockFile)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart})
	if err == nil && !same(f, name) { // removed meanwhile
		err = unix.EAGAIN
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// same reports whether the open file is the one of that name.
func same(f *os.File, name string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(name)
	return err == nil && os.SameFile(a, b)
}

// clear takes the place away. The caller holds the lock, whose file goes last.
func (p Place) clear() error {
	for _, name := range []string{socketFile, logFile, lockFile} {
		if err := os.Remove(filepath.Join(p.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	_ = os.Remove(p.dir) // somebody may start a lab here now
	return nil
}
