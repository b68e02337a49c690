package check

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// asker turns rows into queries and answers them.
type asker struct {
	fabric  *fabric.Fabric
	binding *service.Binding
	// byRule divides parts by every rule that decides.
	byRule bool
}

// answer is the parts of a row with the assumptions they rest on.
type answer struct {
	parts       parts
	assumptions []fabric.Assumption
	// empty says which part of the question has no packet.
	empty []string
}

// ask answers a row: every near end with every far end.
func (a *asker) ask(row *service.Row) (answer, error) {
	var total answer
	for _, from := range a.ends(row, row.Source) {
		for _, to := range a.ends(row, row.Destination) {
			got, err := reach.Explore(a.fabric, reach.Query{
				From: from, To: to, Protocols: row.Protocols,
				SourcePorts: row.SourcePorts, DestinationPorts: row.DestinationPorts, Managed: true, NeedsGroup: a.binding.NeedsGroup(), Own: a.sender(row), ByRule: a.byRule,
			})
			if err == reach.ErrNoPackets {
				total.empty = append(total.empty, fmt.Sprintf("there is no address in %s or in %s", row.Source.Text, row.Destination.Text))
				continue
			}
			if err != nil {
				return answer{}, err
			}
			for _, p := range got.Counted() {
				total.parts = total.parts.add(part{Part: p}, p.Space.Cubes())
			}
			total.assumptions = append(total.assumptions, got.Assumptions...)
		}
	}
	total.parts = a.withoutOwn(row, total.parts)
	return total, nil
}

// sender is what is known of the service where it is the one that sends.
func (a *asker) sender(row *service.Row) *azure.OwnAddress {
	if row.Source.Is != service.InSubnet && row.Source.Is != service.InService {
		return nil
	}
	own := a.binding.Own()
	return &own
}

// withoutOwn leaves the public addresses of this very network out of the word
// Internet and of service tags, of which AzureCloud holds addresses that Azure
// lends: a row that asks for either does not ask for them, and what happens behind
// them is another question.
func (a *asker) withoutOwn(row *service.Row, all parts) parts {
	var own flow.AddressSetBuilder
	for _, ip := range a.fabric.Network().PublicIPAddresses {
		if address, ok := ip.IPAddress.Known(); ok {
			own.Add(flow.AddressOf(address))
		}
	}
	if row.Source.Tag != "" {
		_, all = all.from(own.Set())
	}
	if row.Destination.Tag != "" {
		_, all = all.to(own.Set())
	}
	return all
}

func isInternet(far service.Far) bool { return strings.EqualFold(far.Tag, "Internet") }

// ends are the endpoints that one end of a row means (decisions 7, 8).
func (a *asker) ends(row *service.Row, far service.Far) []reach.Endpoint {
	switch {
	case far.Is == service.InSubnet:
		return []reach.Endpoint{a.subnet(row.Subnet)}
	case far.Is == service.InService:
		var ends []reach.Endpoint
		for _, s := range a.binding.Subnets {
			ends = append(ends, a.subnet(s))
		}
		return ends
	case far.Is == service.InNetwork:
		return []reach.Endpoint{reach.Space(row.Subnet.VirtualNetwork.ID)}
	case far.Is == service.Elsewhere:
		return a.elsewhere(row.Subnet.VirtualNetwork)
	case isInternet(far):
		return []reach.Endpoint{reach.Internet()}
	case strings.EqualFold(far.Tag, "AzureLoadBalancer"):
		return []reach.Endpoint{reach.LoadBalancer()}
	case far.Tag != "":
		return []reach.Endpoint{reach.Tag(far.Tag)}
	}
	return []reach.Endpoint{reach.Addresses(flow.AddressSetOf(far.Prefixes...))}
}

// elsewhere are the addresses of a network and its peers without the subnets of
// the service and those that Azure keeps for its own appliances, where no other
// machine can stand; none where the input states no others.
func (a *asker) elsewhere(v *azure.VirtualNetwork) []reach.Endpoint {
	own := flow.AddressSet{}
	for _, s := range a.binding.Subnets {
		own = own.Union(a.fabric.Addresses(s))
	}
	for _, s := range a.fabric.Network().Subnets() {
		if service.KeptFor(s.Name) != "" {
			own = own.Union(a.fabric.Addresses(s))
		}
	}
	rest := a.fabric.UsableSpace(v)
	for _, near := range a.fabric.Near(v) {
		rest = rest.Union(a.fabric.UsableSpace(near))
	}
	if rest = rest.Only(flow.IPv4).Minus(own); rest.IsEmpty() {
		return nil
	}
	return []reach.Endpoint{reach.Addresses(rest)}
}

// subnet is the IPv4 side of a subnet: the tables speak of IPv4.
func (a *asker) subnet(s *azure.Subnet) reach.Endpoint {
	if ipv4 := a.fabric.Addresses(s).Only(flow.IPv4); !ipv4.IsEmpty() {
		return reach.SubnetAddresses(s.ID, ipv4)
	}
	return reach.Subnet(s.ID)
}

// takenOver finds the user routes of a subnet, longer than /0, that send to an
// appliance (decisions 12).
func (a *asker) takenOver(s *azure.Subnet) []takenOver {
	if s == nil {
		return nil
	}
	var list []takenOver
	for _, leg := range a.fabric.Routes(s).Partition(a.fabric.PublicInternet()) {
		if !leg.Certain() {
			continue
		}
		route := leg.Routes[0]
		if route.User == nil || route.Hop != fabric.VirtualAppliance || isDefaultRoute(route.User) {
			continue
		}
		list = append(list, takenOver{route: route.Name, addresses: leg.Destinations})
	}
	return list
}

func isDefaultRoute(r *azure.Route) bool {
	return r.Destination.Kind == azure.PrefixAddress && r.Destination.Prefix.Bits() == 0
}
