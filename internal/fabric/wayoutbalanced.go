package fabric

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// balancedOut is what load balancers do with what an IP configuration sends.
type balancedOut struct {
	name, label string
	id          azure.ID
	at          azure.Position
	// addresses of the frontends that translate, and of which protocols.
	addresses []*azure.Frontend
	protocols flow.ProtocolSet
	// standard names a Standard balancer of a pool with the configuration.
	standard string
	// open says why it is not known what they do.
	open string
}

// balancedOut looks for the load balancers that translate what an IP
// configuration sends: by outbound rules or, without any for its pool, by the
// frontends of the rules that lead to it.
func (f *Fabric) balancedOut(c *azure.IPConfiguration) balancedOut {
	var b balancedOut
	for _, ref := range c.BackendPools {
		pool, l := f.poolOf(ref)
		if pool == nil {
			b.open = fmt.Sprintf("which load balancer %s is behind is not known", c.Interface.Name)
			continue
		}
		switch sku, known := l.SKU.Known(); {
		case l.Open != nil:
			b.open = fmt.Sprintf("not all rules of load balancer %s are known: %s", l.Name, l.Open.Why)
		case !known:
			b.open = fmt.Sprintf("whether load balancer %s is Standard is not known", l.Name)
		case !strings.EqualFold(sku, "Basic"):
			b.standard = l.Name
		}
		explicit := false
		for _, r := range l.OutboundRules {
			if r.Pool.Unknown != nil {
				b.open = fmt.Sprintf("which pool outbound rule %s of load balancer %s is for is not known", r.Name, l.Name)
			}
			if r.Pool.ID != pool.ID {
				continue
			}
			explicit = true
			for _, front := range r.Frontends {
				b.use(l, l.Frontend(front), r.Protocol)
			}
		}
		for _, r := range l.Rules {
			if explicit || !slices.ContainsFunc(r.Pools, func(p azure.Reference) bool { return p.ID == pool.ID || p.Unknown != nil }) {
				continue
			}
			if r.DisableOutboundSNAT.Unknown != nil {
				b.open = fmt.Sprintf("whether rule %s of load balancer %s translates what its pool sends is not known", r.Name, l.Name)
			}
			if front := l.Frontend(r.Frontend); !r.DisableOutboundSNAT.V && (front == nil || front.Public()) {
				b.use(l, front, azure.Of("All", r.At))
			}
		}
	}
	return b
}

// use adds a frontend that translates.
func (b *balancedOut) use(l *azure.LoadBalancer, front *azure.Frontend, protocol azure.Value[string]) {
	text, known := protocol.Known()
	if front == nil || !known {
		b.open = cmp.Or(b.open, fmt.Sprintf("what load balancer %s translates is not known", l.Name))
		return
	}
	b.name, b.label, b.id, b.at = l.Name, l.Label(), l.ID, front.At
	b.addresses = append(b.addresses, front)
	switch strings.ToLower(text) {
	case "tcp":
		b.protocols = b.protocols.Union(flow.Protocols(flow.TCP))
	case "udp":
		b.protocols = b.protocols.Union(flow.Protocols(flow.UDP))
	default:
		b.protocols = flow.Protocols(flow.TCP, flow.UDP)
	}
}

func (f *Fabric) poolOf(ref azure.Reference) (*azure.BackendPool, *azure.LoadBalancer) {
	for _, l := range f.network.LoadBalancers {
		if p := l.Pool(ref); p != nil && ref.ID != "" {
			return p, l
		}
	}
	return nil, nil
}

// publicOfFrontends is any of the public addresses of frontends.
func (f *Fabric) publicOfFrontends(list []*azure.Frontend, origin string) Seen {
	var texts []string
	for _, front := range list {
		if front.PublicIPAddress.IsSet() {
			texts = append(texts, f.publicText(front.PublicIPAddress))
			continue
		}
		prefix, ok := f.network.PublicIPPrefix(front.PublicIPPrefix.ID)
		if p, known := knownPrefix(prefix, ok); known {
			texts = append(texts, p)
		} else {
			texts = append(texts, "<"+front.PublicIPPrefix.ID.Name()+">")
		}
	}
	s := publicSeen(texts, origin)
	if slices.ContainsFunc(s.Addresses, func(t string) bool { return strings.Contains(t, "/") }) {
		s.Kind = SeenUnpredictable
	}
	return s
}

func knownPrefix(prefix *azure.PublicIPPrefix, stated bool) (string, bool) {
	if !stated {
		return "", false
	}
	p, ok := prefix.Prefix.Known()
	if p.IsSingleIP() {
		return p.Addr().String(), ok
	}
	return p.String(), ok
}

// standardAddressOf is the Standard public IP address that another address of
// the same machine has, if any.
func (f *Fabric) standardAddressOf(c *azure.IPConfiguration) string {
	for _, nic := range f.network.NetworkInterfaces {
		same := nic == c.Interface || nic.VirtualMachine.ID != "" && nic.VirtualMachine.ID == c.Interface.VirtualMachine.ID
		for _, other := range nic.IPConfigurations {
			ip, ok := f.network.PublicIPAddress(other.PublicIPAddress.ID)
			if !same || !ok {
				continue
			}
			if sku, known := ip.SKU.Known(); known && !strings.EqualFold(sku, "Basic") {
				return ip.Name
			}
		}
	}
	return ""
}
