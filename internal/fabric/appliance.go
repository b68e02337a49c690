package fabric

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Appliance is where a route to a virtual appliance leads.
type Appliance struct {
	// Subnet the appliance is in; nil if no subnet within reach holds it, or
	// if it is not known.
	Subnet *azure.Subnet
	// Interface that owns the address; nil where none is modelled.
	Interface *azure.NetworkInterface
	// Balanced is the internal load balancer that owns it instead, or nil.
	Balanced *Balanced
	// Address of the appliance.
	Address netip.Addr
	// Effect is Stop if nobody within reach owns the address, else Doubtful or
	// Pass as far as is known that somebody does.
	Effect Effect
	Hop    Hop
	// Touches are the switches on which that rests.
	Touches Touches
}

// Appliance follows a route to a virtual appliance from a virtual network: the
// address must be that of a network interface or load balancer of this network
// or one directly peered (RT-17); if nobody owns it the packets are dropped, as
// Azure's next hop None for such routes shows.
func (f *Fabric) Appliance(v *azure.VirtualNetwork, from *azure.Subnet, r *Route) Appliance {
	a := Appliance{Address: r.Appliance, Effect: Stop}
	a.Hop = routeHop(r, Drop)
	if !r.Appliance.IsValid() {
		a.Effect, a.Hop.Decision, a.Hop.Note = Doubtful, Unknown, r.Why
		return a
	}
	a.Hop.Note = fmt.Sprintf("nobody within reach owns the next hop %v", r.Appliance)
	address := flow.Host(r.Appliance)
	if f.applianceIn(&a, v, address) {
		return a
	}
	for _, link := range f.links(v) {
		state := f.linkState(link)
		if state.is == no || !f.remoteSpace(link).May.Overlaps(address) {
			continue
		}
		remote := f.Remote(link)
		if remote == nil || state.is == maybe || remote.Stub {
			why := fmt.Sprintf("whether %v is in %s is not known", r.Appliance, remoteName(link))
			if state.is == maybe {
				why = state.why
			}
			a.Effect, a.Hop.Decision, a.Hop.Note = Doubtful, Unknown, why
			continue
		}
		if f.applianceIn(&a, remote, address) {
			if a.Subnet != nil {
				if joined := f.joins(link, from, a.Subnet); joined.is == no {
					a.Effect, a.Hop.Decision, a.Hop.Note = Stop, Drop, joined.why
				}
			}
			return a
		}
	}
	if why := f.inHub(v, r.Appliance); why != "" && a.Effect == Stop {
		a.Effect, a.Hop.Decision, a.Hop.Note = Doubtful, Unknown, why
	}
	return a
}

// inHub says why an address that no stated network holds may be that of an
// appliance in a virtual hub (RT-55), and is empty where it cannot.
func (f *Fabric) inHub(v *azure.VirtualNetwork, address netip.Addr) string {
	for _, firewall := range f.network.AzureFirewalls {
		if own, known := firewall.HubPrivateIPAddress.Known(); known && own == address {
			return fmt.Sprintf("the next hop %v is the firewall %s in a virtual hub, which is not followed (F-17)", address, firewall.Name)
		}
	}
	if len(v.HubConnections) > 0 || slices.ContainsFunc(v.Peerings, func(p *azure.Peering) bool { return p.Hub() != "" }) {
		return fmt.Sprintf("whether somebody in %s owns the next hop %v is not known", f.gatewayOf(v), address)
	}
	return ""
}

