package lab_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// start runs a plan, or skips the test where no lab can run.
func start(t *testing.T, p *lab.Plan) *lab.Running {
	t.Helper()
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no packet is sent: %v", err)
	}
	r, err := lab.Start(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestStart(t *testing.T) {
	start(t, lab.Compile(hubAndSpoke(t), storage, plain.Documented()))
}

// A name, a packet, and what becomes of it.
func TestProbes(t *testing.T) {
	n := hubAndSpoke(t)
	p := lab.Compile(n, storage, plain.Documented())
	r := start(t, p)
	app, db, nva := SubnetID("spoke", "app"), SubnetID("spoke", "db"), SubnetID("hub", "nva")
	for _, c := range []struct {
		what     string
		probe    lab.Probe
		answered bool
		seen     string
		arrived  string
	}{
		{"a named port", tcp(app, "10.1.1.4", "20.60.1.1", 443), true, "20.1.2.4", "internet"},
		{"through an appliance, which translates nothing", tcp(app, "10.1.1.9", "8.8.8.8", 443), false, "", ""},
		{"from a host without public address", tcp(app, "10.1.1.9", "20.60.1.1", 443), true, "192.0.0.17", "internet"},
		{"an echo, for which no address is lent", icmp(db, "10.1.2.5", "8.8.8.8"), false, "", ""},
		{"a datagram", udp(db, "10.1.2.5", "8.8.8.8", 53), true, "192.0.0.17", "internet"},
		{"between networks", tcp(nva, "10.0.0.9", "10.1.2.9", 80), true, "10.0.0.9", "subnet spoke/db"},
		{"a datagram that a group refuses", udp(nva, "10.0.0.9", "10.1.2.9", 80), false, "", ""},
		{"within a subnet", tcp(db, "10.1.2.5", "10.1.2.6", 80), true, "10.1.2.5", "subnet spoke/db"},
		{"an echo within a subnet", icmp(db, "10.1.2.5", "10.1.2.6"), true, "10.1.2.5", "subnet spoke/db"},
		{"to the platform, which no rule filters", tcp(app, "10.1.1.9", "168.63.129.16", 80), true, "10.1.1.9", "edge spoke"},
		{"to the platform's DNS, which a rule names", udp(app, "10.1.1.9", "168.63.129.16", 53), false, "", ""},
		{"to nobody's private address", tcp(db, "10.1.2.5", "192.168.1.1", 80), false, "", ""},
		{"to a reserved address", tcp(db, "10.1.2.5", "10.1.2.1", 80), false, "", ""},
		{"multicast", udp(db, "10.1.2.5", "224.0.0.5", 80), false, "", ""},
	} {
		got := ask(t, r, c.probe, c.answered)
		if seen := seenText(got); got.Answered != c.answered || seen != c.seen || got.Arrived != c.arrived {
			t.Errorf("%s (%v): answered %v, seen %q at %q; want %v, %q at %q", c.what, c.probe, got.Answered, seen, got.Arrived, c.answered, c.seen, c.arrived)
		}
	}
}

// Many packets to one address and port at once: each is told from the others.
func TestManyToOnePort(t *testing.T) {
	r := start(t, lab.Compile(hubAndSpoke(t), storage, plain.Documented()))
	var probes []lab.Probe
	for i := range 60 {
		source := netip.AddrFrom4([4]byte{10, 1, 2, byte(4 + i%10)}).String()
		p := tcp(SubnetID("spoke", "db"), source, "8.8.8.8", 443)
		if i%2 == 1 {
			p = udp(SubnetID("spoke", "db"), source, "8.8.8.8", 443)
		}
		p.SourcePort = uint16(50000 + i)
		probes = append(probes, p)
	}
	packets, err := r.Probe(probes, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		if !p.Answered || p.Seen.Port() == 0 {
			t.Errorf("%v: answered %v, seen %v", probes[i], p.Answered, p.Seen)
		}
	}
}

func tcp(from azure.ID, source, destination string, port uint16) lab.Probe {
	return lab.Probe{Protocol: lab.TCP, From: from, Source: netip.MustParseAddr(source), Destination: netip.MustParseAddr(destination), DestinationPort: port}
}

func udp(from azure.ID, source, destination string, port uint16) lab.Probe {
	p := tcp(from, source, destination, port)
	p.Protocol = lab.UDP
	return p
}

func icmp(from azure.ID, source, destination string) lab.Probe {
	p := tcp(from, source, destination, 0)
	p.Protocol = lab.ICMP
	return p
}
