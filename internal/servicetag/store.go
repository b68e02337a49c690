package servicetag

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// Store keeps imported service-tag files in a folder, one a cloud and change
// number:
//
//	DIR/service-tags/Public/375-ServiceTags_Public_20251028.json
//
// Every file is written beside its place and then renamed, so readers never
// meet half of one.
type Store struct{ dir string }

// NewStore returns the store in the folder dir (see DataDir), which need not
// exist.
func NewStore(dir string) Store { return Store{filepath.Join(dir, "service-tags")} }

// Stored is one file of a store.
type Stored struct {
	// Cloud and ChangeNumber say which data it is.
	Cloud, ChangeNumber string
	// Source is the name of the file that was imported, without its folder.
	Source string
	// Date is the day of the data as far as Source tells, else zero.
	Date time.Time
	// Path is where the store keeps it.
	Path string

	number uint64
}

// Import reads the service-tag file at path, refuses it like Load if anything
// is wrong with it, and copies it into the store. It replaces data of the same
// cloud and change number; known is set if the store had exactly this file.
func (s Store) Import(path string) (kept Stored, known bool, err error) {
	data, err := document.ReadFile(path, maxFile)
	if err != nil {
		return Stored{}, false, err
	}
	c, err := Parse(filepath.ToSlash(path), data)
	if err != nil {
		return Stored{}, false, err
	}
	name := c.ChangeNumber() + "-" + safeName(c.Source())
	folder := filepath.Join(s.dir, CloudName(c.Cloud()))
	kept, _ = storedAt(CloudName(c.Cloud()), filepath.Join(folder, name))
	if old, err := os.ReadFile(kept.Path); err == nil && bytes.Equal(old, data) {
		return kept, true, nil
	}
	if err := writeFile(kept.Path, data); err != nil {
		return Stored{}, false, unwritable(kept.Path, err)
	}
	return kept, false, s.removeOthers(kept)
}

// removeOthers removes data of the same cloud and number under another name.
func (s Store) removeOthers(kept Stored) error {
	all, err := s.List()
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Cloud == kept.Cloud && other.number == kept.number && other.Path != kept.Path {
			if err := os.Remove(other.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return unwritable(other.Path, err)
			}
		}
	}
	return nil
}

// List returns what the store holds: clouds in alphabetical order, within a
// cloud the newest first. A store that does not exist is empty. Files that are
// not the store's own are passed over.
func (s Store) List() ([]Stored, error) {
	clouds, err := readFolder(s.dir)
	if err != nil {
		return nil, err
	}
	var all []Stored
	for _, cloud := range clouds {
		if !cloud.IsDir() || !isWord(cloud.Name()) {
			continue
		}
		files, err := readFolder(filepath.Join(s.dir, cloud.Name()))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			path := filepath.Join(s.dir, cloud.Name(), file.Name())
			if entry, ok := storedAt(cloud.Name(), path); ok && file.Type().IsRegular() {
				all = append(all, entry)
			}
		}
	}
	slices.SortFunc(all, func(a, b Stored) int {
		return cmp.Or(cmp.Compare(a.Cloud, b.Cloud), cmp.Compare(b.number, a.number), cmp.Compare(a.Path, b.Path))
	})
	return all, nil
}

// Newest returns the stored data of a cloud with the greatest change number,
// the cloud named as in CloudName. Without a name it is the only cloud of the
// store, or Public among several. ok is false if the store has no such data.
func (s Store) Newest(cloud string) (newest Stored, ok bool, err error) {
	all, err := s.List()
	if err != nil {
		return Stored{}, false, err
	}
	if cloud == "" {
		cloud = "Public"
		if len(all) > 0 && all[0].Cloud == all[len(all)-1].Cloud {
			cloud = all[0].Cloud
		}
	}
	for _, entry := range all {
		if fold(entry.Cloud) == fold(CloudName(cloud)) {
			return entry, true, nil
		}
	}
	return Stored{}, false, nil
}

// Load reads stored data. Its Source is the name of the file imported.
func (e Stored) Load() (*Catalogue, error) {
	c, err := Load(e.Path)
	if err != nil {
		return nil, err
	}
	c.source, c.date = e.Source, e.Date
	return c, nil
}

// storedAt reads the description of a stored file out of its path.
func storedAt(cloud, path string) (Stored, bool) {
	number, source, ok := strings.Cut(filepath.Base(path), "-")
	n, err := strconv.ParseUint(number, 10, 63)
	if !ok || source == "" || err != nil {
		return Stored{}, false
	}
	return Stored{cloud, number, source, dateOf(source), path, n}, true
}

// safeName returns a file name for any system: letters, digits and "._-" of
// the given one, at most 100 bytes.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < 0x80 && (isLetter(byte(r)) || isDigit(byte(r)) || strings.ContainsRune("._-", r)) {
			return r
		}
		return '_'
	}, name)
	return name[max(0, len(name)-100):]
}

// writeFile puts data at path in one step.
func writeFile(path string, data []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, "import-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once the file has its name
	_, err = f.Write(data)
	err = cmp.Or(err, f.Chmod(0o644), f.Sync())
	if err = cmp.Or(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func readFolder(dir string) ([]fs.DirEntry, error) {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, diagnostic.Errorf("unreadable-file", diagnostic.Position{File: filepath.ToSlash(dir)}, "cannot read: %v", plain(err))
	}
	return list, nil
}

func unwritable(path string, err error) error {
	return diagnostic.Errorf("unwritable-file", diagnostic.Position{File: filepath.ToSlash(path)}, "cannot write: %v", plain(err)).
		WithHint("set %s to a folder that can be written", DataDirEnv)
}

// plain takes the path off an error of the system: the position has it.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// noData is the error where data is needed and there is none.
func noData() diagnostic.Diagnostic {
	return diagnostic.Errorf("no-service-tag-data", diagnostic.Position{}, "no service-tag data is loaded").
		WithHint("import Microsoft's weekly file: wayleave tags import FILE (download: https://www.microsoft.com/download/details.aspx?id=56519)")
}
