package servicetag

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/flow"
)

// Summary is one line of a list of tags.
type Summary struct {
	Tag
	// IPv4Prefixes and IPv6Prefixes count the prefixes the data lists.
	IPv4Prefixes, IPv6Prefixes int
	// IPv4Ranges and IPv6Ranges count the ranges they merge to.
	IPv4Ranges, IPv6Ranges int
}

// Description is all that the data says about one tag.
type Description struct {
	Summary
	// Ranges are the addresses as the fewest ranges, first and last included,
	// ascending, IPv4 first.
	Ranges []AddressRange
	// IPv4Addresses and IPv6Addresses count them, each address once.
	IPv4Addresses, IPv6Addresses flow.Count
	// Regions are the names of the tag's regional tags, sorted.
	Regions []string
	// Overlaps are the other tags that share an address, sorted by name; those
	// of the same family are left out.
	Overlaps []Overlap
}

// AddressRange is a range of addresses of one family, both ends included.
type AddressRange struct{ First, Last netip.Addr }

// Relation says how one set of addresses lies to another.
type Relation string

// The relations of two sets that share an address.
const (
	Equal    Relation = "equal"
	Within   Relation = "within"   // the tag lies within the other
	Contains Relation = "contains" // the other lies within the tag
	Partly   Relation = "overlaps" // each has addresses the other has not
)

// Overlap is another tag that shares addresses with the described one.
type Overlap struct {
	Name     string
	Relation Relation
	// IPv4Addresses and IPv6Addresses count the shared addresses.
	IPv4Addresses, IPv6Addresses flow.Count
}

// List summarises the tags of the data, in the order of Tags.
func (c *Catalogue) List() []Summary {
	list := make([]Summary, len(c.entries))
	for i := range c.entries {
		list[i] = c.entries[i].summary()
	}
	return list
}

func (e *entry) summary() Summary {
	s := Summary{Tag: e.tag, IPv4Prefixes: e.prefixes[0], IPv6Prefixes: e.prefixes[1]}
	for first := range e.set.Ranges() {
		if first.Is4() {
			s.IPv4Ranges++
		} else {
			s.IPv6Ranges++
		}
	}
	return s
}

// Show describes a tag, its name in any case. Without data about the tag there
// is nothing to show: the error is the one of Lookup, or a Diagnostic from the
// symbolic catalogue.
func (c *Catalogue) Show(name string) (Description, error) {
	i, ok := c.byName[fold(name)]
	if !ok {
		if err := checkForm(name); err != nil {
			return Description{}, err
		}
		if c.symbolic {
			return Description{}, noData()
		}
		return Description{}, c.unknown(name)
	}
	e := c.entries[i]
	d := Description{Summary: e.summary()}
	d.IPv4Addresses, d.IPv6Addresses = countFamilies(e.set)
	for first, last := range e.set.Ranges() {
		d.Ranges = append(d.Ranges, AddressRange{first, last})
	}
	for j := range c.entries {
		switch other := c.entries[j]; {
		case j == i || family(e.tag) == family(other.tag):
			if other.tag.Global == e.tag.Name {
				d.Regions = append(d.Regions, other.tag.Name)
			}
		case e.set.Overlaps(other.set):
			d.Overlaps = append(d.Overlaps, e.overlap(other))
		}
	}
	return d, nil
}

// family returns the global tag that a tag is or belongs to.
func family(t Tag) string {
	if t.Global != "" {
		return t.Global
	}
	return t.Name
}

func (e *entry) overlap(other *entry) Overlap {
	shared := e.set.Intersect(other.set)
	o := Overlap{Name: other.tag.Name, Relation: Partly}
	o.IPv4Addresses, o.IPv6Addresses = countFamilies(shared)
	switch within, contains := shared.Equal(e.set), shared.Equal(other.set); {
	case within && contains:
		o.Relation = Equal
	case within:
		o.Relation = Within
	case contains:
		o.Relation = Contains
	}
	return o
}

func countFamilies(s flow.AddressSet) (v4, v6 flow.Count) {
	return s.Only(flow.IPv4).Count(), s.Only(flow.IPv6).Count()
}
