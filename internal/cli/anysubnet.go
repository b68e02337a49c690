package cli

import (
	"errors"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

// findSubnet ranks the subnets as places for a service: 0 if one can host it
// today, 4 if none can and something is undecided, else 1.
func (p *Program) findSubnet(n *wayleave.Network, o wayleave.CheckOptions, against string, f *reportFlags) error {
	switch {
	case against != "":
		return usage{errors.New("--any-subnet and --against are two questions; expected one of them")}
	case len(f.files) > 0:
		return usage{errors.New("--any-subnet has no --report; expected --format text or json")}
	}
	if err := oneOf("format", f.format, "text", "json"); err != nil {
		return err
	}
	answer, err := n.AnySubnet(o)
	if err != nil {
		return err
	}
	p.status = ExitFail
	for _, c := range answer.Subnets {
		switch {
		case c.Fit == result.FitToday:
			p.status = ExitOK
		case c.Fit == result.FitUndecided && p.status == ExitFail:
			p.status = ExitUndecided
		}
	}
	if f.format == "json" {
		return report.JSON(p.stdout, answer)
	}
	p.diagnostics(answer.Diagnostics)
	return report.AnySubnetText(p.stdout, answer, p.style(f.verbose))
}
