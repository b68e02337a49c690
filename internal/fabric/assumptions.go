package fabric

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/flow"
)

// Label says how well a behaviour is known (section 0.1 of the semantics).
type Label string

// Labels of assumptions.
const (
	// Uncertain: sources conflict or are silent. A verdict that another value
	// would change is undecided until the user settles the switch.
	Uncertain Label = "UNCERTAIN"
	// Community: observed by third parties; the stated behaviour is used and
	// listed.
	Community Label = "COMM"
	// Documented: definite; the switch selects an older reading.
	Documented Label = "DOC"
	// Given: not a property of Azure but something the input cannot show; it
	// is taken as stated and listed.
	Given Label = "GIVEN"
)

// Switch is one open point.
type Switch uint8

// The switches. Their names in text stand in [All].
const (
	StarIncludesESPAH Switch = iota
	ICMPPorts
	ZeroSlashZeroCoversIPv6
	TagHopTypes
	TagServiceEndpoints
	TagDefaultRoute
	InternetBaseSet
	InternetMinusTag
	TagIPv6
	EndpointPortRanges
	NoneRoutesRemovedBy
	PlatformNoneRoutes
	ForwardedFalse
	DefaultPrivateRanges
	ChildInheritsDNAT
	DNATThenNetworkDeny
	ServiceEndpointBeatsUDR
	GatewayRoutes
	AdminRulesInForce
	UnknownSpace
	ReceiverExists
	PlainSender
	FrontendExists
	OutboundTCP25
	NamesResolveAlike
	ThreatList
	Signatures
	FirewallAddress
	AnyProtocol
	ChildInheritsDNS
	TunnelDNAT
	PublicChoice
	EqualPriority
	SNATPorts
	IdleTimeout
	switches
)

// Definition describes a switch.
type Definition struct {
	Switch Switch
	// Name by which users set it.
	Name string
	// Label says what follows when the switch is not settled.
	Label Label
	// Values it can take; the first is the default.
	Values []string
	// Reason says what is open and what the default means.
	Reason string
	// Source is the statement it belongs to.
	Source string
}

// Default is the value that holds unless the user says otherwise.
func (d Definition) Default() string { return d.Values[0] }

// All lists the switches, in the order of the constants.
func All() []Definition { return slices.Clone(definitions[:]) }

// Switches are all switches, in the order of [All].
func Switches() iter.Seq[Switch] {
	return func(yield func(Switch) bool) {
		for _, d := range definitions {
			if !yield(d.Switch) {
				return
			}
		}
	}
}

// Definition returns the description of the switch.
func (s Switch) Definition() Definition { return definitions[s] }

// String returns the name of the switch.
func (s Switch) String() string { return definitions[s].Name }

// Assumptions is one reading of all open points, and which of them the user
// settled. The zero value is every default, none settled. Assumptions are
// comparable.
type Assumptions struct {
	value   [switches]uint8 // index into Values
	settled [switches]bool
}

// Value returns the value of a switch.
func (a Assumptions) Value(s Switch) string { return definitions[s].Values[a.value[s]] }

// Settled reports whether the user settled the switch.
func (a Assumptions) Settled(s Switch) bool { return a.settled[s] }

// With returns a copy in which a switch has one of its values, by index, and
// is settled or not as before.
func (a Assumptions) With(s Switch, value int) Assumptions {
	a.value[s] = uint8(value)
	return a
}

// Setting is what the user settles: one switch, or all at their defaults.
type Setting struct {
	all    bool
	change Switch
	value  uint8
}

