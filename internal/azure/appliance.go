package azure

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Translation says what source address an appliance gives to what it forwards.
type Translation string

// Translations: none, its own to what goes to the internet, its own to everything.
const (
	TranslatesNothing    Translation = "nothing"
	TranslatesInternet   Translation = "internet"
	TranslatesEverything Translation = "everything"
)

// Appliance is what a user states of a network virtual appliance: nothing in Azure
// tells what it does with packets.
type Appliance struct {
	// Address that routes name: of a network interface or of an internal load
	// balancer with the appliance behind it.
	Address     netip.Addr
	Translation Translation
	// Stateful says that it lets replies pass whose requests it let pass, and no
	// others.
	Stateful bool
	// Rules in order; the first that matches decides.
	Rules []*ApplianceRule
	// Otherwise says whether what no rule is for passes.
	Otherwise bool
	At        Position
}

// ApplianceRule lets packets pass, or not.
type ApplianceRule struct {
	Allow bool
	// Protocols by number; none for any.
	Protocols []uint8
	// Source and Destination are prefixes; none for any address.
	Source, Destination []netip.Prefix
	// Ports of the destination; none for any.
	Ports []PortTerm
	At    Position
}

// appliances takes over what users state of appliances, each once.
func (b *builder) appliances(stated []*Appliance) {
	for _, a := range stated {
		for _, other := range b.network.Appliances {
			if other.Address == a.Address {
				b.report(diagnostic.Errorf("conflicting-inputs", a.At, "the appliance %v is stated twice", a.Address).
					WithRelated(other.At, "the first").
					WithHint("keep one of the two"))
			}
		}
		b.network.Appliances = append(b.network.Appliances, a)
	}
}

// Appliance is what a user states of the appliance with an address, or nil.
func (n *Network) Appliance(address netip.Addr) *Appliance {
	for _, a := range n.Appliances {
		if a.Address == address {
			return a
		}
	}
	return nil
}

// text is equal for two statements that say the same.
func (a *Appliance) text() string {
	text := fmt.Sprint(a.Address, a.Translation, a.Stateful, a.Otherwise)
	for _, r := range a.Rules {
		text += fmt.Sprint("\n", r.Allow, r.Protocols, r.Source, r.Destination)
		for _, p := range r.Ports {
			text += fmt.Sprint(" ", p.First, "-", p.Last)
		}
	}
	return text
}
