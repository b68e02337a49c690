package expression

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object
var objectFunctions = []function{
	{"createObject", 0, -1, createObject},
	{"items", 1, 1, items},
	{"tryGet", 2, -1, tryGet},
	{"shallowMerge", 1, 1, shallowMerge},
	{"objectKeys", 1, 1, objectKeys},
}

// merged is an object with the members of both; those of b count.
func merged(a, b *value.Value) *value.Value {
	members := slices.Clone(a.Members())
	for _, m := range b.Members() {
		i := slices.IndexFunc(members, func(have value.Member) bool { return strings.EqualFold(have.Name, m.Name) })
		switch {
		case i < 0:
			members = append(members, m)
		case members[i].Value.Kind() == value.Object && m.Value.Kind() == value.Object:
			members[i].Value = merged(members[i].Value, m.Value)
		default:
			members[i].Value = m.Value
		}
	}
	return value.OfObject(members, b.At)
}

func createObject(c *invocation) (*value.Value, error) {
	if len(c.args)%2 != 0 {
		return nil, fail(c.call, "createObject has %d arguments, expected pairs of name and value", len(c.args))
	}
	var members []value.Member
	for i := 0; i < len(c.args); i += 2 {
		name, known, err := c.textArg(i)
		if err != nil {
			return nil, err
		}
		if !known {
			return c.unknown()
		}
		v, err := c.arg(i + 1)
		if err != nil {
			return nil, err
		}
		members = append(members, value.Member{Name: name, Value: v})
	}
	return value.OfObject(members, c.at), nil
}

// items lists the members of an object by name: [{"key": ..., "value": ...}].
func items(c *invocation) (*value.Value, error) {
	v, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if v.IsUnknown() {
		return c.unknown()
	}
	if v.Kind() != value.Object {
		return nil, c.wrong(0, "an object")
	}
	members := slices.Clone(v.Members())
	slices.SortStableFunc(members, func(a, b value.Member) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	list := make([]*value.Value, len(members))
	for i, m := range members {
		list[i] = value.OfObject([]value.Member{{Name: "key", Value: value.OfString(m.Name, c.at)}, {Name: "value", Value: m.Value}}, m.Value.At)
	}
	return c.madeArray(list)
}

// tryGet takes members and elements one after the other, and is null where one
// is not there.
func tryGet(c *invocation) (*value.Value, error) {
	args, err := c.all()
	if err != nil {
		return nil, err
	}
	return c.taken(args[0], 1)
}

// fromEnd is indexFromEnd and tryIndexFromEnd: the n-th element from the end of
// an array, from 1, and members and elements taken of it.
func fromEnd(c *invocation) (*value.Value, error) {
	list, err := c.over()
	if err != nil {
		return nil, err
	}
	n, known, err := c.intArg(1)
	if err != nil {
		return nil, err
	}
	if _, err := c.all(); err != nil {
		return nil, err
	}
	if list == nil && c.done[0].IsUnknown() || !known {
		return c.unknown()
	}
	if n >= 1 && n <= int64(len(list)) {
		return c.taken(list[int64(len(list))-n], 2)
	}
	if c.function.name == "indexFromEnd" {
		return nil, fail(c.args[1], "there is no element %d from the end in an array of %d", n, len(list))
	}
	return value.OfNull(c.at), nil
}

// taken takes the members and elements that the arguments name from one on; it
// is null where one is not there.
func (c *invocation) taken(v *value.Value, from int) (*value.Value, error) {
	for i, key := range c.done[from:] {
		if v.IsNull() {
			return value.OfNull(c.at), nil
		}
		if v.IsUnknown() || key.HasUnknown() {
			return c.unknown()
		}
		n, isIndex := key.Int()
		if at, ok := key.Get("value").Int(); ok {
			// {"value": 2, "fromEnd": true}, as Bicep writes [^2].
			n, isIndex = at, true
			if back, _ := key.Get("fromEnd").Bool(); back {
				n = int64(len(v.Elements())) - n
			}
		}
		name, isName := key.Text()
		switch {
		case isName && v.Kind() == value.Object:
			v = v.Get(name)
		case isIndex && v.Kind() == value.Array:
			v = v.Index(int(n))
		default:
			return nil, c.wrong(from+i, "the name of a property or the index of an element")
		}
	}
	if v.IsNull() {
		return value.OfNull(c.at), nil
	}
	return v, nil
}

// shallowMerge joins the objects in an array; of members of one name the later
// one counts as it is.
func shallowMerge(c *invocation) (*value.Value, error) {
	list, err := c.over()
	if err != nil {
		return nil, err
	}
	if list == nil {
		return c.unknown()
	}
	var members []value.Member
	for _, e := range list {
		if e.IsUnknown() {
			return c.unknown()
		}
		if e.Kind() != value.Object {
			return nil, fail(c.args[0], "shallowMerge is given an array with %s in it, expected objects", e.Kind())
		}
		for _, m := range e.Members() {
			members = slices.DeleteFunc(members, func(have value.Member) bool { return strings.EqualFold(have.Name, m.Name) })
			members = append(members, m)
		}
		if !c.budget.Spend(len(members)) {
			return nil, tooMuch(c.call)
		}
	}
	return value.OfObject(members, c.at), nil
}

// objectKeys lists the names of the members of an object, in order of name.
func objectKeys(c *invocation) (*value.Value, error) {
	pairs, err := items(c)
	if err != nil || pairs.IsUnknown() {
		return pairs, err
	}
	names := make([]*value.Value, len(pairs.Elements()))
	for i, p := range pairs.Elements() {
		names[i] = p.Get("key")
	}
	return c.madeArray(names)
}
