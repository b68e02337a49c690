package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/appliance"
)

// maxFiles bounds how many files of a folder are read: whoever names the root
// of a disk by mistake gets an answer soon.
const maxFiles = 10_000

var errTooManyFiles = errors.New("too many files")

// path reads a file, a folder or standard input.
func (l *loader) path(path string) {
	if path == "-" {
		if l.once("-") {
			l.read("-")
		}
		return
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		l.report(unreadable(path, err))
	case info.IsDir():
		l.folder(path)
	case l.once(path):
		l.read(path)
	}
}

func (l *loader) folder(path string) {
	f := &folder{path: path}
	l.folders = append(l.folders, f)
	l.inFolder = f
	defer func() { l.inFolder = nil }()
	err := filepath.WalkDir(path, func(p string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.report(unreadable(p, err))
			f.failed++
			if entry != nil && entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			if p != path && skippedFolder(entry.Name()) {
				return fs.SkipDir
			}
			return nil
		case !wanted(entry.Name()) || !isRegular(p, entry):
			return nil
		case len(f.looked) == maxFiles:
			return errTooManyFiles
		}
		f.looked = append(f.looked, entry.Name())
		if l.once(p) {
			l.read(p)
		} else {
			f.used++ // read by way of another path
		}
		return nil
	})
	if errors.Is(err, errTooManyFiles) {
		f.failed++
		l.report(diagnostic.Errorf("too-many-files", diagnostic.Position{File: filepath.ToSlash(path)}, "the folder has more than %d files to read", maxFiles).
			WithHint("name the files, or a folder further down"))
	}
}

// skippedFolder tells folders that hold tools' own files.
func skippedFolder(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules"
}

// wanted tells the files of a folder that may hold a network.
func wanted(name string) bool {
	if strings.HasPrefix(name, ".") {
		return false
	}
	if appliance.Recognise(name) {
		return true
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json", ".jsonc", ".tfstate", ".csv":
		return true
	}
	return false
}

// isRegular leaves out pipes and devices, on which reading might never end.
func isRegular(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular() // a broken link is reported when read
}

func unreadable(path string, err error) diagnostic.Diagnostic {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	d := diagnostic.Errorf("unreadable-file", diagnostic.Position{File: filepath.ToSlash(path)}, "cannot read: %v", err)
	if errors.Is(err, fs.ErrNotExist) {
		return d.WithHint("check the name; the current folder is where the command was started")
	}
	return d
}
