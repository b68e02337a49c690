package report

import "github.com/wayleave/wayleave/internal/result"

// entries are the requirements of a service with the rules about its subnets
// before them, in the shape of requirements: without a direction and packets.
func entries(s *result.Service) []result.Requirement {
	var list []result.Requirement
	for i := range s.SubnetRules {
		r := s.SubnetRules[i]
		if r.Subnet == "" {
			r.Subnet = "the service"
		}
		list = append(list, result.Requirement{
			ID: r.ID, Row: "subnet", Purpose: r.Purpose, Subnet: r.Subnet, Needs: result.Cube{Destination: r.Found},
			Verdict: r.Verdict, Severity: r.Severity, Outcome: r.Outcome, OutcomeReason: r.OutcomeReason,
			Consequence: r.Consequence, Capability: r.Capability, BlockedBy: r.BlockedBy, Reasons: r.Reasons,
			Suppressed: r.Suppressed, Fix: r.Fix, Note: r.Note,
		})
	}
	return append(list, s.Requirements...)
}

// isSubnetRule reports whether an entry is about a subnet, not about packets.
func isSubnetRule(r *result.Requirement) bool { return r.Direction == "" }

// fate is the verdict in words: a subnet is or is not what it is asked to be,
// and packets are allowed or blocked.
func fate(r *result.Requirement) string {
	if !isSubnetRule(r) {
		return string(r.Verdict)
	}
	switch r.Verdict {
	case result.Allowed:
		return "met"
	case result.Blocked:
		return "not met"
	}
	return string(r.Verdict)
}
