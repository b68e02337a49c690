package fabric

import (
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
)

// Packets are divided by whether some stake is in them: the parts are disjoint and
// all of the packets, and the stakes are those that meet them.
func TestStakesDividePackets(t *testing.T) {
	to := func(text string) flow.Cube {
		c := flow.AnyCube()
		c.Destination = set(text)
		return c
	}
	var stakes Stakes
	for _, text := range []string{"10.0.0.0/16", "10.0.1.0/24", "192.0.2.0/24"} {
		stakes.add(InternetBaseSet, InternetBaseSet.allValues(), to(text))
	}
	packets := []flow.Cube{to("10.0.0.0/15"), to("198.51.100.0/24")}
	in, at, out := stakes.Divide(packets)
	for _, row := range []struct {
		what string
		got  []flow.Cube
		want []flow.Cube
	}{
		{"with stakes", in, []flow.Cube{to("10.0.0.0/16")}},
		{"without", out, []flow.Cube{to("10.1.0.0/16"), to("198.51.100.0/24")}},
	} {
		if !flow.SpaceOf(row.got...).Equal(flow.SpaceOf(row.want...)) {
			t.Errorf("%s: %v, want %v", row.what, row.got, row.want)
		}
	}
	if len(in) != 1 {
		t.Errorf("%d parts, which overlap", len(in))
	}
	if len(at) != 2 || at[0] != stakes[0] || at[1] != stakes[1] {
		t.Errorf("%d stakes meet them, want the first two", len(at))
	}
}
