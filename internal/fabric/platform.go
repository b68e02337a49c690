package fabric

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The platform's virtual addresses (PLAT-1): DHCP, DNS, the agent's WireServer
// and health probes, and the instance metadata service.
var (
	HostAddress     = netip.MustParseAddr("168.63.129.16")
	MetadataAddress = netip.MustParseAddr("169.254.169.254")
)

// PlatformAddresses is the set of both.
func PlatformAddresses() flow.AddressSet { return platformAddresses }

var platformAddresses = set("168.63.129.16/32", "169.254.169.254/32")

// unicast is every numeric address that a fabric carries packets to (FAB-1).
var notUnicast = set("224.0.0.0/4", "255.255.255.255/32", "ff00::/8")

// platformService is a service at a platform address that one tag, and nothing
// else, filters (PLAT-3, PLAT-4).
type platformService struct {
	tag     string
	packets flow.Cube
}

// platformServices are the two whose addresses are known. Everything else at
// the host address, WireServer above all, is never filtered (PLAT-2).
func (f *Fabric) platformServices() []platformService {
	dns, metadata := f.everyPacket(), f.everyPacket()
	dns.Destination = flow.Host(HostAddress)
	dns.Protocols, dns.DestinationPorts = flow.Protocols(flow.TCP, flow.UDP), flow.Ports(53)
	metadata.Destination = flow.Host(MetadataAddress)
	return []platformService{{"AzurePlatformDNS", dns}, {"AzurePlatformIMDS", metadata}}
}

// ToPlatform is the decision about packets to the platform's virtual
// addresses: neither rules nor routes touch them (PLAT-1, RT-25), except for
// an outbound rule that names the tag of the service (PLAT-3, PLAT-4).
func (f *Fabric) ToPlatform(s *azure.Subnet) Stage { return toPlatform{f, s} }

type toPlatform struct {
	fabric *Fabric
	subnet *azure.Subnet
}

func (d toPlatform) Split(packets []flow.Cube, byRule bool) []Outcome {
	var out []Outcome
	for _, service := range d.fabric.platformServices() {
		var here []flow.Cube
		here, packets = match(packets, service.packets)
		passing := []Outcome{{Packets: here}}
		for _, stage := range d.fabric.groupStages(d.subnet, azure.Outbound, service.tag) {
			passing = apply(stage, passing, byRule)
		}
		out = append(out, passing...)
	}
	out = append(out, Outcome{Packets: packets})
	for i := range out {
		if out[i].Effect == Pass {
			out[i].Hops = append(out[i].Hops, Hop{Kind: KindPlatform, Decision: Deliver, Name: "PLAT-1", Note: "answered by the host; rules and routes do not apply"})
		}
	}
	return nonEmpty(out)
}

// apply sends what passes through a further stage. Hops of stages passed
// before are kept.
func apply(stage Stage, outcomes []Outcome, byRule bool) []Outcome {
	var out []Outcome
	for _, o := range outcomes {
		if o.Effect != Pass || len(o.Packets) == 0 {
			out = append(out, o)
			continue
		}
		for _, next := range stage.Split(o.Packets, byRule) {
			if next.Effect == Pass {
				next.Hops = append(o.Hops[:len(o.Hops):len(o.Hops)], next.Hops...)
			}
			next = next.after(o)
			out = append(out, next)
		}
	}
	return out
}

func nonEmpty(outcomes []Outcome) []Outcome {
	out := outcomes[:0]
	for _, o := range outcomes {
		if len(o.Packets) > 0 {
			out = append(out, o)
		}
	}
	return out
}

// compileService compiles the rules of a group that name the tag of a platform
// service; everything else passes.
func (f *Fabric) compileService(group *azure.NetworkSecurityGroup, missing *azure.Unknown, tag string, at *place) *Policy {
	var entries []*entry
	if missing != nil {
		return f.compileGroup(group, missing, azure.Outbound, at, nil)
	}
	if len(group.UnknownRules) == 0 && !slices.ContainsFunc(group.Rules, func(r *azure.SecurityRule) bool { return mayName(r, tag) }) {
		return f.passing(group)
	}
	for _, u := range group.UnknownRules {
		entries = append(entries, f.unknownEntry(fmt.Sprintf("not all rules of %s are known: %s", group.Label(), u.Why)))
	}
	for _, r := range effectiveRules(group, azure.Outbound) {
		names, maybeNames := namesTag(r.Destination, tag)
		if !names && !maybeNames {
			continue
		}
		e := f.compileRule(r, at)
		if !names {
			e.must = nil
		}
		entries = append(entries, e)
	}
	return f.newPolicy(group, azure.Outbound, append(entries, f.passEntry()))
}

// passEntry lets all packets pass.
func (f *Fabric) passEntry() *entry {
	all := f.everyPacket()
	return &entry{must: []flow.Cube{all}, may: []flow.Cube{all}, access: azure.Allow, priority: 65536}
}

// passing is a group none of whose rules is asked; that of all groups is compiled once.
func (f *Fabric) passing(group *azure.NetworkSecurityGroup) *Policy {
	p := *f.once.passes.of(struct{}{}, func() *Policy { return f.newPolicy(nil, azure.Outbound, []*entry{f.passEntry()}) })
	p.Group = group
	return &p
}

