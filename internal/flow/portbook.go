package flow

import "slices"

// portBook numbers the port sets of services and cuts the port field by them.
type portBook struct {
	book[PortSet]
	classes [][]int32 // by set: its classes, once cut
}

// cut cuts the field into that many classes by the sets in the book.
func (b *portBook) cut() (cut[port], int, error) {
	var edges []edge[port]
	for i, s := range b.list {
		edges = appendEdges(edges, s.spans, i)
	}
	c := newClassifier(len(b.list), portLimit)
	swept, err := sweep(sortNumbers(edges, 16), c)
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
	b.classes = make([][]int32, len(b.list))
	classes := int32(0)
	for class := range c.table.len() {
		if class == 0 && !zero {
			continue
		}
		c.table.at(class).all(func(set int) bool {
			b.classes[set] = append(b.classes[set], classes)
			return true
		})
		classes++
	}
	return swept, int(classes), nil
}

// portLimit is enough for every port to be a class of its own in 8000 sets.
const portLimit = 1 << 23

// classesOf returns the classes of a set in the book.
func (b *portBook) classesOf(s PortSet) []int32 { return b.classes[b.find(s)] }
