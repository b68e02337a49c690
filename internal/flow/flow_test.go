package flow

import (
	"net/netip"
	"testing"
)

func nets(list ...string) AddressSet {
	var b AddressSetBuilder
	for _, s := range list {
		b.AddPrefix(netip.MustParsePrefix(s))
	}
	return b.Set()
}

func TestPolicySmoke(t *testing.T) {
	q := Cube{nets("10.0.0.0/24"), nets("13.66.0.0/16", "2001:db8::/32"), Protocols(TCP), AllPorts(), Ports(443, 1433)}
	deny := Cube{AllAddresses(), nets("13.66.136.192/29"), AllProtocols(), AllPorts(), PortRange(1000, 2000)}
	any := AnyCube()
	p, err := NewPolicy([]Rule{{deny, false}, {any, true}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Check(q)
	if err != nil || v.Permitted || v.Rule != 0 {
		t.Fatal(v, err)
	}
	if got, want := v.Witness.String(), "tcp 10.0.0.4:49152 -> 13.66.136.196:1433"; got != want {
		t.Errorf("witness %s, want %s", got, want)
	}
	if r, permit := p.Decide(v.Witness); r != 0 || permit {
		t.Error(r, permit)
	}
	parts, _ := p.Split(q)
	var n Count
	for _, part := range parts {
		n = n.Add(part.Space().Count())
		t.Logf("%d %v\n%v", part.Rule, part.Permit, part.Space())
	}
	if n != q.Count() {
		t.Error(n, q.Count())
	}
}
