package snapshot

import (
	"reflect"

	"github.com/wayleave/wayleave/internal/azure"
)

// rank sets the rank of an inventory and of every resource in it. It finds the
// resources by reflection, so that a kind that the inventory gains later cannot
// be forgotten: a resource of the wrong rank could win over a plan or lose to
// an export (decisions 29).
func rank(inv *azure.Inventory, r azure.Rank) {
	inv.Rank = r
	w := ranker{rank: r, seen: map[reflect.Value]bool{}}
	w.walk(reflect.ValueOf(inv))
}

type ranker struct {
	rank azure.Rank
	// seen are the pointers that were followed.
	seen map[reflect.Value]bool
}

func (w ranker) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && !w.seen[v] {
			w.seen[v] = true
			w.walk(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			w.walk(v.Index(i))
		}
	case reflect.Struct:
		if res, ok := v.Addr().Interface().(*azure.Resource); ok {
			res.Rank = w.rank
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				w.walk(v.Field(i))
			}
		}
	}
}
