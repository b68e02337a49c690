package service

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Catalogue is a set of profiles, frozen: safe for concurrent use.
type Catalogue struct {
	// profiles by service, then edition.
	profiles []*Profile
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
	for _, p := range c.profiles {
		if !strings.EqualFold(p.Service, serviceName) {
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

// forResource gets the default profile of a resource type, or nil.
func (c *Catalogue) forResource(resourceType string) *Profile {
	for _, p := range c.profiles {
		if p.Default && strings.EqualFold(p.Resource.Type, resourceType) {
			return p
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
