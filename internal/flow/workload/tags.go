package workload

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Tag is a service tag with its prefixes as published: unsorted, nested and
// repeated ones included.
type Tag struct {
	Name    string
	Region  string // "" for a tag of all regions
	Service string // "" for the cloud-wide tag and its regions
	Blocks  []interval.Interval
}

// Tags is a universe of service tags in the shape of Microsoft's file: the
// cloud-wide tag holds one tag a region, and each service has a tag that holds
// one tag a region, nested in the region's tag.
type Tags struct {
	Cloud   Tag
	Regions []Tag   // nested in Cloud
	Global  []Tag   // a service in all regions
	Local   [][]Tag // [service][region]; those without blocks do not exist; may be nil
}

const (
	regionCount  = 48
	serviceCount = 60
)

// supernets are large public blocks, about where a cloud's addresses are.
var supernets = []interval.Interval{
	block(4, 144, 0, 0, 12), block(13, 64, 0, 0, 11), block(20, 0, 0, 0, 9), block(20, 192, 0, 0, 10),
	block(23, 96, 0, 0, 13), block(40, 64, 0, 0, 10), block(51, 104, 0, 0, 13), block(52, 128, 0, 0, 9),
	block(65, 52, 0, 0, 14), block(68, 154, 0, 0, 15), block(70, 37, 0, 0, 17), block(74, 160, 0, 0, 12),
	block(102, 133, 0, 0, 16), block(104, 40, 0, 0, 13), block(104, 208, 0, 0, 13), block(137, 116, 0, 0, 14),
	block(168, 61, 0, 0, 16), block(172, 160, 0, 0, 11), block(191, 232, 0, 0, 13),
}

func address(a, b, c, d uint32) uint32 { return a<<24 | b<<16 | c<<8 | d }

func block(a, b, c, d uint32, length int) interval.Interval {
	return interval.Prefix(address(a, b, c, d), length)
}

// makeTags is a universe whose cloud-wide tag has n blocks, 1 to 1,000,000.
func makeTags(r *rand.Rand, n int) *Tags {
	t := &Tags{Cloud: Tag{Name: "AzureCloud"}, Regions: make([]Tag, regionCount)}
	for g := range t.Regions {
		region := fmt.Sprintf("region%d", g)
		t.Regions[g] = Tag{Name: "AzureCloud." + region, Region: region}
	}
	t.fillRegions(r, n)
	for s := range serviceCount {
		name := fmt.Sprintf("Service%d", s)
		t.Global = append(t.Global, Tag{Name: name, Service: name})
		local := make([]Tag, regionCount)
		for g := range local {
			region := t.Regions[g].Region
			local[g] = Tag{Name: name + "." + region, Region: region, Service: name}
		}
		t.Local = append(t.Local, local)
		t.fillService(r, s, n)
	}
	return t
}

// fillRegions walks the supernets and hands out aligned blocks of varying
// size, with gaps, in runs that belong to one region.
func (t *Tags) fillRegions(r *rand.Rand, n int) {
	var total uint64
	for _, s := range supernets {
		total += s.Size()
	}
	typical := math.Log2(float64(total) / float64(n) * 0.15) // leaves room for gaps and large blocks
	region, next := 0, uint64(supernets[0].Lo)
	for i := 0; len(t.Cloud.Blocks) < n && i < len(supernets); {
		if r.Float64() < 0.35 {
			region = r.IntN(regionCount)
		}
		size := uint64(1) << min(max(int(math.Round(typical+r.NormFloat64()*1.7)), 1), 21)
		next = (next + size - 1) &^ (size - 1)
		if r.Float64() < 0.5 {
			next += size
		}
		if next+size-1 > uint64(supernets[i].Hi) {
			if i++; i < len(supernets) {
				next = uint64(supernets[i].Lo)
			}
			continue
		}
		v := interval.Interval{Lo: uint32(next), Hi: uint32(next + size - 1)}
		next += size
		t.Cloud.Blocks = append(t.Cloud.Blocks, v)
		t.Regions[region].Blocks = append(t.Regions[region].Blocks, v)
	}
}

// fillService gives service s parts of regional blocks: a few services are
// large, most are small.
func (t *Tags) fillService(r *rand.Rand, s, n int) {
	want := int(float64(n) * 0.02 * math.Exp(r.NormFloat64()*1.1))
	for range min(max(want, 20), max(n/2, 1)) {
		g := r.IntN(regionCount)
		from := t.Regions[g].Blocks
		if len(from) == 0 {
			continue
		}
		whole := from[r.IntN(len(from))]
		parts := min(uint64(1)<<r.IntN(9), whole.Size())
		size := whole.Size() / parts
		lo := uint64(whole.Lo) + r.Uint64N(parts)*size
		v := interval.Interval{Lo: uint32(lo), Hi: uint32(lo + size - 1)}
		t.Local[s][g].Blocks = append(t.Local[s][g].Blocks, v)
		t.Global[s].Blocks = append(t.Global[s].Blocks, v)
	}
}

// firstRegion is the tag of the first region that has blocks.
func (t *Tags) firstRegion() Tag {
	i := slices.IndexFunc(t.Regions, func(g Tag) bool { return len(g.Blocks) > 0 })
	return t.Regions[i]
}

// All lists the tags that have blocks, in the file's order: the cloud and its
// regions, then each service and its regions.
func (t *Tags) All() []Tag {
	var all []Tag
	add := func(tags ...Tag) {
		for _, g := range tags {
			if len(g.Blocks) > 0 {
				all = append(all, g)
			}
		}
	}
	add(t.Cloud)
	add(t.Regions...)
	for s := range t.Global {
		add(t.Global[s])
		if s < len(t.Local) {
			add(t.Local[s]...)
		}
	}
	return all
}
