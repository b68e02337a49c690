package egress

import (
	"cmp"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// Severity says what a finding does to the pattern of one public address.
type Severity string

// Severities, from the worst.
const (
	// Broken: the pattern does not hold.
	Broken Severity = "error"
	// Unsure: it works and is not guaranteed.
	Unsure Severity = "warning"
	// Information that whoever runs the pattern wants to know.
	Information Severity = "info"
)

// Finding is what a check of the pattern finds beyond what verdicts and the
// addresses of the parts say.
type Finding struct {
	// Check is its id, "C-30".
	Check    string
	Severity Severity
	// Found says what there is, Observed what people would see of it.
	Found, Observed string
	At              azure.Position
}

// Facts are what the input of a network cannot tell and the user may.
type Facts struct {
	// Connector says where a connector runs, if the senders have such; empty
	// where they have none, or where it runs with them.
	Connector Connector
	// Connections are those open at once to one destination, Idle the seconds
	// that one of them may be silent; 0 where nobody tells.
	Connections, Idle int
	// Destinations says that the question names destinations; without, what
	// concerns a single one is left out.
	Destinations bool
}

// Connector says where a connector of Logic Apps runs (C-24).
type Connector string

// Places of connectors that matter.
const (
	// Unstated: nobody tells.
	Unstated Connector = "unstated"
	// MultiTenant: outside the network, with all others of the region.
	MultiTenant Connector = "multi-tenant"
)

// crossing is what the packets of an answer that pass one firewall have in common.
type crossing struct {
	fabric   *fabric.Fabric
	firewall *azure.AzureFirewall
	// parts that lead to the firewall, their packets and senders.
	parts   []Part
	packets []flow.Cube
	senders []*azure.Subnet
	facts   Facts
	list    []Finding
}

// Findings makes the checks of one predictable address (C-01 to C-35) that an
// answer alone does not show, for every firewall on the way. They come in the
// order of the checks.
func (a Answer) Findings(f *fabric.Fabric, facts Facts) []Finding {
	var crossings []*crossing
	for _, p := range a.Parts {
		for _, firewall := range f.FirewallsOn(p.Trace) {
			i := slices.IndexFunc(crossings, func(c *crossing) bool { return c.firewall == firewall })
			if i < 0 {
				i = len(crossings)
				crossings = append(crossings, &crossing{fabric: f, firewall: firewall, facts: facts})
			}
			crossings[i].meet(p)
		}
	}
	var list []Finding
	for _, c := range crossings {
		c.place()
		c.rules()
		c.addresses()
		list = append(list, c.list...)
	}
	if len(crossings) > 0 {
		list = append(list, connector(facts)...)
	}
	slices.SortStableFunc(list, func(x, y Finding) int { return cmp.Compare(x.Check, y.Check) })
	return slices.Compact(list)
}

func (c *crossing) meet(p Part) {
	c.parts = append(c.parts, p)
	c.packets = append(c.packets, p.Space.Cubes()...)
	for _, s := range p.From {
		if !slices.Contains(c.senders, s) {
			c.senders = append(c.senders, s)
		}
	}
}

func (c *crossing) note(check string, severity Severity, found, observed string, at azure.Position) {
	c.list = append(c.list, Finding{check, severity, found, observed, at})
}

// some reports whether some part has a verdict.
func (c *crossing) some(v reach.Verdict) bool {
	return slices.ContainsFunc(c.parts, func(p Part) bool { return p.Verdict == v })
}

// asks reports whether some packets go to a port by TCP.
func (c *crossing) asks(port uint16) bool {
	return slices.ContainsFunc(c.packets, func(cube flow.Cube) bool {
		return cube.Protocols.Contains(flow.TCP) && cube.DestinationPorts.Contains(port)
	})
}
