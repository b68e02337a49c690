package fabric

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Receiver is the decision whether somebody answers at a subnet's addresses:
// nobody at the five reserved ones (FAB-4); elsewhere somebody is taken to be
// there (decisions 18).
func (f *Fabric) Receiver(s *azure.Subnet) Stage { return receiver{f, s} }

type receiver struct {
	fabric *Fabric
	subnet *azure.Subnet
}

func (d receiver) Split(packets []flow.Cube, _ bool) []Outcome {
	f := d.fabric
	here := Hop{Kind: KindSubnet, Resource: d.subnet.ID, Address: d.subnet.Label(), Name: d.subnet.Name, At: d.subnet.At}
	held := f.received.of(d.subnet, func() receivers { return f.receiversIn(d.subnet) })
	reserved, packets := ByDestination(packets, held.reserved)
	out := make([]Outcome, 0, 2)
	if len(reserved) > 0 {
		out = append(out, Outcome{Packets: reserved, Effect: Stop, Hops: []Hop{{
			Kind: KindPlatform, Decision: Drop, Resource: here.Resource, Address: here.Address, Name: "FAB-4",
			Note: "one of the five addresses of the subnet that nobody can have",
		}}})
	}
	modelled, assumed := ByDestination(packets, held.modelled)
	deliver := here
	deliver.Decision = Deliver
	if len(modelled) > 0 {
		out = append(out, Outcome{Packets: modelled, Hops: []Hop{deliver}})
	}
	if f.assumptions.Value(ReceiverExists) == "false" {
		here.Kind, here.Decision, here.Note = KindNIC, Drop, "no network interface in the input owns the address, and no private endpoint or firewall"
		return nonEmpty(append(out, Outcome{Packets: assumed, Effect: Stop, Hops: []Hop{here}}))
	}
	var t Touches
	t.add(ReceiverExists, ReceiverExists.allValues())
	return nonEmpty(append(out, Outcome{Packets: assumed, Hops: []Hop{deliver}, Touches: t}))
}

// receivers are the addresses of a subnet that nobody can have, and those that
// something in the input has.
type receivers struct{ reserved, modelled flow.AddressSet }

func (f *Fabric) receiversIn(s *azure.Subnet) receivers {
	var owned flow.AddressSetBuilder
	for _, c := range f.configurationsIn(s) {
		owned.AddSet(f.configuration(c).Must)
	}
	owned.AddSet(f.EndpointsIn(s).Must)
	for _, g := range f.OwnGates(s) {
		owned.Add(flow.AddressOf(g.Address))
	}
	return receivers{Reserved(s), owned.Set()}
}

// Tracking is the decision of the network interfaces that do not track TCP
// state: what becomes of replies there is not known (NSG-38). At the sender the
// interface is found by source, at the receiver by destination.
func (f *Fabric) Tracking(s *azure.Subnet, d azure.Direction) Stage {
	t := tracking{f, s, source}
	if d == azure.Inbound {
		t.end = destination
	}
	return t
}

type tracking struct {
	fabric *Fabric
	subnet *azure.Subnet
	end    end
}

func (d tracking) Split(packets []flow.Cube, _ bool) []Outcome {
	var out []Outcome
	for _, c := range d.fabric.configurationsIn(d.subnet) {
		if off := c.Interface.DisableTCPStateTracking; off.Unknown == nil && !off.Or(false) {
			continue
		}
		here, rest := d.end.restrict(packets, d.fabric.configuration(c).May)
		tcp := d.fabric.everyPacket()
		tcp.Protocols = flow.Protocols(flow.TCP)
		hit, others := match(here, tcp)
		packets = append(rest, others...)
		why := fmt.Sprintf("network interface %s does not track TCP state, so what becomes of replies is not known (NSG-38)", c.Interface.Label())
		out = append(out, Outcome{Packets: hit, Effect: Doubtful, Reasons: []string{why}, Hops: []Hop{interfaceHop(c.Interface, Unknown, why)}})
	}
	return nonEmpty(append(out, Outcome{Packets: packets}))
}

func interfaceHop(nic *azure.NetworkInterface, d Decision, why string) Hop {
	return Hop{Kind: KindNIC, Decision: d, Resource: nic.ID, Address: nic.Label(), Name: nic.Name, At: nic.At, Note: why}
}

// Frontends tells whose public frontends lead to a subnet.
type Frontends uint8

// Kinds of frontends. Those of a managed service are exempt from PIP-1, unless its
// profile asks for a security group (decisions 14).
const (
	AnyFrontends Frontends = iota
	ServiceFrontends
	GuardedFrontends
)

// Frontend is the decision about packets from outside all networks, which come
// in through a public frontend and are translated already (P9, NSG-27): a
// Standard one is closed where no security group stands behind it (PIP-1).
func (f *Fabric) Frontend(s *azure.Subnet, of Frontends) Stage { return frontend{f, s, of} }

type frontend struct {
	fabric *Fabric
	subnet *azure.Subnet
	of     Frontends
}

