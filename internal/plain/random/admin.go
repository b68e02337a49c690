package random

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/wayleave/wayleave/internal/azure"
)

// admin adds collections of security admin rules, of which each network has
// none, one or several.
func (g *generator) admin() {
	if !g.chance(40) {
		return
	}
	for i := range g.between(1, 2) {
		c := &Admin{Name: fmt.Sprintf("admin%d", i)}
		for _, v := range g.n.VNets {
			if g.chance(70) {
				c.VNets = append(c.VNets, v.Name)
			}
		}
		if len(c.VNets) == 0 {
			c.VNets = []string{g.n.VNets[0].Name}
		}
		used := map[string]bool{}
		for range g.between(1, 6) {
			r := g.rule()
			for slices.ContainsFunc(slices.Concat(r.Source, r.Destination), func(text string) bool { return text[:min(4, len(text))] == "asg:" || isPlatformTag(text) }) {
				r = g.rule()
			}
			r.Priority = g.between(1, 9)
			slot := r.Direction + strconv.Itoa(r.Priority)
			if used[slot] {
				continue
			}
			used[slot] = true
			r.Access = pick(g.Rand, []string{"Deny", "Deny", "Allow", "AlwaysAllow", "AlwaysAllow"})
			if r.Protocol == "*" {
				r.Protocol = "Any"
			}
			r.Name = fmt.Sprintf("%s-%s-%d", c.Name, r.Direction, r.Priority)
			c.Rules = append(c.Rules, r)
		}
		g.n.Admin = append(g.n.Admin, c)
	}
}

func isPlatformTag(text string) bool {
	return text == "AzurePlatformDNS" || text == "AzurePlatformIMDS"
}

const managers = "networkManagers"

// admin writes a collection, its configuration and its network group.
func (w *writer) admin(c *Admin) {
	const config = "m/securityAdminConfigurations/s"
	collection, group := config+"/ruleCollections/"+c.Name, "m/networkGroups/"+c.Name
	typed := func(name, typ string) azure.Resource {
		r := w.resource(managers, name)
		r.Type = typ
		return r
	}
	if len(w.inventory.AdminConfigurations) == 0 {
		w.inventory.AdminConfigurations = []*azure.AdminConfiguration{{Resource: typed(config, azure.TypeAdminConfiguration), Manager: w.reference(managers, "m")}}
	}
	w.inventory.AdminCollections = append(w.inventory.AdminCollections, &azure.AdminCollection{
		Resource: typed(collection, azure.TypeAdminCollection), Configuration: w.reference(managers, config),
		NetworkGroups: []azure.Reference{w.reference(managers, group)},
	})
	for _, name := range c.VNets {
		w.inventory.NetworkGroupMembers = append(w.inventory.NetworkGroupMembers, &azure.NetworkGroupMember{
			Resource: typed(group+"/staticMembers/"+name, azure.TypeNetworkGroupMember), Group: w.reference(managers, group),
			Member: w.reference("virtualNetworks", name),
		})
	}
	for _, r := range c.Rules {
		rule := &azure.AdminRule{
			Resource: typed(collection+"/rules/"+r.Name, azure.TypeAdminRule), Collection: w.reference(managers, collection),
			Protocol: w.text(r.Protocol), Sources: w.adminSide(r.Source), Destinations: w.adminSide(r.Destination),
			Priority: azure.Of(r.Priority, w.at()),
		}
		rule.Direction, _ = azure.ParseDirection(r.Direction, w.at())
		rule.Access, _ = azure.ParseAdminAccess(r.Access, w.at())
		for _, p := range []struct {
			ports *azure.Ports
			texts []string
		}{{&rule.SourcePorts, r.SourcePorts}, {&rule.DestinationPorts, r.DestinationPorts}} {
			f := azure.PortFields{At: w.at()}
			for _, text := range p.texts {
				if text == "*" {
					text = "0-65535"
				}
				f.Plural = append(f.Plural, w.text(text))
			}
			made, problems := azure.MakePorts("ports", f)
			*p.ports = made
			w.note(problems)
		}
		w.inventory.AdminRules = append(w.inventory.AdminRules, rule)
	}
}

func (w *writer) adminSide(texts []string) []azure.AdminAddress {
	var list []azure.AdminAddress
	for _, text := range texts {
		kind := "IPPrefix"
		if _, prefix := prefixOf(text); !prefix && text != "*" {
			kind = "ServiceTag"
		}
		list = append(list, azure.AdminAddress{Kind: w.text(kind), Text: w.text(text), At: w.at()})
	}
	return list
}
