package fabric_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/fabric"
)

func assume(t testing.TB, texts ...string) fabric.Assumptions {
	t.Helper()
	var settings []fabric.Setting
	for _, text := range texts {
		s, err := fabric.ParseAssumption(text)
		if err != nil {
			t.Fatal(err)
		}
		settings = append(settings, s)
	}
	return fabric.Assume(settings...)
}

// The switches of section 10 and of the table of decisions have their names.
func TestSwitchNames(t *testing.T) {
	names := map[string][]string{}
	for i, d := range fabric.All() {
		if int(d.Switch) != i || d.Switch.String() != d.Name {
			t.Errorf("%s stands at the wrong place", d.Name)
		}
		if len(d.Values) == 0 || d.Reason == "" || d.Source == "" {
			t.Errorf("%s is not described: %+v", d.Name, d)
		}
		names[d.Name] = d.Values
	}
	for name, first := range map[string]string{
		"proto.star.includesEspAh": "true", "icmp.ports": "ignore", "nsg.zeroSlashZeroCoversV6": "false",
		"vnetTag.udrHopTypes": "appliance+gateway", "internet.baseSet": "2017", "internet.minusVnetTag": "true",
		"peering.forwardedFalse": "drop", "noneRoutes.removedBy": "appliance+gateway", "tag.ipv6": "true",
		"serviceEndpointBeatsUdr": "always", "receiverExists": "true",
	} {
		if values := names[name]; len(values) == 0 || values[0] != first {
			t.Errorf("the default of %s is %v, want %s", name, values, first)
		}
	}
}

func TestParseAssumption(t *testing.T) {
	a := assume(t, "INTERNET.minusVnetTag=False")
	if a.Value(fabric.InternetMinusTag) != "false" || !a.Settled(fabric.InternetMinusTag) || a.Settled(fabric.ICMPPorts) {
		t.Errorf("settling one switch gave %v", a)
	}
	a = assume(t, "icmp.ports=type", "defaults")
	if a.Value(fabric.ICMPPorts) != "type" || !a.Settled(fabric.GatewayRoutes) || a.Value(fabric.InternetMinusTag) != "true" {
		t.Errorf("defaults beside one switch gave %v", a)
	}
	for text, want := range map[string]string{
		"icmp.ports":          "neither name=value nor defaults",
		"icmp.ports=maybe":    "expected one of ignore, type",
		"icmp.port=ignore":    "there is no assumption",
		"receiverExists=nope": "expected one of true, false",
	} {
		if _, err := fabric.ParseAssumption(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %q", text, err, want)
		}
	}
}

// Only what is uncertain and not settled has alternatives (decisions 4).
func TestAlternatives(t *testing.T) {
	var touched fabric.Touches
	for i := range touched {
		touched[i] = 0xff
	}
	var names []string
	for _, a := range fabric.Assume().Alternatives(touched) {
		for _, d := range fabric.All() {
			if a.Value(d.Switch) != d.Default() {
				names = append(names, d.Name)
				if d.Label != fabric.Uncertain {
					t.Errorf("%s is %s and has alternatives", d.Name, d.Label)
				}
			}
		}
	}
	if !slices.Contains(names, "icmp.ports") || slices.Contains(names, "vnetTag.defaultRoute") {
		t.Errorf("alternatives are %v", names)
	}
	if n := len(assume(t, "defaults").Alternatives(touched)); n != 0 {
		t.Errorf("settled switches have %d alternatives", n)
	}
	if n := len(fabric.Assume().Alternatives(fabric.Touches{})); n != 0 {
		t.Errorf("untouched switches have %d alternatives", n)
	}
}
