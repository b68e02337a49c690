package azure

import (
	"reflect"
	"testing"
)

// Every resource of a network is in its content, so that no difference of a kind
// that is modelled later goes unnoticed. Managed services carry no packets.
func TestContentHoldsEveryResource(t *testing.T) {
	fields := reflect.TypeFor[Network]()
	for i := range fields.NumField() {
		f := fields.Field(i)
		if !f.IsExported() || f.Name == "ManagedServices" {
			continue
		}
		n := &Network{}
		list := reflect.MakeSlice(f.Type, 1, 1)
		if f.Type.Elem().Kind() == reflect.Pointer {
			list.Index(0).Set(reflect.New(f.Type.Elem().Elem()))
		}
		reflect.ValueOf(n).Elem().Field(i).Set(list)
		if reflect.DeepEqual(n.Content(), (&Network{}).Content()) {
			t.Errorf("a network with one of %s has the content of an empty one", f.Name)
		}
	}
}
