package service

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// Adds are the rules and routes that the service will write itself and that
// satisfy a requirement or a subnet rule. What exists already has them.
func (b *Binding) Adds(id string) []Addition {
	if r := b.Resource; r != nil && r.Rank != azure.RankPlan && r.Rank != azure.RankTemplate {
		return nil
	}
	var list []Addition
	for _, a := range b.Profile.Adds {
		if included, open := b.applies(a.When); included && len(open) == 0 && slices.Contains(a.Covers, id) {
			list = append(list, a)
		}
	}
	return list
}
