package flow

// JoinSources returns the same packets in no more cubes: those that differ in
// their sources alone become one, in the place of the first. Disjoint cubes stay
// disjoint.
func JoinSources(cubes []Cube) []Cube {
	if len(cubes) < 2 {
		return cubes
	}
	type rest struct{ destination, service int }
	destinations := newSetBook()
	var services book[service]
	at := make(map[rest]int, len(cubes))
	var out []Cube
	var sources []AddressSetBuilder
	for _, c := range cubes {
		key := rest{destinations.add(c.Destination), services.add(c.service())}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out, sources = append(out, c), append(sources, AddressSetBuilder{})
		}
		sources[i].AddSet(c.Source)
	}
	if len(out) == len(cubes) {
		return cubes
	}
	for i := range out {
		out[i].Source = sources[i].Set()
	}
	return out
}
