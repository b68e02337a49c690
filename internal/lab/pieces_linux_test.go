package lab_test

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// The pieces of a ruleset make what the whole makes, and no piece is large.
func TestPiecesMakeTheWhole(t *testing.T) {
	items := []Item{AllowOut(100, "*", "*", "AzureCloud", "*"), AllowIn(100, "tcp", "10.9.0.0/16,10.11.0.0/16", "*", "22,80-90")}
	for i := range 300 {
		items = append(items, DenyOut(200+i, "tcp", "*", fmt.Sprintf("20.%d.0.0/24,20.%d.2.0/24", i%256, i%256), fmt.Sprint(1000+i)))
	}
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", items...)), Subnet("AzureFirewallSubnet", "10.1.2.0/26")),
		Firewall("fw", "v", "10.1.2.4", Egress("pip", "203.0.113.10"), Collection("in", 100, azure.FirewallDNAT, NATRule("web", "TCP", "*", "203.0.113.10", "80", "10.1.1.9:80"))))
	var prefixes []netip.Prefix
	for i := range 2200 {
		prefixes = append(prefixes, netip.PrefixFrom(netip.AddrFrom4([4]byte{40, byte(i >> 6), byte(i << 2), 0}), 24+i%3))
	}
	p := lab.Compile(n, plain.Tags{"azurecloud": {Prefixes: prefixes}}, plain.Documented())
	r := start(t, p)
	list := func(namespace string) (text string) {
		t.Helper()
		err := r.In(namespace, func() error {
			out, err := exec.Command("nft", "list", "ruleset").CombinedOutput()
			text = string(out)
			return err
		})
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return text
	}
	for _, n := range p.Namespaces {
		if n.Ruleset == "" {
			continue
		}
		whole := list(n.Name)
		if err := r.Load(n.Name, "flush ruleset\n"); err != nil {
			t.Fatal(err)
		}
		parts := lab.Pieces(n.Ruleset)
		for _, piece := range parts {
			if len(piece) > 24<<10 {
				t.Errorf("%s: a piece of %d bytes", n.Name, len(piece))
			}
			if err := r.Load(n.Name, piece); err != nil {
				t.Fatalf("%s: %v in\n%s", n.Name, err, piece)
			}
		}
		if again := list(n.Name); again != whole {
			t.Errorf("%s: %d pieces make %d lines, the whole %d", n.Name, len(parts), strings.Count(again, "\n"), strings.Count(whole, "\n"))
		}
	}
}
