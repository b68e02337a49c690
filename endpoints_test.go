package wayleave_test

import (
	"reflect"
	"testing"

	"github.com/wayleave/wayleave"
)

// An IPv4 address or prefix that is written as IPv6 is the IPv4 one.
func TestIPv4WrittenAsIPv6(t *testing.T) {
	n := threeTiers(t)
	for mapped, plain := range map[string]string{
		"::ffff:10.20.2.4":      "10.20.2.4",
		"::ffff:10.20.2.0/120":  "10.20.2.0/24",
		"::ffff:10.20.2.77/120": "10.20.2.0/24",
	} {
		var parts [2]any
		for i, to := range []string{mapped, plain} {
			e, err := n.Explain(wayleave.ExplainOptions{From: "snet-web", To: to, Protocol: "tcp", Port: "443"})
			if err != nil {
				t.Fatal(err)
			}
			parts[i] = e.Parts
		}
		if !reflect.DeepEqual(parts[0], parts[1]) {
			t.Errorf("to %s: %+v\nto %s: %+v", mapped, parts[0], plain, parts[1])
		}
	}
}
