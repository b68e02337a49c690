package service

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// SubnetRules is what a page says about the subnets themselves.
type SubnetRules struct {
	// Rules that the subnets must meet, in the order they are shown.
	Rules []SubnetRule `yaml:"rules"`
	// Advice is what other editions ask; it never fails a check.
	Advice SubnetAdvice `yaml:"advice"`
	// From is the id of the source of the advice.
	From string `yaml:"from"`
	Note string `yaml:"note"`
}

// SubnetAdvice is a recommendation about number and size of subnets. Zero
// fields recommend nothing.
type SubnetAdvice struct {
	// Count of subnets.
	Count int `yaml:"count"`
	// SmallestPrefix is the longest IPv4 prefix length that is large enough.
	SmallestPrefix int `yaml:"smallestPrefix"`
}

// SubnetRule is one thing that a service asks of a subnet itself: exactly one
// of the fields from Name to Route says what.
type SubnetRule struct {
	// ID is unique in the edition, among rules and requirements.
	ID string `yaml:"id"`
	// Severity: "required" (the default), "optional" or "advice".
	Severity string `yaml:"severity"`
	// When leaves the rule out unless every named parameter has its value.
	When        map[string]string `yaml:"when"`
	Capability  string            `yaml:"capability"`
	Consequence string            `yaml:"consequence"`
	// Uncertain says why the rule is not certain; it is advice then.
	Uncertain string `yaml:"uncertain"`
	From      string `yaml:"from"`
	Note      string `yaml:"note"`
	// Subnet limits the rule to the subnet of this name.
	Subnet string `yaml:"subnet"`

	// Name is the one name that a subnet of the service may have.
	Name string `yaml:"name"`
	// Count is the number of subnets of one instance.
	Count int `yaml:"count"`
	// SmallestPrefix is the longest IPv4 prefix length that is large enough.
	SmallestPrefix int `yaml:"smallestPrefix"`
	// Addresses is how many addresses an instance takes, beside the five that
	// Azure reserves in every subnet.
	Addresses *AddressNeed `yaml:"addresses"`
	// Delegation is the service the subnet must be delegated to, or "none".
	Delegation string `yaml:"delegation"`
	// Dedicated says what may stand beside the instance: "instance" nothing,
	// "service" further instances of the same service.
	Dedicated string `yaml:"dedicated"`
	// SecurityGroup, RouteTable and NATGateway are "required" or "forbidden".
	SecurityGroup string `yaml:"securityGroup"`
	RouteTable    string `yaml:"routeTable"`
	NATGateway    string `yaml:"natGateway"`
	// Propagation is "required" or "forbidden": whether the subnet takes the
	// routes that gateways learn.
	Propagation string `yaml:"propagation"`
	// Route is where packets to a destination must go, or must not.
	Route *RouteNeed `yaml:"route"`
}

// AddressNeed is a number of addresses: Fixed, and PerUnit for each unit that a
// parameter of the format number counts.
type AddressNeed struct {
	Fixed   int    `yaml:"fixed"`
	PerUnit int    `yaml:"perUnit"`
	Units   string `yaml:"units"`
}

// RouteNeed limits the next hops of a destination. Next hops are those of
// Azure's effective routes: "Internet", "VirtualAppliance".
type RouteNeed struct {
	// Destination is a tag, prefixes or the network. The tag Internet is every
	// public address.
	Destination Peer `yaml:"destination"`
	// Via are the next hops allowed; empty allows all but Not.
	Via []string `yaml:"via"`
	// Not are the next hops forbidden.
	Not []string `yaml:"not"`
	// DefaultRoute limits the rule to user routes for 0.0.0.0/0 or for half of
	// it: longer ones, and what the platform or a gateway does, are not meant.
	DefaultRoute bool `yaml:"defaultRoute"`
}

// ReservedAddresses are the addresses that Azure keeps in every subnet (FAB-4).
const ReservedAddresses = 5

// ConsequenceText is the consequence, or NotStated.
func (r *SubnetRule) ConsequenceText() string {
	if r.Consequence == "" {
		return NotStated
	}
	return r.Consequence
}

