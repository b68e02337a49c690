// Command manpages writes the manual page of every command into a folder:
// go run ./internal/cli/manpages FOLDER. SOURCE_DATE_EPOCH is their date.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra/doc"

	"github.com/wayleave/wayleave/internal/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: manpages FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "manpages:", err)
		os.Exit(1)
	}
}

// write makes the folder and the pages in it, one a command.
func write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	root := cli.New(strings.NewReader(""), os.Stdout, os.Stderr, os.Getenv).Root()
	root.DisableAutoGenTag = true
	return doc.GenManTree(root, &doc.GenManHeader{Title: "WAYLEAVE", Section: "1", Source: "wayleave", Manual: "wayleave manual"}, folder)
}
