package servicetag

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/flow"
)

// Scope is the tags one analysis speaks of, and what is known about each: two
// sets a tag, between which the truth lies. A tag without data has an opaque
// point in each family, under its own name, that stands for "the addresses of
// this tag, whichever they are"; in IPv6 there may be none.
//
// A Scope is frozen: safe for concurrent use. All sets of one analysis must
// come from one scope, for the possible sets hold the points of the other tags.
type Scope struct {
	c       *Catalogue
	unknown []unknownTag // sorted by name
	points  flow.AddressSet
}

// unknownTag is a tag mentioned in the analysis of which no address is known.
type unknownTag struct {
	key, name string // folded, and as reports call it
	global    string // the folded global tag it certainly belongs to, or ""
	points    flow.AddressSet
}

// Scope returns the scope of an analysis that mentions these tags: all that
// stand in its rules, routes and requirements, in any order and case, as often
// as one likes. Contextual tags are passed over. A name that cannot be a tag
// counts as an unknown one.
func (c *Catalogue) Scope(mentioned []string) *Scope {
	names := map[string]string{}
	for _, name := range mentioned {
		key := fold(name)
		_, known := c.byName[key]
		_, isContextual := contextual[key]
		if known || isContextual || name == "" {
			continue
		}
		name = canonicalByName(name)
		if other, seen := names[key]; !seen || name < other { // two spellings of one unknown tag
			names[key] = name
		}
	}
	s := &Scope{c: c}
	for key, name := range names {
		global, _ := globalByName(key)
		s.unknown = append(s.unknown, unknownTag{key, name, global, pointsOf(name)})
	}
	slices.SortFunc(s.unknown, func(a, b unknownTag) int { return strings.Compare(a.name, b.name) })
	for _, u := range s.unknown {
		s.points = s.points.Union(u.points)
	}
	return s
}

func pointsOf(name string) flow.AddressSet {
	return flow.Points(flow.OpaqueAddress(name, flow.IPv4), flow.OpaqueAddress(name, flow.IPv6))
}

// Bounds returns what is known about a tag of the scope, its name in any case:
// must is the part that it certainly holds and may the part that it may hold,
// so must is a subset of may. Where they are equal the tag is known exactly
// and the reason is empty; otherwise the reason says in words what is missing.
//
// Of a tag with data both are its addresses, and may has besides the points of
// the tags without data, which can overlap any other. Of a tag without data,
// must is its own point and the points of its regional tags (TAG-30), and may
// is every point and all of PublicSpace (TAG-33). A tag that the scope does
// not mention is the same without a point of its own. A contextual tag, which
// is not for this package to compute, may hold anything.
func (s *Scope) Bounds(name string) (must, may flow.AddressSet, reason string) {
	key := fold(name)
	exact, known := s.c.Addresses(key)
	if !known {
		if canonical, ok := Contextual(key); ok {
			return flow.AddressSet{}, flow.AllAddresses().Union(s.points), (&ContextualError{canonical}).Error()
		}
	}
	if known && len(s.unknown) == 0 {
		return exact, exact, ""
	}
	must = exact
	var undecided []string
	for _, u := range s.unknown {
		if u.key == key || u.global == key {
			must = must.Union(u.points)
		} else {
			undecided = append(undecided, u.name)
		}
	}
	may = must.Union(s.points)
	called := s.spelling(name)
	switch {
	case !known:
		return must, may.Union(publicSpace), "the addresses of " + called + " are not known: " + s.c.lacks(called)
	case len(undecided) == 0:
		return must, may, ""
	}
	others := strings.Join(undecided, ", ")
	return must, may, "whether " + others + " overlaps " + called + " is not known: " + s.c.lacks(others)
}

// lacks says why a tag has no addresses here.
func (c *Catalogue) lacks(what string) string {
	if c.symbolic {
		return "no service-tag data is loaded"
	}
	return what + " is not in " + c.source + " (" + c.Version() + ")"
}

// spelling returns the name by which reports call a tag.
func (s *Scope) spelling(name string) string {
	key := fold(name)
	if i, ok := s.c.byName[key]; ok {
		return s.c.entries[i].tag.Name
	}
	for _, u := range s.unknown {
		if u.key == key {
			return u.name
		}
	}
	return canonicalByName(name)
}

// PublicPoints returns the opaque points of the scope. Each stands for
// addresses inside PublicSpace, so what holds all of that, such as the
// Internet tag, certainly holds the points too (TAG-33).
func (s *Scope) PublicPoints() flow.AddressSet { return s.points }

// Numeric returns what is known about a set of numeric addresses in terms of
// the scope. A set that holds all public addresses of a family holds the
// points of that family; one that holds none of them holds no point; any other
// may hold them.
func (s *Scope) Numeric(set flow.AddressSet) (must, may flow.AddressSet) {
	must, may = set, set
	if s.points.IsEmpty() {
		return must, may
	}
	for _, f := range []flow.Family{flow.IPv4, flow.IPv6} {
		public, points := publicSpace.Only(f), s.points.Only(f)
		if set.Overlaps(public) {
			may = may.Union(points)
		}
		if public.SubsetOf(set) {
			must = must.Union(points)
		}
	}
	return must, may
}
