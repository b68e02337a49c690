package azure

import "reflect"

// Add adds what another inventory states, as of this one's source and rank.
func (inv *Inventory) Add(other *Inventory) {
	into, from := reflect.ValueOf(inv).Elem(), reflect.ValueOf(other).Elem()
	for n := range into.NumField() {
		if f := into.Field(n); f.Kind() == reflect.Slice {
			f.Set(reflect.AppendSlice(f, from.Field(n)))
		}
	}
}

// Rename gives every resource of the inventory, and every reference to one, the id
// that to makes of its own.
func (inv *Inventory) Rename(to func(ID) ID) {
	rename := func(id *ID) {
		if *id != "" {
			*id = to(MakeID(string(*id)))
		}
	}
	inv.Visit(func(part any) bool {
		switch x := part.(type) {
		case *Resource:
			rename(&x.ID)
		case *Reference:
			rename(&x.ID)
		case *Side:
			*x = x.withGroups(func(r *Reference) { rename(&r.ID) })
		default:
			return true
		}
		return false
	})
}

// Visit shows every structure in the inventory, as a pointer and once, and enters
// those of which visit says so. It finds them by reflection, so that a kind that the
// inventory gains later cannot be forgotten.
func (inv *Inventory) Visit(visit func(part any) (enter bool)) {
	w := visitor{visit: visit, seen: map[reflect.Value]bool{}}
	w.walk(reflect.ValueOf(inv))
}

type visitor struct {
	visit func(any) bool
	// seen are the pointers that were followed.
	seen map[reflect.Value]bool
}

func (w visitor) walk(v reflect.Value) {
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
		if !w.visit(v.Addr().Interface()) {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				w.walk(v.Field(i))
			}
		}
	}
}
