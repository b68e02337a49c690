package fabric

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Fabric is a network compiled to decisions, under one reading of the open
// points. What it is asked for it compiles once. It is safe for concurrent
// use.
type Fabric struct {
	network     *azure.Network
	catalogue   *servicetag.Catalogue
	assumptions Assumptions
	mentioned   []string
	family      *family

	tags         *servicetag.Scope
	points       *points
	unknownSpace flow.AddressSet
	// everywhere are the switches that every answer rests on.
	everywhere Touches
	// configurations by subnet; those of unknown subnet under "".
	configurations map[azure.ID][]*azure.IPConfiguration
	// maybeMembers are the IP configurations of which it is not known which
	// application security groups they belong to.
	maybeMembers []*azure.IPConfiguration
	// endpoints are the private endpoints by subnet.
	endpoints map[*azure.Subnet][]endpointPart
	// hiddenOwners is set if the input holds resources that can own addresses
	// and are not modelled, hiddenMembers names a type of them that can be in
	// application security groups.
	hiddenOwners  bool
	hiddenMembers string

	// spaces, prefixes and addresses are what networks and subnets hold.
	spaces              memo[*azure.VirtualNetwork, Bounds]
	prefixes, addresses memo[*azure.Subnet, flow.AddressSet]
	placesOf            memo[*azure.Subnet, *place]
	received            memo[*azure.Subnet, receivers]
	// listed are the prefixes of tags by length.
	listed memo[string, []listedPrefixes]
	// serviceTags and numerics are what is known of tags and prefixes.
	serviceTags memo[string, serviceTag]
	families    memo[flow.Family, flow.AddressSet]
	numerics    memo[netip.Prefix, Bounds]
	// lists are the prefixes of rules with long lists, by digest.
	lists memo[uint64, sidePrefixes]
	// unions are of sets of addresses that rules have in common.
	unions memo[[2]flow.AddressSet, flow.AddressSet]
	// once is what is derived from the whole network.
	once struct {
		private      memo[struct{}, Bounds]
		internetBase memo[struct{}, internetBase]
		passes       memo[struct{}, *Policy]
		joinsSubnets memo[struct{}, bool]
	}
	unstated unstatedLinks
	// linkStates, linkSpaces and linkJoins are what is known of peerings.
	linkStates memo[*azure.Peering, state]
	linkSpaces memo[*azure.Peering, Bounds]
	linkJoins  memo[joinKey, state]
	// gates are the firewalls that routes lead to, keptRanges what these leave
	// untranslated.
	gates      memo[gateKey, firewallAt]
	keptRanges memo[*azure.AzureFirewall, keptRanges]

	mu       sync.Mutex
	places   map[string]*place
	policies map[policyKey]*lazyPolicy
	admin    map[adminKey]*adminPolicies
	// firewalls by id.
	firewalls map[azure.ID]*firewallRules
}

// family are the fabrics of one network under different readings.
type family struct {
	catalogue *servicetag.Catalogue
	mu        sync.Mutex
	members   map[familyKey]*Fabric
	atoms     atoms
}

type familyKey struct {
	assumptions Assumptions
	mentioned   string
}

type policyKey struct {
	group, missing string
	direction      azure.Direction
	at             *place
	variant        string
}

type lazyPolicy struct {
	once   sync.Once
	policy *Policy
}

// Compile checks the names of service tags and prepares a network for
// questions. The names in mentioned are tags that questions will speak of
// beside those in the network's rules and routes. If a diagnostic is an error
// the fabric is nil.
func Compile(network *azure.Network, catalogue *servicetag.Catalogue, assumptions Assumptions, mentioned ...string) (*Fabric, diagnostic.List) {
	list := checkTags(network, catalogue)
	list.Sort()
	if list.HasErrors() {
		return nil, list
	}
	names := append(TagNames(network), mentioned...)
	f := &family{catalogue: catalogue, members: map[familyKey]*Fabric{}}
	return f.fabric(network, catalogue, assumptions, names), list
}

