package inspect

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
)

// Unknowns lists by name every value that the inputs do not tell, each once,
// and every resource that is referred to and not stated.
//
// It looks at the resources by reflection, so that no field can be forgotten.
func Unknowns(n *azure.Network) []result.InspectUnknown {
	f := &finder{network: n, found: map[string]*finding{}, seen: map[uintptr]bool{}, leftAlone: map[azure.ID]string{}}
	for _, r := range n.NotModelled {
		f.leftAlone[azure.MakeID(r.Address)] = r.Type
	}
	f.walk(reflect.ValueOf(n).Elem(), nil)
	list := make([]result.InspectUnknown, 0, len(f.found))
	for _, name := range slices.Sorted(maps.Keys(f.found)) {
		x := f.found[name]
		u := result.InspectUnknown{Name: name, Why: x.why, UsedBy: slices.Sorted(maps.Keys(x.usedBy))}
		if !x.at.IsZero() {
			u.At = &x.at
		}
		list = append(list, u)
	}
	return list
}

type finder struct {
	network *azure.Network
	found   map[string]*finding
	// seen are the structures that were visited: children lead back to parents.
	seen map[uintptr]bool
	// leftAlone are the types of the resources that are not modelled.
	leftAlone map[azure.ID]string
}

// finding is an unknown with the first of its places.
type finding struct {
	why    string
	at     azure.Position
	usedBy map[string]bool
}

var (
	referenceType = reflect.TypeFor[azure.Reference]()
	sideType      = reflect.TypeFor[azure.Side]()
	resourceType  = reflect.TypeFor[azure.Resource]()
	networkType   = reflect.TypeFor[azure.VirtualNetwork]()
	unknownType   = reflect.TypeFor[azure.Unknown]()
)

// walk visits everything below v, which belongs to owner.
func (f *finder) walk(v reflect.Value, owner *azure.Resource) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Type().Elem() == unknownType {
			u := v.Interface().(*azure.Unknown)
			f.note(u.Name, u.Why, u.At, owner)
			return
		}
		if !f.seen[v.Pointer()] {
			f.seen[v.Pointer()] = true
			f.walk(v.Elem(), owner)
		}
	case reflect.Slice:
		for i := range v.Len() {
			f.walk(v.Index(i), owner)
		}
	case reflect.Map:
		for _, e := range v.Seq2() {
			f.walk(e, owner)
		}
	case reflect.Struct:
		f.walkFields(v, owner)
	}
}

func (f *finder) walkFields(v reflect.Value, owner *azure.Resource) {
	if v.Type() == referenceType {
		f.reference(v.Interface().(azure.Reference), owner)
		return
	}
	if v.Type() == sideType {
		for _, term := range v.Interface().(azure.Side).OtherThanPrefixes() {
			f.walk(reflect.ValueOf(term).Elem(), owner)
		}
		return
	}
	if r, ok := resourceOf(v); ok {
		if owner != nil && owner.Stub {
			f.missing(owner, r.At, &r)
		}
		owner = &r
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if v.Type() == networkType && field.Name == "Location" && !asksForRegion(v.Addr().Interface().(*azure.VirtualNetwork)) {
			continue
		}
		if v.Type() == resourceType && field.Name == "Settings" { // which decide about no packet
			continue
		}
		if field.IsExported() || field.Anonymous {
			f.walk(v.Field(i), owner)
		}
	}
}

// asksForRegion reports whether anything depends on the region of a network: a service
// endpoint that states no locations (RT-9).
func asksForRegion(v *azure.VirtualNetwork) bool {
	return slices.ContainsFunc(v.Subnets, func(s *azure.Subnet) bool {
		return slices.ContainsFunc(s.ServiceEndpoints, func(e azure.ServiceEndpoint) bool { return len(e.Locations) == 0 })
	})
}

// resourceOf is the identity of a structure that is a resource.
func resourceOf(v reflect.Value) (azure.Resource, bool) {
	field, ok := v.Type().FieldByName("Resource")
	if !ok || field.Type != resourceType {
		return azure.Resource{}, false
	}
	base, err := v.FieldByIndexErr(field.Index) // an embedded structure may be missing
	if err != nil {
		return azure.Resource{}, false
	}
	return base.Interface().(azure.Resource), true
}

// note adds an unknown of a resource. What is not known of a stub is no more
// than that no input states it.
func (f *finder) note(name, why string, at diagnostic.Position, owner *azure.Resource) {
	if owner == nil || owner.Stub {
		return
	}
	x, ok := f.found[name]
	if !ok {
		x = &finding{why: why, at: at, usedBy: map[string]bool{}}
		f.found[name] = x
	}
	if !at.IsZero() && (x.at.IsZero() || at.Compare(x.at) < 0) {
		x.at = at
	}
	x.usedBy[owner.Label()] = true
}

// reference notes one that leads to nothing the inputs state.
func (f *finder) reference(ref azure.Reference, owner *azure.Resource) {
	if ref.Unknown != nil {
		f.note(ref.Unknown.Name, ref.Unknown.Why, ref.At, owner)
		return
	}
	if ref.ID == "" || isMachine(ref.ID) {
		return
	}
	target, ok := f.network.Resource(ref.ID)
	if !ok {
		target = &azure.Resource{ID: ref.ID, Address: ref.Text, Stub: true}
	}
	if target.Stub {
		f.missing(target, ref.At, owner)
	}
}

// isMachine reports whether a machine is meant, of which only the name matters: it
// tells which interfaces go together.
func isMachine(id azure.ID) bool {
	return strings.Contains(strings.ToLower(string(id)), "/microsoft.compute/")
}

// missing notes a resource that no input states.
func (f *finder) missing(r *azure.Resource, at azure.Position, owner *azure.Resource) {
	why := "no input states it"
	if typ, ok := f.leftAlone[r.ID]; ok {
		why = typ + " is not modelled"
	}
	f.note(cmp.Or(strings.TrimRight(r.Address, "/"), string(r.ID)), why, at, owner)
}