// Asks says in words what the rule asks.
func (r *SubnetRule) Asks() string {
	switch {
	case r.Name != "":
		return "the subnet is called " + r.Name
	case r.Count > 0:
		return fmt.Sprintf("the service has %d subnets", r.Count)
	case r.SmallestPrefix > 0:
		return fmt.Sprintf("the subnet is a /%d or larger", r.SmallestPrefix)
	case r.Addresses != nil:
		return "the subnet has room for " + r.Addresses.text()
	case r.Delegation == "none":
		return "the subnet is not delegated"
	case r.Delegation != "":
		return "the subnet is delegated to " + r.Delegation
	case r.Dedicated == "service":
		return "the subnet holds nothing but this service"
	case r.Dedicated != "":
		return "the subnet holds nothing but this instance of the service"
	case r.SecurityGroup != "":
		return "a network security group is " + r.SecurityGroup
	case r.RouteTable != "":
		return "a route table is " + r.RouteTable
	case r.NATGateway != "":
		return "a NAT gateway is " + r.NATGateway
	case r.Propagation != "":
		return "propagation of gateway routes is " + r.Propagation
	case r.Route != nil:
		return r.Route.text(r.Route.Destination.Text)
	}
	return ""
}

func (a *AddressNeed) text() string {
	switch {
	case a.PerUnit == 0:
		return fmt.Sprintf("%s beside the %d that Azure reserves", addresses(a.Fixed), ReservedAddresses)
	case a.Fixed == 0:
		return fmt.Sprintf("%s for each of the %s beside the %d that Azure reserves", addresses(a.PerUnit), a.Units, ReservedAddresses)
	}
	return fmt.Sprintf("%s and %d for each of the %s beside the %d that Azure reserves", addresses(a.Fixed), a.PerUnit, a.Units, ReservedAddresses)
}

func addresses(n int) string {
	if n == 1 {
		return "1 address"
	}
	return fmt.Sprintf("%d addresses", n)
}

func (n *RouteNeed) text(far string) string {
	to := "packets to " + far
	if n.DefaultRoute {
		to = "user routes for 0.0.0.0/0"
	}
	if len(n.Via) > 0 {
		return to + " go to " + strings.Join(n.Via, " or ")
	}
	if n.DefaultRoute && len(n.Not) == len(nextHops) {
		return "there is no user route for 0.0.0.0/0"
	}
	return to + " do not go to " + strings.Join(n.Not, " or ")
}

// AppliedRule is a rule applied to one subnet of a binding.
type AppliedRule struct {
	Rule *SubnetRule
	// Subnet is nil for a rule about the service as a whole (Count).
	Subnet *azure.Subnet
	// Severity: Required, Optional or Advice.
	Severity string
	// Needed is the number of addresses that a rule of the kind Addresses asks.
	Needed int
	// To is the destination of a route, its case chosen.
	To Far
	// Open says what is missing for the rule to have a meaning.
	Open []string
}

// Asks says in words what the rule asks of this subnet.
func (a *AppliedRule) Asks() string {
	if n := a.Rule.Route; n != nil {
		return n.text(a.To.Text)
	}
	return a.Rule.Asks()
}

// Rules applies the profile's subnet rules to every subnet, in the order of the
// profile, then of the subnets.
func (b *Binding) Rules() []AppliedRule {
	var list []AppliedRule
	for i := range b.Profile.Subnets.Rules {
		r := &b.Profile.Subnets.Rules[i]
		included, open := b.applies(r.When)
		if !included {
			continue
		}
		a := AppliedRule{Rule: r, Severity: cmp.Or(r.Severity, Required), Open: open}
		untold := false // what only the owner can tell is advice until it is told
		if r.Addresses != nil {
			a.Needed, untold = b.addresses(r.Addresses, &a.Open), !b.given(r.Addresses.Units)
		}
		if r.Route != nil {
			a.To, untold = b.far(&r.Route.Destination, &a.Open), b.untold(&r.Route.Destination)
		}
		if untold {
			a.Severity = Advice
		}
		if r.Count > 0 {
			list = append(list, a)
			continue
		}
		for _, s := range b.Subnets {
			if r.Subnet == "" || strings.EqualFold(r.Subnet, s.Name) {
				a.Subnet = s
				list = append(list, a)
			}
		}
	}
	return list
}

// NeedsGroup reports whether the frontends of the service let nothing in without a
// network security group, as the profile says where it asks for one (decisions 14).
func (b *Binding) NeedsGroup() bool {
	return slices.ContainsFunc(b.Rules(), func(r AppliedRule) bool {
		return r.Rule.SecurityGroup == "required" && r.Severity == Required
	})
}

// addresses is the number of addresses the instance takes.
func (b *Binding) addresses(need *AddressNeed, open *[]string) int {
	total := need.Fixed
	if need.Units == "" {
		return total
	}
	v := b.parameter(need.Units)
	if v.Unknown != nil {
		*open = append(*open, unknownParameter(v))
		return total
	}
	if len(v.Values) == 0 {
		*open = append(*open, fmt.Sprintf("the value of %s is not given; name it with --set %s=...", need.Units, need.Units))
		return total
	}
	units, err := strconv.Atoi(v.Values[0])
	if err != nil {
		*open = append(*open, err.Error())
	}
	return total + need.PerUnit*units
}
