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
// that to makes of its own. It finds them by reflection, so that a kind that the
// inventory gains later cannot be forgotten.
func (inv *Inventory) Rename(to func(ID) ID) {
	w := renamer{to: to, seen: map[reflect.Value]bool{}}
	w.walk(reflect.ValueOf(inv))
}

type renamer struct {
	to func(ID) ID
	// seen are the pointers that were followed.
	seen map[reflect.Value]bool
}

func (w renamer) walk(v reflect.Value) {
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
	case reflect.Map:
		return // of values only
	case reflect.Struct:
		switch x := v.Addr().Interface().(type) {
		case *Resource:
			x.ID = w.id(x.ID)
		case *Reference:
			x.ID = w.id(x.ID)
		case *Side:
			*x = x.withGroups(func(r *Reference) { r.ID = w.id(r.ID) })
		default:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					w.walk(v.Field(i))
				}
			}
		}
	}
}

func (w renamer) id(id ID) ID {
	if id == "" {
		return id
	}
	return w.to(MakeID(string(id)))
}
