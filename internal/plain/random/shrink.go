package random

import "slices"

// Shrink cuts pieces off a network as long as still says that what remains
// shows the same thing, and returns the smallest it finds. The network given
// is not changed.
func Shrink(n *Network, still func(*Network) bool) *Network {
	for {
		smaller := n
		for _, cut := range cuts {
			smaller = cutAll(smaller, cut, still)
		}
		if smaller == n {
			return n
		}
		n = smaller
	}
}

// cut removes pieces from a copy of a network: those at places from to to of
// one of its lists.
type cut struct {
	// lists returns the lengths of the lists the cut works on.
	lists func(*Network) []int
	// remove takes elements from to to out of list i.
	remove func(n *Network, i, from, to int)
}

var cuts = []cut{
	{func(n *Network) []int { return lengths(n.Groups, func(g *Group) int { return len(g.Rules) }) },
		func(n *Network, i, from, to int) { n.Groups[i].Rules = slices.Delete(n.Groups[i].Rules, from, to) }},
	{func(n *Network) []int { return lengths(n.Tables, func(t *Table) int { return len(t.Routes) }) },
		func(n *Network, i, from, to int) { n.Tables[i].Routes = slices.Delete(n.Tables[i].Routes, from, to) }},
	{func(n *Network) []int { return []int{len(n.Firewalls)} },
		func(n *Network, _, from, to int) { n.Firewalls = slices.Delete(n.Firewalls, from, to) }},
	{func(n *Network) []int { return lengths(n.lists(), func(l *[]Collection) int { return len(*l) }) },
		func(n *Network, i, from, to int) { l := n.lists()[i]; *l = slices.Delete(*l, from, to) }},
	{func(n *Network) []int { return lengths(n.ruleLists(), func(l *[]FirewallRule) int { return len(*l) }) },
		func(n *Network, i, from, to int) { l := n.ruleLists()[i]; *l = slices.Delete(*l, from, to) }},
	{func(n *Network) []int { return []int{len(n.Appliances)} },
		func(n *Network, _, from, to int) { n.Appliances = slices.Delete(n.Appliances, from, to) }},
	{func(n *Network) []int { return lengths(n.Appliances, func(a *Appliance) int { return len(a.Rules) }) },
		func(n *Network, i, from, to int) {
			n.Appliances[i].Rules = slices.Delete(n.Appliances[i].Rules, from, to)
		}},
	{func(n *Network) []int { return []int{len(n.Balancers)} },
		func(n *Network, _, from, to int) { n.Balancers = slices.Delete(n.Balancers, from, to) }},
	{func(n *Network) []int { return lengths(n.Balancers, func(b *Balancer) int { return len(b.Rules) }) },
		func(n *Network, i, from, to int) {
			n.Balancers[i].Rules = slices.Delete(n.Balancers[i].Rules, from, to)
		}},
	{func(n *Network) []int { return lengths(n.Balancers, func(b *Balancer) int { return len(b.Members) }) },
		func(n *Network, i, from, to int) {
			n.Balancers[i].Members = slices.Delete(n.Balancers[i].Members, from, to)
		}},
	{func(n *Network) []int { return []int{len(n.Interfaces)} },
		func(n *Network, _, from, to int) { n.Interfaces = slices.Delete(n.Interfaces, from, to) }},
	{func(n *Network) []int { return []int{len(n.Admin)} },
		func(n *Network, _, from, to int) { n.Admin = slices.Delete(n.Admin, from, to) }},
	{func(n *Network) []int { return lengths(n.Admin, func(c *Admin) int { return len(c.Rules) }) },
		func(n *Network, i, from, to int) { n.Admin[i].Rules = slices.Delete(n.Admin[i].Rules, from, to) }},
	{func(n *Network) []int { return []int{len(n.Endpoints)} },
		func(n *Network, _, from, to int) { n.Endpoints = slices.Delete(n.Endpoints, from, to) }},
	{func(n *Network) []int { return lengths(n.VNets, func(v *VNet) int { return len(v.Links) }) },
		func(n *Network, i, from, to int) { n.VNets[i].Links = slices.Delete(n.VNets[i].Links, from, to) }},
	{func(n *Network) []int { return lengths(n.VNets, func(v *VNet) int { return len(v.Subnets) }) },
		func(n *Network, i, from, to int) { n.VNets[i].Subnets = slices.Delete(n.VNets[i].Subnets, from, to) }},
	{func(n *Network) []int { return []int{len(n.VNets)} },
		func(n *Network, _, from, to int) { n.VNets = slices.Delete(n.VNets, from, to) }},
	{func(n *Network) []int { return []int{len(n.Groups)} },
		func(n *Network, _, from, to int) { n.removeGroups(from, to) }},
	{func(n *Network) []int { return []int{len(n.Tables)} },
		func(n *Network, _, from, to int) { n.removeTables(from, to) }},
	{func(n *Network) []int { return lengths(n.VNets, func(v *VNet) int { return len(v.Space) }) },
		func(n *Network, i, from, to int) { n.VNets[i].Space = slices.Delete(n.VNets[i].Space, from, to) }},
	{func(n *Network) []int {
		return lengths(n.ServiceTags, func(t ServiceTag) int {
			if !n.names(t.Name) {
				return 0
			}
			return len(t.Prefixes)
		})
	}, func(n *Network, i, from, to int) {
		n.ServiceTags[i].Prefixes = slices.Delete(n.ServiceTags[i].Prefixes, from, to)
	}},
}

