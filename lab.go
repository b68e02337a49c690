package wayleave

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// LabPlan compiles the network for the lab, under the assumptions of Load. The
// error is a *UsageError for an assumption that the lab does not follow.
func (n *Network) LabPlan() (*lab.Plan, error) {
	switches, err := n.labSwitches()
	if err != nil {
		return nil, err
	}
	return lab.Compile(n.network, n.labTags(), switches), nil
}

// labSwitches are the assumptions in the words of package plain.
func (n *Network) labSwitches() (plain.Switches, error) {
	s := plain.Documented()
	for _, fixed := range []fabric.Switch{fabric.TagDefaultRoute, fabric.PlatformNoneRoutes, fabric.ForwardedFalse, fabric.ServiceEndpointBeatsUDR, fabric.OutboundTCP25, fabric.DNATThenNetworkDeny} {
		if d := fixed.Definition(); n.assumptions.Value(fixed) != d.Default() {
			return s, &UsageError{Message: fmt.Sprintf("the lab knows %s=%s alone", d.Name, d.Default())}
		}
	}
	hops := n.assumptions.Value(fabric.TagHopTypes)
	for option, taken := range map[plain.Option]bool{
		plain.StarIncludesESPAH:       n.assumptions.Value(fabric.StarIncludesESPAH) == "true",
		plain.ICMPPortIsType:          n.assumptions.Value(fabric.ICMPPorts) == "type",
		plain.ZeroSlashZeroCoversIPv6: n.assumptions.Value(fabric.ZeroSlashZeroCoversIPv6) == "true",
		plain.VnetLocalJoinsTag:       strings.Contains(hops, "vnetLocal"),
		plain.InternetJoinsTag:        strings.Contains(hops, "internet"),
		plain.NoneJoinsTag:            strings.Contains(hops, "none"),
		plain.InternetMinusVnetTag:    n.assumptions.Value(fabric.InternetMinusTag) == "true",
		plain.InternetRemovesNone:     n.assumptions.Value(fabric.NoneRoutesRemovedBy) != fabric.NoneRoutesRemovedBy.Definition().Default(),
		plain.SharedSpaceIsPublic:     n.assumptions.Value(fabric.DefaultPrivateRanges) == "rfc1918",
		plain.ParentNATIgnored:        n.assumptions.Value(fabric.ChildInheritsDNAT) == "no",
		plain.TagIPv6:                 n.assumptions.Value(fabric.TagIPv6) == "true",
	} {
		s = s.With(option, taken)
	}
	return s, nil
}

// labTags are the service tags that rules and routes name, as plain lists.
func (n *Network) labTags() plain.Tags {
	tags := plain.Tags{}
	add := func(name string) {
		tag, err := n.catalogue.Lookup(name)
		if err != nil || tag.Symbolic {
			return
		}
		tags[plain.FoldTag(name)] = plain.Tag{Region: tag.Region, Prefixes: slices.Collect(n.catalogue.Listed(name))}
	}
	for _, g := range n.network.NetworkSecurityGroups {
		for _, r := range g.Rules {
			addTags(r.Source, add)
			addTags(r.Destination, add)
		}
	}
	for _, t := range n.network.RouteTables {
		for _, r := range t.Routes {
			addTags(azure.NewSide(r.Destination), add)
		}
	}
	for _, r := range n.network.AdminRules {
		addTags(r.Match.Source, add)
		addTags(r.Match.Destination, add)
	}
	n.firewallTags(add)
	return tags
}

// firewallTags calls add for the service tags of firewall rules.
func (n *Network) firewallTags(add func(string)) {
	var collections []*azure.RuleCollection
	for _, f := range n.network.AzureFirewalls {
		collections = append(collections, f.RuleCollections...)
	}
	for _, p := range n.network.FirewallPolicies {
		for _, g := range p.Groups {
			collections = append(collections, g.Collections...)
		}
	}
	for _, c := range collections {
		for _, r := range c.Rules {
			for _, t := range append(slices.Clone(r.Source.Terms), r.Destination.Terms...) {
				if t.Kind == azure.FirewallTag {
					add(t.Name)
				}
			}
		}
	}
}

func addTags(side azure.Side, add func(string)) {
	for _, t := range side.OtherThanPrefixes() {
		if t.Kind == azure.TagAddress {
			add(t.Tag)
		}
	}
}
