package service

import "slices"

// Adds are the rules and routes that the service writes itself and that satisfy
// a requirement or a subnet rule.
func (b *Binding) Adds(id string) []Addition {
	var list []Addition
	for _, a := range b.Profile.Adds {
		if included, open := b.applies(a.When); included && len(open) == 0 && slices.Contains(a.Covers, id) {
			list = append(list, a)
		}
	}
	return list
}
