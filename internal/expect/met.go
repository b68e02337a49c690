package expect

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// Met makes an expectation of every required row of checked services that is
// met, on the subnets where it is; skipped counts the rows and subnets where
// it is not.
func (c *Coverage) Met(services []result.Service) (list []Expectation, skipped int) {
	names := map[string]string{}
	for _, s := range c.network.Subnets() {
		names[s.Label()] = c.subnet(s).name
	}
	at, missed := map[string]int{}, map[string]bool{}
	for i := range services {
		for k := range services[i].Requirements {
			r := &services[i].Requirements[k]
			key := services[i].Service + "/" + r.ID
			if r.Severity != service.Required {
				continue
			}
			if r.Verdict != result.Allowed {
				missed[key] = true
				skipped++
				continue
			}
			if _, ok := at[key]; !ok {
				at[key] = len(list)
				list = append(list, Expectation{
					Requirement: Text{Value: key}, Expect: Allow, Reason: fmt.Sprintf("%s in the table of %s", r.Purpose, services[i].Edition),
				})
			}
			if r.Subnet != "" {
				e := &list[at[key]]
				e.Subnets = append(e.Subnets, Text{Value: names[r.Subnet]})
			}
		}
	}
	for i := range list {
		if e := &list[i]; !missed[e.Requirement.Value] {
			e.Subnets = nil // all of them
		}
		list[i].Name = list[i].title()
	}
	return list, skipped
}
