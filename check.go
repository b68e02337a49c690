package wayleave

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// CheckOptions say what to check. The zero value checks every managed service
// in the input with its own parameters.
type CheckOptions struct {
	// Services names services to check, "service" or "service@edition". With
	// Subnets they are checked there, whether they exist or not; without, the
	// names choose among the services in the input and their editions.
	Services []string
	// Subnets of a service that does not exist yet: names, network/name or ids.
	Subnets []string
	// Settings are parameters of profiles, "[service.]name=value".
	Settings []string
	// Strict turns warnings into failures.
	Strict bool
	// AllowNone accepts an input without managed services.
	AllowNone bool
}

// Check tells for every managed service which of its requirements are met. The
// error is a *UsageError for a wrong question and an *InputError for a tag that
// does not exist.
func (n *Network) Check(o CheckOptions) (*result.Check, error) {
	bindings, err := n.bindings(o)
	if err != nil {
		return nil, err
	}
	var mentioned []string
	for _, b := range bindings {
		mentioned = append(mentioned, b.Tags()...)
	}
	f, problems, err := n.compile(mentioned)
	if err != nil {
		return nil, err
	}
	answer := &result.Check{
		Schema: result.CheckSchema, Tags: tagData(n.catalogue), NotModelled: n.notModelled(), Diagnostics: problems,
	}
	for _, b := range bindings {
		s, assumed := check.Run(f, b)
		if o.Strict {
			check.Strict(&s)
		}
		answer.Services = append(answer.Services, s)
		answer.Assumptions = joinAssumptions(answer.Assumptions, assumed)
	}
	return answer, nil
}

// joinAssumptions adds those not yet listed, in order.
func joinAssumptions(list, more []result.Assumption) []result.Assumption {
	for _, a := range more {
		known := false
		for _, have := range list {
			known = known || have.Name == a.Name
		}
		if !known {
			list = append(list, a)
		}
	}
	return list
}

// bindings finds what to check: the services named, or those in the input.
func (n *Network) bindings(o CheckOptions) ([]*service.Binding, error) {
	catalogue, err := service.Builtin()
	if err != nil {
		return nil, err
	}
	var settings []service.Setting
	for _, text := range o.Settings {
		s, err := service.ParseSetting(text)
		if err != nil {
			return nil, &UsageError{Message: err.Error(), Hints: []string{"--set endpoint=internal"}}
		}
		settings = append(settings, s)
	}
	var named []*service.Profile
	for _, name := range o.Services {
		p, err := catalogue.Find(name)
		if err != nil {
			return nil, &UsageError{Message: err.Error(), Hints: []string{"wayleave services list"}}
		}
		named = append(named, p)
	}
	if len(o.Subnets) > 0 {
		return n.planned(named, o.Subnets, settings)
	}
	bindings, err := catalogue.Discover(n.network, named, settings)
	if err != nil {
		return nil, &UsageError{Message: err.Error()}
	}
	bindings = onlyNamed(bindings, named)
	if len(bindings) == 0 && !o.AllowNone {
		return nil, n.noService(catalogue, named)
	}
	return bindings, nil
}

// planned binds named services to named subnets.
func (n *Network) planned(profiles []*service.Profile, names []string, settings []service.Setting) ([]*service.Binding, error) {
	if len(profiles) == 0 {
		return nil, &UsageError{Message: "--subnet needs --service", Hints: []string{"wayleave services list"}}
	}
	subnets, err := service.FindSubnets(n.network, names)
	if err != nil {
		return nil, &UsageError{Message: err.Error()}
	}
	var bindings []*service.Binding
	for _, p := range profiles {
		b, err := service.Bind(p, nil, subnets, settings)
		if err != nil {
			return nil, &UsageError{Message: err.Error()}
		}
		bindings = append(bindings, b)
	}
	return bindings, nil
}

// onlyNamed keeps the bindings of the services the user named, if any.
func onlyNamed(bindings []*service.Binding, named []*service.Profile) []*service.Binding {
	if len(named) == 0 {
		return bindings
	}
	var kept []*service.Binding
	for _, b := range bindings {
		for _, p := range named {
			if b.Profile.Service == p.Service {
				kept = append(kept, b)
				break
			}
		}
	}
	return kept
}

// noService says that there is nothing to check, and what could be.
func (n *Network) noService(c *service.Catalogue, named []*service.Profile) error {
	message := "the input has no managed service that this program knows"
	if len(named) > 0 {
		message = fmt.Sprintf("the input has no %s", named[0].Service)
	}
	hints := []string{
		"a service that does not exist yet: wayleave check PATH --service SERVICE --subnet a,b",
		"services: " + strings.Join(c.Services(), ", "),
		"subnets: " + service.SubnetNames(n.network.Subnets()),
	}
	return &UsageError{Message: message, Hints: hints}
}
