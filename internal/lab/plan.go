package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Role is what a namespace stands for.
type Role string

// Roles of namespaces.
const (
	// SubnetHosts own the addresses of a subnet that no network interface owns.
	SubnetHosts Role = "subnet"
	// InterfaceHost owns the addresses of one network interface.
	InterfaceHost Role = "nic"
	// EndpointHost owns the addresses of one private endpoint.
	EndpointHost Role = "endpoint"
	// Router carries the packets of one virtual network.
	Router Role = "router"
	// Edge is the platform around one virtual network: its virtual addresses
	// and the translation to public ones.
	Edge Role = "edge"
	// Internet owns every public address.
	Internet Role = "internet"
	// Firewall is an Azure Firewall.
	Firewall Role = "firewall"
)

// Plan is a network as Linux will hold it: a pure description, in the order in
// which it is made. It is frozen and safe for concurrent use.
type Plan struct {
	Namespaces []*Namespace
	Links      []Link

	places    map[azure.ID]*place
	vnets     map[azure.ID]*vnet
	firewalls []*firewall
	occupied  []occupied
	public    []netip.Addr // of the network, whatever has them
}

// Namespace is one network namespace.
type Namespace struct {
	// Name is unique in the plan: "subnet v/app", "nic vma", "internet".
	Name string
	Role Role
	// Resource is the subnet, interface or virtual network it stands for.
	Resource azure.ID
	// Sysctls are settings below /proc/sys/net, "ipv4/ip_forward=1". Those of
	// netfilter are made when the ruleset is there, the others before the links.
	Sysctls []string
	// Commands are lines for ip -batch, run when the links exist.
	Commands []string
	// Ruleset is for nft -f; empty for none.
	Ruleset string
}

// End is one end of a link.
type End struct {
	Namespace string
	Device    string
}

// Link is a veth pair without ARP: both ends have one hardware address, so
// that every address is on the link.
type Link struct {
	A, B     End
	Hardware string
}

// String prints the whole plan, but for the settings that every namespace has.
func (p *Plan) String() string {
	var b strings.Builder
	for _, l := range p.Links {
		fmt.Fprintf(&b, "link %s [%s] -- %s [%s] %s\n", l.A.Namespace, l.A.Device, l.B.Namespace, l.B.Device, l.Hardware)
	}
	for _, n := range p.Namespaces {
		fmt.Fprintf(&b, "\nnamespace %s\n", n.Name)
		for _, s := range n.Sysctls[len(sysctls):] {
			fmt.Fprintf(&b, "  sysctl %s\n", s)
		}
		for _, c := range n.Commands {
			fmt.Fprintf(&b, "  ip %s\n", c)
		}
		for line := range strings.Lines(n.Ruleset) {
			fmt.Fprintf(&b, "  | %s", line)
		}
	}
	return b.String()
}

// Digest identifies what the plan makes: equal plans have equal digests.
func (p *Plan) Digest() string {
	h := sha256.New()
	h.Write([]byte(p.String()))
	for _, n := range p.Namespaces {
		fmt.Fprintf(h, "%s %s %s %q\n", n.Name, n.Role, n.Resource, n.Sysctls)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sysctls are those of every namespace (L-06). They hold before the links are
// made, so that each device begins with them.
var sysctls = []string{
	"ipv4/conf/all/rp_filter=0", "ipv4/conf/default/rp_filter=0",
	"ipv4/conf/all/send_redirects=0", "ipv4/conf/default/send_redirects=0",
	"ipv4/conf/all/accept_redirects=0", "ipv4/conf/default/accept_redirects=0",
	"ipv4/ip_forward=0",
	"ipv6/conf/all/disable_ipv6=1", "ipv6/conf/default/disable_ipv6=1",
}

// namespace adds a namespace; a name already in use gets a number.
func (p *Plan) namespace(name string, role Role, of azure.ID) *Namespace {
	unique := name
	for n := 2; p.Namespace(unique) != nil; n++ {
		unique = fmt.Sprintf("%s#%d", name, n)
	}
	ns := &Namespace{Name: unique, Role: role, Resource: of, Sysctls: slices.Clone(sysctls)}
	p.Namespaces = append(p.Namespaces, ns)
	return ns
}

// Namespace finds a namespace by name, or nil.
func (p *Plan) Namespace(name string) *Namespace {
	for _, n := range p.Namespaces {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// link joins two namespaces and brings both ends up.
func (p *Plan) link(a *Namespace, deviceA string, b *Namespace, deviceB string) {
	n := len(p.Links) + 1
	p.Links = append(p.Links, Link{
		A: End{a.Name, deviceA}, B: End{b.Name, deviceB},
		Hardware: fmt.Sprintf("02:00:00:%02x:%02x:%02x", n>>16&255, n>>8&255, n&255),
	})
	a.ip("link set %s arp off up", deviceA)
	b.ip("link set %s arp off up", deviceB)
}

// ip adds a command.
func (n *Namespace) ip(format string, arguments ...any) {
	n.Commands = append(n.Commands, fmt.Sprintf(format, arguments...))
}

// nth is the address at a place in a prefix, counted from its network
// address.
func nth(p netip.Prefix, n int) netip.Addr {
	a := p.Masked().Addr()
	for range n {
		a = a.Next()
	}
	return a
}
