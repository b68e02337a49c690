package flow

// fromOneSender returns the canonical cubes of a union of cubes that have one
// family and one set of sources, as the packets of a subnet have: transport alone
// is cut, and its classes with equal destinations joined, without a cut of the
// addresses. It returns false for other cubes.
func fromOneSender(cubes []Cube) ([]Cube, bool) {
	if len(cubes) == 0 {
		return nil, false
	}
	normal := make([]Cube, len(cubes))
	services := make([]service, len(cubes))
	for i, c := range cubes {
		normal[i] = c.Normal()
		services[i] = normal[i].service()
		if len(normal[i].Source.Families()) > 1 || !normal[i].Source.Equal(normal[0].Source) {
			return nil, false
		}
	}
	if len(cubes) == 1 {
		return normal, true
	}
	t, err := atomsOfCubes(normal).transport(services, 1<<30)
	if err != nil {
		return nil, false
	}
	ends := destinationsByClass(t, normal)
	merged, to := t.coarsen(ends.forks)
	sets := make([]AddressSet, merged.n)
	for _, f := range ends.forks {
		sets[to[f.in.first()]] = ends.sets[f.to]
	}
	var out []Cube
	for class, set := range sets[1:] {
		in := newBitmap(merged.n)
		in.set(class + 1)
		for _, s := range merged.services(in) {
			out = append(out, Cube{normal[0].Source, set, s.protocols, s.sourcePorts, s.destinationPorts})
		}
	}
	return out, true
}

// ends are sets of destinations, and which transport classes lead to each.
type ends struct {
	sets  []AddressSet
	forks []fork
}

// destinationsByClass unites for each class of the transport the destinations of
// the cubes that hold it, whose services cut it.
func destinationsByClass(t *transport, cubes []Cube) ends {
	held := newBitmapTable(wordsFor(len(cubes))) // combinations of cubes
	book := newSetBook()
	var number []int // combination -> set
	classes := newForks(t.n, new([]int32))
	for class := 1; class < t.n; class++ {
		in := newBitmap(len(cubes))
		for i := range cubes {
			if t.of[i].has(class) {
				in.set(i)
			}
		}
		n, added := held.number(in)
		if added {
			var all AddressSet
			in.all(func(i int) bool {
				all = all.Union(cubes[i].Destination)
				return true
			})
			number = append(number, book.add(all))
		}
		classes.add(int32(number[n]), class)
	}
	return ends{book.list, classes.list}
}
