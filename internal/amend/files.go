package amend

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Save writes the changed files. It writes none where one is not as it was read;
// each is replaced as a whole, with its permissions kept.
func Save(changes []Change) error {
	for _, c := range changes {
		now, err := os.ReadFile(c.Path)
		if err != nil || !bytes.Equal(now, c.Old) {
			return diagnostic.Errorf("file-changed", diagnostic.Position{File: c.Path}, "the file is not as it was when it was read; nothing is written").
				WithHint("run the command again")
		}
	}
	for _, c := range changes {
		if err := replace(c.Path, c.New); err != nil {
			return diagnostic.Errorf("unwritable-file", diagnostic.Position{File: c.Path}, "cannot write: %v", err).
				WithHint("check the permissions of the file and its folder")
		}
	}
	return nil
}

// replace gives a file another content in one step; behind a link it is the
// file that the link names.
func replace(path string, data []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".wayleave-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // gone once it was renamed
	_, err = temporary.Write(data)
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(temporary.Name(), info.Mode().Perm())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", temporary.Name(), err)
	}
	return os.Rename(temporary.Name(), path)
}
