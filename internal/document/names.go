package document

// Names are the member names that a reader looks for in one kind of object.
type Names struct {
	list []string
	// Names of one length are a chain: first[length] and next[name] are an index
	// of list plus 1, 0 at the end.
	first, next []uint8
}

// NamesOf returns at most 255 names, no two of which may be equal but for the
// case of ASCII letters.
func NamesOf(names ...string) *Names {
	n := &Names{list: names, next: make([]uint8, len(names))}
	for i, name := range names {
		for len(n.first) <= len(name) {
			n.first = append(n.first, 0)
		}
		n.next[i], n.first[len(name)] = n.first[len(name)], uint8(i+1)
	}
	return n
}

// find returns the index of a name, without case, and -1 if it is not one.
func (n *Names) find(name string) int {
	if len(name) < len(n.first) {
		for i := n.first[len(name)]; i > 0; i = n.next[i-1] {
			if equalFold(n.list[i-1], name) {
				return int(i - 1)
			}
		}
	}
	return -1
}

// Pick sets values[i] to what GetFold returns for name i, for all names in one
// pass over the members.
func (v Value) Pick(n *Names, values []Value) {
	for i := range n.list {
		values[i] = v.missing()
	}
	if !v.is(Object) {
		return
	}
	d := v.doc
	for i, end := v.index+1, v.node().next; i < end; i = d.tape[i+1].next {
		at := n.find(d.scalar(i))
		if at < 0 {
			continue
		}
		switch values[at].state {
		case missing:
			values[at] = Value{doc: d, index: i + 1}
		case present:
			values[at] = Value{doc: d, index: i, state: ambiguous}
		}
	}
}