// ParseAssumption reads "name=value" or "defaults"; both fold case.
func ParseAssumption(text string) (Setting, error) {
	if strings.EqualFold(strings.TrimSpace(text), "defaults") {
		return Setting{all: true}, nil
	}
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return Setting{}, fmt.Errorf("the assumption %q is neither name=value nor defaults", text)
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	for _, d := range definitions {
		if !strings.EqualFold(d.Name, name) && !slices.ContainsFunc(alsoCalled[d.Switch], func(s string) bool { return strings.EqualFold(s, name) }) {
			continue
		}
		for i, v := range d.Values {
			if strings.EqualFold(v, value) {
				return Setting{change: d.Switch, value: uint8(i)}, nil
			}
		}
		return Setting{}, fmt.Errorf("%s cannot be %q, expected one of %s", d.Name, value, strings.Join(d.Values, ", "))
	}
	var names []string
	for _, d := range definitions {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return Setting{}, fmt.Errorf("there is no assumption %q, expected one of %s", name, strings.Join(names, ", "))
}

// Assume returns the reading in which the settings are settled, in order; a
// later one wins, whatever "defaults" says before or after it.
func Assume(settings ...Setting) Assumptions {
	var a Assumptions
	for _, s := range settings {
		if s.all {
			for i := range a.settled {
				a.settled[i] = true
			}
			continue
		}
		a.value[s.change], a.settled[s.change] = s.value, true
	}
	return a
}

// Touches tells which other values of which switches might change an answer,
// as a bit set of value indices for each switch. The bit of the value in use
// only says that the switch was used. The zero value touches nothing.
type Touches [switches]uint8

// add notes that other values of a switch may matter.
func (t *Touches) add(s Switch, values uint8) { t[s] |= values }

// addressStake is a stake in the packets from or to some addresses.
type addressStake struct {
	change Switch
	values uint8
	where  flow.AddressSet
}

// addressStakes are those of a set of addresses that a rule names.
type addressStakes []addressStake

func (s *addressStakes) add(change Switch, values uint8, where flow.AddressSet) {
	if !where.IsEmpty() {
		*s = append(*s, addressStake{change, values, where})
	}
}

// touches is what the stakes say of one of the addresses of some packets.
func (s addressStakes) touches(packets []flow.Cube, at end) Touches {
	var t Touches
	for _, k := range s {
		if slices.ContainsFunc(packets, func(c flow.Cube) bool { return at.of(c).Overlaps(k.where) }) {
			t.add(k.change, k.values)
		}
	}
	return t
}

// allValues has a bit for every value of the switch.
func (s Switch) allValues() uint8 { return uint8(1<<len(definitions[s].Values) - 1) }

// Union returns what either touches.
func (t Touches) Union(o Touches) Touches {
	for s := range t {
		t[s] |= o[s]
	}
	return t
}

// Switches lists the touched switches.
func (t Touches) Switches() []Switch {
	var list []Switch
	for s := range t {
		if t[s] != 0 {
			list = append(list, Switch(s))
		}
	}
	return list
}

// open reports whether a verdict that turns on the switch is undecided
// (decisions 4).
func (a Assumptions) open(s Switch) bool { return definitions[s].Label == Uncertain && !a.settled[s] }

// Alternatives lists the readings that differ from a in one touched switch
// whose value is uncertain and not settled (decisions 4).
func (a Assumptions) Alternatives(t Touches) []Assumptions {
	var list []Assumptions
	for s := range t {
		if !a.open(Switch(s)) {
			continue
		}
		d := definitions[s]
		for v := range d.Values {
			if t[s]>>v&1 != 0 && v != int(a.value[s]) {
				list = append(list, a.With(Switch(s), v))
			}
		}
	}
	return list
}

// Everywhere are the switches on which every answer about the network rests: what
// an address space holds that nobody tells, and older readings that the user chose.
func (f *Fabric) Everywhere() Touches { return f.everywhere }

func (f *Fabric) touchedEverywhere() Touches {
	var t Touches
	for _, v := range f.network.VirtualNetworks {
		if len(unknowns(v.AddressSpace)) > 0 {
			t.add(UnknownSpace, UnknownSpace.allValues())
		}
	}
	for _, d := range definitions {
		if d.Label == Documented && f.assumptions.value[d.Switch] != 0 {
			t.add(d.Switch, d.Switch.allValues())
		}
	}
	return t
}

// Assumption is a reading that an answer rests on, for printing.
type Assumption struct {
	Name, Value string
	Label       Label
	Reason      string
	Source      string
}

// Assumption describes the value a switch has in this reading.
func (a Assumptions) Assumption(s Switch) Assumption {
	d := definitions[s]
	return Assumption{Name: d.Name, Value: a.Value(s), Label: d.Label, Reason: d.Reason, Source: d.Source}
}

// Listed describes the touched switches that an answer names even when it does
// not turn on them: what was observed by third parties, what is taken as
// given, and what the user settled at another value than the default.
func (a Assumptions) Listed(t Touches) []Assumption {
	var list []Assumption
	for _, s := range t.Switches() {
		switch d := definitions[s]; {
		case d.Label == Community, d.Label == Given, a.settled[s] && a.value[s] != 0, len(d.Values) == 1:
			list = append(list, a.Assumption(s))
		}
	}
	return list
}
