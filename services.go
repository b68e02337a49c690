package wayleave

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// Services lists the services and editions this version knows, by service and
// edition.
func Services() (*result.Services, error) {
	catalogue, err := service.Builtin()
	if err != nil {
		return nil, err
	}
	list := &result.Services{Schema: result.ServicesSchema}
	for _, p := range catalogue.Profiles() {
		list.Services = append(list.Services, result.Edition{
			Service: p.Service, Edition: p.Edition, Default: p.Default, Title: p.Title,
			State: p.Status.State, Requirements: len(p.Requirements),
		})
	}
	return list, nil
}

// ServiceTable is the requirement table of one service, by name or
// "name@edition". An unknown name is a *UsageError that lists the known ones.
func ServiceTable(name string) (*result.ServiceTable, error) {
	catalogue, err := service.Builtin()
	if err != nil {
		return nil, err
	}
	p, err := catalogue.Find(name)
	if err != nil {
		return nil, &UsageError{Message: err.Error(), Hints: []string{"wayleave services list"}}
	}
	table := &result.ServiceTable{
		Schema: result.ServiceTableSchema, Service: p.Service, Edition: p.Edition, Title: p.Title,
		State: p.Status.State, StateNote: p.Status.Note,
	}
	for _, s := range p.Sources {
		table.Sources = append(table.Sources, result.TableSource(s))
	}
	for _, q := range p.Parameters {
		table.Parameters = append(table.Parameters, result.TableParameter{
			Name: q.Name, Values: q.Values, List: q.List, Default: q.Default, Meaning: q.Meaning,
		})
	}
	for i := range p.Requirements {
		table.Rows = append(table.Rows, tableRow(p, &p.Requirements[i]))
	}
	return table, nil
}

func tableRow(p *service.Profile, r *service.Requirement) result.TableRequirement {
	source, _ := p.Source(r.From)
	return result.TableRequirement{
		ID: r.ID, Row: r.Row, Purpose: r.Purpose, Direction: r.Direction,
		Protocols:        firstNonEmpty(r.Protocols, p.Defaults.Protocols),
		SourcePorts:      firstNonEmpty(r.SourcePorts, p.Defaults.SourcePorts),
		DestinationPorts: r.DestinationPorts,
		Source:           peerText(&r.Source), Destination: peerText(&r.Destination),
		Severity: cmp.Or(r.Severity, service.Required), When: r.When, RequiredWhen: r.RequiredWhen,
		Capability: r.Capability, Consequence: r.ConsequenceText(), From: source.ID, Note: r.Note,
	}
}

func firstNonEmpty(own, otherwise []string) []string {
	if len(own) > 0 {
		return own
	}
	return otherwise
}

// peerText is the word of the page; a chosen peer prints its cases, as the page
// does: "internal: VirtualNetwork; external: Internet".
func peerText(p *service.Peer) string {
	if p.By == "" {
		return p.Text
	}
	var cases []string
	for _, name := range slices.Sorted(maps.Keys(p.Cases)) {
		cases = append(cases, name+": "+p.Cases[name].Text)
	}
	return strings.Join(cases, "; ")
}
