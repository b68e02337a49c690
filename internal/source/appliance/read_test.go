package appliance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

func TestWhatIsStated(t *testing.T) {
	inventory := Read("appliances.yaml", []byte(`schema: wayleave.appliances/v1
appliances:
  - address: 10.1.9.4
    translates: internet
    stateful: false
    otherwise: allow
    rules:
      - allow: [tcp, udp]
        from: 10.1.1.4
        to: [10.1.2.0/24, 10.1.3.0/24]
        ports: [443, 8000-8100]
      - deny: any
  - address: fd00::4
`))
	if len(inventory.Diagnostics) > 0 || len(inventory.Appliances) != 2 {
		t.Fatal(inventory.Diagnostics)
	}
	a, plain := inventory.Appliances[0], inventory.Appliances[1]
	if a.Address.String() != "10.1.9.4" || a.Translation != azure.TranslatesInternet || a.Stateful || !a.Otherwise || a.At.Line != 3 {
		t.Errorf("appliance %+v", a)
	}
	first, second := a.Rules[0], a.Rules[1]
	if !first.Allow || string(first.Protocols) != "\x06\x11" || first.Source[0].String() != "10.1.1.4/32" || len(first.Destination) != 2 || first.Ports[1].Last != 8100 || first.At.Line != 8 {
		t.Errorf("rule %+v", first)
	}
	if second.Allow || second.Protocols != nil || second.Ports != nil {
		t.Errorf("rule %+v", second)
	}
	if plain.Translation != azure.TranslatesNothing || !plain.Stateful || plain.Otherwise || len(plain.Rules) != 0 {
		t.Errorf("defaults %+v", plain)
	}
}

func TestWhatIsWrongHasAPlace(t *testing.T) {
	for text, want := range map[string]string{
		"machines: []\n":                                                                                `1:1: error: the file has no key "appliances"`,
		"appliances:\n  - rules: []\n":                                                                  "2:5: error: an appliance has no address",
		"appliances:\n  - address: nva\n":                                                               `2:14: error: "nva" is no address`,
		"appliances:\n  - address: 10.1.9.4\n    translates: all\n":                                     `3:17: error: appliances[0].translates is "all", expected one of nothing, internet, everything`,
		"appliances:\n  - address: 10.1.9.4\n    policy: x\n":                                           `3:5: error: key "policy" is not known`,
		"appliances:\n  - address: 10.1.9.4\n    rules:\n      - from: 10.0.0.0/8\n":                    "4:9: error: a rule has 0 of allow and deny",
		"appliances:\n  - address: 10.1.9.4\n    rules:\n      - allow: http\n":                         `4:16: error: protocol "http" is not known`,
		"appliances:\n  - address: 10.1.9.4\n    rules:\n      - allow: tcp\n        to: 10.1.1.4/24\n": `5:13: error: "10.1.1.4/24" has bits behind its length, expected 10.1.1.0/24`,
		"appliances:\n  - address: 10.1.9.4\n    rules:\n      - allow: tcp\n        ports: 80-8\n":     `5:16: error: "80-8" is no port`,
	} {
		list := Read("a.yaml", []byte(text)).Diagnostics
		if len(list) != 1 || !strings.Contains(fmt.Sprint(list), "a.yaml:"+want) || list[0].Code != "invalid-appliance" {
			t.Errorf("%q: got %v, want %s", text, list, want)
		}
	}
}

// What az prints with -o yaml is no list of appliances: a resource, a list, a page.
func TestYAMLOfAzIsNamed(t *testing.T) {
	const row = "addressSpace:\n    addressPrefixes: [10.0.0.0/16]\n  id: /subscriptions/0/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v\n"
	for _, text := range []string{"- " + row, strings.ReplaceAll(row, "\n  ", "\n"), "value:\n- " + row} {
		list := Read("vnets.yaml", []byte(text)).Diagnostics
		if len(list) != 1 || list[0].Code != "not-json" || !strings.Contains(list[0].Hint, "-o json") {
			t.Errorf("%s: got %v", text, list)
		}
	}
	for _, text := range []string{"[]", "- id: x", "id: 5", "value: []"} {
		if list := Read("x.yaml", []byte(text)).Diagnostics; len(list) != 1 || list[0].Code != "invalid-appliance" {
			t.Errorf("%s: got %v", text, list)
		}
	}
}

func TestRecognise(t *testing.T) {
	for path, want := range map[string]bool{"x/appliances.yaml": true, "Appliances.YML": true, "wayleave.yaml": false} {
		if Recognise(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}
