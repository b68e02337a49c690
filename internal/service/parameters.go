package service

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Setting is one --set: a parameter of a profile and its values.
type Setting struct {
	// Service limits the setting to one service; empty applies to all.
	Service string
	Name    string
	Values  []string
	// At is the place of the setting in a file; zero for a flag.
	At diagnostic.Position
}

// SettingError says that a setting does not fit the profile.
type SettingError struct {
	Setting Setting
	Err     error
}

// Error returns the text of Err.
func (e *SettingError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *SettingError) Unwrap() error { return e.Err }

// ParseSetting reads "[service.]name=value"; a comma separates list items
// (decisions 19).
func ParseSetting(text string) (Setting, error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" || value == "" {
		return Setting{}, fmt.Errorf("setting %q is not of the form [service.]name=value", text)
	}
	var s Setting
	s.Name = name
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		s.Service, s.Name = name[:i], name[i+1:]
	}
	for v := range strings.SplitSeq(value, ",") {
		if v = strings.TrimSpace(v); v != "" {
			s.Values = append(s.Values, v)
		}
	}
	if len(s.Values) == 0 {
		return Setting{}, fmt.Errorf("setting %q has no value", text)
	}
	return s, nil
}

// Origin tells where the value of a parameter comes from.
type Origin string

// Origins of parameter values, from the most to the least believed.
const (
	FromUser     Origin = "set"
	FromResource Origin = "resource"
	FromDefault  Origin = "default"
)

// ParameterValue is the value of one parameter in one binding.
type ParameterValue struct {
	Parameter *Parameter
	// Values in canonical spelling; empty for a list parameter not given.
	Values []string
	// Unknown is not nil when the resource sets the property to a value that
	// the input does not tell.
	Unknown *azure.Unknown
	Origin  Origin
}

// is reports whether the parameter has, or for a list includes, the value.
func (v *ParameterValue) is(value string) bool {
	return slices.ContainsFunc(v.Values, func(x string) bool { return strings.EqualFold(x, value) })
}

// set gives the parameter values, in the profile's own spelling.
func (v *ParameterValue) set(values []string, origin Origin) error {
	p := v.Parameter
	if !p.List && len(values) > 1 {
		return fmt.Errorf("parameter %q takes one value, got %s", p.Name, strings.Join(values, ", "))
	}
	var canonical []string
	for _, value := range values {
		c, err := p.canonical(value)
		if err != nil {
			return err
		}
		canonical = append(canonical, c)
	}
	v.Values, v.Origin, v.Unknown = canonical, origin, nil
	return nil
}

func (p *Parameter) canonical(value string) (string, error) {
	for _, known := range p.Values {
		if strings.EqualFold(known, value) {
			return known, nil
		}
	}
	if len(p.Values) > 0 {
		return "", fmt.Errorf("parameter %q cannot be %q; expected one of %s", p.Name, value, strings.Join(p.Values, ", "))
	}
	switch p.Format {
	case "destinations":
		_, err := ParseDestination(value)
		return value, err
	case "address":
		address, err := netip.ParseAddr(value)
		if err != nil {
			return "", fmt.Errorf("parameter %q: %q is not an address", p.Name, value)
		}
		return address.Unmap().String(), nil
	case "addresses":
		prefix, err := parsePrefix(value)
		if err != nil {
			return "", fmt.Errorf("parameter %q: %q is not an address or prefix", p.Name, value)
		}
		return prefix.String(), nil
	case "ports":
		if _, err := parsePorts(value); err != nil {
			return "", fmt.Errorf("parameter %q: %w", p.Name, err)
		}
	case "number":
		if n, err := strconv.Atoi(value); err != nil || n < 0 || n > mostUnits {
			return "", fmt.Errorf("parameter %q: %q is not a number from 0 to %d", p.Name, value, mostUnits)
		}
	case "region":
		return regionName(p.Name, value)
	}
	return value, nil
}

// mostUnits bounds a parameter of the format number.
const mostUnits = 10000

// regionName is a region as service tags spell it, without the spaces that
// Azure shows it with ("West Europe").
func regionName(parameter, value string) (string, error) {
	name := strings.ReplaceAll(value, " ", "")
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return "", fmt.Errorf("parameter %q: %q is not the name of a region, such as westeurope", parameter, value)
		}
	}
	return name, nil
}

func parsePrefix(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		if err == nil && prefix.Addr().Is4In6() {
			err = fmt.Errorf("%q is an IPv4 prefix written as IPv6", text)
		}
		return prefix.Masked(), err
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	addr = addr.Unmap()
	return netip.PrefixFrom(addr, addr.BitLen()), nil
}