// mayName reports whether a rule names a tag as its destination, certainly or possibly.
func mayName(r *azure.SecurityRule, tag string) bool {
	names, maybeNames := namesTag(r.Destination, tag)
	return names || maybeNames
}

// namesTag reports whether a side names a tag, certainly or possibly.
func namesTag(s azure.Side, tag string) (names, maybeNames bool) {
	for _, term := range s.OtherThanPrefixes() {
		names = names || term.Kind == azure.TagAddress && strings.EqualFold(term.Tag, tag)
		maybeNames = maybeNames || term.Kind == azure.UnknownAddress
	}
	return names, maybeNames
}

// Windows licensing, the third service of PLAT-4: TCP 1688 to public addresses
// that are published nowhere.
const (
	licensingTag  = "AzurePlatformLKM"
	licensingPort = 1688
)

// licensing narrows a rule that names the tag of Windows licensing to that
// traffic.
func (f *Fabric) licensing(e *entry, r *azure.SecurityRule) {
	if names, _ := namesTag(r.Destination, licensingTag); !names {
		return
	}
	e.may = slices.Clone(e.may)
	for i := range e.may {
		e.may[i].Protocols = e.may[i].Protocols.Intersect(flow.Protocols(flow.TCP))
		e.may[i].DestinationPorts = e.may[i].DestinationPorts.Intersect(flow.Ports(licensingPort))
	}
}

// licensingPackets may be exempt from all other rules.
func (f *Fabric) licensingPackets() flow.Cube {
	c := f.everyPacket()
	c.Destination = servicetag.PublicSpace().Union(f.tags.PublicPoints()).Only(flow.IPv4)
	c.Protocols, c.DestinationPorts = flow.Protocols(flow.TCP), flow.Ports(licensingPort)
	return c
}

// exempting keeps licensing out of what a stage blocks: which packets those
// are is not known. A user route 0.0.0.0/0 switches the exemption off (PLAT-4).
type exempting struct {
	fabric *Fabric
	Stage
}

func (d exempting) Split(packets []flow.Cube, byRule bool) []Outcome {
	var out []Outcome
	for _, o := range d.Stage.Split(packets, byRule) {
		if o.Effect != Stop {
			out = append(out, o)
			continue
		}
		licensing, rest := match(o.Packets, d.fabric.licensingPackets())
		exempt := o
		o.Packets = rest
		why := "TCP 1688 to Azure's licensing servers is exempt from the rules, and their addresses are published nowhere (PLAT-4)"
		exempt.Packets, exempt.Effect, exempt.Reasons = licensing, Doubtful, []string{why}
		exempt.Hops = []Hop{{Kind: KindPlatform, Decision: Unknown, Name: "PLAT-4", Note: why}}
		out = append(out, o, exempt)
	}
	return nonEmpty(out)
}

// Carried is the decision about what a virtual network carries at all, whatever
// rules and routes say (FAB-1 to FAB-3, NSG-31).
func (f *Fabric) Carried() Stage { return carried{f} }

type carried struct{ fabric *Fabric }

func (d carried) Split(packets []flow.Cube, _ bool) []Outcome {
	every := d.fabric.everyPacket()
	only := func(change func(*flow.Cube)) flow.Cube {
		c := every
		change(&c)
		return c
	}
	var out []Outcome
	cut := func(c flow.Cube, o Outcome, name, note string) {
		var hit []flow.Cube
		if hit, packets = match(packets, c); len(hit) == 0 {
			return
		}
		o.Packets = hit
		decision := Drop
		if o.Effect == Doubtful {
			decision, o.Reasons = Unknown, []string{note}
		}
		o.Hops = []Hop{{Kind: KindPlatform, Decision: decision, Name: name, Note: note}}
		out = append(out, o)
	}
	cut(only(func(c *flow.Cube) { c.Destination = notUnicast }), Outcome{Effect: Stop}, "FAB-1", "virtual networks carry neither multicast nor broadcast")
	cut(only(func(c *flow.Cube) { c.Protocols = flow.Protocols(protocolIPinIP, flow.GRE) }), Outcome{Effect: Stop}, "FAB-2", "virtual networks carry neither IP-in-IP nor GRE")
	cut(only(func(c *flow.Cube) { c.Protocols = flow.Protocols(flow.ICMPv6) }), Outcome{Effect: Doubtful}, "NSG-31", "security groups do not support ICMPv6, so what becomes of it is not known")
	cut(only(func(c *flow.Cube) {
		c.Protocols, c.SourcePorts, c.DestinationPorts = flow.Protocols(flow.UDP), flow.Ports(68), flow.Ports(67)
	}), Outcome{Effect: Stop, Reserved: true}, "FAB-3", "unicast DHCP is reserved for the platform")
	cut(only(func(c *flow.Cube) { c.Protocols, c.SourcePorts = flow.Protocols(flow.UDP), flow.Ports(65330) }),
		Outcome{Effect: Stop, Reserved: true}, "FAB-3", "UDP source port 65330 is reserved for the host")
	return nonEmpty(append(out, Outcome{Packets: packets}))
}

const protocolIPinIP = 4