// applianceIn looks for the owner of the address in one network; false if the
// network does not hold the address.
func (f *Fabric) applianceIn(a *Appliance, v *azure.VirtualNetwork, address flow.AddressSet) bool {
	owner := f.Owners(v, address)[0]
	switch {
	case owner.Why != "":
		a.Effect, a.Hop.Decision, a.Hop.Note = Doubtful, Unknown, owner.Why
		return !v.Stub
	case owner.Subnet == nil:
		return f.Holds(v).Overlaps(address)
	}
	a.Subnet = owner.Subnet
	if b, ok := f.FrontendAt(owner.Subnet, a.Address); ok {
		a.Balanced, a.Effect, a.Hop.Decision, a.Hop.Note = &b, Pass, Forward, "to "+a.Address.String()
		return true
	}
	unknown := f.unknownFrontend(owner.Subnet)
	for _, c := range f.configurationsIn(owner.Subnet) {
		own, ok := c.PrivateIPAddress.Known()
		if ok && own == a.Address {
			a.Interface, a.Effect, a.Hop.Decision, a.Hop.Note = c.Interface, Pass, Forward, "to "+a.Address.String()
			return true
		}
		unknown = unknown || !ok
	}
	if firewalls := f.firewallsIn(owner.Subnet); len(firewalls) > 0 {
		for _, c := range firewalls {
			if c.PrivateIPAddress.Unknown != nil {
				a.Touches.add(FirewallAddress, FirewallAddress.allValues())
			}
			if _, ok := f.privateAddress(c, owner.Subnet).Known(); !ok {
				a.Effect, a.Hop.Decision = Doubtful, Unknown
				a.Hop.Note = fmt.Sprintf("whether the firewall %s has the next hop %v is not known: %s", c.Firewall.Name, a.Address, whyUnknown(c.PrivateIPAddress.Unknown))
			}
		}
		return true // nothing else stands in a firewall's subnet
	}
	// A load balancer or an interface of unknown address may own
	// it; an input that names no machines cannot tell (decisions 18).
	if unknown || f.hiddenOwners || owner.Subnet.Stub || owner.Subnet.Rank.Planned() && len(f.network.NetworkInterfaces) == 0 {
		a.Effect, a.Hop.Decision = Doubtful, Unknown
		a.Hop.Note = fmt.Sprintf("whether somebody in subnet %s owns the next hop %v is not known", owner.Subnet.Name, a.Address)
	}
	return true
}

// AtAppliance are the security groups that packets to an appliance meet there,
// with the packet's own addresses (PIPE-3): the subnet's, then the interface's.
func (f *Fabric) AtAppliance(a Appliance) []Stage {
	if a.Interface != nil {
		return f.forwarderRules(a.Interface, a.Subnet, azure.Inbound)
	}
	var stages []Stage
	if p := f.SubnetRules(a.Subnet, azure.Inbound); p != nil {
		stages = append(stages, p)
	}
	return f.behindAdmin(a.Subnet, azure.Inbound, stages)
}

// Forwarding is the decision of an appliance's network interface about packets
// that are not its own: without IP forwarding they are dropped (RT-40).
func (f *Fabric) Forwarding(nic *azure.NetworkInterface) (Effect, Hop) {
	switch on, ok := nic.EnableIPForwarding.Known(); {
	case nic.EnableIPForwarding.IsSet() && !ok:
		return Doubtful, interfaceHop(nic, Unknown, fmt.Sprintf("whether IP forwarding of %s is on is not known", nic.Label()))
	case !on:
		return Stop, interfaceHop(nic, Drop, "IP forwarding is off, so packets that are not its own are dropped (RT-40)")
	}
	return Pass, interfaceHop(nic, Forward, "")
}

// RouteHop is the record of a route that was taken.
func RouteHop(r *Route, d Decision) Hop { return routeHop(r, d) }

func routeHop(r *Route, d Decision) Hop {
	h := Hop{Kind: KindSystemRoute, Decision: d, Name: r.Name, Note: "next hop " + string(r.Hop)}
	switch {
	case r.User != nil:
		h.Kind, h.At = KindRoute, r.User.At
		if r.User.Table != nil {
			h.Resource, h.Address = r.User.Table.ID, r.User.Table.Label()
		}
		if r.Appliance.IsValid() {
			h.Note += " " + r.Appliance.String()
		}
	case r.Peering != nil:
		h.Resource, h.Address, h.At = r.Peering.ID, r.Peering.Label(), r.Peering.At
	case r.Hop == ServiceEndpoint:
		h.Kind = KindServiceEndpoint
	}
	if d == Drop {
		h.Kind = KindRoute // decisions 17: a drop by any route is of kind route
	}
	return h
}

// ownerTypes are parts of the names of resource types that can own private
// addresses or be members of application security groups, and that the inputs
// may hold without the model following them.
var ownerTypes = []string{"loadbalancer", "firewall", "applicationgateway", "scaleset", "scale_set", "privateendpoint", "private_endpoint",
	"load_balancer", "application_gateway", "azurerm_lb", "networkvirtualappliance", "virtualmachine", "virtual_machine", "container"}

// hiddenResources finds the resources of the input that can own addresses and
// are not modelled.
func hiddenResources(network *azure.Network) (owners bool, members string) {
	for _, n := range network.NotModelled {
		kind := strings.ToLower(n.Type)
		if n.Type == azure.TypeNetworkInterface {
			owners, members = true, "network interfaces that no input states"
		}
		for _, part := range ownerTypes {
			if strings.Contains(kind, part) && !strings.Contains(kind, "policy") && !strings.Contains(kind, "policies") {
				owners = true
				if strings.Contains(part, "scale") || strings.Contains(part, "private") {
					members = n.Type
				}
			}
		}
	}
	return owners, members
}
