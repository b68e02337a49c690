package lab_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// invented is a tag as large as AzureCloud: 11,000 prefixes of many lengths that
// lie beside, within and apart from each other.
func invented() []netip.Prefix {
	var list []netip.Prefix
	next := uint32(13) << 24
	for i := range uint32(11000) {
		bits := 17 + int(i*7%15)
		size := uint32(1) << (32 - bits)
		next = (next + size - 1) / size * size
		list = append(list, netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(next >> 24), byte(next >> 16), byte(next >> 8), byte(next)}), bits))
		switch i % 5 {
		case 0: // the next one is beside it
			next += size
		case 1: // the next one may lie within it
		default:
			next += size + 256<<(i%3)
		}
	}
	return list
}

// published are the prefixes of AzureCloud in Microsoft's file.
func published(t *testing.T) []netip.Prefix {
	t.Helper()
	dir := os.Getenv("WAYLEAVE_CORPUS")
	if dir == "" {
		t.Skip("NOT RUN: WAYLEAVE_CORPUS is not set")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "servicetags", "*Public_2025*.json"))
	if len(files) == 0 {
		t.Fatal("the corpus has no service-tag file of 2025")
	}
	catalogue, err := servicetag.Load(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(catalogue.Listed("AzureCloud"))
}

// A set of the size of AzureCloud matches exactly: real packets to the first and
// last address of its ranges pass, those beside them do not.
func TestLargeSetsMatchExactly(t *testing.T) {
	for _, c := range []struct {
		what     string
		prefixes func(*testing.T) []netip.Prefix
	}{
		{"invented", func(*testing.T) []netip.Prefix { return invented() }},
		{"published", published},
	} {
		t.Run(c.what, func(t *testing.T) {
			all := c.prefixes(t)
			tags := plain.Tags{"azurecloud": {Prefixes: all}}
			n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24",
				NSG("g", AllowOut(100, "*", "*", "AzureCloud", "*"), DenyOut(110, "*", "*", "*", "*")))))
			begin := time.Now()
			r := start(t, lab.Compile(n, tags, plain.Documented()))
			t.Logf("%d prefixes: the lab is up in %v", len(all), time.Since(begin).Round(time.Millisecond))
			var probes []lab.Probe
			var want []bool
			for i, a := range corners(all) {
				p := udp(SubnetID("v", "app"), "10.1.1.4", a.String(), 443)
				if p.SourcePort = uint16(50000 + i); i%4 == 0 {
					p.Protocol = lab.TCP
				}
				probes = append(probes, p)
				want = append(want, slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(a) }))
			}
			inside, outside := 0, 0
			packets, err := r.Probe(probes, 700*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range packets {
				if !p.Answered && want[i] {
					p = ask(t, r, probes[i], true)
				}
				if p.Answered != want[i] {
					t.Errorf("%v: answered %v, want %v", probes[i], p.Answered, want[i])
				}
				if want[i] {
					inside++
				} else {
					outside++
				}
			}
			if inside < 300 || outside < 20 {
				t.Errorf("hardly a comparison: %d inside, %d outside", inside, outside)
			}
		})
	}
}

// corners are the addresses on both sides of both ends of some of the prefixes,
// spread over all of them.
func corners(all []netip.Prefix) []netip.Addr {
	var four []netip.Prefix
	for _, p := range all {
		if p.Addr().Is4() {
			four = append(four, p.Masked())
		}
	}
	seen := map[netip.Addr]bool{}
	var list []netip.Addr
	for i := 0; i < len(four); i += max(1, len(four)/150) {
		first, final := four[i].Addr(), four[i].Addr().As4()
		for bit := four[i].Bits(); bit < 32; bit++ {
			final[bit/8] |= 1 << (7 - bit%8)
		}
		end := netip.AddrFrom4(final)
		for _, a := range []netip.Addr{first.Prev(), first, end, end.Next()} {
			if a.IsValid() && !seen[a] && !a.IsPrivate() && !a.IsMulticast() {
				seen[a] = true
				list = append(list, a)
			}
		}
	}
	return list
}
