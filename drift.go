package wayleave

import (
	"strings"

	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// CheckAgainst is Check, compared with the answer under older service tags:
// which verdicts flip, and which addresses cause it. The file is service-tag
// data of the same cloud. The error is as of Check, and a *UsageError where the
// network has no data of its own to compare.
func (n *Network) CheckAgainst(o CheckOptions, file string) (*result.Check, error) {
	if n.catalogue.IsSymbolic() {
		return nil, &UsageError{
			Message: "there is no service-tag data to compare with " + file,
			Hints:   []string{"--tags NEW names it, or wayleave tags import NEW"},
		}
	}
	old, err := servicetag.Load(file)
	if err != nil {
		return nil, inputError(err)
	}
	if err := n.catalogue.CheckCloud(old.Cloud()); err != nil {
		return nil, inputError(err)
	}
	answer, now, err := n.check(o)
	if err != nil {
		return nil, err
	}
	then := *n
	then.catalogue = old
	past, before, err := then.check(o)
	if err != nil {
		return nil, err
	}
	changes := n.changedTags(old, now.fabric.Mentioned())
	d := &result.Drift{Against: tagData(old), Tags: tagDrifts(changes)}
	for i := range answer.Services {
		s := &answer.Services[i]
		rows := now.bindings[i].Rows()
		for k := range s.Requirements {
			was, is := &past.Services[i].Requirements[k], &s.Requirements[k]
			if was.Verdict == is.Verdict && was.Outcome == is.Outcome {
				continue
			}
			worse := is
			if was.Outcome.Worse(is.Outcome) {
				worse = was
			}
			d.Flips = append(d.Flips, result.Flip{
				Service: s.Service, Resource: s.Resource, Requirement: is.ID, Purpose: is.Purpose, Subnet: is.Subnet,
				Before: was.Verdict, After: is.Verdict, OutcomeBefore: was.Outcome, OutcomeAfter: is.Outcome,
				Causes:    tagDrifts(check.Causes(before.fabric, now.fabric, now.bindings[i], rows[k], changes)),
				BlockedBy: worse.BlockedBy, Witness: worse.Witness,
			})
		}
	}
	answer.Drift = d
	return answer, nil
}

// changedTags are those of the named tags that have other addresses in the
// network's data than in the old, sorted.
func (n *Network) changedTags(old *servicetag.Catalogue, names []string) []check.TagChange {
	var list []check.TagChange
	for _, name := range names {
		young, _ := n.catalogue.Addresses(name)
		past, _ := old.Addresses(name)
		c := check.TagChange{Name: name, Joined: young.Minus(past), Left: past.Minus(young)}
		if c.Joined.IsEmpty() && c.Left.IsEmpty() {
			continue
		}
		for _, data := range []*servicetag.Catalogue{old, n.catalogue} {
			if tag, err := data.Lookup(name); err == nil && strings.EqualFold(tag.Name, name) {
				c.Name = tag.Name
			}
		}
		list = append(list, c)
	}
	return list
}

func tagDrifts(changes []check.TagChange) []result.TagDrift {
	list := []result.TagDrift{}
	for _, c := range changes {
		list = append(list, result.TagDrift{Name: c.Name, Joined: prefixTexts(c.Joined), Left: prefixTexts(c.Left)})
	}
	return list
}

func prefixTexts(s flow.AddressSet) []string {
	list := []string{}
	for p := range s.Prefixes() {
		list = append(list, p.String())
	}
	return list
}

// DiffTags compares two files of service-tag data of one cloud. With names only
// those tags are compared; a name that neither file has is a *UsageError.
func DiffTags(oldFile, newFile string, names ...string) (*result.TagsDiff, error) {
	old, err := servicetag.Load(oldFile)
	if err != nil {
		return nil, inputError(err)
	}
	now, err := servicetag.Load(newFile)
	if err != nil {
		return nil, inputError(err)
	}
	d, err := servicetag.Diff(old, now)
	if err != nil {
		return nil, inputError(err)
	}
	wanted := map[string]bool{}
	for _, name := range names {
		_, inOld := old.Addresses(name)
		_, inNew := now.Addresses(name)
		if !inOld && !inNew {
			return nil, &UsageError{
				Message: "neither file has a service tag " + name, Hints: []string{"wayleave tags list --tags " + newFile},
			}
		}
		wanted[strings.ToLower(name)] = true
	}
	chosen := func(name string) bool { return len(wanted) == 0 || wanted[strings.ToLower(name)] }
	answer := &result.TagsDiff{
		Schema: result.TagsDiffSchema, Old: tagData(old), New: tagData(now),
		Added: []string{}, Removed: []string{}, Changed: []result.TagDrift{},
	}
	for _, t := range d.Added {
		if chosen(t.Name) {
			answer.Added = append(answer.Added, t.Name)
		}
	}
	for _, t := range d.Removed {
		if chosen(t.Name) {
			answer.Removed = append(answer.Removed, t.Name)
		}
	}
	for _, c := range d.Changed {
		switch {
		case !chosen(c.New.Name):
		case c.Opened.IsEmpty() && c.Closed.IsEmpty():
			answer.Renumbered++
		default:
			answer.Changed = append(answer.Changed, result.TagDrift{Name: c.New.Name, Joined: prefixTexts(c.Opened), Left: prefixTexts(c.Closed)})
		}
	}
	return answer, nil
}
