package service

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Binding is a profile applied to the subnets of one instance of the service,
// existing, planned or only thought of.
type Binding struct {
	Profile *Profile
	// Resource is the instance in the input; nil before it exists there.
	Resource *azure.ManagedService
	// Subnets the service runs in, in the order the resource or the user
	// names them.
	Subnets []*azure.Subnet
	// Missing are subnets the resource names and no input states, or of which
	// it is not known which they are.
	Missing []azure.Reference
	// Doubt says why it is not certain that the resource is an instance of this
	// service; empty where it is.
	Doubt string
	// Parameters in the order of the profile.
	Parameters []*ParameterValue
}

// Bind applies a profile to subnets with the user's settings. The resource may
// be nil. The error for a setting that the profile does not take is a
// *SettingError.
func Bind(p *Profile, resource *azure.ManagedService, subnets []*azure.Subnet, settings []Setting) (*Binding, error) {
	b := &Binding{Profile: p, Resource: resource, Subnets: subnets}
	for i := range p.parameters() {
		v := &ParameterValue{Parameter: &p.parameters()[i], Origin: FromDefault}
		if v.Parameter.Default != "" {
			v.Values = []string{v.Parameter.Default}
		}
		if err := v.fromResource(resource); err != nil {
			return nil, err
		}
		b.Parameters = append(b.Parameters, v)
	}
	for _, s := range settings {
		if s.Service != "" && !p.isCalled(s.Service) {
			continue
		}
		q, ok := p.Parameter(s.Name)
		if !ok {
			return nil, &SettingError{s, fmt.Errorf("%s has no parameter %q; it has %s", p.Name(), s.Name, p.parameterNames())}
		}
		if err := b.parameter(q.Name).set(s.Values, FromUser); err != nil {
			return nil, &SettingError{s, err}
		}
	}
	return b, b.checkSingleIP(settings)
}

// checkSingleIP asks that egress and destinations are set together.
func (b *Binding) checkSingleIP(settings []Setting) error {
	destinations, _, asked := b.SingleIP()
	for _, s := range settings {
		switch name := strings.ToLower(s.Name); {
		case s.Service != "" && !b.Profile.isCalled(s.Service):
		case name == "egress" && asked && len(destinations) == 0:
			return &SettingError{s, fmt.Errorf("egress=single-ip needs the destinations, as in destinations=198.51.100.10:22")}
		case !asked && slices.Contains([]string{"destinations", "egressaddress", "connector", "connections", "idle"}, name):
			return &SettingError{s, fmt.Errorf("%s means something with egress=single-ip only", s.Name)}
		}
	}
	return nil
}

// parameters are the profile's own, then those of every service that sends for
// itself.
func (p *Profile) parameters() []Parameter {
	if p.Relay {
		return p.Parameters
	}
	return slices.Concat(p.Parameters, common)
}

func (p *Profile) parameterNames() string {
	var names []string
	for _, q := range p.parameters() {
		names = append(names, q.Name)
	}
	return strings.Join(names, ", ")
}

// fromResource takes the value the resource itself states.
func (v *ParameterValue) fromResource(resource *azure.ManagedService) error {
	if resource == nil || v.Parameter.Property == "" {
		return nil
	}
	value := property(resource, v.Parameter.Property)
	if !value.IsSet() {
		if v.Parameter.Absent == "" {
			return nil
		}
		return v.set([]string{v.Parameter.Absent}, FromResource)
	}
	if present, ok := v.Parameter.PropertyValues["*"]; ok && len(v.Parameter.PropertyValues) == 1 && (value.Unknown == nil || v.Parameter.Absent == "") {
		// That there is a value tells enough, unless it may be an empty list.
		return v.set([]string{present}, FromResource)
	}
	if value.Unknown != nil {
		v.Values, v.Unknown, v.Origin = nil, value.Unknown, FromResource
		return nil
	}
	texts := []string{v.Parameter.translated(value.V)}
	if v.Parameter.Format == "region" {
		name, err := regionName(v.Parameter.Name, value.V)
		if err != nil {
			return nil
		}
		if texts[0] = v.Parameter.translated(name); texts[0] == name && len(v.Parameter.PropertyValues) > 0 {
			return nil
		}
	}
	if v.Parameter.List {
		texts = strings.Split(value.V, ",")
	}
	for _, text := range texts {
		// NotSpecified and the like: what Azure allows and the page does not
		// speak of leaves the default.
		if _, err := v.Parameter.canonical(text); err != nil {
			return nil
		}
	}
	return v.set(texts, FromResource)
}

// property is a property of a resource, by its path with case folded.
func property(resource *azure.ManagedService, name string) azure.Value[string] {
	if name == "resource.type" {
		return azure.Of(resource.Type, resource.At)
	}
	for path, value := range resource.Properties {
		if strings.EqualFold(path, name) {
			return value
		}
	}
	return azure.Value[string]{}
}

// translated is a property's value in the words of the parameter.
func (p *Parameter) translated(value string) string {
	best := ""
	for _, pattern := range sortedKeys(p.PropertyValues) {
		if matches(pattern, value) && len(pattern) >= len(best) {
			best = pattern
		}
	}
	if best == "" {
		return value
	}
	return p.PropertyValues[best]
}

// matches reports whether a text fits a pattern, with case folded: "*" stands
// for any text, also none.
func matches(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		_, rest, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

// parameter finds a parameter's value by its canonical name, or nil.
func (b *Binding) parameter(name string) *ParameterValue {
	for _, v := range b.Parameters {
		if strings.EqualFold(v.Parameter.Name, name) {
			return v
		}
	}
	return nil
}