// fabric finds or makes the member of a reading.
func (f *family) fabric(network *azure.Network, catalogue *servicetag.Catalogue, a Assumptions, names []string) *Fabric {
	names = foldNames(names)
	key := familyKey{a, strings.Join(names, " ")}
	f.mu.Lock()
	defer f.mu.Unlock()
	if have, ok := f.members[key]; ok {
		return have
	}
	n := &Fabric{
		network: network, catalogue: catalogue, assumptions: a, mentioned: names, family: f,
		tags: catalogue.Scope(names), unknownSpace: privateSpace,
		configurations: map[azure.ID][]*azure.IPConfiguration{},
		places:         map[string]*place{}, policies: map[policyKey]*lazyPolicy{}, admin: map[adminKey]*adminPolicies{},
		firewalls: map[azure.ID]*firewallRules{},
	}
	if a.Value(UnknownSpace) == "any" {
		n.unknownSpace = anySpace
	}
	n.unstated = n.findUnstatedLinks()
	n.points = findPoints(network, n.tags, n.unknownSpace)
	n.everywhere = n.touchedEverywhere()
	n.hiddenOwners, n.hiddenMembers = hiddenResources(network)
	n.collectConfigurations()
	n.endpoints = n.findEndpoints()
	f.members[key] = n
	return n
}

func foldNames(names []string) []string {
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = strings.ToLower(name)
	}
	return sorted(folded)
}

func (f *Fabric) collectConfigurations() {
	for _, nic := range f.network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			f.configurations[c.Subnet.ID] = append(f.configurations[c.Subnet.ID], c)
			if slices.ContainsFunc(c.ApplicationSecurityGroups, func(r azure.Reference) bool { return r.Unknown != nil }) {
				f.maybeMembers = append(f.maybeMembers, c)
			}
		}
	}
}

// Reading is the same network under another reading of the open points.
func (f *Fabric) Reading(a Assumptions) *Fabric {
	return f.family.fabric(f.network, f.catalogue, a, f.mentioned)
}

// Mention is the same fabric for questions that also speak of these tags. It is
// f itself if their addresses are known or f knows of them already; otherwise
// it compiles everything anew, so mention in [Compile] what is known to come.
func (f *Fabric) Mention(names ...string) *Fabric {
	fresh := slices.DeleteFunc(foldNames(names), func(name string) bool {
		return f.hasTag(name) || slices.Contains(f.mentioned, name)
	})
	if len(fresh) == 0 {
		return f
	}
	return f.family.fabric(f.network, f.catalogue, f.assumptions, append(fresh, f.mentioned...))
}

// Network is the network that was compiled.
func (f *Fabric) Network() *azure.Network { return f.network }

// Catalogue is the service-tag data the fabric uses.
func (f *Fabric) Catalogue() *servicetag.Catalogue { return f.catalogue }

// Assumptions is the reading of the fabric.
func (f *Fabric) Assumptions() Assumptions { return f.assumptions }

// Routes are the effective routes of a subnet.
func (f *Fabric) Routes(s *azure.Subnet) *Routes { return f.placeOf(s).routes() }

// UnallocatedRoutes are the routes of addresses of a virtual network that
// belong to no subnet.
func (f *Fabric) UnallocatedRoutes(v *azure.VirtualNetwork) *Routes {
	return f.unallocated(v).routes()
}

// Touches are the switches on which the routes to these destinations depend.
func (r *Routes) Touches(destinations flow.AddressSet) Touches {
	return r.TouchedBy([]flow.Cube{{Destination: destinations}}, false)
}

// TouchedBy are the switches on which the routes of packets depend, or those of
// the replies to them.
func (r *Routes) TouchedBy(packets []flow.Cube, replies bool) Touches {
	if replies {
		return r.stakes.touches(packets, source)
	}
	return r.stakes.touches(packets, destination)
}

// VirtualNetworkTag is what the tag VirtualNetwork holds at a subnet (TAG-10).
func (f *Fabric) VirtualNetworkTag(s *azure.Subnet) Bounds { return f.placeOf(s).tags().virtualNetwork }

// InternetTag is what the tag Internet holds at a subnet (TAG-20).
func (f *Fabric) InternetTag(s *azure.Subnet) Bounds { return f.placeOf(s).tags().internet }

