package wayleave

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/project"
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
	// Now is the time of the run, by which suppressions end; zero is the
	// present.
	Now time.Time
}

// Check tells for every managed service which of its requirements are met. What
// the options leave open is taken from the project file that Load was given. The
// error is a *UsageError for a wrong question and an *InputError for a tag that
// does not exist and for what does not fit in the project file.
func (n *Network) Check(o CheckOptions) (*result.Check, error) {
	answer, _, err := n.check(o)
	return answer, err
}

// checked is what an answer was made of.
type checked struct {
	fabric   *fabric.Fabric
	bindings []*service.Binding
}

func (n *Network) check(o CheckOptions) (*result.Check, checked, error) {
	bindings, err := n.bindings(o)
	if err != nil {
		return nil, checked{}, err
	}
	var mentioned []string
	for _, b := range bindings {
		mentioned = append(mentioned, b.Tags()...)
	}
	f, problems, err := n.compile(mentioned)
	if err != nil {
		return nil, checked{}, err
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
	check.SharedAddress(answer.Services)
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	answer.Suppressions = check.Suppress(answer.Services, n.suppressions(), o.Now)
	return answer, checked{f, bindings}, nil
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
	services, subnets, set := o.asked(n.project)
	settings, err := parseSettings(set)
	if err != nil {
		return nil, err
	}
	var named []*service.Profile
	for _, t := range services {
		p, err := n.services.Find(t.Value)
		if err != nil {
			return nil, blame(t, err, "wayleave services list")
		}
		named = append(named, p)
	}
	if len(subnets) > 0 {
		return n.planned(named, subnets, settings)
	}
	bindings, err := n.services.Discover(n.network, named, settings)
	if err != nil {
		return nil, blameSetting(err)
	}
	bindings = onlyNamed(bindings, named)
	if len(bindings) == 0 && !o.AllowNone {
		return nil, n.noService(named)
	}
	return bindings, nil
}

func parseSettings(set []project.Text) ([]service.Setting, error) {
	var settings []service.Setting
	for _, t := range set {
		s, err := service.ParseSetting(t.Value)
		if err != nil {
			return nil, blame(t, err, "--set endpoint=internal")
		}
		s.At = t.At
		settings = append(settings, s)
	}
	return settings, nil
}

// planned binds named services to named subnets.
func (n *Network) planned(profiles []*service.Profile, names []project.Text, settings []service.Setting) ([]*service.Binding, error) {
	if len(profiles) == 0 {
		return nil, blame(names[0], errors.New("subnets are named and no service"), "--service SERVICE; wayleave services list")
	}
	var subnets []*azure.Subnet
	for _, t := range names {
		s, err := service.FindSubnet(n.network, t.Value)
		if err != nil {
			return nil, blame(t, err)
		}
		subnets = append(subnets, s)
	}
	var bindings []*service.Binding
	for _, p := range profiles {
		b, err := service.Bind(p, nil, subnets, settings)
		if err != nil {
			return nil, blameSetting(err)
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
func (n *Network) noService(named []*service.Profile) error {
	message := "the input has no managed service that this program knows"
	if len(named) > 0 {
		message = fmt.Sprintf("the input has no %s", named[0].Service)
	}
	hints := []string{
		"a service that does not exist yet: wayleave check PATH --service SERVICE --subnet a,b",
		"services: " + strings.Join(n.services.Services(), ", "),
		"subnets: " + service.SubnetNames(n.network.Subnets()),
	}
	return &UsageError{Message: message, Hints: hints}
}
