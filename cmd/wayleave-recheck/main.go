// Wayleave-recheck checks the evidence that `wayleave fix --evidence` writes,
// with the interpreter of one packet and without the engine.
package main

import (
	"os"

	"github.com/wayleave/wayleave/internal/recheck"
)

func main() {
	os.Exit(recheck.Main(os.Args[1:], os.Stdout, os.Stderr))
}
