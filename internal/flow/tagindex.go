package flow

// TagIndex holds many named address sets that policies refer to again and
// again. It is built once and shared; it is safe for concurrent use.
type TagIndex struct {
	names []string
	sets  []AddressSet
}

// NewTagIndex returns an index of the sets, sets[i] under names[i]. It panics
// if the lists differ in length.
func NewTagIndex(names []string, sets []AddressSet) *TagIndex {
	if len(names) != len(sets) {
		panic("flow: a tag index needs one name a set")
	}
	x := &TagIndex{names: names, sets: make([]AddressSet, len(sets))}
	for i, s := range sets {
		a := *s.get()
		a.from = provenance{x, i}
		x.sets[i] = AddressSet{&a}
		if s.IsEmpty() {
			x.sets[i] = AddressSet{}
		}
	}
	return x
}

// Len returns the number of sets.
func (x *TagIndex) Len() int { return len(x.sets) }

// Name returns the name of set i.
func (x *TagIndex) Name(i int) string { return x.names[i] }

// Set returns set i. It remembers that it belongs to the index, which makes
// policies that use it cheaper to compile; in all else it is an ordinary set.
func (x *TagIndex) Set(i int) AddressSet { return x.sets[i] }
