package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Load reads the JSON file at path. A file larger than the limit is refused
// before it is read. Every error is a Diagnostic.
func Load(path string, o Options) (*Document, error) {
	data, err := ReadFile(path, o.withDefaults(DefaultMaxBytes).MaxBytes)
	if err != nil {
		return nil, err
	}
	return Parse(filepath.ToSlash(path), data, o)
}

// Read reads one JSON file from r, at most o.MaxBytes and one byte of it, with
// buffers of about twice that while it reads; name
// is the File of its positions, "-" for standard input. Every error is a
// Diagnostic.
func Read(name string, r io.Reader, o Options) (*Document, error) {
	data, err := ReadAll(name, r, o.withDefaults(DefaultMaxBytes).MaxBytes)
	if err != nil {
		return nil, err
	}
	return Parse(name, data, o)
}

// ReadFile returns the bytes of the file at path, and an error if they are more
// than maxBytes; its buffers take about twice that at most. Every error is a
// Diagnostic.
func ReadFile(path string, maxBytes int64) ([]byte, error) {
	name := filepath.ToSlash(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unreadable(name, err)
	}
	if info.IsDir() {
		return nil, diagnostic.Errorf("unreadable-file", diagnostic.Position{File: name}, "a folder, expected a file").
			WithHint("name the file in it")
	}
	if info.Mode().IsRegular() && info.Size() > maxBytes {
		return nil, tooLarge(name, maxBytes)
	}
	return readAll(name, f, maxBytes, info.Size())
}

// ReadAll returns what r holds to its end, and an error if that is more than
// maxBytes; name is the File of its position. Every error is a Diagnostic.
func ReadAll(name string, r io.Reader, maxBytes int64) ([]byte, error) {
	return readAll(name, r, maxBytes, 0)
}

// mostChunk bounds the buffers in which what comes without a size is collected.
const mostChunk = 32 << 20

// readAll reads r to its end. size is what is probably there, 0 if unknown. What
// is refused has taken the limit and one buffer of memory.
func readAll(name string, r io.Reader, maxBytes, size int64) ([]byte, error) {
	const first = 64 << 10
	most := maxBytes + 1 // one byte to see the limit passed
	var full [][]byte
	before := int64(0) // bytes in full
	data := make([]byte, 0, min(max(size+1, first), most))
	for {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case before+int64(len(data)) > maxBytes:
			return nil, tooLarge(name, maxBytes)
		case err == io.EOF && full == nil:
			return data, nil
		case err == io.EOF:
			return bytes.Join(append(full, data), nil), nil
		case err != nil:
			return nil, unreadable(name, err)
		case len(data) == cap(data):
			full, before = append(full, data), before+int64(len(data))
			data = make([]byte, 0, min(max(2*int64(cap(data)), first), mostChunk, most-before))
		}
	}
}

func unreadable(name string, err error) diagnostic.Diagnostic {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err // the position names the path already
	}
	return diagnostic.Errorf("unreadable-file", diagnostic.Position{File: name}, "cannot read: %v", err)
}

func tooLarge(name string, maxBytes int64) diagnostic.Diagnostic {
	what := "the file"
	if name == "-" {
		what = "standard input"
	}
	return diagnostic.Errorf("file-too-large", diagnostic.Position{File: name, Line: 1, Column: 1},
		"%s is larger than %s", what, bytesText(maxBytes)).
		WithHint("is this the right file? if so, export less at a time, such as one resource group")
}

func bytesText(n int64) string {
	const mebi = 1 << 20
	if n >= mebi && n%mebi == 0 {
		return fmt.Sprintf("%d MiB", n/mebi)
	}
	return fmt.Sprintf("%d bytes", n)
}
