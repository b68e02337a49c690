package source

import (
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// maxConfiguration bounds a .tf file.
const maxConfiguration = 16 << 20

// Configuration reads the Terraform configuration that paths hold: .tf files,
// and those of folders with all below them, hidden folders left out. They say
// nothing about the network, which a plan of them does; a change can be written
// into them. Files are in the order of the paths, those of a folder by name,
// each once.
func Configuration(paths []string) ([]Input, error) {
	var list []Input
	seen := map[string]bool{}
	read := func(path string) error {
		if abs, err := filepath.Abs(path); err == nil {
			if seen[abs] {
				return nil
			}
			seen[abs] = true
		}
		data, err := document.ReadFile(path, maxConfiguration)
		list = append(list, Input{Name: filepath.ToSlash(path), Data: data})
		return err
	}
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return unreadable(path, err)
			case entry.IsDir() && path != root && skippedFolder(entry.Name()):
				return fs.SkipDir
			case entry.IsDir():
				return nil
			case len(list) == maxFiles:
				return diagnostic.Errorf("too-many-files", diagnostic.Position{File: filepath.ToSlash(root)}, "the folder has more than %d .tf files", maxFiles).
					WithHint("name a folder further down")
			case strings.EqualFold(filepath.Ext(path), ".tf") && isRegular(path, entry) || path == root:
				return read(path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
