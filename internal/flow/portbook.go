package flow

import "slices"

// portBook numbers the port sets of services and cuts the port field by them.
type portBook struct {
	byHash map[uint64][]int
	sets   []PortSet
	list   [][]int32 // by set: its classes, once cut
}

func newPortBook() *portBook { return &portBook{byHash: make(map[uint64][]int)} }

// find returns the number of s, or -1.
func (b *portBook) find(s PortSet) (number int, hash uint64) {
	hash = hashPorts(hashSeed, s)
	for _, i := range b.byHash[hash] {
		if b.sets[i].Equal(s) {
			return i, hash
		}
	}
	return -1, hash
}

func (b *portBook) add(s PortSet) {
	if i, hash := b.find(s); i < 0 {
		b.byHash[hash] = append(b.byHash[hash], len(b.sets))
		b.sets = append(b.sets, s)
	}
}

// cut cuts the field into that many classes by the sets in the book.
func (b *portBook) cut() (cut[port], int, error) {
	var edges []edge[port]
	for i, s := range b.sets {
		edges = appendEdges(edges, s.spans, i)
	}
	slices.SortFunc(edges, compareEdges)
	c := newClassifier(len(b.sets), portLimit)
	swept, err := sweep(edges, c)
	if err != nil {
		return swept, 0, err
	}
	// Class 0, the ports in no set, is kept only if there are any: the grid has
	// no room for what does not exist.
	zero := slices.Contains(swept.class, 0)
	if !zero {
		for i := range swept.class {
			swept.class[i]--
		}
	}
	b.list = make([][]int32, len(b.sets))
	classes := int32(0)
	for class := range c.table.len() {
		if class == 0 && !zero {
			continue
		}
		c.table.at(class).all(func(set int) bool {
			b.list[set] = append(b.list[set], classes)
			return true
		})
		classes++
	}
	return swept, int(classes), nil
}

// portLimit is enough for every port to be a class of its own in 8000 sets.
const portLimit = 1 << 23

// classes returns the classes of a set in the book.
func (b *portBook) classes(s PortSet) []int32 {
	i, _ := b.find(s)
	return b.list[i]
}
