package report

import (
	"bufio"
	"io"

	"github.com/wayleave/wayleave/internal/document"
)

// JSON prints any result as one indented JSON object with a final line end.
func JSON(w io.Writer, v any) error {
	b := bufio.NewWriter(w)
	if err := document.Write(b, v, "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	return b.Flush()
}
