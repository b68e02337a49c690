package azure

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// validateSpecial checks what the subnets of the platform's own services may
// have attached (SUB-1 to SUB-5, RT-13, RT-32). Where it is not known what is attached,
// it may be nothing.
func (b *builder) validateSpecial(s *Subnet) {
	name := strings.ToLower(s.Name)
	group, table := s.NetworkSecurityGroup, s.RouteTable
	switch name {
	case "gatewaysubnet":
		if group.ID != "" {
			b.topology(s.Rank, special(s, group, "a network security group", "SUB-1"))
		}
		if s.NATGateway.ID != "" {
			b.topology(s.Rank, special(s, s.NATGateway, "a NAT gateway", "RT-32"))
		}
		b.validateGatewayRoutes(s)
	case "azurefirewallsubnet":
		if group.ID != "" {
			b.report(diagnostic.Warningf("group-ignored", group.At, "the network security group of %q is ignored; Azure disables it there", s.Name).
				WithHint("detach it (SUB-2)"))
		}
	case "azurefirewallmanagementsubnet":
		b.validateManagementRoutes(s)
	case "azurebastionsubnet":
		if table.ID != "" {
			b.topology(s.Rank, special(s, table, "a route table", "SUB-4"))
		}
	case "routeserversubnet":
		// Not from a document (SUB-5): never more than a warning.
		for what, r := range map[string]Reference{"a network security group": group, "a route table": table} {
			if r.ID != "" {
				d := special(s, r, what, "SUB-5")
				d.Severity = diagnostic.Warning
				b.report(d)
			}
		}
	}
}

func special(s *Subnet, r Reference, what, statement string) diagnostic.Diagnostic {
	return diagnostic.Errorf("special-subnet", r.At, "%q has %s, which is not supported there", s.Name, what).
		WithHint("detach it (%s)", statement)
}

// validateGatewayRoutes checks the route table of a GatewaySubnet: no default
// route, and gateway routes must stay enabled (SUB-1, RT-13).
func (b *builder) validateGatewayRoutes(s *Subnet) {
	table, ok := b.network.RouteTable(s.RouteTable.ID)
	if !ok {
		return
	}
	if off, known := table.DisableBGPRoutePropagation.Known(); known && off {
		b.topology(s.Rank, diagnostic.Errorf("special-subnet", table.DisableBGPRoutePropagation.At, "the route table %q of GatewaySubnet disables the propagation of gateway routes", table.title()).
			WithRelated(s.RouteTable.At, "attached here").
			WithHint("the gateway stops working: enable it (SUB-1)"))
	}
	for _, r := range table.Routes {
		if r.Destination.Kind == PrefixAddress && r.Destination.Prefix.Bits() == 0 {
			b.topology(s.Rank, diagnostic.Errorf("special-subnet", r.Destination.At, "the route %q of GatewaySubnet has the destination %s, which is not supported there", r.Name, r.Destination.Prefix).
				WithRelated(s.RouteTable.At, "the table is attached here").
				WithHint("use longer prefixes, such as those of the spokes (SUB-1)"))
		}
	}
}

// validateManagementRoutes checks the route table of a firewall's management
// subnet: nothing but a default route to the internet (SUB-3).
func (b *builder) validateManagementRoutes(s *Subnet) {
	table, ok := b.network.RouteTable(s.RouteTable.ID)
	if !ok {
		return
	}
	for _, r := range table.Routes {
		hop, known := r.NextHopType.Known()
		if !known || hop == InternetNextHop && r.Destination.Kind == PrefixAddress && r.Destination.Prefix.Bits() == 0 {
			continue
		}
		b.topology(s.Rank, diagnostic.Errorf("special-subnet", r.At, "the route %q of %s leads elsewhere than 0.0.0.0/0 to the internet, which is not supported there", r.Name, s.Name).
			WithRelated(s.RouteTable.At, "the table is attached here").
			WithHint("take it out: a firewall is managed over the internet (SUB-3)"))
	}
}