func (d frontend) Split(packets []flow.Cube, _ bool) []Outcome {
	f := d.fabric
	var assumed Touches
	assumed.add(FrontendExists, FrontendExists.allValues())
	switch d.of {
	case ServiceFrontends:
		return nonEmpty([]Outcome{{Packets: packets}})
	case GuardedFrontends:
		return nonEmpty(d.guarded(packets))
	}
	subnetHas, subnetMissing := f.subnetGroup(d.subnet)
	var out []Outcome
	for _, c := range f.configurationsIn(d.subnet) {
		own, rest := ByDestination(packets, f.configuration(c).Must)
		if len(own) == 0 || !c.PublicIPAddress.IsSet() {
			continue
		}
		packets = rest
		out = append(out, f.ThroughPublicAddress(d.subnet, c, own))
	}
	var guarded flow.AddressSetBuilder
	for _, c := range f.configurationsIn(d.subnet) {
		if c.Interface.NetworkSecurityGroup.IsSet() {
			guarded.AddSet(f.configuration(c).Must)
		}
	}
	if subnetHas != nil || subnetMissing != nil {
		return nonEmpty(append(out, Outcome{Packets: packets, Touches: assumed}))
	}
	behind, open := ByDestination(packets, guarded.Set())
	out = append(out, Outcome{Packets: behind, Touches: assumed})
	why := fmt.Sprintf("%s has no security group: a Standard public frontend lets nothing in then, a Basic one everything (PIP-1), and the frontend is not in the input", d.subnet.Name)
	out = append(out, Outcome{Packets: open, Effect: Doubtful, Reasons: []string{why}, Touches: assumed, Hops: []Hop{{
		Kind: KindPlatform, Decision: Unknown, Resource: d.subnet.ID, Address: d.subnet.Label(), Name: "PIP-1", Note: why,
	}}})
	return nonEmpty(out)
}

// guarded are packets to the frontends of a service that let nothing in without a
// security group. What comes from private addresses comes through none (PIP-2).
func (d frontend) guarded(packets []flow.Cube) []Outcome {
	f := d.fabric
	private := f.privateSpace()
	inside, packets := BySource(packets, private.Must)
	maybeInside, packets := BySource(packets, private.May)
	has, missing := f.subnetGroup(d.subnet)
	if has != nil {
		return []Outcome{{Packets: slices.Concat(packets, inside, maybeInside)}}
	}
	var must, may flow.AddressSetBuilder
	for _, c := range f.configurationsIn(d.subnet) {
		group, unknown := f.attachedGroup(c.Interface.NetworkSecurityGroup)
		switch own := f.configuration(c); {
		case group != nil:
			must.AddSet(own.Must)
		case unknown != nil:
			may.AddSet(own.May)
		}
	}
	behind, packets := ByDestination(packets, must.Set())
	maybe, packets := ByDestination(packets, may.Set())
	if missing != nil {
		maybe, packets = append(maybe, packets...), nil
	}
	hop := Hop{Kind: KindPlatform, Decision: Drop, Resource: d.subnet.ID, Address: d.subnet.Label(), Name: "PIP-1", At: d.subnet.At}
	hop.Note = fmt.Sprintf("%s has no security group, without which the service lets nothing in from outside", d.subnet.Name)
	open := hop
	open.Decision, open.Note = Unknown, fmt.Sprintf("whether %s has a security group, without which the service lets nothing in from outside, is not known", d.subnet.Name)
	unsure := hop
	unsure.Decision, unsure.Note = Unknown, "whether the sender is a private address, which comes through no public frontend, is not known"
	return []Outcome{
		{Packets: append(behind, inside...)},
		{Packets: maybeInside, Effect: Doubtful, Reasons: private.reasons(Sources(maybeInside)), Hops: []Hop{unsure}},
		{Packets: maybe, Effect: Doubtful, Reasons: []string{open.Note}, Hops: []Hop{open}},
		{Packets: packets, Effect: Stop, Hops: []Hop{hop}},
	}
}

// ThroughPublicAddress is the decision about packets that come in through the
// public IP address of an IP configuration in a subnet: a Standard one is closed
// where no security group stands behind it (PIP-1).
func (f *Fabric) ThroughPublicAddress(s *azure.Subnet, c *azure.IPConfiguration, packets []flow.Cube) Outcome {
	subnetHas, subnetMissing := f.subnetGroup(s)
	has, missing := f.attachedGroup(c.Interface.NetworkSecurityGroup)
	guarded, maybeGuarded := subnetHas != nil || has != nil, subnetMissing != nil || missing != nil
	h := Hop{Kind: KindPublicIP, Decision: Translate, Resource: c.PublicIPAddress.ID, Name: c.PublicIPAddress.ID.Name(), At: c.PublicIPAddress.At}
	ip, stated := f.network.PublicIPAddress(c.PublicIPAddress.ID)
	if stated {
		h.Address, h.At = ip.Label(), ip.At
	}
	if private, ok := c.PrivateIPAddress.Known(); ok {
		h.Note = fmt.Sprintf("to %v", private)
	}
	sku, known := "", false
	if stated {
		sku, known = ip.SKU.Known()
	}
	switch {
	case guarded, known && strings.EqualFold(sku, "Basic"):
		return Outcome{Packets: packets, Hops: []Hop{h}}
	case known && !maybeGuarded:
		h.Kind, h.Decision, h.Name = KindPlatform, Drop, "PIP-1"
		h.Note = "a " + sku + " public IP address lets nothing in without a security group"
		return Outcome{Packets: packets, Effect: Stop, Hops: []Hop{h}}
	}
	why := fmt.Sprintf("whether the public IP address %s is Standard, and so closed without a security group, is not known (PIP-1)", h.Name)
	h.Kind, h.Decision, h.Note = KindPlatform, Unknown, why
	return Outcome{Packets: packets, Effect: Doubtful, Hops: []Hop{h}, Reasons: []string{why}}
}
