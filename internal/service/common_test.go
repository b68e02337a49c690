package service_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/service"
)

// A destination may name its protocol; without one TCP is needed, and rules are for
// TCP and UDP.
func TestDestinationProtocols(t *testing.T) {
	both := flow.Protocols(flow.TCP, flow.UDP)
	for text, want := range map[string][2]flow.ProtocolSet{
		"198.51.100.10:22":                   {flow.Protocols(flow.TCP), both},
		"198.51.100.10:22/tcp":               {flow.Protocols(flow.TCP), flow.Protocols(flow.TCP)},
		"dns.example@198.51.100.0/24:53/UDP": {flow.Protocols(flow.UDP), flow.Protocols(flow.UDP)},
	} {
		d, err := service.ParseDestination(text)
		if err != nil || d.Needs() != want[0] || d.Protocols() != want[1] || d.Text != text {
			t.Errorf("%s: %v, needs %v, rules for %v", text, err, d.Needs(), d.Protocols())
		}
	}
	if _, err := service.ParseDestination("198.51.100.10:22/sctp"); err == nil || !strings.Contains(err.Error(), "expected tcp or udp") {
		t.Errorf("another protocol: %v", err)
	}
}
