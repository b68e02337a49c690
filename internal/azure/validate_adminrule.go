package azure

import "github.com/wayleave/wayleave/internal/diagnostic"

// validateAdminRule refuses a security admin rule without what Azure requires of one
// (ADM-2, ADM-3, ADM-8): what it does would be a guess.
func (b *builder) validateAdminRule(r *AdminRule) {
	for _, p := range []struct {
		name string
		set  bool
	}{
		{"direction", r.Direction.IsSet()}, {"access", r.Access.IsSet()}, {"priority", r.Priority.IsSet()}, {"protocol", r.Protocol.IsSet()},
	} {
		if !p.set {
			b.report(diagnostic.Errorf("missing-property", r.At, "the security admin rule %q gives no %s", r.title(), p.name).
				WithHint("state the %s as Azure returns it", p.name))
		}
	}
}
