package appliance

import "testing"

// Whatever the bytes are, an appliance that is read has an address, each of its
// rules a port range in order, and what was left out has a problem with its place.
func FuzzRead(f *testing.F) {
	f.Add([]byte("appliances:\n  - address: 10.1.9.4\n    translates: internet\n    rules:\n      - allow: [tcp, udp]\n        from: 10.1.1.4\n        to: [10.1.2.0/24]\n        ports: [443, 8000-8100]\n      - deny: any\n"))
	f.Add([]byte("appliances: [{address: fd00::4, stateful: false, otherwise: allow}]"))
	f.Add([]byte("appliances: {}"))
	f.Add([]byte("appliances:\n  - address: 10.1.9.4\n    rules: [{allow: tcp, ports: 90000}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		inventory := Read("appliances.yaml", data)
		if inventory == nil {
			t.Fatal("no inventory")
		}
		for _, d := range inventory.Diagnostics {
			if d.Code == "" || d.Summary == "" || d.At.File == "" {
				t.Errorf("problem without code, text or place: %+v", d)
			}
		}
		for _, a := range inventory.Appliances {
			if !a.Address.IsValid() {
				t.Errorf("appliance without an address: %+v", a)
			}
			for _, r := range a.Rules {
				for _, p := range r.Ports {
					if p.First > p.Last && !inventory.Diagnostics.HasErrors() {
						t.Errorf("ports %d to %d", p.First, p.Last)
					}
				}
			}
		}
	})
}
