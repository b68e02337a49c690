package wayleave

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/repair"
)

// openConnections says what a change does to connections that are open and that it
// closes: by what blocks them in the new network. It is empty where nobody
// publishes it. Whatever ends a connection wins over what nobody publishes, and that
// over what lets it go on.
func openConnections(now *azure.Network, c difference.Change) string {
	best, text := 0, ""
	for _, x := range c.Because {
		if !x.New {
			continue
		}
		if rank, says := fateOfOpen(now, x.Hop); rank > best {
			best, text = rank, says
		}
	}
	return text
}

// fateOfOpen is what becomes of connections that a hop would block, and how much
// it says: what ends them ranks above what may, that above what nobody publishes,
// and that above what lets them go on.
func fateOfOpen(now *azure.Network, h fabric.Hop) (rank int, says string) {
	switch h.Kind {
	case fabric.KindRoute, fabric.KindSystemRoute, fabric.KindPeering, fabric.KindReturnPath:
		return 6, "break at once: a change of routes and peerings concerns them too (ASY-12)"
	case fabric.KindFirewallRule, fabric.KindFirewallDefaultDeny:
		return 5, "are cut once the firewall has taken the change, which takes minutes (P-16, P-39)"
	case fabric.KindNSGRule, fabric.KindNSGDefaultRule:
		group, ok := now.NetworkSecurityGroup(h.Resource)
		if !ok {
			return 2, ""
		}
		switch flush, known := group.FlushConnection.Known(); {
		case group.FlushConnection.IsSet() && !known:
			return 3, "go on or are cut: whether " + group.Label() + " flushes connections is not known (NSG-35)"
		case flush:
			return 4, "are cut: " + group.Label() + " flushes connections when its rules change (NSG-35)"
		}
		return 1, "go on until they end: the rules of " + group.Label() + " judge new ones (NSG-34)"
	}
	return 2, ""
}

// movesOpen reports whether an edit leads packets another way, which open
// connections follow at once (ASY-12). now is the network after the change.
func movesOpen(now *azure.Network, e *repair.Edit) bool {
	switch c := e.Change.(type) {
	case nil:
		return e.Route != nil
	case *repair.RouteChange, *repair.RouteRemoval:
		return true
	case *repair.Association:
		return c.Kind == azure.SubnetToRouteTable && leads(now, c.To)
	case *repair.Detachment:
		return c.Kind == azure.SubnetToNATGateway || leads(now, c.From)
	}
	return false
}

// leads reports whether a route table is not as none: it has routes, or may keep
// those of gateways away.
func leads(n *azure.Network, table *azure.Resource) bool {
	t, ok := n.RouteTable(table.ID)
	return !ok || len(t.Routes)+len(t.UnknownRoutes) > 0 || t.DisableBGPRoutePropagation.Or(t.DisableBGPRoutePropagation.IsSet())
}
