package project

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Find reads the project file beside the inputs: in a folder that is an input,
// else in the folder of a file. Standard input and addresses of live
// subscriptions stand in the current folder, and so does no path at all. There
// may be one project file or none, which gives nil; folders above are not
// looked at.
func Find(paths []string) (*File, diagnostic.List) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var found string
	for _, path := range paths {
		file := filepath.Join(folder(path), Name)
		info, err := os.Stat(file)
		if err != nil || info.IsDir() || found != "" && same(found, file) {
			continue
		}
		if found != "" {
			return nil, diagnostic.List{diagnostic.Errorf("several-projects", whole(file), "a second project file, expected one for all inputs").
				WithRelated(whole(found), "the first").
				WithHint("choose one with --project FILE, or --project none")}
		}
		found = file
	}
	if found == "" {
		return nil, nil
	}
	return Read(found)
}

// folder is where the project file of an input would be.
func folder(path string) string {
	if path == "-" || strings.Contains(path, "://") {
		return "."
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return path
	}
	return filepath.Dir(path)
}

func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

func whole(file string) diagnostic.Position {
	return diagnostic.Position{File: filepath.ToSlash(file)}
}