// lists are the lists of rule collections.
func (n *Network) lists() []*[]Collection {
	var all []*[]Collection
	for _, f := range n.Firewalls {
		all = append(all, &f.Collections)
		for _, groups := range f.Policies {
			for i := range groups {
				all = append(all, &groups[i].Collections)
			}
		}
	}
	return all
}

// ruleLists are the lists of a firewall's rules.
func (n *Network) ruleLists() []*[]FirewallRule {
	var all []*[]FirewallRule
	for _, list := range n.lists() {
		for i := range *list {
			all = append(all, &(*list)[i].Rules)
		}
	}
	return all
}

func lengths[T any](list []T, length func(T) int) []int {
	var all []int
	for _, v := range list {
		all = append(all, length(v))
	}
	return all
}

// cutAll applies one cut to every list, in pieces of half the length down to
// single elements.
func cutAll(n *Network, c cut, still func(*Network) bool) *Network {
	for i := 0; i < len(c.lists(n)); i++ {
		for size := c.lists(n)[i]; size > 0; size /= 2 {
			for from := 0; i < len(c.lists(n)) && from < c.lists(n)[i]; {
				tried := n.Clone()
				c.remove(tried, i, from, min(from+size, c.lists(n)[i]))
				if still(tried) {
					n = tried
				} else {
					from += size
				}
			}
		}
	}
	return n
}

func (n *Network) removeGroups(from, to int) {
	for _, g := range n.Groups[from:to] {
		for _, v := range n.VNets {
			for _, s := range v.Subnets {
				if s.Group == g.Name {
					s.Group = ""
				}
			}
		}
		for _, i := range n.Interfaces {
			if i.Group == g.Name {
				i.Group = ""
			}
		}
	}
	n.Groups = slices.Delete(n.Groups, from, to)
}

func (n *Network) removeTables(from, to int) {
	for _, t := range n.Tables[from:to] {
		for _, v := range n.VNets {
			for _, s := range v.Subnets {
				if s.Table == t.Name {
					s.Table = ""
				}
			}
		}
	}
	n.Tables = slices.Delete(n.Tables, from, to)
}

// Clone returns a deep copy.
func (n *Network) Clone() *Network {
	c := &Network{ASGs: slices.Clone(n.ASGs)}
	for _, v := range n.VNets {
		w := &VNet{Name: v.Name, Space: slices.Clone(v.Space)}
		for _, s := range v.Subnets {
			t := *s
			t.Prefixes = slices.Clone(s.Prefixes)
			w.Subnets = append(w.Subnets, &t)
		}
		for _, l := range v.Links {
			k := *l
			w.Links = append(w.Links, &k)
		}
		c.VNets = append(c.VNets, w)
	}
	for _, g := range n.Groups {
		c.Groups = append(c.Groups, &Group{Name: g.Name, Rules: slices.Clone(g.Rules)})
	}
	for _, t := range n.Tables {
		c.Tables = append(c.Tables, &Table{Name: t.Name, Routes: slices.Clone(t.Routes)})
	}
	for _, i := range n.Interfaces {
		j := *i
		c.Interfaces = append(c.Interfaces, &j)
	}
	for _, a := range n.Admin {
		c.Admin = append(c.Admin, &Admin{Name: a.Name, VNets: slices.Clone(a.VNets), Rules: slices.Clone(a.Rules)})
	}
	for _, e := range n.Endpoints {
		d := *e
		c.Endpoints = append(c.Endpoints, &d)
	}
	for _, a := range n.Appliances {
		d := *a
		d.Rules = slices.Clone(a.Rules)
		c.Appliances = append(c.Appliances, &d)
	}
	for _, b := range n.Balancers {
		d := *b
		d.Members, d.Rules = slices.Clone(b.Members), slices.Clone(b.Rules)
		c.Balancers = append(c.Balancers, &d)
	}
	for _, f := range n.Firewalls {
		c.Firewalls = append(c.Firewalls, f.clone())
	}
	for _, t := range n.ServiceTags {
		c.ServiceTags = append(c.ServiceTags, ServiceTag{Name: t.Name, Region: t.Region, Prefixes: slices.Clone(t.Prefixes)})
	}
	return c
}
