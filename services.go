package wayleave

import (
	"cmp"

	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// services are the profiles that come with the program, with those of files and
// folders of the user. The error is an *InputError.
func services(profiles []string) (*service.Catalogue, error) {
	catalogue, err := service.Builtin()
	if err != nil || len(profiles) == 0 {
		return catalogue, err
	}
	files, problems := service.Read(profiles)
	if problems.HasErrors() {
		return nil, &InputError{Diagnostics: problems}
	}
	joined, clashes := catalogue.With(files)
	if clashes.HasErrors() {
		return nil, &InputError{Diagnostics: append(problems, clashes...)}
	}
	return joined, nil
}

// Services lists the services and editions that this version knows and those of
// the given files and folders of profiles, by service and edition. The error is
// an *InputError.
func Services(profiles ...string) (*result.Services, error) {
	catalogue, err := services(profiles)
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
// "name@edition". An unknown name is a *UsageError that lists the known ones, a
// profile that is not valid an *InputError.
func ServiceTable(name string, profiles ...string) (*result.ServiceTable, error) {
	p, err := findService(name, profiles)
	if err != nil {
		return nil, err
	}
	return serviceTable(p), nil
}

func findService(name string, profiles []string) (*service.Profile, error) {
	catalogue, err := services(profiles)
	if err != nil {
		return nil, err
	}
	p, err := catalogue.Find(name)
	if err != nil {
		return nil, &UsageError{Message: err.Error(), Hints: []string{"wayleave services list"}}
	}
	return p, nil
}

// DiffServices tells how two editions, or two services, differ: each a name or
// "name@edition". Errors are those of ServiceTable.
func DiffServices(oldName, newName string, profiles ...string) (*result.ServiceDiff, error) {
	old, err := findService(oldName, profiles)
	if err != nil {
		return nil, err
	}
	now, err := findService(newName, profiles)
	if err != nil {
		return nil, err
	}
	d := service.Compare(old, now)
	return &result.ServiceDiff{
		Schema: result.ServiceDiffSchema, Old: old.Name(), New: now.Name(), Same: d.Same,
		Equal: len(d.Added)+len(d.Removed)+len(d.Changed) == 0,
		Added: tableDifferences(d.Added), Removed: tableDifferences(d.Removed), Changed: tableDifferences(d.Changed),
	}, nil
}

func tableDifferences(list []service.Difference) []result.TableDifference {
	out := []result.TableDifference{}
	for _, d := range list {
		x := result.TableDifference{ID: d.ID, OldID: d.OldID, Purpose: d.Purpose}
		for _, f := range d.Fields {
			if f.Old != f.New {
				x.Fields = append(x.Fields, result.FieldDifference(f))
			}
		}
		out = append(out, x)
	}
	return out
}

// ValidateProfiles reads profiles from files and folders, strictly. The error is
// an *InputError with all that is wrong with any of them.
func ValidateProfiles(paths ...string) (*result.ServiceValidate, error) {
	builtin, err := service.Builtin()
	if err != nil {
		return nil, err
	}
	files, problems := service.Read(paths)
	if !problems.HasErrors() {
		_, clashes := builtin.With(files)
		problems = append(problems, clashes...)
	}
	if problems.HasErrors() {
		return nil, &InputError{Diagnostics: problems}
	}
	answer := &result.ServiceValidate{Schema: result.ServiceValidateSchema, Diagnostics: problems}
	for _, f := range files {
		_, err := builtin.Find(f.Name())
		answer.Profiles = append(answer.Profiles, result.ValidatedProfile{
			File: f.Path, Service: f.Service, Edition: f.Edition, Default: f.Default,
			Requirements: len(f.Requirements), SubnetRules: len(f.Subnets.Rules), Replaces: err == nil,
		})
	}
	return answer, nil
}

func serviceTable(p *service.Profile) *result.ServiceTable {
	table := &result.ServiceTable{
		Schema: result.ServiceTableSchema, Service: p.Service, Aliases: p.Aliases, Edition: p.Edition, Default: p.Default, Title: p.Title,
		State: p.Status.State, StateNote: p.Status.Note, RetiredOn: p.Status.RetiredOn,
		Confidence: result.TableConfidence(p.Confidence), SubnetNote: p.Subnets.Note, SubnetAdvice: p.Subnets.Advice.Words(),
	}
	source := func(id string) string {
		s, _ := p.Source(id)
		return s.ID
	}
	for _, s := range p.Sources {
		table.Sources = append(table.Sources, result.TableSource(s))
	}
	for _, q := range p.Parameters {
		table.Parameters = append(table.Parameters, result.TableParameter{
			Name: q.Name, Aliases: q.Aliases, Values: q.Values, List: q.List, Format: q.Format, Default: q.Default,
			Property: q.Property, Meaning: q.Meaning,
		})
	}
	for i := range p.Requirements {
		table.Rows = append(table.Rows, tableRow(p, &p.Requirements[i]))
	}
	for i := range p.Subnets.Rules {
		r := &p.Subnets.Rules[i]
		table.SubnetRules = append(table.SubnetRules, result.TableRule{
			ID: r.ID, Kind: string(r.Kind()), Asks: r.Asks(), Severity: cmp.Or(r.Severity, service.Required), When: r.When, Subnet: r.Subnet,
			Capability: cmp.Or(r.Capability, "deployment"), Consequence: r.ConsequenceText(), Uncertain: r.Uncertain,
			From: source(r.From), Note: r.Note,
		})
	}
	for _, c := range p.Outbound {
		table.Outbound = append(table.Outbound, result.TableOutbound{Address: c.Address, When: c.When, From: source(c.From), Note: c.Note})
	}
	for _, a := range p.Adds {
		table.Adds = append(table.Adds, result.TableAddition{
			Names: a.Names, Where: a.Where, Priority: a.Priority, Covers: a.Covers, When: a.When, From: source(a.From), Note: a.Note,
		})
	}
	for _, g := range p.FQDNs {
		table.FQDNs = append(table.FQDNs, result.TableNames{
			Purpose: g.Purpose, Names: g.Names, Tags: g.Tags, Ports: g.Ports, When: g.When, From: source(g.From), Note: g.Note,
		})
	}
	for _, c := range p.Contradictions {
		table.Contradictions = append(table.Contradictions, result.TableContradiction(c))
	}
	for i := range p.Resources {
		table.FoundBy = append(table.FoundBy, p.Resources[i].Words())
	}
	return table
}

func tableRow(p *service.Profile, r *service.Requirement) result.TableRequirement {
	source, _ := p.Source(r.From)
	return result.TableRequirement{
		ID: r.ID, Row: r.Row, Purpose: r.Purpose, Direction: r.Direction,
		Protocols: p.ProtocolsOf(r), SourcePorts: p.SourcePortsOf(r), DestinationPorts: r.PortsWords(),
		Source: r.Source.Words(), Destination: r.Destination.Words(), Subnet: r.Subnet,
		Severity: cmp.Or(r.Severity, service.Required), When: r.When, RequiredWhen: r.RequiredWhen,
		Capability: r.Capability, Consequence: r.ConsequenceText(), Uncertain: r.Uncertain, Narrower: r.Narrower.Words(), From: source.ID, Note: r.Note,
	}
}
