package service

import (
	"cmp"
	"slices"
	"strings"
)

// Difference is a row or a rule that two editions do not state alike.
type Difference struct {
	// ID in the new edition; for what it lacks, in the old one.
	ID string
	// OldID is the id in the old edition where that is another.
	OldID string
	// Purpose says what it is about.
	Purpose string
	// Fields that differ, of what both editions have.
	Fields []FieldDifference
}

// FieldDifference is one word of a row that differs; an empty one is not stated.
type FieldDifference struct{ Name, Old, New string }

// Differences are what an edition adds to another, takes out of it and changes.
// Rows and rules are in the order of the new edition, those taken out in that of
// the old one. Sources, notes and references between rows are left aside.
type Differences struct {
	Added, Removed, Changed []Difference
	// Same is the number of rows and rules that both state alike.
	Same int
}

// statement is a row, a rule or a parameter in words.
type statement struct {
	id, purpose string
	sameAs      []string
	fields      []FieldDifference // with New alone
}

// Compare tells how two profiles differ. A row is the same as one of its id, or
// one that either names as the same; several old rows can have become one.
func Compare(old, now *Profile) Differences {
	var d Differences
	before, after := old.statements(), now.statements()
	taken := map[int]bool{}
	for _, s := range after {
		i := slices.IndexFunc(before, func(b statement) bool { return b.id == s.id })
		if i < 0 {
			i = slices.IndexFunc(before, func(b statement) bool {
				return slices.Contains(s.sameAs, b.id) || slices.Contains(b.sameAs, s.id)
			})
		}
		if i < 0 || taken[i] {
			d.Added = append(d.Added, Difference{ID: s.id, Purpose: s.purpose, Fields: s.fields})
			continue
		}
		taken[i] = true
		if c, changed := compareStatements(before[i], s); changed {
			d.Changed = append(d.Changed, c)
		} else {
			d.Same++
		}
	}
	for i, b := range before {
		if taken[i] {
			continue
		}
		into := slices.IndexFunc(after, func(s statement) bool {
			return slices.Contains(s.sameAs, b.id) || slices.Contains(b.sameAs, s.id)
		})
		if into >= 0 {
			merged, _ := compareStatements(b, after[into])
			d.Changed = append(d.Changed, merged)
		} else {
			gone := Difference{ID: b.id, Purpose: b.purpose}
			for _, f := range b.fields {
				gone.Fields = append(gone.Fields, FieldDifference{Name: f.Name, Old: f.New})
			}
			d.Removed = append(d.Removed, gone)
		}
	}
	return d
}

func compareStatements(old, now statement) (Difference, bool) {
	d := Difference{ID: now.id, Purpose: now.purpose}
	if old.id != now.id {
		d.OldID = old.id
	}
	for _, f := range now.fields {
		if was := old.field(f.Name); was != f.New {
			d.Fields = append(d.Fields, FieldDifference{f.Name, was, f.New})
		}
	}
	return d, len(d.Fields) > 0
}

// field is what a statement says in a field, empty where it has none.
func (s *statement) field(name string) string {
	for _, f := range s.fields {
		if f.Name == name {
			return f.New
		}
	}
	return ""
}

// statements are the rules about subnets, then the rows.
func (p *Profile) statements() []statement {
	var list []statement
	for i := range p.Subnets.Rules {
		r := &p.Subnets.Rules[i]
		list = append(list, statement{r.ID, r.Asks(), nil, []FieldDifference{
			{"asks", "", r.Asks()}, {"severity", "", cmp.Or(r.Severity, Required)}, {"when", "", ConditionWords(r.When)},
			{"subnet", "", r.Subnet}, {"capability", "", r.Capability}, {"consequence", "", r.ConsequenceText()},
		}})
	}
	for i := range p.Requirements {
		r := &p.Requirements[i]
		list = append(list, statement{r.ID, r.Purpose, r.SameAs, []FieldDifference{
			{"row", "", r.Row}, {"purpose", "", r.Purpose}, {"direction", "", r.Direction},
			{"protocols", "", strings.Join(p.ProtocolsOf(r), ", ")},
			{"source", "", r.Source.Words()}, {"source ports", "", strings.Join(p.SourcePortsOf(r), ", ")},
			{"destination", "", r.Destination.Words()}, {"destination ports", "", strings.Join(r.PortsWords(), ", ")},
			{"severity", "", cmp.Or(r.Severity, Required)}, {"required when", "", ConditionWords(r.RequiredWhen)},
			{"when", "", ConditionWords(r.When)}, {"subnet", "", r.Subnet}, {"once for the service", "", yes(r.PerSubnet != nil && !*r.PerSubnet)},
			{"taken over", "", yes(r.TakenOver)}, {"uncertain", "", r.Uncertain}, {"narrower", "", r.Narrower.Words()},
			{"capability", "", r.Capability}, {"consequence", "", r.ConsequenceText()},
		}})
	}
	return list
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}
