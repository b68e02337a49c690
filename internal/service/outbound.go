package service

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// OutboundCase says whether instances of a kind have a public address of their own
// for what they send to the internet.
type OutboundCase struct {
	// Address is one of OutboundAddresses.
	Address string `yaml:"address"`
	// When limits the case to instances whose parameters have these values.
	When map[string]string `yaml:"when"`
	From string            `yaml:"from"`
	// Note says, where it is not known, what the sources leave open.
	Note string `yaml:"note"`
}

// OutboundAddresses are the answers of a case: an address of the service's own, none,
// so that packets leave as those of any machine in the subnet do, or not known.
var OutboundAddresses = []string{"own", "none", "unknown"}

// Own is what the profile knows of the instance's own public address.
func (b *Binding) Own() azure.OwnAddress {
	for i := range b.Profile.Outbound {
		c := &b.Profile.Outbound[i]
		included, open := b.applies(c.When)
		switch name := b.guessed(c.When); {
		case name != "" && (!included || c.Address != "unknown"):
			return azure.OwnAddress{Why: fmt.Sprintf("whether %s has a public address of its own turns on %s, which the resource does not tell; give it with --set %s=...", b.label(), name, name)}
		case !included:
			continue
		case len(open) > 0:
			return azure.OwnAddress{Why: open[0]}
		}
		switch c.Address {
		case "own":
			return azure.OwnAddress{Has: azure.HasOwn}
		case "none":
			return azure.OwnAddress{Has: azure.HasNone}
		}
		return azure.OwnAddress{Why: cmp.Or(c.Note, b.unsaid())}
	}
	return azure.OwnAddress{Why: b.unsaid()}
}

func (b *Binding) unsaid() string {
	return fmt.Sprintf("whether %s has a public address of its own for what it sends is not stated by the sources of %s", b.label(), b.Profile.Name())
}

func (b *Binding) label() string {
	if b.Resource != nil {
		return cmp.Or(b.Resource.Name, b.Resource.Label())
	}
	return b.Profile.Service
}

// guessed is a parameter on which a condition turns, in favour of it or against, and
// which has its default only because the resource cannot tell another value; empty for
// none, and where another parameter is against the condition for certain.
func (b *Binding) guessed(when map[string]string) string {
	guess := ""
	for _, name := range sortedKeys(when) {
		switch v := b.parameter(name); {
		case b.isNeverTold(v):
			guess = cmp.Or(guess, name)
		case v.Unknown == nil && !v.isOneOf(when[name]):
			return ""
		}
	}
	return guess
}

// isNeverTold reports whether a parameter has its default and the resource could not
// tell another value: resources of its type do not have the property, or that they
// have it tells the default as well.
func (b *Binding) isNeverTold(v *ParameterValue) bool {
	if b.Resource == nil || v.Origin != FromDefault {
		return false
	}
	p := v.Parameter
	if present, ok := p.PropertyValues["*"]; ok && len(p.PropertyValues) == 1 && v.is(present) {
		return true
	}
	paths, read := readProperties(b.Resource.Type)
	path := p.Property
	return read && path != "" && path != "resource.type" && !containsFold(paths, path)
}

// Tell writes into the managed services of a network what their profiles know of
// their own public addresses. Call it before the network is used.
func (c *Catalogue) Tell(n *azure.Network) {
	bindings, err := c.Discover(n, nil, nil)
	if err != nil {
		return // a value that no profile takes; nothing is known then
	}
	for _, b := range bindings {
		if i := slices.Index(n.ManagedServices, b.Resource); i >= 0 && b.Doubt == "" {
			n.ManagedServices[i].Own = b.Own()
		}
	}
}
