package report

import (
	"io"

	"github.com/wayleave/wayleave/internal/document"
)

// JSON prints any result as one indented JSON object with a final line end.
func JSON(w io.Writer, v any) error {
	data, err := document.Marshal(v, "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}
