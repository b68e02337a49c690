package flow

// refine divides items into blocks such that two items are in one block
// exactly if they are in the same of the sets. Block 0 is the items in none;
// other blocks have numbers in no order, and some numbers are of no item.
// members calls put with the items of a set, each once.
//
// Exact and without hashing: every set splits each block that it meets into
// the part inside and the part outside.
func refine(items, sets int, members func(set int, put func(item int32))) (block []int32, blocks int32) {
	block = make([]int32, items)
	mate := make([]int32, 1, 256)  // block -> the block its inside goes to
	round := make([]int32, 1, 256) // block -> the set in whose round mate was set, counted from 1
	current := int32(0)
	put := func(item int32) {
		b := block[item]
		if round[b] != current {
			round[b], mate[b] = current, int32(len(mate))
			mate = append(mate, 0)
			round = append(round, 0)
		}
		block[item] = mate[b]
	}
	for i := range sets {
		current++
		members(i, put)
	}
	return block, int32(len(mate))
}
