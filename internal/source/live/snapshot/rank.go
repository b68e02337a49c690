package snapshot

import "github.com/wayleave/wayleave/internal/azure"

// rank sets the rank of an inventory and of every resource in it: a resource of the
// wrong rank could win over a plan or lose to an export (decisions 29).
func rank(inv *azure.Inventory, r azure.Rank) {
	inv.Rank = r
	inv.Visit(func(part any) bool {
		res, is := part.(*azure.Resource)
		if is {
			res.Rank = r
		}
		return !is
	})
}
