package service

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Row is a requirement applied to one subnet of a binding.
type Row struct {
	Requirement *Requirement
	// Subnet the row is checked for; nil for a row that holds once for the
	// whole service.
	Subnet *azure.Subnet
	// Severity after the parameters: Required, Optional or Advice.
	Severity string
	// Source and Destination have their cases chosen and parameters filled in.
	Source, Destination Far
	Protocols           flow.ProtocolSet
	SourcePorts         flow.PortSet
	DestinationPorts    flow.PortSet
	// Wider says why an end is the whole of a tag where one region of it is
	// meant; empty where it is not.
	Wider string
	// Open says what is missing for the row to have a meaning: a placeholder
	// nobody filled, a parameter whose value is not known. Empty when complete.
	Open []string
}

// Far is one end of a row. Exactly one of Is, Tag and Prefixes is given,
// unless the row is open.
type Far struct {
	// Text is the word of the published table.
	Text     string
	Is       Place
	Tag      string
	Prefixes []netip.Prefix
	// Wider says why the tag is given whole where one region of it is meant.
	Wider string
}

// Rows applies the profile's requirements to every subnet, in the order of the
// profile, then of the subnets.
func (b *Binding) Rows() []Row {
	var rows []Row
	for i := range b.Profile.Requirements {
		r := &b.Profile.Requirements[i]
		included, open := b.applies(r.When)
		if !included {
			continue
		}
		if r.PerSubnet != nil && !*r.PerSubnet {
			rows = append(rows, b.row(r, nil, open))
			continue
		}
		for _, s := range b.Subnets {
			if r.Subnet == "" || strings.EqualFold(r.Subnet, s.Name) {
				rows = append(rows, b.row(r, s, open))
			}
		}
	}
	return rows
}

// Tags lists the service tags that rows and rules speak of, in order of
// appearance.
func (b *Binding) Tags() []string {
	var tags []string
	add := func(f Far) {
		if f.Tag != "" && !strings.Contains(f.Tag, "{") && !slices.Contains(tags, f.Tag) {
			tags = append(tags, f.Tag)
		}
	}
	for _, row := range b.Rows() {
		add(row.Source)
		add(row.Destination)
	}
	for _, rule := range b.Rules() {
		add(rule.To)
	}
	return tags
}

// applies decides a `when`; a parameter of unknown value keeps the row, open.
func (b *Binding) applies(when map[string]string) (included bool, open []string) {
	for _, name := range sortedKeys(when) {
		v := b.parameter(name)
		if v.Unknown != nil {
			open = append(open, unknownParameter(v))
			continue
		}
		if !v.isOneOf(when[name]) {
			return false, nil
		}
	}
	return true, open
}

// isOneOf reports whether the parameter has one of the values between "|".
func (v *ParameterValue) isOneOf(values string) bool {
	for value := range strings.SplitSeq(values, "|") {
		if v.is(value) {
			return true
		}
	}
	return false
}

func unknownParameter(v *ParameterValue) string {
	return fmt.Sprintf("the value of %s is not known: %s (%s)", v.Parameter.Name, v.Unknown.Name, v.Unknown.Why)
}

func (b *Binding) row(r *Requirement, subnet *azure.Subnet, open []string) Row {
	row := Row{Requirement: r, Subnet: subnet, Open: append([]string(nil), open...)}
	row.Severity = b.severity(r, &row.Open)
	row.Source = b.far(&r.Source, &row.Open)
	row.Destination = b.far(&r.Destination, &row.Open)
	row.Wider = cmp.Or(row.Source.Wider, row.Destination.Wider)
	row.Protocols = protocols(orDefault(r.Protocols, b.Profile.Defaults.Protocols))
	row.SourcePorts = ports(orDefault(r.SourcePorts, b.Profile.Defaults.SourcePorts))
	row.DestinationPorts = b.destinationPorts(r, &row.Open)
	if len(row.Open) > len(open) && b.placeholder(r) {
		row.Severity = Advice
	}
	return row
}

// placeholder reports whether a row has an end or ports that only the owner of
// the service knows: it is advice until they are given (decisions 15).
func (b *Binding) placeholder(r *Requirement) bool {
	return b.untold(&r.Source) || b.untold(&r.Destination) || !b.given(r.PortsParameter)
}

// untold reports whether only the owner of the service knows an end.
func (b *Binding) untold(p *Peer) bool {
	if p.By != "" {
		v := b.parameter(p.By)
		if len(v.Values) == 0 {
			return v.Unknown == nil
		}
		chosen := p.Cases[v.Values[0]]
		p = &chosen
	}
	return p.Placeholder != "" || !b.given(p.Parameter)
}

// given reports whether a parameter has a value, known or not; none needs none.
func (b *Binding) given(name string) bool {
	v := b.parameter(name)
	return name == "" || len(v.Values) > 0 || v.Unknown != nil
}

// destinationPorts are the row's own, those of its case, or those a parameter
// gives.
func (b *Binding) destinationPorts(r *Requirement, open *[]string) flow.PortSet {
	switch {
	case r.PortsBy != nil:
		v := b.parameter(r.PortsBy.By)
		if v.Unknown != nil {
			*open = append(*open, unknownParameter(v))
			return flow.PortSet{}
		}
		if len(v.Values) == 0 {
			*open = append(*open, "no value for "+r.PortsBy.By)
			return flow.PortSet{}
		}
		return ports(r.PortsBy.Cases[v.Values[0]])
	case r.PortsParameter != "":
		v := b.parameter(r.PortsParameter)
		if v.Unknown != nil {
			*open = append(*open, unknownParameter(v))
		} else if len(v.Values) == 0 {
			*open = append(*open, fmt.Sprintf("the ports are not given; name them with --set %s=...", r.PortsParameter))
		}
		return ports(v.Values)
	}
	return ports(r.DestinationPorts)
}

