package flow

// provenance names the set of an index that an address set is.
type provenance struct {
	index  *TagIndex
	number int
}
