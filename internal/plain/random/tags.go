package random

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/plain"
)

// region of the made-up cloud: its suffix in tag names, its slug, and the
// blocks its addresses come from (TAG-46).
type region struct {
	suffix, slug string
	blocks       []netip.Prefix
	block6       netip.Prefix
}

var regions = []region{
	{"WestEurope", "westeurope", []netip.Prefix{must("13.64.0.0/13"), must("52.232.0.0/14")}, must("2603:1020::/32")},
	{"FranceCentral", "centralfrance", []netip.Prefix{must("20.40.0.0/13"), must("40.80.0.0/14")}, must("2603:1021::/32")},
	{"EastUS", "eastus", []netip.Prefix{must("52.239.128.0/17"), must("104.40.0.0/13")}, must("2603:1022::/32")},
}

// services with regional tags, and without.
var (
	regionalServices = []string{"Storage", "Sql", "EventHub", "LogicApps"}
	globalServices   = []string{"AzureActiveDirectory", "AzureMonitor", "AzureMonitor.Core", "LogicAppsManagement"}
)

// serviceTags makes tags nested like the real ones: regional within global
// (TAG-30), one service within another (TAG-31), AzureCloud over most of them
// in pieces of its own (TAG-27).
func (g *generator) serviceTags() {
	size := pick(g.Rand, []int{1, 4, 4, 12, 12, 40})
	if g.chance(4) {
		size = 400
	}
	if g.small {
		size = 1
	}
	seen := map[netip.Prefix]bool{}
	cloud := ServiceTag{Name: "AzureCloud"}
	global := map[string]*ServiceTag{}
	var regional []ServiceTag
	for _, s := range append(slices.Clone(regionalServices), globalServices...) {
		global[s] = &ServiceTag{Name: s, Prefixes: g.tagPrefixes(pick(g.Rand, regions), g.IntN(size+1), seen)}
	}
	for _, r := range regions {
		here := ServiceTag{Name: "AzureCloud." + r.slug, Region: r.slug}
		for _, s := range regionalServices {
			t := ServiceTag{Name: s + "." + r.suffix, Region: r.slug, Prefixes: g.tagPrefixes(r, g.between(1, size), seen)}
			global[s].Prefixes = append(global[s].Prefixes, t.Prefixes...)
			regional = append(regional, t)
			here.Prefixes = append(here.Prefixes, g.pieces(t.Prefixes)...)
		}
		here.Prefixes = append(here.Prefixes, g.tagPrefixes(r, g.between(1, size), map[netip.Prefix]bool{})...)
		cloud.Prefixes = append(cloud.Prefixes, here.Prefixes...)
		regional = append(regional, here)
	}
	nest := func(inner, outer string) {
		global[outer].Prefixes = append(global[outer].Prefixes, global[inner].Prefixes...)
	}
	nest("AzureMonitor.Core", "AzureMonitor")
	nest("LogicAppsManagement", "LogicApps")
	for _, s := range append(slices.Clone(regionalServices), globalServices...) {
		g.n.ServiceTags = append(g.n.ServiceTags, *global[s])
	}
	g.n.ServiceTags = append(append(g.n.ServiceTags, regional...), cloud)
	for i := range g.n.ServiceTags {
		t := &g.n.ServiceTags[i]
		slices.SortFunc(t.Prefixes, netip.Prefix.Compare)
		t.Prefixes = slices.Compact(t.Prefixes)
	}
}

// tagPrefixes draws prefixes of a region that no other tag has drawn: a tag
// shares a prefix only with the tags it nests in.
func (g *generator) tagPrefixes(r region, count int, seen map[netip.Prefix]bool) []netip.Prefix {
	var list []netip.Prefix
	for range count {
		p := g.inside(pick(g.Rand, r.blocks), g.between(18, 30))
		if g.dual && g.chance(25) {
			p = g.inside(r.block6, g.between(36, 56))
		}
		if !seen[p] {
			seen[p] = true
			list = append(list, p)
		}
	}
	return list
}

// inside is a random prefix of some length inside a block.
func (g *generator) inside(block netip.Prefix, bits int) netip.Prefix {
	bits = max(bits, block.Bits())
	b := block.Addr().AsSlice()
	for i := block.Bits(); i < bits; i++ {
		b[i/8] |= byte(g.IntN(2)) << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return netip.PrefixFrom(a, bits)
}

// pieces covers most of some prefixes by other prefixes.
func (g *generator) pieces(list []netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range list {
		switch {
		case g.chance(15): // not in AzureCloud at all
		case g.chance(40):
			out = append(out, p)
		default:
			low, high := halves(p)
			out = append(out, low)
			if g.chance(70) {
				out = append(out, high)
			}
		}
	}
	return out
}

// halves splits a prefix in two.
func halves(p netip.Prefix) (low, high netip.Prefix) {
	low = netip.PrefixFrom(p.Addr(), p.Bits()+1)
	b := p.Addr().AsSlice()
	b[p.Bits()/8] |= 1 << (7 - p.Bits()%8)
	a, _ := netip.AddrFromSlice(b)
	return low, netip.PrefixFrom(a, p.Bits()+1)
}

// Tags are the service tags as the twin reads them.
func (n *Network) Tags() plain.Tags {
	tags := plain.Tags{}
	for _, t := range n.ServiceTags {
		tags[plain.FoldTag(t.Name)] = plain.Tag{Region: t.Region, Prefixes: t.Prefixes}
	}
	return tags
}

// ServiceTagFile is the tags in the form of Microsoft's weekly file (TAG-40).
func (n *Network) ServiceTagFile() []byte {
	type properties struct {
		ChangeNumber    int            `json:"changeNumber"`
		Region          string         `json:"region"`
		RegionID        int            `json:"regionId"`
		Platform        string         `json:"platform"`
		SystemService   string         `json:"systemService"`
		AddressPrefixes []netip.Prefix `json:"addressPrefixes"`
		NetworkFeatures []string       `json:"networkFeatures"`
	}
	type value struct {
		Name       string     `json:"name"`
		ID         string     `json:"id"`
		Properties properties `json:"properties"`
	}
	file := struct {
		ChangeNumber int     `json:"changeNumber"`
		Cloud        string  `json:"cloud"`
		Values       []value `json:"values"`
	}{ChangeNumber: 1, Cloud: "Public"}
	for i, t := range n.ServiceTags {
		service := t.Name
		if t.Region != "" {
			service, _, _ = strings.Cut(t.Name, ".")
		}
		p := properties{ChangeNumber: 1, Region: t.Region, RegionID: i, Platform: "Azure", SystemService: service,
			AddressPrefixes: t.Prefixes, NetworkFeatures: []string{"API", "NSG", "UDR", "FW"}}
		if p.AddressPrefixes == nil {
			p.AddressPrefixes = []netip.Prefix{}
		}
		file.Values = append(file.Values, value{Name: t.Name, ID: t.Name, Properties: p})
	}
	text, err := json.MarshalIndent(file, "", " ")
	if err != nil {
		panic(fmt.Sprintf("a tag file of plain values: %v", err))
	}
	return text
}
