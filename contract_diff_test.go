package wayleave_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wayleave/wayleave/internal/cli"
)

// What diff prints as JSON keeps the contract, for networks that differ and for
// equal ones.
func TestDiffKeepsTheContract(t *testing.T) {
	commands := map[string]int{
		"examples/ise-blocked examples/ise-ok": cli.ExitFail, "examples/ise-ok examples/ise-blocked --assume defaults": cli.ExitFail,
		"examples/ise-ok examples/ise-ok": cli.ExitOK, "examples/ise-ok/vnets.json examples/ise-ok": cli.ExitUndecided,
	}
	if dir := os.Getenv("WAYLEAVE_CORPUS"); dir != "" {
		commands[filepath.Join(dir, "tfplan", "own__rules-update.plan.json")] = cli.ExitFail
	} else {
		t.Log("WAYLEAVE_CORPUS is not set: only the examples are tested")
	}
	keepsTheContract(t, "diff", commands)
}
