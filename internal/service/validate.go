package service

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// validator collects what is wrong with a profile.
type validator struct {
	p        *Profile
	problems diagnostic.List
	// ids of requirements and subnet rules, by where they are used first.
	ids map[string]document.Value
}

// validate checks what the shape alone does not tell: words from closed lists,
// references between parts, ids that occur once. root is the profile's tree.
func validate(p *Profile, root document.Value) diagnostic.List {
	v := &validator{p: p, ids: map[string]document.Value{}}
	v.head(root)
	v.parameters(root.Get("parameters"))
	v.resources(root.Get("resources"))
	v.unread(root)
	v.empties(root)
	requirements := root.Get("requirements")
	for i := range p.Requirements {
		at := requirements.Index(i)
		v.id(at.Get("id"), p.Requirements[i].ID)
		v.requirement(&p.Requirements[i], at)
	}
	rules := root.Get("subnets").Get("rules")
	for i := range p.Subnets.Rules {
		at := rules.Index(i)
		v.id(at.Get("id"), p.Subnets.Rules[i].ID)
		v.subnetRule(&p.Subnets.Rules[i], at)
	}
	v.rest(root)
	return v.problems
}

// id reports an id that is used twice.
func (v *validator) id(at document.Value, id string) {
	if first, ok := v.ids[id]; ok {
		v.errorf(at, "id %q is used twice, first at %s", id, first.Position())
	}
	v.ids[id] = at
	v.form(at, "id", id, nameForm)
}

func (v *validator) errorf(at document.Value, format string, args ...any) {
	v.problems = append(v.problems, diagnostic.Errorf("invalid-profile", at.Position(), format, args...).
		WithHint("schemas/profile.schema.json describes every key"))
}

// required reports a text that is missing.
func (v *validator) required(at document.Value, field, value string) {
	if value == "" {
		v.errorf(at, "%s is missing", field)
	}
}

// word reports a value that is not in a closed list.
func (v *validator) word(at document.Value, what, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		v.errorf(at, "%s %q is not known; expected one of %s", what, value, strings.Join(allowed, ", "))
	}
}

func (v *validator) head(root document.Value) {
	p := v.p
	if p.Schema != ProfileSchema {
		v.errorf(root.Get("schema"), "schema is %q, expected %q", p.Schema, ProfileSchema)
	}
	v.required(root, "service", p.Service)
	v.required(root, "edition", p.Edition)
	v.required(root, "title", p.Title)
	v.form(root.Get("service"), "name", p.Service, nameForm)
	v.forms(root.Get("aliases"), "name", p.Aliases, nameForm)
	v.form(root.Get("edition"), "edition", p.Edition, editionForm)
	v.date(root.Get("status").Get("retiredOn"), p.Status.RetiredOn)
	if status := root.Get("status"); status.Exists() {
		v.required(status, "state", p.Status.State)
	}
	if p.Status.State != "" {
		v.word(root.Get("status").Get("state"), "state", p.Status.State, "active", "retiring", "retired")
	}
	if len(p.Sources) == 0 {
		v.errorf(root, "sources is missing: every profile says which page it comes from")
	}
	for i, s := range p.Sources {
		at := root.Get("sources").Index(i)
		v.required(at, "id", s.ID)
		v.required(at, "title", s.Title)
		v.required(at, "path", s.Path)
		v.required(at, "date", s.Date)
		v.form(at.Get("id"), "id", s.ID, nameForm)
		v.date(at.Get("date"), s.Date)
	}
	if len(p.Requirements)+len(p.Subnets.Rules) == 0 {
		v.errorf(root, "requirements is missing: a profile without rows asks for nothing")
	}
	if confidence := root.Get("confidence"); confidence.Exists() {
		v.required(confidence, "level", p.Confidence.Level)
	}
	if p.Confidence.Level != "" {
		v.word(root.Get("confidence").Get("level"), "confidence", p.Confidence.Level, "documented", "partial")
	}
	v.source(root.Get("subnets").Get("from"), p.Subnets.From)
	v.protocols(root.Get("defaults").Get("protocols"), p.Defaults.Protocols)
	v.ports(root.Get("defaults").Get("sourcePorts"), p.Defaults.SourcePorts)
}

// source reports a source id that the profile does not define.
func (v *validator) source(at document.Value, id string) {
	if _, ok := v.p.Source(id); !ok && id != "" {
		v.errorf(at, "source %q is not among the sources of the profile", id)
	}
}

func (v *validator) parameters(list document.Value) {
	for i := range v.p.Parameters {
		q, at := &v.p.Parameters[i], list.Index(i)
		v.required(at, "name", q.Name)
		v.required(at, "meaning", q.Meaning)
		v.form(at.Get("name"), "name", q.Name, parameterForm)
		v.forms(at.Get("aliases"), "name", q.Aliases, parameterForm)
		v.forms(at.Get("values"), "value", q.Values, valueForm)
		if q.Default != "" {
			if _, err := q.canonical(q.Default); err != nil {
				v.errorf(at.Get("default"), "%s", err)
			}
		}
		if q.Absent != "" {
			if _, err := q.canonical(q.Absent); err != nil {
				v.errorf(at.Get("absent"), "%s", err)
			}
		}
		for _, pattern := range sortedKeys(q.PropertyValues) {
			if _, err := q.canonical(q.PropertyValues[pattern]); err != nil {
				v.errorf(at.Get("propertyValues").Get(pattern), "%s", err)
			}
		}
		if q.Format != "" {
			v.word(at.Get("format"), "format", q.Format, "addresses", "ports", "number", "region")
		}
	}
}

