package flow

import "fmt"

// universe is all fields cut into classes by the sets of some cubes. It never
// changes; extend makes a new one.
type universe struct {
	sources, destinations *setBook
	services              book[service]
	axes                  [2][2]*axis // by family: source, destination
	transport             *transport
	atoms                 *Atoms // by which to cut, if all sets are unions of them
	limit                 int    // words for the bitmaps of one field
}

// A universe has tables of about one size for each of five fields, twice while
// it is built.
const (
	bytesPerWord = 8
	tables       = 6
)

// cubeNumbers are the numbers of a cube's sets in the books of a universe.
type cubeNumbers struct{ source, destination, service int }

// newUniverse cuts the fields by the cubes, by the atoms, or those of which a cube is
// made, where that is possible, and returns the cubes' numbers.
func newUniverse(cubes []Cube, atoms *Atoms, memory int64) (*universe, []cubeNumbers, error) {
	if atoms == nil {
		atoms = atomsOfCubes(cubes)
	}
	u := &universe{
		sources: newSetBookFor(len(cubes)), destinations: newSetBookFor(len(cubes)),
		atoms: atoms, limit: int(memory / bytesPerWord / tables),
	}
	numbers := make([]cubeNumbers, len(cubes))
	for i, c := range cubes {
		numbers[i] = u.add(c)
	}
	if err := u.cut(); err != nil {
		return nil, nil, err
	}
	return u, numbers, nil
}

func (u *universe) add(c Cube) cubeNumbers {
	return cubeNumbers{u.sources.add(c.Source), u.destinations.add(c.Destination), u.services.add(c.service())}
}

func (u *universe) cut() error {
	var err error
	if u.transport, err = u.atoms.transport(u.services.list, u.limit); err != nil {
		return err
	}
	for i, f := range families {
		for side, book := range []*setBook{u.sources, u.destinations} {
			if u.axes[i][side], err = cutFamily(f, book.list, u.atoms, u.limit); err != nil {
				return fmt.Errorf("%v %s addresses: %w", f, [...]string{"source", "destination"}[side], err)
			}
		}
	}
	return nil
}

func cutFamily(f Family, sets []AddressSet, atoms *Atoms, limit int) (*axis, error) {
	if f == IPv4 {
		return cutAxis[ip4](sets, atoms, limit)
	}
	return cutAxis[ip6](sets, atoms, limit)
}

// plane returns the packets of one family.
func (u *universe) plane(family int) *plane {
	return &plane{family, u.axes[family][0], u.axes[family][1], u.transport}
}