// policy finds or compiles a group at a place; nil where there is no group. A
// variant is the group as it decides about the private endpoints there, or at a
// network interface that forwards, or only its rules that name the tag of a platform
// service.
func (f *Fabric) policy(group *azure.NetworkSecurityGroup, missing *azure.Unknown, d azure.Direction, at *place, variant string) *Policy {
	if group == nil && missing == nil {
		return nil
	}
	key := policyKey{direction: d, at: at, variant: variant}
	if group != nil {
		key.group = string(group.ID)
	} else {
		key.missing = missing.Name
	}
	f.mu.Lock()
	lazy, ok := f.policies[key]
	if !ok {
		lazy = &lazyPolicy{}
		f.policies[key] = lazy
	}
	f.mu.Unlock()
	lazy.once.Do(func() {
		by, forwarded := strings.CutPrefix(variant, forwardedBy)
		switch {
		case variant == "":
			lazy.policy = f.compileGroup(group, missing, d, at, nil)
		case forwarded:
			nic, _ := f.network.NetworkInterface(azure.ID(by))
			lazy.policy = f.compileGroup(group, missing, d, at, nic)
		case variant == atEndpoint:
			lazy.policy = f.compileEndpoint(group, missing, at)
		default:
			lazy.policy = f.compileService(group, missing, variant, at)
		}
	})
	return lazy.policy
}

// checkTags looks up every service tag the rules and routes name (decisions
// 28, TAG-8, TAG-44).
func checkTags(network *azure.Network, catalogue *servicetag.Catalogue) diagnostic.List {
	var list diagnostic.List
	for term := range firewallTags(network) {
		if _, contextual := servicetag.Contextual(term.Name); !contextual {
			_, found, _ := catalogue.Resolve(term.Name, servicetag.FirewallRule, term.At)
			list = append(list, found...)
		}
	}
	for term, route := range tagTerms(network) {
		canonical, contextual := servicetag.Contextual(term.Tag)
		switch {
		case contextual && route:
			list = append(list, diagnostic.Errorf("route-destination", term.At, "the tag %s cannot be the destination of a route", canonical))
			continue
		case contextual:
			continue
		}
		place := servicetag.SecurityRule
		if route {
			place = servicetag.Route
		}
		_, found, _ := catalogue.Resolve(term.Tag, place, term.At)
		list = append(list, found...)
	}
	return list
}

// tagTerms visits every tag of the rules and routes; the flag tells a route's.
func tagTerms(network *azure.Network) func(yield func(*azure.AddressTerm, bool) bool) {
	return func(yield func(*azure.AddressTerm, bool) bool) {
		for _, g := range network.NetworkSecurityGroups {
			for _, r := range g.Rules {
				for _, side := range []azure.Side{r.Source, r.Destination} {
					for _, term := range side.OtherThanPrefixes() {
						if term.Kind == azure.TagAddress && !yield(term, false) {
							return
						}
					}
				}
			}
		}
		for _, r := range network.AdminRules {
			for _, side := range []azure.Side{r.Match.Source, r.Match.Destination} {
				for _, term := range side.OtherThanPrefixes() {
					if term.Kind == azure.TagAddress && !yield(term, false) {
						return
					}
				}
			}
		}
		for _, t := range network.RouteTables {
			for _, r := range t.Routes {
				if r.Destination.Kind == azure.TagAddress && !yield(&r.Destination, true) {
					return
				}
			}
		}
	}
}

// Mentioned lists the tags that the network's rules, routes and service
// endpoints name, and those that questions were announced to speak of, sorted
// and with case folded.
func (f *Fabric) Mentioned() []string { return slices.Clone(f.mentioned) }

// TagNames lists the tags that the rules, routes and service endpoints name.
func TagNames(network *azure.Network) []string {
	var names []string
	for term := range tagTerms(network) {
		names = append(names, term.Tag)
	}
	for term := range firewallTags(network) {
		if _, contextual := servicetag.Contextual(term.Name); !contextual {
			names = append(names, term.Name)
		}
	}
	for _, s := range network.Subnets() {
		for _, e := range s.ServiceEndpoints {
			if service, ok := e.Service.Known(); ok {
				if tag, ok := endpointTag(service); ok {
					names = append(names, tag)
				}
			}
		}
	}
	return names
}
