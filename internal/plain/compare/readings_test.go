package compare

import (
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// settable are the options of the switches that both sides know, with what
// --assume says to take them, and to leave them.
var settable = []struct {
	option       plain.Option
	taken, other string
}{
	{plain.StarIncludesESPAH, "proto.star.includesEspAh=true", "proto.star.includesEspAh=false"},
	{plain.ZeroSlashZeroCoversIPv6, "nsg.zeroSlashZeroCoversV6=true", ""},
	{plain.InternetMinusVnetTag, "internet.minusVnetTag=true", "internet.minusVnetTag=false"},
	{plain.TagIPv6, "tag.ipv6=true", "tag.ipv6=false"},
	{plain.NoneJoinsTag, "vnetTag.udrHopTypes=appliance+gateway+none", ""},
	{plain.InternetRemovesNone, "noneRoutes.removedBy=appliance+gateway+internet", ""},
	{plain.EndpointsJoinTag, "", ""},
	{plain.ForwardedIgnored, "", ""},
	{plain.SharedSpaceIsPublic, "", ""},
	{plain.ParentNATIgnored, "", ""},
	{plain.DenyOverridesDNAT, "", ""},
	{plain.EndpointFirstRange, "", ""},
	{plain.ChildHasParentsDNS, "", ""},
	{plain.TunnelledDNAT, "", ""},
	{plain.DestinationsListed, "", ""},
	{plain.SignaturesMatch, "", ""},
	{plain.MailStopped, "", ""},
	{plain.OnlyModelled, "", ""},
	{plain.SenderUnknown, "", ""},
	{plain.AdminRulesIdle, "", ""},
	{plain.AnyIsThree, "", ""},
	{plain.DefaultRouteAside, "", ""},
	{plain.EndpointsOverridden, "", ""},
	{plain.FirewallsComeFirst, "", ""},
	{plain.GatewaysKnowNothing, "", ""},
	{plain.OnlyDocumentedNone, "", ""},
	{plain.LaterNone, "", ""},
}

// reading is one reading of the open points for both sides.
func (p *pair) reading(t *testing.T, r *rand.Rand) *pair {
	t.Helper()
	switches, text := plain.Documented(), []string{"defaults"}
	for _, s := range settable {
		if r.IntN(4) != 0 {
			continue
		}
		taken := s.other == "" || !switches.On[s.option]
		if s.option == plain.LaterNone && switches.On[plain.OnlyDocumentedNone] {
			continue // another value of the same switch
		}
		switches = switches.With(s.option, taken)
		switch {
		case !taken:
			text = append(text, s.other)
		case s.taken != "":
			text = append(text, s.taken)
		default:
			text = append(text, string(s.option))
		}
	}
	var settings []fabric.Setting
	for _, one := range text {
		setting, err := fabric.ParseAssumption(one)
		if err != nil {
			t.Fatal(err)
		}
		settings = append(settings, setting)
	}
	slow, err := plain.New(p.azure, p.network.Tags(), switches)
	if err != nil {
		t.Fatal(err)
	}
	own := p.open.Reading(fabric.Assume(settings...))
	return &pair{network: p.network, azure: p.azure, slow: slow, open: own, settled: own, under: strings.Join(text, " ")}
}

// TestSoakReadings compares packet after packet under readings that the user may
// settle, also those of switches on which no answer turns, in networks with names,
// DNS proxies and threat intelligence.
func TestSoakReadings(t *testing.T) {
	r := plan(t, 60, 60)
	var packets atomic.Uint64
	r.each(t, func(seed uint64) bool {
		n := random.Detailed(seed)
		p, err := newPair(n, nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		source := rand.New(rand.NewPCG(seed, 9))
		p = p.reading(t, source)
		questions := n.Questions(seed)
		for i := range r.questions {
			q := questions.Next()
			if in, ok := questions.IntoPublic(); ok && i%12 == 0 {
				q = in
			}
			if i%3 == 1 {
				q = questions.Named(q)
			}
			if i%9 == 2 {
				q.Packet.Protocol, q.Packet.DestinationPort = 6, 25
			}
			packets.Add(1)
			if d, err := p.ask(q, false); d != nil || err != nil {
				t.Errorf("seed %d: %v %v\nunder %s\nin\n%s", seed, d, err, p.under, n)
				return false
			}
		}
		return true
	})
	t.Logf("%d packets", packets.Load())
}