// tagParameter is the parameter that a tag names: "region" of
// "Storage.{region}", else "".
func tagParameter(tag string) string {
	_, rest, ok := strings.Cut(tag, "{")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(rest, "}")
}

func orDefault(own, otherwise []string) []string {
	if len(own) > 0 {
		return own
	}
	return otherwise
}

// severity is how much a row counts; while the parameter that tells is not known
// the row is required, and open.
func (b *Binding) severity(r *Requirement, open *[]string) string {
	for _, name := range sortedKeys(r.RequiredWhen) {
		v := b.parameter(name)
		if v.Unknown != nil {
			*open = append(*open, unknownParameter(v))
		}
		if v.Unknown != nil || v.isOneOf(r.RequiredWhen[name]) {
			return Required
		}
	}
	if r.Severity == "" {
		return Required
	}
	return r.Severity
}

// far chooses the case of a peer and fills its parameter in.
func (b *Binding) far(p *Peer, open *[]string) Far {
	if p.By != "" {
		v := b.parameter(p.By)
		if v.Unknown != nil || len(v.Values) == 0 {
			if v.Unknown != nil {
				*open = append(*open, unknownParameter(v))
			} else {
				*open = append(*open, fmt.Sprintf("no value for %s", p.By))
			}
			return Far{Text: "chosen by " + p.By}
		}
		chosen := p.Cases[v.Values[0]]
		return b.far(&chosen, open)
	}
	f := Far{Text: p.Text, Is: p.Is, Tag: p.Tag}
	for _, text := range p.Prefixes {
		if prefix, err := parsePrefix(text); err == nil {
			f.Prefixes = append(f.Prefixes, prefix)
		}
	}
	if p.Parameter != "" {
		for _, text := range b.parameter(p.Parameter).Values {
			if prefix, err := parsePrefix(text); err == nil {
				f.Prefixes = append(f.Prefixes, prefix)
			}
		}
		if v := b.parameter(p.Parameter); v.Unknown != nil {
			*open = append(*open, unknownParameter(v))
		} else if len(f.Prefixes) == 0 {
			*open = append(*open, fmt.Sprintf("the addresses of %s are not given; name them with --set %s=...", p.Text, p.Parameter))
		}
	}
	if name := tagParameter(p.Tag); name != "" {
		b.region(&f, name)
	}
	if p.Placeholder != "" {
		*open = append(*open, fmt.Sprintf("the %s are known to the owner of the service only", p.Placeholder))
	}
	return f
}

// region fills the region of a tag in. Without one the whole tag stands for it,
// of which the region is a part.
func (b *Binding) region(f *Far, name string) {
	whole, _, _ := strings.Cut(f.Tag, ".{")
	named := f.Tag
	switch v := b.parameter(name); {
	case v.Unknown != nil:
		f.Tag, f.Wider = whole, unknownParameter(v)
	case len(v.Values) == 0:
		f.Tag, f.Wider = whole, fmt.Sprintf("the region of %s is not given; name it with --set %s=...", named, name)
	default:
		f.Tag = whole + "." + v.Values[0]
	}
	f.Text = f.Tag
}

// protocols of a validated row. With ports, "any" means TCP and UDP
// (decisions 10).
func protocols(names []string) flow.ProtocolSet {
	var set flow.ProtocolSet
	for _, name := range names {
		set = set.Union(protocolWords[strings.ToLower(name)])
	}
	return set
}

var protocolWords = map[string]flow.ProtocolSet{
	"tcp":  flow.Protocols(flow.TCP),
	"udp":  flow.Protocols(flow.UDP),
	"icmp": flow.Protocols(flow.ICMP),
	"any":  flow.Protocols(flow.TCP, flow.UDP),
}

// ports of a validated row.
func ports(items []string) flow.PortSet {
	var set flow.PortSet
	for _, item := range items {
		if s, err := parsePorts(item); err == nil {
			set = set.Union(s)
		}
	}
	return set
}

// ParsePorts reads a list of ports and ranges: "443,8080-8090", or "*".
func ParsePorts(list string) (flow.PortSet, error) {
	var set flow.PortSet
	for item := range strings.SplitSeq(list, ",") {
		s, err := parsePorts(strings.TrimSpace(item))
		if err != nil {
			return flow.PortSet{}, err
		}
		set = set.Union(s)
	}
	return set, nil
}

// parsePorts reads "*", "443" or "6379-6383".
func parsePorts(item string) (flow.PortSet, error) {
	if item == "*" {
		return flow.AllPorts(), nil
	}
	low, high, isRange := strings.Cut(item, "-")
	first, err := strconv.ParseUint(low, 10, 16)
	if err != nil {
		return flow.PortSet{}, fmt.Errorf("port %q is not a number from 0 to 65535", low)
	}
	last := first
	if isRange {
		if last, err = strconv.ParseUint(high, 10, 16); err != nil {
			return flow.PortSet{}, fmt.Errorf("port %q is not a number from 0 to 65535", high)
		}
	}
	if last < first {
		return flow.PortSet{}, fmt.Errorf("port range %q ends before it begins", item)
	}
	return flow.PortRange(uint16(first), uint16(last)), nil
}
