package wayleave

import (
	"errors"
	"os"
	"time"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// TagOptions says which service-tag data to use.
type TagOptions struct {
	// File is a service-tag file; empty means the newest imported data.
	File string
	// Cloud chooses among imported data of several clouds; empty means Public.
	Cloud string
	// Getenv finds the folder of imported data; nil means os.Getenv.
	Getenv func(string) string
}

// catalogue loads the data, or the symbolic catalogue where there is none.
func (o TagOptions) catalogue() (*servicetag.Catalogue, error) {
	if o.File != "" {
		c, err := servicetag.Load(o.File)
		if err != nil {
			return nil, inputError(err)
		}
		if o.Cloud != "" {
			if err := c.CheckCloud(o.Cloud); err != nil {
				return nil, inputError(err)
			}
		}
		return c, nil
	}
	store, err := o.store()
	if err != nil {
		// Without a home there is no imported data either.
		return servicetag.Symbolic(), nil
	}
	newest, ok, err := store.Newest(o.Cloud)
	if err != nil {
		return nil, inputError(err)
	}
	if !ok {
		if o.Cloud != "" {
			return nil, &UsageError{
				Message: "no service-tag data is imported for the cloud " + o.Cloud,
				Hints:   []string{"wayleave tags import ServiceTags_" + servicetag.CloudName(o.Cloud) + "_<date>.json"},
			}
		}
		return servicetag.Symbolic(), nil
	}
	c, err := newest.Load()
	if err != nil {
		return nil, inputError(err)
	}
	return c, nil
}

func (o TagOptions) store() (servicetag.Store, error) {
	getenv := o.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	dir, err := servicetag.DataDir(getenv)
	if err != nil {
		return servicetag.Store{}, inputError(err)
	}
	return servicetag.NewStore(dir), nil
}

// inputError wraps what a reader returned.
func inputError(err error) error {
	var named interface {
		Diagnostic(at diagnostic.Position) diagnostic.Diagnostic
	}
	if errors.As(err, &named) {
		return &InputError{Diagnostics: diagnostic.List{named.Diagnostic(diagnostic.Position{})}}
	}
	return &InputError{Diagnostics: diagnostic.Of(err, "unreadable-file")}
}

// tagData describes a catalogue in results; nil for the symbolic one.
func tagData(c *servicetag.Catalogue) *result.Tags {
	if c.IsSymbolic() {
		return nil
	}
	return &result.Tags{Cloud: c.Cloud(), ChangeNumber: c.ChangeNumber(), Source: c.Source()}
}

// ImportTags validates a service-tag file and copies it to the user's data
// folder, where later runs find it.
func ImportTags(file string, o TagOptions) (*result.TagImport, error) {
	store, err := o.store()
	if err != nil {
		return nil, err
	}
	kept, known, err := store.Import(file)
	if err != nil {
		return nil, inputError(err)
	}
	return &result.TagImport{Schema: result.TagImportSchema, Stored: stored(kept), Known: known}, nil
}

func stored(s servicetag.Stored) result.StoredTags {
	t := result.StoredTags{Cloud: s.Cloud, ChangeNumber: s.ChangeNumber, Source: s.Source}
	if !s.Date.IsZero() {
		t.Date = s.Date.Format(time.DateOnly)
	}
	return t
}

// ListTags lists imported data and the tags of the data in use. Without any
// data the list of tags is empty.
func ListTags(o TagOptions) (*result.TagList, error) {
	c, err := o.catalogue()
	if err != nil {
		return nil, err
	}
	list := &result.TagList{Schema: result.TagListSchema, Tags: tagData(c)}
	if store, err := o.store(); err == nil {
		all, err := store.List()
		if err != nil {
			return nil, inputError(err)
		}
		for _, s := range all {
			list.Stored = append(list.Stored, stored(s))
		}
	}
	for _, s := range c.List() {
		list.List = append(list.List, tagSummary(s))
	}
	return list, nil
}

func tagSummary(s servicetag.Summary) result.TagSummary {
	t := result.TagSummary{
		Name: s.Name, Region: s.Region,
		IPv4Prefixes: s.IPv4Prefixes, IPv6Prefixes: s.IPv6Prefixes, IPv4Ranges: s.IPv4Ranges, IPv6Ranges: s.IPv6Ranges,
	}
	for _, u := range []struct {
		place servicetag.Place
		word  string
	}{{servicetag.SecurityRule, "securityRule"}, {servicetag.Route, "route"}, {servicetag.FirewallRule, "firewallRule"}} {
		if s.Usable(u.place) == servicetag.Usable {
			t.Usable = append(t.Usable, u.word)
		}
	}
	return t
}

// ShowTag describes one tag of the data in use, its name in any case.
func ShowTag(name string, o TagOptions) (*result.Tag, error) {
	c, err := o.catalogue()
	if err != nil {
		return nil, err
	}
	d, err := c.Show(name)
	if err != nil {
		return nil, inputError(err)
	}
	t := &result.Tag{
		Schema: result.TagSchema, Tags: tagData(c), TagSummary: tagSummary(d.Summary),
		ChangeNumber: d.ChangeNumber, SystemService: d.SystemService, Regions: d.Regions,
		IPv4Addresses: d.IPv4Addresses.String(), IPv6Addresses: d.IPv6Addresses.String(),
	}
	for _, v := range d.Overlaps {
		t.Overlaps = append(t.Overlaps, result.TagOverlap{
			Name: v.Name, Relation: string(v.Relation),
			IPv4Addresses: v.IPv4Addresses.String(), IPv6Addresses: v.IPv6Addresses.String(),
		})
	}
	for _, r := range d.Ranges {
		if r.First == r.Last {
			t.Ranges = append(t.Ranges, r.First.String())
		} else {
			t.Ranges = append(t.Ranges, r.First.String()+"-"+r.Last.String())
		}
	}
	return t, nil
}
