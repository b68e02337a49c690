package source

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/csv"
)

// isTable tells a table of rules: by the ending of its name where it has one,
// else by its first line.
func isTable(path string, data []byte) bool {
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		return true
	}
	if text := bytes.TrimSpace(data[:min(len(data), 4096)]); len(text) > 0 && strings.ContainsRune("{[/", rune(text[0])) {
		return false
	}
	return csv.Recognise(data)
}

// readTable reads a table. In a folder, one of other things is passed over.
func (l *loader) readTable(path string, data []byte) {
	name := filepath.ToSlash(path)
	if l.inFolder != nil && !csv.Recognise(data) {
		l.report(diagnostic.Infof("skipped", diagnostic.Position{File: name, Line: 1, Column: 1}, "skipped: no table of security rules or prefixes"))
		return
	}
	f := &file{path: path, form: tableForm, inventory: csv.Read(name, data), folder: l.inFolder}
	l.count(f)
	l.files = append(l.files, f)
}