func (v *validator) requirement(r *Requirement, at document.Value) {
	v.required(at, "id", r.ID)
	v.required(at, "purpose", r.Purpose)
	v.required(at, "row", r.Row)
	v.word(at.Get("direction"), "direction", r.Direction, "inbound", "outbound")
	v.word(at.Get("capability"), "capability", r.Capability, Capabilities...)
	if r.Severity != "" {
		v.word(at.Get("severity"), "severity", r.Severity, Required, Optional, Advice)
	}
	v.source(at.Get("from"), r.From)
	v.protocols(at.Get("protocols"), r.Protocols)
	if len(r.Protocols)+len(v.p.Defaults.Protocols) == 0 {
		v.errorf(at, "protocols is missing, and the profile has no default")
	}
	v.ports(at.Get("sourcePorts"), r.SourcePorts)
	if len(r.SourcePorts)+len(v.p.Defaults.SourcePorts) == 0 {
		v.errorf(at, "sourcePorts is missing, and the profile has no default")
	}
	v.destinationPorts(r, at)
	v.uncertain(at, r.Uncertain, r.Severity)
	v.peer(&r.Source, at.Get("source"), at, "source")
	v.peer(&r.Destination, at.Get("destination"), at, "destination")
	v.ownEnd(r, at)
	v.conditions(at.Get("when"), r.When)
	v.conditions(at.Get("requiredWhen"), r.RequiredWhen)
	if r.Narrower != nil {
		v.word(at.Get("narrower").Get("side"), "side", r.Narrower.Side, "source", "destination")
		if (r.Narrower.Quote == "") == (r.Narrower.Means == "") {
			v.errorf(at.Get("narrower"), "what is enough is not said once; expected quote, the words of the page, or means, those of the profile")
		}
	}
	v.forms(at.Get("sameAs"), "id", r.SameAs, nameForm)
}

// ownEnd checks that the service's own end is where the direction says.
func (v *validator) ownEnd(r *Requirement, at document.Value) {
	own, side := &r.Source, "source"
	if r.Direction == "inbound" {
		own, side = &r.Destination, "destination"
	}
	if own.By == "" && own.Is != InSubnet && own.Is != InService && own.Parameter == "" && own.Placeholder == "" {
		v.errorf(at.Get(side), "the %s of an %s row is the service itself: expected is: subnet, is: service or a parameter", side, r.Direction)
	}
}

// conditions checks parameter names and values of when and requiredWhen.
func (v *validator) conditions(at document.Value, conditions map[string]string) {
	for _, name := range sortedKeys(conditions) {
		q, ok := v.p.Parameter(name)
		if !ok {
			v.errorf(at.Get(name), "parameter %q is not defined", name)
			continue
		}
		for value := range strings.SplitSeq(conditions[name], "|") {
			if _, err := q.canonical(value); err != nil {
				v.errorf(at.Get(name), "%s", err)
			}
		}
	}
}

func (v *validator) protocols(at document.Value, list []string) {
	for i, name := range list {
		v.word(at.Index(i), "protocol", name, "tcp", "udp", "icmp", "any")
	}
}

func (v *validator) ports(at document.Value, list []string) {
	for i, item := range list {
		if _, err := parsePorts(item); err != nil {
			v.errorf(at.Index(i), "%s", err)
		}
	}
}

// peer checks that exactly one way of naming addresses is used.
func (v *validator) peer(p *Peer, at, row document.Value, side string) {
	if !at.Exists() {
		v.errorf(row, "%s is missing", side)
		return
	}
	given := 0
	for _, is := range []bool{p.Is != "", p.Tag != "", len(p.Prefixes) > 0, p.Parameter != "", p.Placeholder != "", p.By != ""} {
		if is {
			given++
		}
	}
	if given != 1 {
		v.errorf(at, "a %s is exactly one of is, tag, prefixes, parameter, placeholder and by; found %d of them", side, given)
	}
	if p.By == "" {
		v.required(at, "text", p.Text)
	}
	if p.Is != "" {
		v.word(at.Get("is"), "place", string(p.Is), string(InSubnet), string(InService), string(InNetwork), string(Elsewhere))
	}
	v.form(at.Get("tag"), "tag", p.Tag, tagForm)
	for i, text := range p.Prefixes {
		if _, err := parsePrefix(text); err != nil {
			v.errorf(at.Get("prefixes").Index(i), "%q is not an address or prefix", text)
		}
	}
	if name := tagParameter(p.Tag); name != "" {
		if q, ok := v.p.Parameter(name); !ok || q.Format != "region" {
			v.errorf(at.Get("tag"), "parameter %q is not defined with format: region", name)
		}
	}
	if p.Parameter != "" {
		if q, ok := v.p.Parameter(p.Parameter); !ok || q.Format != "addresses" {
			v.errorf(at.Get("parameter"), "parameter %q is not defined with format: addresses", p.Parameter)
		}
	}
	v.cases(p, at, side)
}

// cases checks that a chosen peer covers every value of its parameter.
func (v *validator) cases(p *Peer, at document.Value, side string) {
	if p.By == "" {
		return
	}
	q, ok := v.p.Parameter(p.By)
	if !ok {
		v.errorf(at.Get("by"), "parameter %q is not defined", p.By)
		return
	}
	cases := at.Get("cases")
	for _, value := range q.Values {
		if _, ok := p.Cases[value]; !ok {
			v.errorf(cases, "there is no case for %s: %s", q.Name, value)
		}
	}
	for _, name := range sortedKeys(p.Cases) {
		chosen := p.Cases[name]
		if !slices.Contains(q.Values, name) {
			v.errorf(cases.Get(name), "%q is not a value of %s", name, q.Name)
		}
		v.peer(&chosen, cases.Get(name), at, side)
	}
}
