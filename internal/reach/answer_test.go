package reach_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/reach"
)

// The verdict of the whole is that of the parts that count (decisions 1); where there
// are none it is not known, and never allowed.
func TestVerdictOfTheWhole(t *testing.T) {
	part := func(v reach.Verdict) reach.Part { return reach.Part{Verdict: v} }
	reserved := reach.Part{Verdict: reach.Blocked, Reserved: true}
	allowed, blocked, undecided := part(reach.Allowed), part(reach.Blocked), part(reach.Undecided)
	for _, row := range []struct {
		parts []reach.Part
		want  reach.Verdict
	}{
		{nil, reach.Undecided},
		{[]reach.Part{allowed, allowed}, reach.Allowed},
		{[]reach.Part{blocked, blocked}, reach.Blocked},
		{[]reach.Part{allowed, blocked}, reach.Partial},
		{[]reach.Part{undecided, blocked}, reach.Partial},
		{[]reach.Part{allowed, undecided}, reach.Undecided},
		{[]reach.Part{allowed, reserved}, reach.Allowed},
		{[]reach.Part{reserved}, reach.Blocked},
	} {
		if got := (reach.Answer{Parts: row.parts}).Verdict(); got != row.want {
			t.Errorf("%v: %s, want %s", row.parts, got, row.want)
		}
	}
}
