package service

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Catalogue is a set of profiles, frozen: safe for concurrent use.
type Catalogue struct {
	// profiles by service, then edition.
	profiles []*Profile
	// lookup are the same in the order in which names and resources are looked
	// up.
	lookup []*Profile
}

// NewCatalogue joins profiles. Two profiles of one name are an error.
func NewCatalogue(profiles ...*Profile) (*Catalogue, error) {
	c := &Catalogue{profiles: slices.Clone(profiles)}
	slices.SortFunc(c.profiles, func(a, b *Profile) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Edition, b.Edition))
	})
	for i := 1; i < len(c.profiles); i++ {
		if c.profiles[i].Name() == c.profiles[i-1].Name() {
			return nil, fmt.Errorf("profile %s is stated twice", c.profiles[i].Name())
		}
	}
	c.lookup = c.profiles
	return c, nil
}

// Profiles lists all, by service and edition.
func (c *Catalogue) Profiles() []*Profile { return slices.Clone(c.profiles) }

// Services lists the service names, sorted.
func (c *Catalogue) Services() []string {
	names := map[string]bool{}
	for _, p := range c.profiles {
		names[p.Service] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Find gets a profile by "service" (its default edition) or "service@edition".
func (c *Catalogue) Find(name string) (*Profile, error) {
	serviceName, edition, withEdition := strings.Cut(name, "@")
	var editions []string
	for _, p := range c.lookup {
		if !p.isCalled(serviceName) {
			continue
		}
		if withEdition && p.Edition == edition || !withEdition && p.Default {
			return p, nil
		}
		editions = append(editions, p.Edition)
	}
	if len(editions) > 0 {
		return nil, fmt.Errorf("service %q has no edition %q; it has %s", serviceName, edition, strings.Join(editions, ", "))
	}
	return nil, fmt.Errorf("no service is called %q; known are %s", serviceName, strings.Join(c.Services(), ", "))
}

// isCalled reports whether a name is that of the service or another of it.
func (p *Profile) isCalled(name string) bool {
	return strings.EqualFold(p.Service, name) ||
		slices.ContainsFunc(p.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
}

// forResource gets the default profile of a resource, or nil. Where it turns on
// a property that is not known, doubt says so.
func (c *Catalogue) forResource(m *azure.ManagedService) (p *Profile, doubt string) {
	for _, q := range c.lookup {
		if !q.Default {
			continue
		}
		switch is, unknown := q.matches(m); {
		case is && unknown == nil:
			return q, ""
		case is && p == nil:
			p = q
			doubt = fmt.Sprintf("whether this is %s turns on a value that is not known: %s (%s)", q.Service, unknown.Name, unknown.Why)
		}
	}
	return p, doubt
}

// IsInstance reports whether a resource is, or may be, an instance of the
// service.
func (p *Profile) IsInstance(m *azure.ManagedService) bool {
	is, _ := p.matches(m)
	return is
}

// matches reports whether a resource is an instance of the service; unknown is
// the value it turns on, where it is not known.
func (p *Profile) matches(m *azure.ManagedService) (is bool, unknown *azure.Unknown) {
	for i := range p.Resources {
		r := &p.Resources[i]
		if !strings.EqualFold(r.Type, m.Type) {
			continue
		}
		fits, open := true, (*azure.Unknown)(nil)
		for _, path := range sortedKeys(r.Where) {
			v := property(m, path)
			switch {
			case v.Unknown != nil:
				open = v.Unknown
			case !slices.ContainsFunc(r.Where[path], func(pattern string) bool { return matches(pattern, v.V) }):
				fits = false
			}
		}
		if fits && open == nil {
			return true, nil
		}
		if fits {
			is, unknown = true, open
		}
	}
	return is, unknown
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
